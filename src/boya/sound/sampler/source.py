"""The shipped SoundFont as a source of tones: what the renderer plays instead of synthesizing, many times faster.

`Sampled` gives the renderer the same levels, reverb and releases as the live voices; `tone` gives one tone by numbers.
Tones are float32 `[shape=(2, n)]`; their loudness against each other is in the recordings.
"""

from dataclasses import dataclass
from functools import lru_cache, partial
from importlib.resources import files

import numpy as np

from boya.errors import FileError
from boya.score import Track
from boya.sound import patches
from boya.sound.laying import DRUM_LEVEL, TONE_LEVEL, VELOCITY_CLASSES
from boya.sound.modal import Audio
from boya.sound.sampler.regions import Region, chosen_preset, regions
from boya.sound.sampler.tone import Waves, key_tone
from boya.sound.soundfont.build import CHINESE_BANK, FULL_SCALE, chinese_programs
from boya.sound.soundfont.font import DRUM_BANK, SoundFont
from boya.sound.soundfont.reader import parse_soundfont
from boya.sound.tones import Instrument, Live, Stroke
from boya.sound.voices import VOICES
from boya.sound.wave import Strike

__all__ = ["SHIPPED", "Sampled", "shipped_font", "tone"]

SHIPPED = "boya-small.sf2"
SHORT_ATTACK = 0.04  # seconds of a short note's rise, where the recording takes longer
DRUM_SECOND = 12.0


@lru_cache(maxsize=1)
def shipped_font() -> SoundFont:
    """Return the SoundFont of the package.

    Raises
    ------
    FileError
        if it is not there.
    """
    file = files("boya.sound").joinpath("data", SHIPPED)
    try:
        return parse_soundfont(file.read_bytes())
    except OSError as error:
        raise FileError(f"the package must hold {SHIPPED}; make it with: boya soundfont build --out {file}") from error


def tone(program: int, is_drum: bool, pitch: int, velocity_class: int, n_frames: int, sample_rate: int, name: str = "") -> Audio:
    """Return one tone of the shipped font, without velocity's level and without release; a drum key where `is_drum`.

    Parameters
    ----------
    program, name
        As `boya.sound.patches.patch` takes them.
    pitch
        MIDI.
    velocity_class
        0, softest, to 5.
    n_frames
        At most so many.

    Returns
    -------
    `[shape=(2, n <= n_frames)]`
    """
    force = (velocity_class + 0.5) / VELOCITY_CLASSES
    source = Sampled()
    if is_drum:
        return source.drum(pitch).tone(force, sample_rate)[:, :n_frames]
    strike = Strike(440 * 2 ** ((pitch - 69) / 12), force, n_frames, sample_rate)
    return source.instrument(Track(program=program, name=name)).tone(strike)


@dataclass(frozen=True)
class _Loaded:
    """A font with what has been found in it."""

    font: SoundFont
    waves: Waves

    @classmethod
    def of(cls, font: SoundFont) -> "_Loaded":
        return cls(font, Waves(font.samples))

    def matching(self, bank: int, program: int, pitch: int, velocity: int) -> list[Region]:
        """Return the regions that a key sounds."""
        return [region for region in _regions(self.font, bank, program) if region.matches(pitch, velocity)]


@lru_cache(maxsize=512)
def _regions(font: SoundFont, bank: int, program: int) -> tuple[Region, ...]:
    preset = chosen_preset(font, bank, program)
    return () if preset is None else regions(font, preset)


@lru_cache(maxsize=1)
def _shipped() -> _Loaded:
    return _Loaded.of(shipped_font())


class Sampled:
    """The recordings of our own font, the shipped one or another built by `build_soundfont`."""

    def __init__(self, font: SoundFont | None = None) -> None:
        self._loaded = _shipped() if font is None else _Loaded.of(font)

    def instrument(self, track: Track) -> Instrument:
        """Return the recordings of the track's program, or of its name where the tables know it."""
        sound = patches.patch(track.program, track.name)
        bank, program = _place(sound, track.program)
        make = partial(self._tone, bank, program)
        return Instrument(f"sampled {bank} {program}", make, 1.0, sound.send, sound.release, VOICES[sound.voice].is_held)

    def drum(self, key: int) -> Stroke:
        """Return the stroke of a drum key; the live one where the font has none."""
        if not self._loaded.matching(DRUM_BANK, 0, key, 64):
            return Live().drum(key)
        sound = patches.drum(key)
        return Stroke(f"sampled drum {key}", partial(self._stroke, key), 1.0, sound.send, sound.choke)

    def _tone(self, bank: int, program: int, strike: Strike) -> Audio:
        """Return a tone at the renderer's unit level."""
        pitch = int(np.clip(round(69 + 12 * np.log2(strike.frequency / 440)), 0, 127))
        velocity = int(np.clip(round(127 * strike.force), 1, 127))
        out = self._sum(bank, program, pitch, velocity, strike.n_frames, strike.sample_rate, FULL_SCALE / TONE_LEVEL)
        return _hastened(out, strike) if strike.is_short else out

    def _stroke(self, key: int, force: float, sample_rate: int) -> Audio:
        """Return a stroke at the renderer's unit level."""
        velocity = int(np.clip(round(127 * force), 1, 127))
        n = int(DRUM_SECOND * sample_rate)
        return self._sum(DRUM_BANK, 0, key, velocity, n, sample_rate, FULL_SCALE / DRUM_LEVEL)

    def _sum(self, bank: int, program: int, pitch: int, velocity: int, n: int, sample_rate: int, level: float) -> Audio:
        """Add what a key sounds. `[shape=(2, n)]`"""
        found = self._loaded.matching(bank, program, pitch, velocity)
        tones = [key_tone(self._loaded.waves, region, pitch, velocity, n, sample_rate) for region in found]
        out = np.zeros((2, max((len(t) for t in tones), default=1)), dtype=np.float32)
        for region, mono in zip(found, tones, strict=True):
            gain = level * 10 ** (region.level / 20)
            for side, sign in ((0, -1), (1, 1)):
                out[side, : len(mono)] += mono * np.float32(gain * np.sqrt(0.5 + 0.5 * sign * region.pan))
        return out


def _place(sound: patches.Patch, program: int) -> tuple[int, int]:
    """Return the bank and program of a patch."""
    for name, other in patches.chinese().items():
        if other is sound:
            return CHINESE_BANK, chinese_programs()[name]
    return 0, program


def _hastened(tone: Audio, strike: Strike) -> Audio:
    """Return a tone that is there at once: what it takes longer than 40 ms to rise is left out.

    A short note of an instrument that swells would not be heard otherwise.
    """
    size = max(1, int(0.01 * strike.sample_rate))
    frames = np.sqrt(np.mean(tone[:, : tone.shape[1] // size * size].reshape(2, -1, size) ** 2, axis=(0, 2)))
    if not len(frames) or not frames.max():
        return tone
    skip = int(np.argmax(frames > 0.7 * frames.max())) * size - int(SHORT_ATTACK * strike.sample_rate)
    if skip <= 0:
        return tone
    out = tone[:, skip:].copy()
    n = min(out.shape[1], int(SHORT_ATTACK / 2 * strike.sample_rate))
    out[:, :n] *= np.linspace(0, 1, n, dtype=np.float32)
    return out
