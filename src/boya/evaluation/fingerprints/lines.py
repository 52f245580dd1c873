"""A score as lines of moves: what is compared, whatever the key and the tempo.

Conventions: a *line* is the top line of a pitched track (the highest note of each onset, on a grid of twelfths of a quarter), or
the skyline, the top line of all pitched tracks together. A line of n notes is n - 1 *moves*, a byte each: the interval in
semitones, beyond 13 as 13, and the ratio of the distance of onsets to the one before, as 2 log2(ratio) rounded and held to -4..4
(0 at the first move). Byte 0 stands between lines. Velocities, lengths, key, tempo and the place in the bar do not matter. Drums
have no intervals and stay out.

Source: intervals and ratios after Downie, "Evaluating a simple approach to music information retrieval", 1999.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.score import TICKS_PER_QUARTER, Score

__all__ = ["RATIOS", "STEP", "WIDEST", "Line", "grams", "lines_of", "spread", "text_of"]

STEP = TICKS_PER_QUARTER // 12
WIDEST, RATIOS = 13, 9
SKYLINE = -1

Moves = NDArray[np.uint8]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Line:
    """The top line of a track, or the skyline (`track` is -1).

    `onset` are ticks and `pitch` MIDI numbers `[shape=(notes,)]`, `moves` bytes `[shape=(notes - 1,)]`.
    """

    track: int
    onset: Ints
    pitch: Ints
    moves: Moves

    @property
    def is_skyline(self) -> bool:
        """Whether this is the top line of all tracks."""
        return self.track == SKYLINE

    @property
    def n_notes(self) -> int:
        """Number of notes."""
        return len(self.onset)

    def bars(self, score: Score, first: int, n_notes: int) -> tuple[int, int]:
        """Return the bar of the score in which a note begins, and the bar after that of the last of so many notes."""
        bounds = score.bar_bounds
        ends = self.onset[[first, first + n_notes - 1]]
        low, high = np.minimum(np.searchsorted(bounds, ends, side="right") - 1, len(bounds) - 2).tolist()
        return low, high + 1


def lines_of(score: Score) -> list[Line]:
    """Return the top line of each pitched track with notes, and the skyline where there are several.

    >>> from boya.score import Track, note_array
    >>> tune = Track(note_array([(0, 480, 60, 80), (480, 480, 64, 80), (480, 480, 55, 80)]))
    >>> [(line.track, line.n_notes) for line in lines_of(Score((tune, tune)))]
    [(0, 2), (1, 2), (-1, 2)]
    """
    heard = [(number, track.notes) for number, track in enumerate(score.tracks) if not track.is_drum and track.n_notes]
    lines = [_top(number, notes["onset"], notes["pitch"]) for number, notes in heard]
    if len(heard) > 1:
        onset, pitch = (np.concatenate([notes[name] for _, notes in heard]) for name in ("onset", "pitch"))
        lines.append(_top(SKYLINE, onset, pitch))
    return lines


def _top(number: int, onset: NDArray[Any], pitch: NDArray[Any]) -> Line:
    """The highest note of each step of the grid."""
    step = (onset.astype(np.int64) + STEP // 2) // STEP
    note = np.unique(step * 128 + pitch)
    step, high = np.divmod(note[np.append(np.diff(note // 128) != 0, True)], 128)
    interval = np.clip(np.diff(high), -WIDEST, WIDEST) + WIDEST
    apart = np.diff(step)
    ratio = np.append(np.zeros(1), 2 * np.log2(apart[1:] / apart[:-1]))[: len(apart)]
    ratio = np.clip(np.rint(ratio), -(RATIOS // 2), RATIOS // 2) + RATIOS // 2
    return Line(number, step * STEP, high, (1 + interval * RATIOS + ratio).astype(np.uint8))


def text_of(lines: Sequence[Line]) -> tuple[Moves, Ints]:
    """Return the moves of all lines, a zero before each and at the end; and the place of each line's first move."""
    parts = [part for line in lines for part in (np.zeros(1, dtype=np.uint8), line.moves)]
    starts = np.cumsum([1, *(len(line.moves) + 1 for line in lines)])[:-1] if lines else np.zeros(0, dtype=np.int64)
    return np.concatenate([*parts, np.zeros(1, dtype=np.uint8)]), starts


def grams(moves: Moves, size: int) -> NDArray[Any]:
    """Return every stretch of so many moves, 4 or 8, as one number. `[shape=(stretches,)]`"""
    count = max(len(moves) - size + 1, 0)
    found = np.empty(count, dtype=f"<u{size}")
    for offset in range(min(size, count)):
        part = np.frombuffer(moves, dtype=f"<u{size}", offset=offset, count=(len(moves) - offset) // size)
        found[offset::size] = part
    return found


def spread(first: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Return the numbers of stretches, from `first` on so many, one after another, and the stretch of each.

    >>> [values.tolist() for values in spread(np.array([5, 9]), np.array([2, 1]))]
    [[0, 0, 1], [5, 6, 9]]
    """
    row = np.repeat(np.arange(len(first)), count)
    return row, first[row] + np.arange(len(row)) - (np.cumsum(count) - count)[row]
