"""Where lines are found together in one place of the corpus: the nearest passage, all voices at once.

Conventions: a *passage* is a stretch of 16 quarters of the score, one every 8, and one of 16 bars of a piece, one every 8. Its
worth is the sum, over the lines of tracks, of the worth of the best near run that begins in both. So a copy that is changed here
and there is told from a run that stands somewhere by chance: its lines agree on the place.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.fingerprints import Fingerprints, Line, Matches
from boya.listening.originality.near import worth_of
from boya.score import TICKS_PER_QUARTER

__all__ = ["LENGTH_BAR", "Passages", "passages_of"]

HOP_QUARTER, HOP_BAR, LENGTH_BAR = 8, 8, 16
HOP = HOP_QUARTER * TICKS_PER_QUARTER

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Passages:
    """Passages shared with pieces, the one worth most first; all arrays `[shape=(passages,)]`.

    `worth` in notes; `n_lines` that agree; `piece` its number; `onset` in the score, in ticks; `bar` the first in the piece.
    """

    worth: Ints
    n_lines: Ints
    piece: Ints
    onset: Ints
    bar: Ints

    def __len__(self) -> int:
        return len(self.worth)


def passages_of(prints: Fingerprints, lines: Sequence[Line], near: Matches) -> Passages:
    """Return the passages that near runs of lines make up together.

    Parameters
    ----------
    lines, near
        of a score, and all near runs of its lines (`near_runs`)
    """
    near = near.take(~np.array([line.is_skyline for line in lines], dtype=bool)[near.line])
    lengths = np.cumsum([0, *(line.n_notes for line in lines)])
    onset = np.concatenate([np.zeros(0, dtype=np.int64), *(line.onset for line in lines)])[lengths[near.line] + near.first]
    here, there, worth = onset // HOP, prints.bars(near)[:, 0] // HOP_BAR, worth_of(near)
    cells = [np.stack([near.piece, here - a, there - b, near.line, -worth]) for a in (0, 1) for b in (0, 1)]
    keys = np.concatenate(cells, axis=1)
    keys[1:3] = np.maximum(keys[1:3], 0)
    keys = keys[:, np.lexsort(keys[::-1])]
    keys = keys[:, _is_new(keys[:4])]  # of each line the best run
    is_new = _is_new(keys[:3])
    number = np.cumsum(is_new) - 1
    total = np.bincount(number, weights=-keys[4]).astype(np.int64)
    piece, here, there = keys[:3, is_new]
    order = np.argsort(-total, kind="stable")
    found = (total, np.bincount(number), piece, here * HOP, there * HOP_BAR)
    return Passages(*(values[order] for values in found))


def _is_new(keys: Ints) -> NDArray[np.bool_]:
    """Which columns differ from the one before."""
    is_new = np.ones(keys.shape[1], dtype=bool)
    is_new[1:] = (np.diff(keys, axis=1) != 0).any(axis=0)
    return is_new
