"""The notes of a score as tokens, all at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.representation.stream.rows import FIRST, SEGMENT_DTYPE
from boya.representation.stream.vocabulary import LONGEST_BAR, LOWEST_DRUM, LOWEST_PITCH, TICKS_PER_STEP
from boya.score import Score, note_array

__all__ = ["NoteTokens", "write_notes"]


@dataclass(frozen=True, eq=False)
class NoteTokens:
    """Tokens of all segments, without what stands between them.

    Attributes
    ----------
    tokens, bar
        int16 tokens and the bar of each `[shape=(n_tokens,)]`
    segments, segment_bar
        rows of SEGMENT_DTYPE, starts counted from `tokens[0]`, and the bar of each `[shape=(n_segments,)]`
    """

    tokens: NDArray[np.int16]
    bar: NDArray[np.int64]
    segments: NDArray[np.void]
    segment_bar: NDArray[np.int64]


def write_notes(score: Score, lines: NDArray[np.int64], shift: int) -> NoteTokens:
    """Write the notes of a quantised score.

    Parameters
    ----------
    score
        as `quantise` returns it
    lines
        first step of each bar, and the step after the last `[shape=(n_bars + 1,)]`
    shift
        semitones added to pitches
    """
    counts = [track.n_notes for track in score.tracks]
    notes = np.concatenate([note_array(), *(track.notes for track in score.tracks)])
    slot = np.repeat(np.arange(len(counts)), counts)
    is_drum = np.repeat(np.array([track.is_drum for track in score.tracks], dtype=bool), counts)
    step = notes["onset"].astype(np.int64) // TICKS_PER_STEP
    bar = np.searchsorted(lines, step, side="right") - 1
    order = np.lexsort((notes["pitch"], step, slot, bar))
    notes, slot, is_drum, bar, step = notes[order], slot[order], is_drum[order], bar[order], step[order]
    begins = _changes(bar) | _changes(slot)
    longs, steps = np.divmod(notes["duration"].astype(np.int64) // TICKS_PER_STEP - 1, LONGEST_BAR)
    velocity, pitch = notes["velocity"].astype(np.int64), notes["pitch"].astype(np.int64)
    sound = np.where(is_drum, FIRST["drum"] - LOWEST_DRUM + pitch, FIRST["pitch"] - LOWEST_PITCH + pitch + shift)
    columns = (
        FIRST["slot"] + slot,
        FIRST["at"] + step - lines[bar],
        FIRST["vel"] + velocity // 16,
        FIRST["long"] + longs - 1,
        FIRST["dur"] + steps,
        sound,
    )
    has_length = (begins | _changes(notes["duration"])) & ~is_drum
    is_written = np.stack(
        [begins, begins | _changes(step), begins | _changes(velocity), has_length & (longs > 0), has_length, sound > 0], axis=1
    )
    tokens = np.stack(columns, axis=1)[is_written].astype(np.int16)
    sizes = is_written.sum(axis=1)
    rows = np.flatnonzero(begins)
    segments = np.zeros(len(rows), dtype=SEGMENT_DTYPE)
    segments["start"] = (np.cumsum(sizes) - sizes)[rows]
    segments["slot"] = slot[rows]
    if len(rows):
        segments["content"] = _contents(tokens, segments["start"], np.diff(lines)[bar[rows]])
        sums = {"notes": np.ones_like(bar), "onsets": is_written[:, 1], "pitch": pitch, "velocity": velocity}
        for name, values in sums.items():
            segments[name] = np.add.reduceat(values.astype(np.int64), rows)
    return NoteTokens(tokens, np.repeat(bar, sizes), segments, bar[rows])


def _contents(tokens: NDArray[np.int16], starts: NDArray[np.int32], lengths: NDArray[np.int64]) -> list[int]:
    """The first segment with the same tokens in a bar as long, for each segment."""
    seen: dict[tuple[bytes, int], int] = {}
    said = (words.tobytes() for words in np.split(tokens, starts[1:]))
    return [seen.setdefault(key, number) for number, key in enumerate(zip(said, lengths.tolist(), strict=True))]


def _changes(values: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where a value differs from the one before; the first does."""
    return np.append(True, values[1:] != values[:-1])[: len(values)]
