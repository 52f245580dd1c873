"""A search: vote, align, and say where and why."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boya.listening.search.alignment import Step, align, distances
from boya.listening.search.grams import REACHES
from boya.listening.search.match import Match, edits_of, match_at
from boya.listening.search.places import Candidates, Wanted, candidates_of
from boya.listening.search.query import Query
from boya.listening.search.segment import Segment
from boya.listening.search.singing import find_sung
from boya.listening.search.store import Known, Store
from boya.listening.search.sung import Sung

__all__ = ["Finder"]

_ALIGNED = 500  # places that are aligned for a query of up to 24 notes; fewer for longer ones
_FEWEST_ALIGNED = 150
_FIRST = 100  # they are enough
_NEAR = 0.12  # where one of them has so many wrong notes for each note
_POOR = 0.25  # where the best has more, the search looks again, further: without the rhythm, and for three notes in a row
_RIGHT = {"right": 1, "split": 1, "joined": 2}  # notes of the query that the piece has
_WORST = 0.5  # beyond this it is another tune

Ints = NDArray[np.int64]
Distances = NDArray[np.float32]


class Finder:
    """Searches the segments of an index, less the pieces that are removed."""

    def __init__(self, store: Store, segments: Sequence[Segment], removed: Ints) -> None:
        self._store, self._segments, self._removed = store, segments, removed

    def find(self, query: Query, limit: int, wanted: Ints | None) -> list[Match]:
        """Return the best places, one of each piece; only of pieces with these numbers, if given."""

        def is_wanted(pieces: Ints) -> NDArray[np.bool_]:
            kept = ~np.isin(pieces, self._removed) if len(self._removed) else np.ones(len(pieces), dtype=bool)
            return kept if wanted is None else kept & np.isin(pieces, wanted)

        if isinstance(query, Sung):
            return find_sung(self._store, self._segments, query, limit, is_wanted)
        best: tuple[Candidates, Distances] | None = None
        for reach in REACHES[query.gaps is None :]:
            found = self._candidates(query, limit, is_wanted, reach)
            if found is not None and (best is None or found[1].min() < best[1].min()):
                best = found
            if best is not None and float(best[1].min()) <= _POOR * len(query):
                break
        return [] if best is None else self._matches(query, *best, limit)

    def _candidates(self, query: Query, limit: int, wanted: Wanted, reach: str) -> tuple[Candidates, Distances] | None:
        """Places and their distances: the first few, and if none of them is near, all."""
        most = max(limit, _FEWEST_ALIGNED, min(_ALIGNED, _ALIGNED * 24 // len(query)))
        found = candidates_of(self._segments, query, most, wanted, reach)
        if found is None:
            return None
        few = max(limit, _FIRST)
        done = distances(query, found.windows[:few])
        if float(done.min()) > _NEAR * len(query) and len(found) > few:
            return found, np.concatenate([done, distances(query, found.windows[few:])])
        return found, done

    def _matches(self, query: Query, found: Candidates, done: Distances, limit: int) -> list[Match]:
        """The best places as answers."""
        n_done = len(done)
        order = np.lexsort((found.piece[:n_done], -found.votes[:n_done], np.round(done, 3)))
        order = order[done[order] <= _WORST * len(query)]
        _, heads = np.unique(found.piece[order], return_index=True)
        best = order[np.sort(heads)][: 2 * limit]
        known = self._store.pieces(found.piece[best].tolist())
        best = np.array([at for at in best.tolist() if int(found.piece[at]) in known][:limit], dtype=np.int64)
        paths = align(query, found.windows[best])
        pairs = zip(best.tolist(), paths, strict=True)
        return [self._match(query, found, float(done[at]), known[int(found.piece[at])], at, path) for at, path in pairs]

    def _match(self, query: Query, found: Candidates, distance: float, known: Known, at: int, steps: list[Step]) -> Match:
        """One place as an answer."""
        line, segment = int(found.line[at]), self._segments[int(found.segment[at])]
        begins = _onset(segment, line, int(found.start[at]), int(found.first[at]) + _first_note(steps))
        return match_at(
            known,
            int(segment.voices[line]),
            begins,
            score=round(max(1 - distance / len(query), 0.0), 4),
            distance=round(distance, 3),
            n_right=sum(_RIGHT.get(what, 0) for what, _, _ in steps),
            n_notes=len(query),
            transposition=int(found.transposition[at]),
            tempo_ratio=None if query.gaps is None else round(float(found.ratio[at]), 4),
            edits=edits_of(steps),
            query=query.name,
        )


def _first_note(steps: Sequence[Step]) -> int:
    """The first note of the window that the query is laid on."""
    return next((j for what, _, j in steps if what not in ("extra", "missing")), steps[0][2] if steps else 0)


def _onset(segment: Segment, line: int, start: int, note: int) -> int:
    """The step at which a note begins."""
    return int(segment.onsets[line]) + int(segment.gaps[start : max(note, start)].sum(dtype=np.int64))
