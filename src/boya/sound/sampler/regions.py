"""What of a SoundFont sounds for a key and a velocity: each region is one recording with everything its zones say about it.

Values of an instrument's zone are absolute, values of a preset's zone are added; a zone without a link gives defaults to those
after it. Source: SoundFont Technical Specification 2.04, chapters 7.3 and 9.4.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from boya.errors import LimitError
from boya.sound.soundfont.font import DRUM_BANK, Generator, Preset, SoundFont, Zone, signed

__all__ = ["Envelope", "Region", "chosen_preset", "regions"]

MOST_REGIONS = 20_000  # of one preset; real ones have some hundreds
# Modulators that are played, by source (velocity falling: concave, straight) and generator, and our key for each.
MODULATORS = {(0x0502, Generator.ATTENUATION): -1, (0x0102, Generator.FILTER): -2}
PLAYED = {generator for _, generator in MODULATORS}
LOUDNESS, SOFTENING = -1, -2
STANDARD_LOUDNESS = 960
EMU_ATTENUATION = 0.4  # what fonts call 1 dB of attenuation is 0.4 dB on the chips they were made for, and in FluidSynth
DEFAULTS = {Generator.FILTER: 13500, Generator.SUSTAIN: 0, Generator.SCALE: 100, Generator.ROOT: -1}
TIMES = (Generator.DELAY, Generator.ATTACK, Generator.HOLD, Generator.DECAY, Generator.RELEASE, Generator.VIBRATO_DELAY)
FIRST_ONLY = frozenset({Generator.KEYS, Generator.VELOCITIES, Generator.INSTRUMENT, Generator.SAMPLE, Generator.LOOPING})
NOT_IN_PRESETS = frozenset({*range(5), 12, 45, 46, 47, 50, 54, 57, 58})


@dataclass(frozen=True)
class Envelope:
    """How a tone's level moves: seconds, and `sustain` in decibels below the peak."""

    delay: float = 0.0
    attack: float = 0.0
    hold: float = 0.0
    decay: float = 0.0  # seconds a fall of 100 dB would take
    sustain: float = 0.0
    release: float = 0.0  # seconds a fall of 100 dB takes after the key is up


@dataclass(frozen=True)
class Region:
    """One recording for a range of keys and velocities, ready to be played.

    Attributes
    ----------
    keys, velocities
        Lowest and highest, both included.
    start, end, loop_start, loop_end
        Frames in the font's samples; the loop is empty where there is none.
    rate
        Frames per second of the recording.
    root, cents, scale
        The pitch of the recording, its tuning, and how far keys lie apart (100 cents).
    level, pan
        Decibels, and -1 left to 1 right.
    curve
        Gain is velocity / 127 to this power.
    choke
        Regions of one number other than 0 end each other.
    vibrato, vibrato_hz, vibrato_delay
        Cents, hertz, seconds.
    key_hold, key_decay
        Cents by which hold and decay shorten for each key above 60.
    cutoff, softening
        Hertz above which the recording is dulled at the hardest velocity, and cents by which that moves at the softest.
    """

    keys: tuple[int, int]
    velocities: tuple[int, int]
    start: int
    end: int
    loop_start: int
    loop_end: int
    rate: int
    root: float
    cents: float
    scale: float
    level: float
    pan: float
    curve: float
    envelope: Envelope
    choke: int = 0
    vibrato: float = 0.0
    vibrato_hz: float = 8.176
    vibrato_delay: float = 0.0
    cutoff: float = 20000.0
    softening: float = 0.0
    key_hold: float = 0.0
    key_decay: float = 0.0
    fixed_key: int = -1
    fixed_velocity: int = -1

    def ratio(self, pitch: int) -> float:
        """Return how much faster than it was made the recording is read for a key."""
        key = self.fixed_key if self.fixed_key >= 0 else pitch
        return float(2 ** (((key - self.root) * self.scale + self.cents) / 1200))

    def gain(self, velocity: int) -> float:
        """Return the gain of a velocity."""
        hit = self.fixed_velocity if self.fixed_velocity > 0 else velocity
        return float((hit / 127) ** self.curve * 10 ** (self.level / 20))

    def envelope_of(self, pitch: int) -> Envelope:
        """Return the envelope of a key."""
        if not self.key_hold and not self.key_decay:
            return self.envelope
        hold, decay = (
            2 ** (float(np.clip(cents * (60 - pitch), -12000, 12000)) / 1200) for cents in (self.key_hold, self.key_decay)
        )
        return replace(self.envelope, hold=self.envelope.hold * hold, decay=self.envelope.decay * decay)

    def dulled(self, velocity: int) -> float:
        """Return the cutoff of a velocity in hertz."""
        return float(self.cutoff * 2 ** (self.softening * (1 - velocity / 127) / 1200))

    def matches(self, pitch: int, velocity: int) -> bool:
        """Tell whether a key and velocity sound this."""
        return self.keys[0] <= pitch <= self.keys[1] and self.velocities[0] <= velocity <= self.velocities[1]


def chosen_preset(font: SoundFont, bank: int, program: int) -> Preset | None:
    """Return the preset asked for, or the nearest there is: the same program in bank 0, drums for drums, else the first one."""
    wishes = [(bank, program), (bank, 0)] if bank == DRUM_BANK else [(bank, program), (0, program)]
    for wish in wishes:
        found = font.preset(*wish)
        if found is not None:
            return found
    rest = [preset for preset in font.presets if (preset.bank == DRUM_BANK) == (bank == DRUM_BANK)]
    return rest[0] if rest else None


