"""The moves of a corpus, and the runs that lines share with it.

Conventions: see `boya.evaluation.fingerprints`.

Source: seeds on diagonals that are made longer, after Altschul et al., "Basic local alignment search tool", 1990.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.fingerprints.lines import RATIOS, Line, grams, spread, text_of
from boya.evaluation.fingerprints.notes import Notes

__all__ = ["EXACT", "MOST_PLACES", "NEAR", "SHORTEST", "Fingerprints", "Matches"]

EXACT, NEAR = 8, 4  # moves that a search begins with
SHORTEST = EXACT + 2  # notes of a run that is sure to be found
MOST_PLACES = 64  # of a stretch that is not common
SLOTS = 20  # bits of the table that sorts out most of the corpus

Moves = NDArray[np.uint8]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Matches:
    """Runs shared with the corpus, the longest first; all arrays `[shape=(runs,)]`.

    Attributes
    ----------
    line, first, notes
        which of the lines asked about, its first note in the run, and how many notes
    equal
        of the notes, how many follow the one before as there; of an exact run all
    place
        of the first note's move among the moves of the corpus
    piece
        number of the piece of the corpus
    """

    line: Ints
    first: Ints
    notes: Ints
    equal: Ints
    place: Ints
    piece: Ints

    def __len__(self) -> int:
        return len(self.line)

    def take(self, which: NDArray[Any]) -> "Matches":
        """Return some of the runs."""
        return Matches(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


class Fingerprints:
    """The moves of a corpus, in which runs are looked for.

    Attributes
    ----------
    pieces
        of each piece the id, title, composer, source and licence
    typical
        what held-out real music shares with the corpus: figures by name, each as percentiles; empty where nobody measured
    """

    def __init__(self, arrays: Mapping[str, NDArray[Any]], about: Mapping[str, Any]) -> None:
        self.pieces: list[dict[str, Any]] = list(about["pieces"])
        self.typical: dict[str, Any] = dict(about.get("typical", {}))
        self.arrays = dict(arrays)
        self.moves = np.ascontiguousarray(arrays["moves"])
        self._common = {EXACT: arrays["common8"], NEAR: arrays["common4"]}
        self._bar_stops = np.cumsum(arrays["line_bars"], dtype=np.int64)
        self._line_piece = arrays["line_piece"].astype(np.int64)
        self._starts = np.flatnonzero(self.moves == 0)  # a line's moves begin behind its zero
        if not len(self._line_piece) == len(self._bar_stops) == len(self._starts) - 1:
            raise ValueError(f"{len(self._line_piece)} lines, {len(self._bar_stops)} with bars, {len(self._starts)} ends")

    def runs(self, lines: Sequence[Line]) -> Matches:
        """Return the runs of at least 10 notes that lines share with the corpus, the longest first."""
        text, starts = text_of(lines)
        here, there = self.seeds(text, EXACT)
        back, on = _equal(text, self.moves, here - 1, there - 1, -1), _equal(text, self.moves, here, there, 1)
        found = self.matches(text, starts, here - back, there - back, back + on, back + on)
        return found.take(found.notes >= SHORTEST)

    def unknown(self, lines: Sequence[Line]) -> NDArray[np.bool_]:
        """Which stretches of 8 moves, line after line, stand nowhere in the corpus. `[shape=(stretches,)]`"""
        text, _ = text_of(lines)
        asked = grams(text, EXACT)[_is_whole(text, EXACT)]
        there = _grams_at(self.moves, self._places(asked, EXACT), EXACT)
        return ~_is_among(asked, np.unique(there))

    def telling(self, lines: Sequence[Line], matches: Matches) -> Ints:
        """Return how many notes of each exact run are telling. `[shape=(runs,)]`"""
        text, starts = text_of(lines)
        stretches = grams(text, NEAR)
        order = np.argsort(stretches, kind="stable")
        before = np.full(len(stretches), -1)
        is_again = stretches[order][1:] == stretches[order][:-1]
        before[order[1:][is_again]] = order[:-1][is_again]
        begin = starts[matches.line] + matches.first
        row, at = spread(begin, matches.notes - NEAR)
        new = np.bincount(row[before[at] < begin[row]], minlength=len(matches))
        return np.minimum(NEAR + new, matches.notes)

    def bars(self, matches: Matches) -> Ints:
        """Return the first bar of each run in its piece, and the bar after its last. `[shape=(runs, 2)]`"""
        return self._bars(matches.place, matches.notes)

    def bars_between(self, piece: int, first: int, last: int) -> tuple[int, int]:
        """Return the bar of a piece in which notes from a step on begin, and the bar after those that begin at a last step."""
        at = np.flatnonzero((self.notes.piece == piece) & (self.notes.step >= first) & (self.notes.step <= last))
        bars = self._bars(at + 1, np.ones(len(at), dtype=np.int64))
        return (int(bars[:, 0].min()), int(bars[:, 1].max())) if len(bars) else (0, 1)

    def _bars(self, place: Ints, notes: Ints) -> Ints:
        """The bars of so many notes, the first of which comes before the move at a place. `[shape=(places, 2)]`"""
        line = np.searchsorted(self._starts, place, side="left") - 1
        first_bar = np.append(0, self._bar_stops)[line]
        note = np.append(0, self._note_stops)[first_bar] + place - self._starts[line] - 1
        ends = np.stack([note, note + notes - 1], axis=1)
        bar = np.searchsorted(self._note_stops, ends, side="right") - first_bar[:, None]
        return np.asarray(bar + np.array([0, 1]))

    @cached_property
    def notes(self) -> Notes:
        """The notes themselves: what is compared when all voices are at once."""
        owner = np.append(self._line_piece, len(self.pieces))  # the last zero belongs to nobody
        return Notes.of(self.arrays, owner[np.cumsum(self.moves == 0) - 1])

    @cached_property
    def _note_stops(self) -> Ints:
        """Notes of all lines up to the end of each bar."""
        return np.cumsum(self.arrays["bar_notes"], dtype=np.int64)

    def warm(self) -> "Fingerprints":
        """Prepare what the first search would; return the fingerprints."""
        _ = self._slots4, self._slots8
        return self

    @cached_property
    def _slots4(self) -> NDArray[np.uint32]:
        """Slot of every stretch of 4 moves."""
        return _slots(grams(self.moves, NEAR))

    @cached_property
    def _slots8(self) -> NDArray[np.uint32]:
        """Slot of every stretch of 8 moves."""
        halves = grams(self.moves, NEAR)
        return _slots(halves[:-NEAR], halves[NEAR:])

    def _places(self, asked: NDArray[Any], size: int) -> Ints:
        """Places of the corpus where one of these stretches stands, and a few others."""
        wanted = np.zeros(1 << SLOTS, dtype=bool)
        wanted[_slots(*_halves(asked))] = True
        return np.flatnonzero(wanted[self._slots8 if size == EXACT else self._slots4])

    def seeds(self, text: Moves, size: int) -> tuple[Ints, Ints]:
        """Return pairs of places, in a text and here, with the same stretch of moves, if it is not common.

        Of pairs that follow each other on a diagonal only the first.
        """
        at = np.flatnonzero(_is_whole(text, size))
        at = at[~_is_among(grams(text, size)[at], self._common[size])]
        asked = grams(text, size)[at]
        order = np.argsort(asked, kind="stable")
        asked, at = asked[order], at[order]
        there = self._places(asked, size)
        found = _grams_at(self.moves, there, size)
        low, high = np.searchsorted(asked, found, side="left"), np.searchsorted(asked, found, side="right")
        row, pair = spread(low, high - low)
        here, there = at[pair], there[row]
        order = np.lexsort((here, here - there))
        here, there = here[order], there[order]
        is_first = np.ones(len(here), dtype=bool)
        is_first[1:] = (np.diff(here) != 1) | (np.diff(there) != 1)
        return here[is_first], there[is_first]

    def matches(self, text: Moves, starts: Ints, first: Ints, place: Ints, moves: Ints, equal: Ints) -> Matches:
        """Return runs of moves as runs of notes in lines and pieces, each once, the longest first."""
        _, kept = np.unique((place - first + len(text)) * len(text) + first, return_index=True)
        first, place = first[kept], place[kept]
        before = np.stack([text[first - 1], self.moves[place - 1]]).astype(np.int64) - 1
        has_more = (before >= 0).all(axis=0) & (before[0] // RATIOS == before[1] // RATIOS)  # of a run's first move the interval
        first, place = first - has_more, place - has_more
        notes, equal = moves[kept] + has_more + 1, equal[kept] + has_more + 1
        line = np.searchsorted(starts, first, side="right") - 1
        piece = self._line_piece[np.searchsorted(self._starts, place, side="left") - 1]
        order = np.lexsort((piece, -equal))
        return Matches(*(values[order] for values in (line, first - starts[line], notes, equal, place, piece)))


def _grams_at(moves: Moves, places: Ints, size: int) -> NDArray[Any]:
    """The stretches at some places."""
    rows = moves[places[:, None] + np.arange(size)]
    return np.ascontiguousarray(rows).view(f"<u{size}").ravel()


def _halves(stretches: NDArray[Any]) -> list[NDArray[np.uint32]]:
    """Stretches of 8 moves as two of 4 each; those of 4 as they are."""
    parts = stretches.dtype.itemsize // NEAR
    return list(np.ascontiguousarray(stretches).view("<u4").reshape(-1, parts).T)


def _slots(first: NDArray[np.uint32], second: NDArray[np.uint32] | None = None) -> NDArray[np.uint32]:
    """A place in the table for each stretch."""
    mixed = first * np.uint32(0x9E3779B1)
    if second is not None:
        mixed ^= second
        mixed *= np.uint32(0x85EBCA6B)
    mixed >>= np.uint32(32 - SLOTS)
    return mixed


def _is_whole(moves: Moves, size: int) -> NDArray[np.bool_]:
    """Where a stretch lies in one line."""
    ends = np.cumsum(np.append(0, moves == 0))
    return np.asarray(ends[size:] == ends[: max(len(ends) - size, 0)])


def _is_among(values: NDArray[Any], known: NDArray[Any]) -> NDArray[np.bool_]:
    """Which values are among known ones, which are sorted."""
    if not len(known):
        return np.zeros(len(values), dtype=bool)
    at = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.asarray(known[at] == values)


def _equal(one: Moves, other: Moves, here: Ints, there: Ints, step: int) -> Ints:
    """How many moves are equal from two places on, in one direction."""
    count = np.zeros(len(here), dtype=np.int64)
    going = np.arange(len(here))
    for done in range(len(one)):
        left, right = one[here[going] + step * done], other[there[going] + step * done]
        going = going[(left == right) & (left != 0)]
        if not len(going):
            break
        count[going] += 1
    return count
