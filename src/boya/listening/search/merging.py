"""The first stage of a search for what was sung: which places share grams with it, where a note may be several of one pitch.

The index knows four notes in a row, repeated ones too. Each few notes of the query are looked up in all the `WAYS` in which they
may be four notes of the piece. A vote is for a *run* of the piece (notes of one pitch in a row count as one) in which the query
would begin, and for a key: chance votes seldom agree on both. A note of the query votes once for a place, with its rarest gram.

Source: as `voting`; repeated notes after Mongeau & Sankoff, "Comparison of musical sequences", Computers and the Humanities 24,
1990 (consolidation).
"""

import numpy as np
from numpy.typing import NDArray

from boya.listening.search.grams import RHYTHMS, melodic_grams
from boya.listening.search.segment import Segment, damaged
from boya.listening.search.sung import Sung
from boya.listening.search.voting import DRIFT, Places

__all__ = ["MOST_VOTES", "WAYS", "vote_merged"]

WAYS = ((1, 1, 1, 1), (2, 1, 1), (1, 2, 1), (1, 1, 2), (2, 2), (1, 3), (3, 1))  # notes of the piece for each of the query
MOST_VOTES = 2_000_000
# A vote is key, run, note of the query and weight in one number.
_KEY, _RUN, _NOTE = np.uint64(48), np.uint64(14), np.uint64(8)
_SAME_KEY, _RUNS, _NOTES, _WEIGHTS = 128, np.uint64(2**34 - 1), np.uint64(63), np.uint64(255)

Ints = NDArray[np.int64]
Votes = NDArray[np.uint64]


def vote_merged(segment: Segment, query: Sung, most: int) -> Places:
    """Return the places of a segment with most votes; `notes` are the last of their run: when that ends is sure."""
    runs = _runs(segment)
    votes = np.sort(_votes(segment, query, runs))
    if not len(votes):
        return Places(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    votes = votes[np.append(votes[1:] >> _NOTE != votes[:-1] >> _NOTE, True)]  # the rarest gram of each note
    place = votes >> _RUN
    heads = np.flatnonzero(np.append(True, place[1:] != place[:-1]))
    place, total = place[heads], np.add.reduceat(votes & _WEIGHTS, heads).astype(np.int64)
    alone = total.copy()
    for later in range(1, DRIFT + 1):
        total[:-later] += np.where(place[later:] - place[:-later] <= DRIFT, alone[later:], 0)
    best = np.argsort(-total, kind="stable")[:most]
    asked = (votes[heads[best]] >> _NOTE & _NOTES).astype(np.int64)
    run = (place[best] & _RUNS).astype(np.int64) - len(query) + asked
    return Places(np.searchsorted(runs, run, side="right") - 1, asked, total[best].astype(float), len(best) == len(total))


def _runs(segment: Segment) -> NDArray[np.uint32]:
    """The run of each note, counted from 1."""
    begins = np.ones(segment.n_notes, dtype=bool)
    np.not_equal(segment.pitches[1:], segment.pitches[:-1], out=begins[1:])
    begins[segment.starts[:-1]] = True
    return np.cumsum(begins, dtype=np.uint32)


def _votes(segment: Segment, query: Sung, runs: NDArray[np.uint32]) -> Votes:
    """All votes, those of rare grams first; the run is counted from so many before the segment as the query has notes."""
    first, asked = _grams(query)
    low, high = segment.spans(first, first + RHYTHMS)
    counts = high - low
    order = np.argsort(counts, kind="stable")
    order = order[counts[order] > 0]
    room = MOST_VOTES - np.cumsum(counts[order]) + counts[order]
    parts: list[Votes] = [np.zeros(0, dtype=np.uint64)]
    for at, free in zip(order.tolist(), room.tolist(), strict=True):
        if free <= 0:
            break
        count, note = int(counts[at]), int(asked[at])
        found = segment.postings[low[at] : low[at] + min(count, free)]
        if int(found.max()) >= segment.n_notes:
            raise damaged(segment.folder, "postings")
        key = segment.pitches[found].astype(np.int64) - int(query.pitches[note]) + _SAME_KEY
        run = runs[found].astype(np.uint64) + np.uint64(len(query) - note)
        weight = min(max(round(8 * np.log2(1 + segment.n_notes / count)), 1), 255)
        parts.append(key.astype(np.uint64) << _KEY | run << _RUN | np.uint64(note << 8 | weight))
    return np.concatenate(parts)


def _grams(query: Sung) -> tuple[Ints, Ints]:
    """The first gram of each few notes in each way, and the note they begin at."""
    rows = [(np.repeat(query.pitches[at : at + len(way)], way), at) for way in WAYS for at in range(len(query) - len(way) + 1)]
    return np.array([melodic_grams(row)[0] for row, _ in rows]), np.array([at for _, at in rows])
