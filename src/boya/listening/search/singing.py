"""A search for what was sung: places by merged notes, contours laid over them, and what is said of the best.

The score of an answer is 1 less what a moment costs (see `contours`), so 1 is a recording of this very melody. Its notes and
edits are told of the notes that were heard, with those of one pitch in a row counted as one.
"""

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from boya.listening.search.alignment import MARGIN, Step, Windows, align
from boya.listening.search.contours import Around, around, unlikeness
from boya.listening.search.match import Match, edits_of, match_at
from boya.listening.search.merging import vote_merged
from boya.listening.search.places import Wanted, wanted_places
from boya.listening.search.segment import Segment
from boya.listening.search.store import Known, Store
from boya.listening.search.sung import Sung

__all__ = ["find_sung"]

_PLACES = 500  # of each segment, that the recording is laid over
_WORST = 1.0  # beyond this it is another tune

Found = tuple[float, int, int, Segment, Around, int]  # cost, piece, line, its segment, what is around the place, which place


def find_sung(store: Store, segments: Sequence[Segment], query: Sung, limit: int, wanted: Wanted) -> list[Match]:
    """Return the best places, one of each piece."""
    found = [one for segment in segments for one in _found(segment, query, max(_PLACES, limit), wanted)]
    best: dict[int, Found] = {}
    for one in sorted(found, key=lambda one: one[0]):
        best.setdefault(one[1], one)
    first = list(best.values())[: 2 * limit]
    known = store.pieces([piece for _, piece, *_ in first])
    return [_match(query, one, known[one[1]]) for one in first if one[1] in known][:limit]


def _found(segment: Segment, query: Sung, most: int, wanted: Wanted) -> list[Found]:
    """The places of a segment that are not too bad."""
    places = wanted_places(segment, most, wanted, partial(vote_merged, segment, query))
    if not len(places):
        return []
    near = around(segment, query, places)
    costs = unlikeness(query, places, near)
    lines = segment.line_at(places.notes)
    return [
        (float(costs[at]), int(segment.pieces[lines[at]]), int(lines[at]), segment, near, at)
        for at in np.flatnonzero(costs < _WORST).tolist()
    ]


def _match(query: Sung, found: Found, known: Known) -> Match:
    """A place as an answer."""
    cost, _, line, segment, near, at = found
    heads, window = _merged(query, near, at)
    [steps] = align(query, window)
    begins = int(near.notes[heads[min(_first_run(steps), len(heads) - 1)], at])
    onset = int(segment.onsets[line]) + int(segment.gaps[int(segment.starts[line]) : begins].sum(dtype=np.int64))
    return match_at(
        known,
        int(segment.voices[line]),
        onset,
        score=round(1 - cost, 4),
        distance=round(cost * len(query), 3),
        n_right=sum(what == "right" for what, _, _ in steps),
        n_notes=len(query),
        transposition=int(near.transposition[at]),
        tempo_ratio=round(float(near.ratio[at]), 4),
        edits=edits_of(steps),
        query=query.name,
    )


def _merged(query: Sung, near: Around, at: int) -> tuple[NDArray[np.int64], Windows]:
    """The runs around a place: the row of the first note of each, and all as a window to align with."""
    run = near.run[:, at]
    rows = np.flatnonzero(near.is_inside[:, at] & (run >= -MARGIN) & (run < len(query) + MARGIN))
    heads = rows[np.append(True, np.diff(run[rows]) != 0)]
    gaps = np.add.reduceat(near.gaps[rows, at], heads - rows[0]) / near.ratio[at]
    return heads, Windows(near.pitches[heads, at, None].astype(np.int16), gaps[:, None].astype(np.float32))


def _first_run(steps: Sequence[Step]) -> int:
    """The first run of the window that the query is laid on."""
    return next((run for what, _, run in steps if what not in ("extra", "missing")), steps[0][2] if steps else 0)
