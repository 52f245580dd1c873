"""Between the two stages of a search: the candidates of all segments, and the notes around them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from boya.listening.search.alignment import FAR, MARGIN, Windows
from boya.listening.search.query import Query
from boya.listening.search.segment import Segment
from boya.listening.search.voting import Places, vote

__all__ = ["Candidates", "Wanted", "candidates_of", "wanted_places"]

Ints = NDArray[np.int64]
Wanted = Callable[[Ints], NDArray[np.bool_]]
_WIDER = 8


@dataclass(frozen=True, eq=False)
class Candidates:
    """Places with the notes around them, and what is known of each. `[shape=(places,)]` each.

    `first` is the first note of the window, `start` the first of its line, both in the segment.
    """

    windows: Windows
    votes: NDArray[np.float64]
    segment: Ints
    line: Ints
    piece: Ints
    first: Ints
    start: Ints
    transposition: Ints
    ratio: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.votes)


def candidates_of(segments: Sequence[Segment], query: Query, most: int, wanted: Wanted, reach: str) -> Candidates | None:
    """Return the best places of all segments whose pieces are wanted; None if there is none."""
    found = [(n, s, wanted_places(s, most, wanted, partial(vote, s, query, reach=reach))) for n, s in enumerate(segments)]
    parts = [_around(number, segment, query, places) for number, segment, places in found if len(places)]
    if not parts:
        return None
    columns = {name: np.concatenate([part[name] for part in parts], axis=-1) for name in parts[0]}
    best = np.argsort(-columns["votes"], kind="stable")[:most]
    columns = {name: column[..., best] for name, column in columns.items()}
    return Candidates(Windows(columns.pop("pitches"), columns.pop("gaps")), **columns)


def wanted_places(segment: Segment, most: int, wanted: Wanted, voted: Callable[[int], Places]) -> Places:
    """Return the best places of wanted pieces, of those that `voted` gives, so many at most; looks further where many are not."""
    asked = most
    while True:
        places = voted(asked)
        kept = np.flatnonzero(wanted(segment.pieces[segment.line_at(places.notes)].astype(np.int64)))[:most]
        if len(kept) >= most or places.is_all:
            return places[kept]
        asked *= _WIDER


def _around(number: int, segment: Segment, query: Query, places: Places) -> dict[str, NDArray[np.generic]]:
    """The notes around each place, in the key and the tempo of the query."""
    line = segment.line_at(places.notes)
    start, end = segment.starts[line].astype(np.int64), segment.starts[line + 1].astype(np.int64)
    first = places.notes - places.asked - MARGIN
    notes = first + np.arange(len(query) + 2 * MARGIN)[:, None]
    is_inside = (notes >= start) & (notes < end)
    notes = np.clip(notes, 0, segment.n_notes - 1)
    transposition = segment.pitches[places.notes].astype(np.int64) - query.pitches[places.asked]
    pitches = np.where(is_inside, segment.pitches[notes].astype(np.int64) - transposition, FAR)
    ratio = _ratios(segment, query, places)
    return {
        "pitches": pitches.astype(np.int16),
        "gaps": (np.maximum(segment.gaps[notes], 1) / ratio).astype(np.float32),
        "votes": places.votes,
        "segment": np.full(len(places), number),
        "line": line,
        "piece": segment.pieces[line].astype(np.int64),
        "first": first,
        "start": start,
        "transposition": transposition,
        "ratio": ratio,
    }


def _ratios(segment: Segment, query: Query, places: Places) -> NDArray[np.float64]:
    """How many times as long the notes of the common gram are in the piece: the middle one of its three gaps."""
    if query.gaps is None:
        return np.ones(len(places))
    along = np.arange(3)
    notes = np.minimum(places.notes[:, None] + along, segment.n_notes - 1)
    asked = np.minimum(places.asked[:, None] + along, len(query) - 1)
    return np.asarray(np.median(np.maximum(segment.gaps[notes], 1) / query.gaps[asked], axis=1))
