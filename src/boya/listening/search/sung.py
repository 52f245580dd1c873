"""A tune as it was sung: the pitches that were heard one after another, and what each moment says of all pitches.

Where a choir or a bow repeats a note nothing is heard, so a sung query has no repeated notes: each of its notes stands for one of
the piece or for several of the same pitch. It finds places by its notes (`merging`) and is laid over them moment by moment
(`contours`), so that a note that was not written down is still heard.

Conventions: gaps are seconds; a moment lasts `hop_second`.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.listening.search.query import Query

__all__ = ["N_PITCHES", "Sung", "merged"]

N_PITCHES = 128


@dataclass(frozen=True, eq=False, kw_only=True)
class Sung(Query):
    """A query that was sung.

    Attributes
    ----------
    likely
        logarithms of how likely each moment is to be of each pitch, at most 0 where one is sure `[shape=(moments, 128)]`
    hop_second
        how long a moment is
    begin_second
        when the first note begins, from the first moment

    Raises
    ------
    InputError
        if two notes in a row have one pitch, gaps are missing, or there are no moments; and as `Query` does.
    """

    likely: NDArray[np.float32]
    hop_second: float
    begin_second: float = 0.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.gaps is None or not np.diff(self.pitches).all():
            raise InputError("a sung query must have gaps and no note twice in a row; join them with merged(pitches, gaps)")
        if self.likely.ndim != 2 or self.likely.shape[1] != N_PITCHES or not len(self.likely):
            raise InputError(f"moments must be of {N_PITCHES} pitches, and one at least; got shape {self.likely.shape}")

    def onsets(self) -> NDArray[np.float64]:
        """Return when notes begin, and when the last one ends, in seconds from the first moment. `[shape=(notes + 1,)]`"""
        gaps = np.zeros(len(self)) if self.gaps is None else self.gaps
        return self.begin_second + np.concatenate([[0.0], np.cumsum(gaps)])


def merged(pitches: NDArray[np.int64], gaps: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return notes with those of one pitch in a row made one.

    >>> [part.tolist() for part in merged(np.array([60, 60, 62, 60]), np.array([1.0, 2.0, 1.0, 1.0]))]
    [[60, 62, 60], [3.0, 1.0, 1.0]]
    """
    heads = np.flatnonzero(np.append(True, np.diff(pitches) != 0)[: len(pitches)])
    return pitches[heads], np.add.reduceat(gaps, heads) if len(heads) else gaps
