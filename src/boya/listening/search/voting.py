"""The first stage of a search: which places of a segment share grams with the query.

Each gram of the query that the index knows votes for the places where the query would begin if that gram were right, with a
weight that is larger the rarer the gram (inverse document frequency). Votes for the same place, or up to two notes later (where
notes are missing or extra), are added. Rare grams vote first, until `MOST_VOTES` have been given, which bounds the time of a
search.

Source: Robertson & Zaragoza, "The probabilistic relevance framework: BM25 and beyond", 2009 (weights); diagonals as in Altschul
et al., "Basic local alignment search tool", J. Mol. Biol. 215, 1990.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.listening.search.grams import ranges_of
from boya.listening.search.query import Query
from boya.listening.search.segment import Segment, damaged

__all__ = ["MOST_VOTES", "Places", "vote"]

MOST_VOTES = 400_000
_SPARE = 3  # so many times as many places are looked at, because neighbours are left out
DRIFT = 2  # notes by which missing or extra notes may move a part of the query
_PLACE, _WEIGHT = np.uint64(16), np.uint64(8)  # a vote is place, weight and note of the query in one number
_LOW = np.uint64(255)

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Places:
    """Where the query may be in a segment, best first.

    Attributes
    ----------
    notes
        note of the segment that the query has a gram in common with `[shape=(places,)]`
    asked
        note of the query that this gram begins at `[shape=(places,)]`
    votes
        summed weights `[shape=(places,)]`
    is_all
        whether no other place shares a gram
    """

    notes: Ints
    asked: Ints
    votes: NDArray[np.float64]
    is_all: bool = True

    def __len__(self) -> int:
        return len(self.notes)

    def __getitem__(self, chosen: Ints | slice) -> "Places":
        return Places(self.notes[chosen], self.asked[chosen], self.votes[chosen], self.is_all)


def vote(segment: Segment, query: Query, most: int, reach: str) -> Places:
    """Return the places of a segment with most votes.

    Parameters
    ----------
    most
        how many at most
    reach
        of `boya.listening.search.grams.REACHES`
    """
    votes = np.sort(_votes(segment, query, reach))
    if not len(votes):
        return Places(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    packed = votes >> _PLACE
    heads = np.flatnonzero(np.append(True, packed[1:] != packed[:-1]))
    sums = np.add.reduceat((votes >> _WEIGHT) & _LOW, heads).astype(np.int64)
    place: Ints = packed[heads].astype(np.int64)
    total = sums.copy()
    for later in range(1, DRIFT + 1):
        total[:-later] += np.where(place[later:] - place[:-later] <= DRIFT, sums[later:], 0)
    best = _most(total, _SPARE * most)
    asked = (votes[heads[best]] & _LOW).astype(np.int64)
    notes = place[best] - len(query) + asked
    if int(notes.max()) >= segment.n_notes:
        raise damaged(segment.folder, "postings")
    key = segment.pitches[notes].astype(np.int64) - query.pitches[asked]
    alone = ~_is_behind(place[best], total[best], segment.line_at(notes), key)
    order = np.flatnonzero(alone)[np.argsort(-total[best][alone], kind="stable")][:most]
    return Places(notes[order], asked[order], total[best][order].astype(float), len(best) == len(total))


def _votes(segment: Segment, query: Query, reach: str) -> NDArray[np.uint64]:
    """All votes; the place is counted from so many notes before the segment as the query has."""
    low, high = segment.spans(*ranges_of(query.pitches, query.gaps, reach))
    counts = high - low
    order = np.argsort(counts, kind="stable")
    order = order[counts[order] > 0]
    room = MOST_VOTES - np.cumsum(counts[order]) + counts[order]
    parts = []
    for asked, free in zip(order.tolist(), room.tolist(), strict=True):
        if free <= 0:
            break
        count = int(counts[asked])
        weight = min(max(round(8 * np.log2(1 + segment.n_notes / count)), 1), 255)
        found = segment.postings[low[asked] : low[asked] + min(count, free)].astype(np.uint64)
        found += np.uint64(len(query) - asked)
        parts.append((found << _PLACE) | np.uint64(weight << 8 | asked))
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)


def _most(total: Ints, most: int) -> Ints:
    """The places with most votes, in their order."""
    if len(total) <= most:
        return np.arange(len(total))
    least = np.partition(total, len(total) - most)[len(total) - most]
    more, equal = np.flatnonzero(total > least), np.flatnonzero(total == least)
    return np.sort(np.concatenate([more, equal[: most - len(more)]]))


def _is_behind(place: Ints, total: Ints, line: Ints, key: Ints) -> NDArray[np.bool_]:
    """Which places lie within the drift of a better one in the same line and key."""
    behind = np.zeros(len(place), dtype=bool)
    for later in range(1, DRIFT + 1):
        near = (place[later:] - place[:-later] <= DRIFT) & (line[later:] == line[:-later]) & (key[later:] == key[:-later])
        behind[later:] |= near & (total[:-later] >= total[later:])
        behind[:-later] |= near & (total[later:] > total[:-later])
    return behind
