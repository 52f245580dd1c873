"""What a SoundFont 2 file holds, as frozen values: recordings, instruments that spread them over keys, presets that name them.

Conventions: a generator is (number, amount), the amount as the file's 16 bits read without a sign; `signed` reads it with one.
Times are timecents (1200 per doubling, 0 = 1 s), levels centibels, pitches MIDI. Samples are 16 bits, one channel, all in one
array. Source: SoundFont Technical Specification 2.04, Creative/E-mu 2006, chapters 7 and 8.
"""

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

__all__ = ["DRUM_BANK", "HEADER", "SILENCE", "Generator", "Layer", "Modulator", "Preset", "SoundFont", "Zone", "pair", "signed"]

DRUM_BANK = 128
SILENCE = 46  # frames of nothing after every recording, which readers between samples need
HEADER = np.dtype(
    [
        ("name", "S20"),
        ("start", "<u4"),
        ("end", "<u4"),
        ("loop_start", "<u4"),
        ("loop_end", "<u4"),
        ("rate", "<u4"),
        ("pitch", "u1"),
        ("correction", "i1"),
        ("link", "<u2"),
        ("kind", "<u2"),
    ]
)


class Generator(IntEnum):
    """The generators that Boya writes or plays, by their numbers in the file."""

    START = 0
    END = 1
    LOOP_START = 2
    LOOP_END = 3
    START_COARSE = 4
    VIBRATO_PITCH = 6
    FILTER = 8
    MOVED_FILTER = 11
    END_COARSE = 12
    PAN = 17
    VIBRATO_DELAY = 23
    VIBRATO_HZ = 24
    MOVED_SUSTAIN = 29
    DELAY = 33
    ATTACK = 34
    HOLD = 35
    DECAY = 36
    SUSTAIN = 37
    RELEASE = 38
    KEY_HOLD = 39
    KEY_DECAY = 40
    INSTRUMENT = 41
    KEYS = 43
    VELOCITIES = 44
    LOOP_START_COARSE = 45
    FIXED_KEY = 46
    FIXED_VELOCITY = 47
    ATTENUATION = 48
    LOOP_END_COARSE = 50
    COARSE = 51
    FINE = 52
    SAMPLE = 53
    LOOPING = 54
    SCALE = 56
    CHOKE = 57
    ROOT = 58


@dataclass(frozen=True)
class Modulator:
    """How a controller moves a generator; the five numbers of the file."""

    source: int
    generator: int
    amount: int
    amount_source: int = 0
    transform: int = 0


@dataclass(frozen=True)
class Zone:
    """Generators and modulators for a range of keys; without INSTRUMENT (SAMPLE) they hold for all zones after it."""

    generators: tuple[tuple[int, int], ...] = ()
    modulators: tuple[Modulator, ...] = ()

    def get(self, generator: Generator) -> int | None:
        """Return the amount of a generator, without a sign; None where it is not given."""
        found = None
        for number, amount in self.generators:
            if number == generator:
                found = amount
        return found


@dataclass(frozen=True)
class Layer:
    """An instrument: zones that end with SAMPLE."""

    name: str
    zones: tuple[Zone, ...]


@dataclass(frozen=True)
class Preset:
    """What a player chooses by bank and program: zones that end with INSTRUMENT."""

    name: str
    bank: int
    program: int
    zones: tuple[Zone, ...]


@dataclass(frozen=True, eq=False)
class SoundFont:
    """A whole SoundFont.

    Attributes
    ----------
    info
        Texts by their four-letter names, INAM the font's name.
    samples
        All recordings one after another. `[shape=(frames,)]`
    headers
        Where each recording lies and how it sounds. `[dtype=HEADER]`
    instruments, presets
        In the order of the file.
    """

    info: dict[str, str] = field(default_factory=dict)
    samples: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, dtype=np.int16))
    headers: NDArray[np.void] = field(default_factory=lambda: np.zeros(0, dtype=HEADER))
    instruments: tuple[Layer, ...] = ()
    presets: tuple[Preset, ...] = ()

    def preset(self, bank: int, program: int) -> Preset | None:
        """Return the preset of a bank and program; None where there is none."""
        return next((p for p in self.presets if (p.bank, p.program) == (bank, program)), None)


def signed(amount: int) -> int:
    """Return a generator's amount with its sign.

    >>> signed(65535), signed(12)
    (-1, 12)
    """
    return amount - 65536 if amount >= 32768 else amount


def pair(low: int, high: int) -> int:
    """Return a range as the amount of KEYS or VELOCITIES.

    >>> hex(pair(0x30, 0x3C))
    '0x3c30'
    """
    return low | high << 8
