"""Our own SoundFont: the built-in voices of every program, drum key and Chinese instrument, recorded.

Levels are those of the renderer, in the recordings themselves, so that every player has them alike. Bank 0 holds General MIDI,
bank 8 the Chinese instruments in the order of their names, bank 128 the drum kit. Vibrato is left to the player wherever one
instrument plays alone. The same voices give the same bytes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from boya.errors import InputError
from boya.sound import patches
from boya.sound.laying import CURVE, DRUM_LEVEL, TONE_LEVEL
from boya.sound.modal import Audio
from boya.sound.patches import Patch
from boya.sound.soundfont.font import (
    DRUM_BANK,
    HEADER,
    SILENCE,
    Generator,
    Layer,
    Modulator,
    Preset,
    SoundFont,
    Zone,
    pair,
)
from boya.sound.soundfont.plan import Plan, Size, bounds, size
from boya.sound.soundfont.recording import LIVE_RATE, Recording, record
from boya.sound.soundfont.softening import softening
from boya.sound.soundfont.writer import soundfont_bytes
from boya.sound.voices import VOICES
from boya.sound.voices.drums import Drum, drum_tone
from boya.sound.wave import Strike
from boya.theory.instruments import instrument

__all__ = ["CHINESE_BANK", "FULL_SCALE", "build_soundfont", "chinese_programs"]

CHINESE_BANK = 8
FULL_SCALE = 1.0  # the renderer's level that is the loudest a recording can hold
LOWEST_KEY, HIGHEST_KEY = 0, 127
RELEASE_SHARE = 3.4  # a fall even in decibels that is as short, to the ear, as the renderer's release of 1
DRUM_RELEASE = 20.0  # drums ring whenever the key goes up
LIVE_RELEASE_LEAST = 0.02
ABOUT = {"isng": "EMU8000", "INAM": "Boya", "IENG": "Boya", "IPRD": "Boya", "ICOP": "Apache-2.0", "ISFT": "boya"}

STROKE_LOSS = 5.0  # decibels by which a stroke may lose less of its highs, which are short, than a tone
LOSS_STEP, MOST_LOSS = 2.0, -20.0  # decibels of the highs that a font gives up until it is small enough

Report = Callable[[int, int], None]


def chinese_programs() -> dict[str, int]:
    """Return the program, in bank 8, of each Chinese instrument by its name in pinyin.

    >>> chinese_programs()["bangdi"]
    0
    """
    return {name: number for number, name in enumerate(sorted(patches.chinese()))}


@dataclass
class _Font:
    """A font that grows."""

    parts: list[Audio] = field(default_factory=list)
    headers: list[tuple[Any, ...]] = field(default_factory=list)
    at: int = 0
    known: dict[Patch, int] = field(default_factory=dict)
    layers: list[Layer] = field(default_factory=list)
    presets: list[Preset] = field(default_factory=list)

    def keep(self, name: str, recording: Recording, key: int, level: float) -> int:
        """Add a recording; return its number."""
        audio = recording.audio * (level / FULL_SCALE)
        audio *= min(1.0, 0.98 / max(float(np.abs(audio).max(initial=0)), 1e-9))
        n = len(audio)
        first, last = recording.loop
        places = (
            (self.at, self.at + n, self.at + first, self.at + last) if last > first else (self.at, self.at + n, self.at, self.at)
        )
        self.headers.append((name.encode("ascii", "replace")[:19], *places, recording.rate, key, 0, 0, 1))
        self.parts += [np.rint(audio * 32767).astype(np.int16), np.zeros(SILENCE, dtype=np.int16)]
        self.at += n + SILENCE
        return len(self.headers) - 1

    def add(self, layer: Layer) -> int:
        """Add an instrument; return its number."""
        self.layers.append(layer)
        return len(self.layers) - 1

    def name(self, name: str, bank: int, program: int, layer: int) -> None:
        """Give an instrument a bank and a program."""
        self.presets.append(Preset(name, bank, program, (Zone(((Generator.INSTRUMENT, layer),)),)))

    def whole(self) -> SoundFont:
        """Return what has been added."""
        samples = np.concatenate([*self.parts, np.zeros(0, dtype=np.int16)])
        presets = tuple(sorted(self.presets, key=lambda p: (p.bank, p.program)))
        return SoundFont(ABOUT, samples, np.array(self.headers, dtype=HEADER), tuple(self.layers), presets)


def build_soundfont(name: str = "small", *, only: Sequence[int] | None = None, report: Report | None = None) -> SoundFont:
    """Record our instruments.

    Parameters
    ----------
    name
        `small`, at most 6 MB, or `full`.
    only
        Programs to record, in place of everything; no drums, no Chinese instruments.
    report
        Called with instruments done and instruments in all.

    Returns
    -------
    A font for `write_soundfont`.

    Raises
    ------
    InputError
        if the size is unknown, or the table asks for more recordings than fit into it.

    Examples
    --------
    >>> font = build_soundfont("small", only=[14])
    >>> [preset.name for preset in font.presets], len(font.headers)
    (['Tubular Bells'], 2)
    """
    wanted = size(name)
    while True:
        font = _Font()
        works = list(_works(font, wanted, only))
        for done, work in enumerate(works):
            work()
            if report:
                report(done + 1, len(works))
        whole = font.whole()
        if len(soundfont_bytes(whole)) <= wanted.most_bytes:
            return whole
        wanted = replace(wanted, loss=wanted.loss + LOSS_STEP)
        if wanted.loss > MOST_LOSS:
            raise InputError(f"the {name} SoundFont does not fit into {wanted.most_bytes} bytes; shorten rows of soundfont.toml")


def _works(font: _Font, wanted: Size, only: Sequence[int] | None) -> Iterator[Callable[[], None]]:
    """Yield what is to be recorded, each as something to do."""
    for program in range(128) if only is None else only:
        about = instrument(program)
        args = (about.name, 0, program, patches.patch(program), about.comfortable, wanted.programs[program])
        yield lambda args=args: _pitched(font, wanted, *args)  # type: ignore[misc]
    if only is not None:
        return
    for name, program in chinese_programs().items():
        sound = patches.chinese()[name]
        args = (name.capitalize(), CHINESE_BANK, program, sound, sound.comfortable, wanted.chinese)
        yield lambda args=args: _pitched(font, wanted, *args)  # type: ignore[misc]
    yield lambda: _kit(font, wanted)


def _pitched(
    font: _Font, wanted: Size, name: str, bank: int, program: int, sound: Patch, span: tuple[int, int], plan: Plan
) -> None:
    """Record one instrument, or name it again where its sound is there already."""
    if sound not in font.known:
        bare, vibrato = _without_vibrato(sound)
        keys = plan.keys(*span) if sound.is_pitched else [60]
        zones = [Zone(tuple(_common(sound, vibrato)), (_loudness(), *_softened(bare, keys[len(keys) // 2], plan)))]
        ranges = bounds([force * 127 for force in plan.forces], 0, 127)
        for key, key_range in zip(keys, bounds(keys, LOWEST_KEY, HIGHEST_KEY), strict=True):
            for force, forces in zip(plan.forces, ranges, strict=True):
                found = _recorded(bare, key, force, plan, wanted)
                number = font.keep(f"{name[:12]} {key} {round(127 * force)}", found, key, sound.gain * TONE_LEVEL)
                zones.append(_zone(found, number, key_range, forces, is_split=len(ranges) > 1))
        font.known[sound] = font.add(Layer(name, tuple(zones)))
    font.name(name, bank, program, font.known[sound])


def _recorded(sound: Patch, key: int, force: float, plan: Plan, wanted: Size) -> Recording:
    """Record a key of a voice."""
    voice = VOICES[sound.voice]
    frequency = 440 * 2 ** ((key - 69) / 12)

    def make(n: int) -> Audio:
        return voice.tone(Strike(frequency, force, n, LIVE_RATE), sound.settings)

    return record(make, frequency if sound.is_pitched else 0.0, plan, wanted.rates, wanted.loss, is_held=voice.is_held)


def _without_vibrato(sound: Patch) -> tuple[Patch, Any]:
    """Return a patch that plays straight, and the settings of the vibrato it had; None for none that a player could add."""
    settings = sound.settings
    known = {f.name for f in fields(settings)}
    alone = getattr(settings, "players", 1) == 1 and getattr(settings, "detune", 0.0) == 0.0
    if not {"vibrato", "vibrato_hz", "vibrato_delay"} <= known or not settings.vibrato or not alone:
        return sound, None
    still = {"vibrato": 0.0} | ({"tremolo": 0.0} if "tremolo" in known else {})
    return replace(sound, settings=replace(settings, **still)), settings


def _common(sound: Patch, vibrato: Any) -> Iterator[tuple[int, int]]:
    """Yield the generators of a whole instrument."""
    yield Generator.RELEASE, _timecents(max(sound.release, LIVE_RELEASE_LEAST) * RELEASE_SHARE)
    if vibrato is not None:
        yield Generator.VIBRATO_PITCH, round(vibrato.vibrato) & 0xFFFF
        yield Generator.VIBRATO_DELAY, _timecents(max(vibrato.vibrato_delay, 0.001))
        yield Generator.VIBRATO_HZ, round(1200 * np.log2(vibrato.vibrato_hz / 8.176)) & 0xFFFF


def _loudness() -> Modulator:
    """Return the modulator by which velocity makes loud as it does in the renderer: to the power 1.6, not 2."""
    return Modulator(0x0502, Generator.ATTENUATION, round(960 * CURVE / 2))


def _softened(sound: Patch, key: int, plan: Plan) -> Iterator[Modulator]:
    """Yield the modulator by which soft keys are dull, where one recording stands for all forces."""
    if len(plan.forces) > 1 or not sound.is_pitched:
        return
    voice, frequency = VOICES[sound.voice], 440 * 2 ** ((key - 69) / 12)
    cents = softening(lambda force, n: voice.tone(Strike(frequency, force, n, LIVE_RATE), sound.settings), plan.forces[0])
    if cents:
        yield Modulator(0x0102, Generator.FILTER, cents)


def _timecents(second: float) -> int:
    return int(np.clip(round(1200 * np.log2(second)), -12000, 8000)) & 0xFFFF


def _zone(found: Recording, number: int, keys: tuple[int, int], forces: tuple[int, int], *, is_split: bool) -> Zone:
    """Return the zone that plays a recording; ranges stand first and the recording last, as the format wants it."""
    rows = [(Generator.KEYS, pair(*keys))]
    rows += [(Generator.VELOCITIES, pair(*forces))] if is_split else []
    rows += [(Generator.ATTACK, _timecents(found.attack))] if found.attack else []
    if found.fall:
        rows += [(Generator.DECAY, _timecents(100 / found.fall)), (Generator.SUSTAIN, round(10 * found.sustain))]
    rows += [(Generator.LOOPING, 1)] if found.loop[1] > found.loop[0] else []
    return Zone(tuple((int(kind), amount) for kind, amount in [*rows, (Generator.SAMPLE, number)]))


def _kit(font: _Font, wanted: Size) -> None:
    """Record the drums, each on its key."""
    zones = [Zone(((Generator.RELEASE, _timecents(DRUM_RELEASE)),), (_loudness(),))]
    groups = sorted({drum.choke for drum in patches.drums().values()} - {""})
    ranges = bounds([force * 127 for force in wanted.drums.forces], 0, 127)
    for key, drum in sorted(patches.drums().items()):
        for force, forces in zip(wanted.drums.forces, ranges, strict=True):
            found = _struck(drum, force, wanted)
            number = font.keep(f"{drum.name[:14]} {round(127 * force)}", found, key, drum.gain * DRUM_LEVEL)
            zone = _zone(found, number, (key, key), forces, is_split=len(ranges) > 1)
            rows = [(int(Generator.PAN), round(500 * drum.pan) & 0xFFFF)]
            rows += [(int(Generator.CHOKE), groups.index(drum.choke) + 1)] if drum.choke else []
            zones.append(Zone((*zone.generators[:-1], *rows, zone.generators[-1])))
    font.name("Drum Kit", DRUM_BANK, 0, font.add(Layer("Drum Kit", tuple(zones))))


def _struck(drum: Drum, force: float, wanted: Size) -> Recording:
    """Record a stroke."""

    def make(n: int) -> Audio:
        return drum_tone(drum, force, LIVE_RATE)[:, :n]

    return record(make, 0.0, wanted.drums, wanted.rates, wanted.loss - STROKE_LOSS, is_held=False)
