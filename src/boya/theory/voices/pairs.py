"""Rules of two voices: parallels, hidden perfects, crossing, overlap, spacing.

Every function takes a `Setting` and returns the spots at which its rule is broken. Motion is that between neighbouring moments at
which both voices sound: what stands on either side of a passing note is not compared.
"""

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from boya.theory.voices.setting import Setting
from boya.theory.voices.spots import Spot
from boya.theory.voices.voices import SILENT

__all__ = ["RULES"]

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
OCTAVE, TWO_OCTAVES_AND_A_THIRD = 12, 28


class _Motion:
    """How two voices move into each moment but the first: intervals before and after, steps, and whether both sound."""

    def __init__(self, setting: Setting, upper: int, lower: int) -> None:
        high, low = setting.pitch[:, upper], setting.pitch[:, lower]
        sings = (high != SILENT) & (low != SILENT)
        self.sings = sings[1:] & sings[:-1]
        self.up, self.down = np.diff(high), np.diff(low)
        self.before, self.after = (high - low)[:-1], (high - low)[1:]
        self.similar = self.sings & (self.up * self.down > 0)
        self.contrary = self.sings & (self.up * self.down < 0)

    def keeps(self, interval: int) -> Bools:
        """Whether an interval, octaves apart, stands before and after."""
        return np.asarray((self.before % 12 == interval) & (self.after % 12 == interval))


def _motions(setting: Setting) -> Iterator[tuple[int, int, _Motion]]:
    """All pairs of voices, the upper one first."""
    for upper, lower in combinations(range(setting.voices.n_voices), 2):
        yield upper, lower, _Motion(setting, upper, lower)


def _spots(found: Bools, upper: int, lower: int) -> list[Spot]:
    """Spots of a mask over all moments but the first."""
    return [Spot(moment + 1, (upper, lower)) for moment in np.flatnonzero(found).tolist()]


def parallel_fifths(setting: Setting) -> list[Spot]:
    """From a perfect fifth to another, in the same direction."""
    return [spot for a, b, m in _motions(setting) for spot in _spots(m.similar & m.keeps(7), a, b)]


def parallel_octaves(setting: Setting) -> list[Spot]:
    """From an octave to another, in the same direction."""
    unison = [(a, b, m, (m.before == 0) & (m.after == 0)) for a, b, m in _motions(setting)]
    return [spot for a, b, m, same in unison for spot in _spots(m.similar & m.keeps(0) & ~same, a, b)]


def parallel_unisons(setting: Setting) -> list[Spot]:
    """From a unison to another."""
    return [s for a, b, m in _motions(setting) for s in _spots(m.similar & (m.before == 0) & (m.after == 0), a, b)]


def contrary_perfects(setting: Setting) -> list[Spot]:
    """From a fifth or octave to another of its kind in contrary motion."""
    return [spot for a, b, m in _motions(setting) for spot in _spots(m.contrary & (m.keeps(7) | m.keeps(0)), a, b)]


def unequal_fifths(setting: Setting) -> list[Spot]:
    """From a diminished fifth above the bass to a perfect one, in the same direction."""
    bass = setting.voices.n_voices - 1
    motions = [(a, b, m) for a, b, m in _motions(setting) if b == bass]
    return [s for a, b, m in motions for s in _spots(m.similar & (m.before % 12 == 6) & (m.after % 12 == 7), a, b)]


def hidden_fifths(setting: Setting) -> list[Spot]:
    """Outer voices move in the same direction into a fifth while the upper one leaps."""
    return _hidden(setting, 7)


def hidden_octaves(setting: Setting) -> list[Spot]:
    """Outer voices move in the same direction into an octave while the upper one leaps."""
    return _hidden(setting, 0)


def _hidden(setting: Setting, interval: int) -> list[Spot]:
    """Similar motion of the outer voices into an interval, with a leap above."""
    bass = setting.voices.n_voices - 1
    m = _Motion(setting, 0, bass)
    found = m.similar & (m.after % 12 == interval) & (m.before % 12 != interval) & (np.abs(m.up) > 2)
    return _spots(found, 0, bass)


def crossing(setting: Setting) -> list[Spot]:
    """A lower voice above a higher one; told once for each crossing."""
    spots = []
    for upper, lower in combinations(range(setting.voices.n_voices), 2):
        high, low = setting.pitch[:, upper], setting.pitch[:, lower]
        spots += _entries((low > high) & (high != SILENT), upper, lower)
    return spots


def spacing(setting: Setting) -> list[Spot]:
    """Neighbours too far apart in writing for three voices or more; told once for each time they part."""
    count, spots = setting.voices.n_voices, []
    for upper in range(count - 1 if count > 2 else 0):
        most = OCTAVE if upper < count - 2 else TWO_OCTAVES_AND_A_THIRD
        high, low = setting.pitch[:, upper], setting.pitch[:, upper + 1]
        spots += _entries((high - low > most) & (low != SILENT), upper, upper + 1)
    return spots


def _entries(found: Bools, upper: int, lower: int) -> list[Spot]:
    """Spots where a state begins."""
    begins = found & ~np.append(False, found[:-1])
    return [Spot(moment, (upper, lower)) for moment in np.flatnonzero(begins).tolist()]


def overlap(setting: Setting) -> list[Spot]:
    """A voice moves beyond the note that its neighbour has just left."""
    spots = []
    for upper in range(setting.voices.n_voices - 1):
        high, low = setting.pitch[:, upper], setting.pitch[:, upper + 1]
        sings = (high[:-1] != SILENT) & (low[:-1] != SILENT) & (high[1:] != SILENT) & (low[1:] != SILENT)
        beyond = ((low[1:] > high[:-1]) & (low[1:] != low[:-1])) | ((high[1:] < low[:-1]) & (high[1:] != high[:-1]))
        spots += _spots(sings & beyond & (low[1:] <= high[1:]), upper, upper + 1)
    return spots


RULES: dict[str, Callable[[Setting], list[Spot]]] = {
    "parallel-fifths": parallel_fifths,
    "parallel-octaves": parallel_octaves,
    "parallel-unisons": parallel_unisons,
    "contrary-perfects": contrary_perfects,
    "unequal-fifths": unequal_fifths,
    "hidden-fifths": hidden_fifths,
    "hidden-octaves": hidden_octaves,
    "crossing": crossing,
    "overlap": overlap,
    "spacing": spacing,
}
