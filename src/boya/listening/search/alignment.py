"""The second stage of a search: the query laid over each place, note by note, all places at once.

Conventions: a distance is counted in wrong notes. A wrong, missing or extra note costs 1, an octave wrong `OCTAVE`; a note that
stands for two of the same pitch, or two for one, costs `SPLIT`; a rhythm that is off by a ratio r costs `RHYTHM` x |log2 r|, or
`RHYTHM` where the ratio is beyond 2. Key and tempo of a place come from the gram that found it. The query is aligned as a whole,
the place as far as it is needed, so both ends of the place are free. Arrays have the places last, so that each step is one
operation on rows.

Source: Mongeau & Sankoff, "Comparison of musical sequences", Computers and the Humanities 24, 1990 (fragmentation and
consolidation); semi-global alignment after Sellers, J. Algorithms 1, 1980.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.listening.search.query import Query

__all__ = ["FAR", "MARGIN", "Step", "Windows", "align", "distances"]

MARGIN = 4
OTHER = 1.0
SPLIT = 0.5
OCTAVE = 0.7
RHYTHM = 0.35
FAR = 999  # pitch of what lies outside the line
_NEVER = 1e4
_EQUAL = 1e-3  # costs that differ by less are equal: which steps are told must not hang on rounding

Floats = NDArray[np.float32]
Step = tuple[str, int, int]  # what, note of the query, note of the window


@dataclass(frozen=True, eq=False)
class Windows:
    """Parts of lines to align with.

    Attributes
    ----------
    pitches
        in the key of the query, `FAR` outside the line `[shape=(notes, windows)]`
    gaps
        in the tempo of the query `[shape=(notes, windows)]`
    """

    pitches: NDArray[np.int16]
    gaps: Floats

    def __len__(self) -> int:
        return int(self.pitches.shape[1])

    def __getitem__(self, chosen: NDArray[np.int64] | slice) -> "Windows":
        return Windows(self.pitches[:, chosen], self.gaps[:, chosen])


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Costs of one note of the query on each note, on each note and the one before, and with the one before it on each note."""

    one: Floats
    split: Floats
    joined: Floats | None


def distances(query: Query, windows: Windows) -> Floats:
    """Return the least cost of aligning a query with each window. `[shape=(windows,)]`

    >>> tune = Windows(np.array([[60], [62], [64], [65], [67]], dtype=np.int16), np.full((5, 1), 12, dtype=np.float32))
    >>> distances(Query(np.array([60, 62, 63, 65, 67])), tune).tolist()
    [1.0]
    """
    before = row = np.zeros((len(windows.pitches) + 1, len(windows)), dtype=np.float32)
    for pairs in _costs(query, windows):
        before, row = row, _next(row, before, pairs)
    return np.asarray(row.min(axis=0))


def align(query: Query, windows: Windows) -> list[list[Step]]:
    """Return the steps of the best alignment with each window.

    A step is right, wrong, missing (the query lacks a note), extra, split (one of the query for two) or joined (two for one).

    Examples
    --------
    >>> tune = Windows(np.array([[60], [62], [64], [65], [67]], dtype=np.int16), np.full((5, 1), 12, dtype=np.float32))
    >>> [what for what, _, _ in align(Query(np.array([60, 62, 63, 65, 67])), tune)[0]]
    ['right', 'right', 'wrong', 'right', 'right']
    """
    rows = [np.zeros((len(windows.pitches) + 1, len(windows)), dtype=np.float32)]
    costs = list(_costs(query, windows))
    for pairs in costs:
        rows.append(_next(rows[-1], rows[-2] if len(rows) > 1 else rows[-1], pairs))
    return [_path(rows, costs, window) for window in range(len(windows))]


def _next(row: Floats, before: Floats, pairs: _Pairs) -> Floats:
    """The least costs with one more note of the query."""
    new = row + np.float32(OTHER)
    np.minimum(new[1:], row[:-1] + pairs.one, out=new[1:])
    np.minimum(new[2:], row[:-2] + pairs.split, out=new[2:])
    if pairs.joined is not None:
        np.minimum(new[1:], before[:-1] + pairs.joined, out=new[1:])
    along = np.arange(len(new), dtype=np.float32)[:, None] * np.float32(OTHER)
    new -= along  # notes that the query lacks: the least cost so far, and one more for each
    np.minimum.accumulate(new, axis=0, out=new)
    new += along
    return new


def _costs(query: Query, windows: Windows) -> Iterator[_Pairs]:
    """The costs of each note of the query."""
    pitches = windows.pitches
    classes = np.where(pitches == FAR, -1, pitches % 12).astype(np.int16)
    lost = np.where(pitches == FAR, np.float32(_NEVER), np.float32(OTHER))
    unequal = np.where((pitches[1:] == pitches[:-1]) & (pitches[1:] != FAR), np.float32(SPLIT), np.float32(_NEVER))
    has_rhythm = query.gaps is not None
    gaps = np.log2(query.gaps).astype(np.float32) if query.gaps is not None else np.zeros(len(query), dtype=np.float32)
    single, double = np.log2(windows.gaps), np.log2(windows.gaps[1:] + windows.gaps[:-1])
    for i, pitch in enumerate(query.pitches.tolist()):
        same = pitches == pitch
        one = lost - (classes == pitch % 12) * np.float32(OTHER - OCTAVE) - same * np.float32(OCTAVE)
        split = unequal + ~same[1:] * np.float32(_NEVER)
        joined = None
        if i and query.pitches[i - 1] == pitch:
            joined = SPLIT + ~same * np.float32(_NEVER)
        if has_rhythm:
            one += _rhythm(gaps[i], single)
            split += _rhythm(gaps[i], double)
            if joined is not None and query.gaps is not None:
                joined += _rhythm(np.log2(query.gaps[i] + query.gaps[i - 1]), single)
        yield _Pairs(one, split, joined)


def _rhythm(asked: np.floating, found: Floats) -> Floats:
    """Cost of a gap on others, given as logarithms."""
    apart: Floats = np.abs(found - np.float32(asked))
    np.minimum(apart, np.float32(1), out=apart)
    apart *= np.float32(RHYTHM)
    return apart


def _path(rows: list[Floats], costs: list[_Pairs], window: int) -> list[Step]:
    """The best alignment with one window, found from its end."""
    last = rows[-1][:, window]
    i, j = len(costs), int(np.flatnonzero(last < last.min() + _EQUAL)[-1])  # the latest: a wrong note before an extra one
    steps: list[Step] = []
    while i:
        here = float(rows[i][j, window])
        what, i, j = next(step for cost, step in _choices(rows, costs, window, i, j) if cost < here + _EQUAL)
        steps.append((what, i, j))
    return steps[::-1]


def _choices(rows: list[Floats], costs: list[_Pairs], window: int, i: int, j: int) -> Iterator[tuple[float, Step]]:
    """What each last step would cost in all, and where it comes from."""
    pairs, row = costs[i - 1], rows[i - 1]
    if j:
        one = float(pairs.one[j - 1, window])
        yield float(row[j - 1, window]) + one, ("right" if one < OCTAVE else "wrong", i - 1, j - 1)
    yield float(row[j, window]) + OTHER, ("extra", i - 1, j)
    if j:
        yield float(rows[i][j - 1, window]) + OTHER, ("missing", i, j - 1)
        if pairs.joined is not None:
            yield float(rows[i - 2][j - 1, window]) + float(pairs.joined[j - 1, window]), ("joined", i - 2, j - 1)
    if j > 1:
        yield float(row[j - 2, window]) + float(pairs.split[j - 2, window]), ("split", i - 1, j - 2)