def regions(font: SoundFont, preset: Preset) -> tuple[Region, ...]:
    """Return everything a preset can sound.

    Raises
    ------
    LimitError
        if it is an absurd number of recordings.
    """
    found: list[Region] = []
    for above, number in _linked(preset.zones, Generator.INSTRUMENT):
        for below, sample in _linked(font.instruments[number].zones, Generator.SAMPLE):
            keys = _overlap(above, below, Generator.KEYS)
            velocities = _overlap(above, below, Generator.VELOCITIES)
            if keys is not None and velocities is not None:
                region = _region(font, sample, above, below, keys, velocities)
                found += [region] if region is not None else []
            if len(found) > MOST_REGIONS:
                raise LimitError(f"preset {preset.name!r} has more than {MOST_REGIONS} recordings; take another SoundFont")
    return tuple(found)


def _linked(zones: tuple[Zone, ...], link: Generator) -> Iterator[tuple[dict[int, int], int]]:
    """Yield the generators of each zone that links, defaults of the first zone filled in, and what it links to."""
    standing: dict[int, int] = {}
    for place, zone in enumerate(zones):
        own = dict(zone.generators)
        moves = [(MODULATORS.get((m.source, Generator(m.generator))), m.amount) for m in zone.modulators if m.generator in PLAYED]
        own |= {key: amount for key, amount in moves if key is not None}
        if link in own:
            yield standing | own, own[link]
        elif place == 0:
            standing = own


def _overlap(above: dict[int, int], below: dict[int, int], what: Generator) -> tuple[int, int] | None:
    """Return the range that both zones allow; None when that is nothing."""
    spans = [(amount & 0xFF, amount >> 8) for amount in (above.get(what, 127 << 8), below.get(what, 127 << 8))]
    low, high = max(a for a, _ in spans), min(b for _, b in spans)
    return (low, high) if low <= high else None


def _region(
    font: SoundFont,
    sample: int,
    above: dict[int, int],
    below: dict[int, int],
    keys: tuple[int, int],
    velocities: tuple[int, int],
) -> Region | None:
    """Return one region; None where nothing can be played."""

    def value(what: Generator) -> int:
        base = -12000 if what in TIMES else DEFAULTS.get(what, 0)
        own = signed(below[what]) if what in below else base
        return own if what in NOT_IN_PRESETS else own + signed(above.get(what, 0))

    def second(what: Generator) -> float:
        cents = value(what)
        return 0.0 if cents <= -12000 else float(2 ** (min(cents, 8000) / 1200))

    head = font.headers[sample]
    n = len(font.samples)
    start = int(head["start"]) + value(Generator.START) + 32768 * value(Generator.START_COARSE)
    end = int(head["end"]) + value(Generator.END) + 32768 * value(Generator.END_COARSE)
    first = int(head["loop_start"]) + value(Generator.LOOP_START) + 32768 * value(Generator.LOOP_START_COARSE)
    last = int(head["loop_end"]) + value(Generator.LOOP_END) + 32768 * value(Generator.LOOP_END_COARSE)
    start, end = max(start, 0), min(end, n)
    if head["kind"] & 0x8000 or end - start < 2:
        return None
    looping = value(Generator.LOOPING) & 3
    if looping not in (1, 3) or not start <= first < last <= end or last - first < 2:
        first = last = end
    root = value(Generator.ROOT)
    root = root if 0 <= root <= 127 else int(head["pitch"]) if head["pitch"] <= 127 else 60
    # A filter that an envelope moves stands still half way between its highest place and where it stays.
    moved = max(value(Generator.MOVED_FILTER), 0) * (1 - 0.5 * float(np.clip(value(Generator.MOVED_SUSTAIN), 0, 1000)) / 1000)
    amount = below.get(LOUDNESS, STANDARD_LOUDNESS) + above.get(LOUDNESS, 0)
    return Region(
        keys=keys,
        velocities=velocities,
        start=start,
        end=end,
        loop_start=first,
        loop_end=last,
        rate=max(int(head["rate"]), 400),
        root=float(root),
        cents=float(int(head["correction"]) + 100 * value(Generator.COARSE) + value(Generator.FINE)),
        scale=float(np.clip(value(Generator.SCALE), 0, 1200)),
        level=-EMU_ATTENUATION * float(np.clip(value(Generator.ATTENUATION), 0, 1440)) / 10,
        pan=float(np.clip(value(Generator.PAN) / 500, -1, 1)),
        curve=2.0 * amount / STANDARD_LOUDNESS,
        envelope=Envelope(
            delay=second(Generator.DELAY),
            attack=second(Generator.ATTACK),
            hold=second(Generator.HOLD),
            decay=second(Generator.DECAY),
            sustain=float(np.clip(value(Generator.SUSTAIN), 0, 1000)) / 10,
            release=second(Generator.RELEASE),
        ),
        choke=value(Generator.CHOKE),
        vibrato=float(np.clip(value(Generator.VIBRATO_PITCH), -1200, 1200)),
        vibrato_hz=float(8.176 * 2 ** (np.clip(value(Generator.VIBRATO_HZ), -16000, 4500) / 1200)),
        vibrato_delay=second(Generator.VIBRATO_DELAY),
        cutoff=float(8.176 * 2 ** (np.clip(value(Generator.FILTER) + moved, 1500, 13500) / 1200)),
        key_hold=float(np.clip(value(Generator.KEY_HOLD), -1200, 1200)),
        key_decay=float(np.clip(value(Generator.KEY_DECAY), -1200, 1200)),
        softening=float(np.clip(below.get(SOFTENING, 0) + above.get(SOFTENING, 0), -12000, 0)),
        fixed_key=value(Generator.FIXED_KEY) if Generator.FIXED_KEY in below else -1,
        fixed_velocity=value(Generator.FIXED_VELOCITY) if Generator.FIXED_VELOCITY in below else -1,
    )
