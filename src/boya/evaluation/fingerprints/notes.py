"""The notes that the moves of a corpus lead to: pitch and time of each, and the short stretches that many of them begin.

Conventions: a *place* is an index into the moves of the corpus; the zero before a line stands for its first note, a move for the
note that it leads to. Time is in steps of a twelfth of a quarter. The file holds the gaps between onsets (at a zero, the first
onset), each line's first pitch, and the intervals that are too wide for a move.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.fingerprints.lines import RATIOS, STEP, WIDEST, Line, spread

__all__ = ["Notes", "packed_notes"]

LATEST = 65535  # steps: 1,365 quarters before a line's first note, or between two
SPAN = 1 << 40  # more than any place in time and pitch of one piece
PITCHES = 128
MOST_PAIRS = 1 << 18

Moves = NDArray[np.uint8]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Notes:
    """Notes of a corpus; all arrays `[shape=(places,)]`: moves, pitch, onset in steps, and the number of the piece."""

    moves: Moves
    pitch: Ints
    step: Ints
    piece: Ints

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], piece: Ints) -> "Notes":
        """Return the notes of the arrays of a file.

        Raises
        ------
        ValueError
            if the arrays do not fit each other.
        """
        moves = arrays["moves"]
        is_first = moves == 0
        interval = (moves.astype(np.int64) - 1) // RATIOS - WIDEST
        interval[(np.abs(interval) == WIDEST) & ~is_first] = arrays["wide"]
        interval[np.flatnonzero(is_first)] = np.append(arrays["first_pitch"], 0)
        return cls(moves, _summed(interval, is_first), _summed(arrays["gaps"].astype(np.int64), is_first), piece)

    @cached_property
    def codes(self) -> Ints:
        """Every note as one number, sorted: piece, then onset, then pitch."""
        return np.sort(self.code(self.piece, self.step, self.pitch))

    def code(self, piece: Ints, step: Ints, pitch: Ints) -> Ints:
        """Return notes as numbers."""
        return piece * SPAN + step * PITCHES + pitch

    def has(self, piece: Ints, step: Ints, pitch: Ints) -> NDArray[np.bool_]:
        """Return which notes the corpus has."""
        asked = self.code(piece, step, pitch)
        is_real = (step >= 0) & (pitch >= 0) & (pitch < PITCHES)
        return np.asarray(is_real & (self.codes[np.minimum(np.searchsorted(self.codes, asked), len(self.codes) - 1)] == asked))

    def seeds(self, text: Moves, at: Ints, size: int, most: int) -> tuple[Ints, Ints, NDArray[np.float64]]:
        """Return pairs of notes, in a text and here, after which the same 3 or 4 moves come, and how telling each is.

        A pair is as telling as its stretch of moves is rare: in bits.

        Parameters
        ----------
        at
            notes of the text that are looked at; as places, a zero stands for the first note of a line
        most
            places at which a stretch may stand; commoner ones are left out, and those that go beyond `MOST_PAIRS` in all
        """
        asked = np.append(_stretches(text, size)[1:], np.uint32(0))[at]
        known, places = self._known(size)
        low = np.searchsorted(known, asked, side="left")
        count = np.searchsorted(known, asked, side="right") - low
        count[(asked == 0) | (count > most)] = 0
        rarest = np.argsort(count, kind="stable")
        count[rarest[np.cumsum(count[rarest]) > MOST_PAIRS]] = 0
        row, there = spread(low, count)
        return at[row], places[there] - 1, np.log2(len(self.moves) / np.maximum(count, 1))[row]

    def _known(self, size: int) -> tuple[NDArray[np.uint32], Ints]:
        """All stretches of 3 or 4 moves, sorted, and where each stands."""
        return self._known3 if size == 3 else self._known4

    @cached_property
    def _known3(self) -> tuple[NDArray[np.uint32], Ints]:
        return _sorted_stretches(self.moves, 3)

    @cached_property
    def _known4(self) -> tuple[NDArray[np.uint32], Ints]:
        return _sorted_stretches(self.moves, 4)


def packed_notes(lines: Sequence[Line]) -> dict[str, NDArray[Any]]:
    """Return the arrays `gaps`, `wide` and `first_pitch` of lines.

    >>> line = Line(0, np.array([0, 480, 960]), np.array([60, 80, 79]), np.array([1 + 26 * 9 + 4, 1 + 12 * 9 + 4], np.uint8))
    >>> {name: values.tolist() for name, values in packed_notes([line]).items()}
    {'gaps': [0, 12, 12, 0], 'wide': [20], 'first_pitch': [60]}
    """
    gaps = [np.diff(line.onset // STEP, prepend=0) for line in lines]
    intervals = np.concatenate([np.zeros(0, dtype=np.int64), *(np.diff(line.pitch) for line in lines)])
    return {
        "gaps": np.minimum(np.concatenate([*gaps, np.zeros(1, dtype=np.int64)]), LATEST),
        "wide": intervals[np.abs(intervals) >= WIDEST],
        "first_pitch": np.array([line.pitch[0] for line in lines], dtype=np.int64),
    }


def _summed(steps: Ints, is_first: NDArray[np.bool_]) -> Ints:
    """Steps as values: summed up from each line's first on."""
    total = np.cumsum(steps)
    at = np.flatnonzero(is_first)
    before = total[at] - steps[at]
    return total - np.repeat(before, np.diff(np.append(at, len(steps))))


def _stretches(moves: Moves, size: int) -> NDArray[np.uint32]:
    """The 3 or 4 moves from each place on as one number; 0 where they are not all of one line."""
    padded = np.append(moves, np.zeros(size - 1, dtype=np.uint8)).astype(np.uint32)
    found = np.zeros(len(moves), dtype=np.uint32)
    is_whole = np.ones(len(moves), dtype=bool)
    for offset in range(size):
        part = padded[offset : offset + len(moves)]
        found |= part << np.uint32(8 * offset)
        is_whole &= part != 0
    return np.where(is_whole, found, np.uint32(0))


def _sorted_stretches(moves: Moves, size: int) -> tuple[NDArray[np.uint32], Ints]:
    """All stretches that are whole, sorted, and their places."""
    found = _stretches(moves, size)
    at = np.flatnonzero(found)
    packed = np.sort((found[at].astype(np.uint64) << np.uint64(32)) | at.astype(np.uint64))  # quicker than an argsort
    return (packed >> np.uint64(32)).astype(np.uint32), (packed & np.uint64(0xFFFFFFFF)).astype(np.int64)
