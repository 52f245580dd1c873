"""How much of each stretch of 16 quarters is found, run for run, in one piece of the corpus.

Conventions: windows are 16 quarters long and begin every 8; those with fewer than 8 notes are left out. Notes are those of the
lines of tracks, without the skyline. A note is *shared* with a piece when it lies in an exact run with it
(`boya.evaluation.fingerprints`). The originality of a window is 1 less the share of its notes that are shared with the piece
that shares most of them: 1 is unheard, 0 is a copy.

Source: the cardinality score of Yin, Reuben, Stepney & Collins, "Measuring when a music generation algorithm copies too much: the
originality report, cardinality score, and symbolic fingerprinting by geometric hashing", 2022. Theirs counts the points of a
window that fall on points of the corpus after the best translation, whether or not they are neighbours; ours counts those in
runs of 10 notes or more, in any key and tempo, so the figures are alike in kind only.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.fingerprints import Line, Matches, spread
from boya.score import TICKS_PER_QUARTER

__all__ = ["LENGTH_QUARTER", "Windows", "windows_of"]

LENGTH_QUARTER, HOP_QUARTER = 16, 8
FEWEST = 8  # notes
HOP = HOP_QUARTER * TICKS_PER_QUARTER


@dataclass(frozen=True, eq=False)
class Windows:
    """Windows of a score, in order; all arrays `[shape=(windows,)]`.

    `onset` in ticks; `originality` from 0 to 1; `piece` the one that shares most, -1 where none shares anything.
    """

    onset: NDArray[np.int64]
    originality: NDArray[np.float64]
    piece: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.onset)


def windows_of(lines: Sequence[Line], runs: Matches) -> Windows:
    """Return the windows of a score.

    Parameters
    ----------
    lines, runs
        of the score, and all the exact runs that its lines share with a corpus
    """
    parts = [np.zeros(0, dtype=np.int64) if line.is_skyline else line.onset // HOP for line in lines]
    blocks = np.concatenate([np.zeros(0, dtype=np.int64), *parts])
    if not len(blocks):
        return Windows(blocks, np.zeros(0), blocks)
    count = int(blocks.max()) + 1
    notes = _windowed(np.bincount(blocks, minlength=count)[None])[0]
    owners, shared = _shared(blocks, np.cumsum([0, *map(len, parts)]), runs, count)
    best = shared.argmax(axis=0)
    most = shared[best, np.arange(len(notes))]
    kept = np.flatnonzero(notes >= FEWEST)
    piece = np.where(most > 0, owners[best], -1)[kept]
    return Windows(kept * HOP, 1 - most[kept] / notes[kept], piece)


def _shared(
    blocks: NDArray[np.int64], starts: NDArray[np.int64], runs: Matches, count: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pieces, and how many notes of each window every one of them shares. `[shape=(pieces, windows)]`"""
    runs = runs.take(np.diff(starts)[runs.line] > 0)
    row, note = spread(starts[runs.line] + runs.first, runs.notes)
    pair = np.unique(runs.piece[row] * len(blocks) + note)  # a note counts once for a piece
    owner, note = np.divmod(pair, len(blocks))
    owners, number = np.unique(owner, return_inverse=True)
    owners = np.append(owners, -1)
    cells = np.bincount(number * count + blocks[note], minlength=len(owners) * count)
    return owners, _windowed(cells.reshape(len(owners), count))


def _windowed(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Counts of half windows as those of windows: each with the next, at least one window."""
    if counts.shape[1] == 1:
        return counts
    return counts[:, :-1] + counts[:, 1:]
