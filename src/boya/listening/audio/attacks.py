"""Where notes begin: the sudden rise of a spectrum, band by band, that a vibrato does not have; dips of the level; broken phases.

Conventions: audio is mono at `RATE`, frames every `HOP` samples as in `pitch`. An attack of strength 1 is enough to tell a
repeated note from a long one. Struck and plucked notes rise; a tongue and a consonant leave a dip; where a bow turns the partials
no longer go on turning as they did.

Source: S. Boeck & G. Widmer, "Maximum filter vibrato suppression for onset detection", DAFx 2013; phases after J. P. Bello et
al., "On the use of phase and energy for musical onset detection in the complex domain", IEEE Signal Processing Letters 11, 2004.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from boya.listening.audio.framing import Audio
from boya.listening.audio.pitch import RATE

__all__ = ["WINDOW", "Attacks", "levels_of"]

Floats = NDArray[np.float32]

WINDOW = 2048
LOUD_WINDOW = 1024
LOWEST_HZ, HIGHEST_HZ, PER_OCTAVE = 60.0, 9000.0, 24
LAG = 2  # frames between what is compared
NEAR, NEAR_BREAK, AROUND = 3, 5, 12  # frames within which an attack is the highest, and around it that it stands out of
ENOUGH_RISE, ENOUGH_DIP = 0.2, 3.0  # nats of magnitude, and decibels, that make an attack of strength 1
LEAST_DIP = 1.0
UNSTEADY = 1.3  # a choir's level wavers: its dips count less, by so much for each decibel of usual change
LOUD_DECIBEL = -30.0  # against the loudest: what counts as usual
ENOUGH_BREAK = 0.15  # share of the magnitudes that is not where the phases said
BROKEN, CALM = 0.5, 0.25  # a choir's phases always break: where this share is usual they tell nothing, where so much less, all
FLOOR = 1e-3  # of magnitudes


class Attacks:
    """Hears frames in parts; `strengths` tells where the attacks were.

    Examples
    --------
    >>> heard, knock = Attacks(), np.zeros((60, WINDOW), np.float32)
    >>> knock[30:] = np.random.default_rng(0).normal(size=(30, WINDOW))
    >>> heard.add(knock)
    >>> np.flatnonzero(heard.strengths() > 1).tolist()
    [30]
    """

    def __init__(self) -> None:
        self._last: Floats | None = None
        self._turning = np.zeros((2, LOUD_WINDOW // 2 + 1), dtype=np.complex64)
        self._rises: list[Floats] = []
        self._breaks: list[Floats] = []
        self._levels: list[Floats] = []

    def add(self, windows: Audio) -> None:
        """Hear the next frames. `[shape=(frames, WINDOW)]`"""
        heard = _bands(windows)
        before = np.repeat(heard[:1], LAG, axis=0) if self._last is None else self._last
        joined = np.concatenate([before, heard])
        wide = np.pad(joined[:-LAG], ((0, 0), (1, 1)), mode="edge")
        widest = np.maximum(np.maximum(wide[:, :-2], wide[:, 1:-1]), wide[:, 2:])
        self._rises.append(np.maximum(heard - widest, 0).mean(axis=1))
        self._levels.append(levels_of(windows))
        self._last = joined[-LAG:]
        turning = np.concatenate([self._turning, _turning(_middle(windows))])
        self._breaks.append(_broken(turning))
        self._turning = turning[-2:]

    @property
    def levels(self) -> Floats:
        """Decibels below full scale of each frame. `[shape=(frames,)]`"""
        return np.concatenate([np.zeros(0, np.float32), *self._levels])

    def strengths(self) -> Floats:
        """Return how strong the attack is that begins at each frame; 0 where none does. `[shape=(frames,)]`"""
        rise = np.concatenate([np.zeros(0, np.float32), *self._rises])
        broken = _trusted(np.concatenate([np.zeros(0, np.float32), *self._breaks]), self.levels)
        return _tops(rise) / np.float32(ENOUGH_RISE) + _dips(self.levels) / np.float32(ENOUGH_DIP) + broken


def levels_of(windows: Audio) -> Floats:
    """Return the level in the middle of each window, in decibels below full scale. `[shape=(frames,)]`"""
    power = np.square(_middle(windows)).mean(axis=1)
    return np.asarray(10 * np.log10(power + 1e-12), dtype=np.float32)


def _middle(windows: Audio) -> Audio:
    """The middle of each window. `[shape=(frames, LOUD_WINDOW)]`"""
    edge = (windows.shape[1] - LOUD_WINDOW) // 2
    return windows[:, edge : edge + LOUD_WINDOW]


def _tops(rise: Floats, near: int = NEAR) -> Floats:
    """Each rise that is the highest near by, less what is usual around it."""
    if not len(rise):
        return rise
    views = np.lib.stride_tricks.sliding_window_view(np.pad(rise, AROUND, mode="edge"), 2 * AROUND + 1)
    is_top = views[:, AROUND - near : AROUND + near + 1].argmax(axis=1) == near
    return np.asarray(np.where(is_top, np.maximum(rise - np.median(views, axis=1), 0), 0), dtype=np.float32)


def _turning(middles: Audio) -> NDArray[np.complex64]:
    """The spectra, with their phases. `[shape=(frames, bins)]`"""
    return np.asarray(np.fft.rfft(middles * np.hanning(LOUD_WINDOW).astype(np.float32), axis=1), dtype=np.complex64)


def _broken(turning: NDArray[np.complex64]) -> Floats:
    """The share of each spectrum, from the third on, that the two before it did not foretell."""
    size = np.abs(turning)
    turn = turning / (size + np.float32(1e-9))
    foretold = size[1:-1] * turn[1:-1] ** 2 * np.conj(turn[:-2])
    return np.asarray(np.abs(turning[2:] - foretold).sum(axis=1) / (size[2:].sum(axis=1) + 1e-6), dtype=np.float32)


def _trusted(broken: Floats, levels: Floats) -> Floats:
    """The strength of broken phases: of loud frames, and the less the more usual they are."""
    is_loud = levels > levels.max(initial=-np.inf) + LOUD_DECIBEL
    if not is_loud.any():
        return np.zeros(len(broken), dtype=np.float32)
    trust = np.clip((BROKEN - np.median(broken[is_loud])) / CALM, 0, 1)
    return np.asarray(np.where(is_loud, _tops(broken, NEAR_BREAK) * trust / ENOUGH_BREAK, 0), dtype=np.float32)


def _dips(levels: Floats) -> Floats:
    """How far each lowest level lies below the levels on both sides of it, in decibels."""
    if not len(levels):
        return levels
    views = np.lib.stride_tricks.sliding_window_view(np.pad(levels, AROUND, mode="edge"), 2 * AROUND + 1)
    is_low = views[:, AROUND - NEAR : AROUND + NEAR + 1].argmin(axis=1) == NEAR
    depth = np.minimum(views[:, :AROUND].max(axis=1), views[:, AROUND + 1 :].max(axis=1)) - levels
    changes = np.abs(levels[NEAR:] - levels[:-NEAR])[levels[NEAR:] > levels.max() + LOUD_DECIBEL]
    usual = float(np.median(changes)) if len(changes) else 0.0
    return np.asarray(np.where(is_low & (depth > LEAST_DIP), depth, 0) / (1 + UNSTEADY * usual), dtype=np.float32)


def _bands(windows: Audio) -> Floats:
    """The logarithm of the magnitude in each twenty-fourth of an octave. `[shape=(frames, bands)]`"""
    edges, shape = _edges()
    spectrum = np.abs(np.fft.rfft(windows * shape, axis=1))
    sums = np.add.reduceat(spectrum, edges[:-1], axis=1)[:, :-1]
    return np.asarray(np.log(sums / np.diff(edges)[:-1] + FLOOR), dtype=np.float32)


@cache
def _edges() -> tuple[NDArray[np.int64], Floats]:
    """First bins of the bands, and the shape of the window."""
    count = int(PER_OCTAVE * np.log2(HIGHEST_HZ / LOWEST_HZ))
    places = LOWEST_HZ * 2 ** (np.arange(count + 1) / PER_OCTAVE) * WINDOW / RATE
    return np.unique(np.rint(places).astype(np.int64)), np.hanning(WINDOW).astype(np.float32)
