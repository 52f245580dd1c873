"""Notes from likelihoods: a note begins at a peak of its onset and lasts while it is likely to sound.

From the last onset to the first, each takes what sounds of its pitch after it, and what leaks into the pitches beside it. What is
left over and likely enough are notes whose beginning was not heard: they are taken from the likeliest on, in both directions.

Source: R. Bittner et al., ICASSP 2022, section 3 (see `network`).
"""

import numpy as np
from numpy.typing import NDArray

from boya.listening.audio.network import HOP_SECOND, LOWEST, Likelihoods
from boya.listening.audio.notes import Heard

__all__ = ["notes_in"]

Bytes = NDArray[np.uint8]

ONSET, AGAIN = 0.6, 0.8  # likelihood of an onset that is a note; where the pitch sounds already: others that begin disturb it
SOUND, LEFT = 0.4, 0.8  # likelihood of a pitch to go on, and to be taken without an onset
BEFORE = 4  # frames before an onset in which a pitch that sounds already does
PAUSE = 11  # frames below `SOUND` that end a note
LATE_SECOND = 0.01  # an onset is likeliest a little after it
SHORTEST, SHORTEST_LEFT = 5, 11  # frames, with an onset and without


def notes_in(found: Likelihoods) -> list[Heard]:
    """Return the notes, by onset and pitch.

    Examples
    --------
    >>> notes, onsets = np.zeros((2, 100, 88), np.uint8)
    >>> notes[10:60, 39], onsets[10, 39] = 200, 250
    >>> [(note.pitch, round(note.onset, 2), round(note.end, 2)) for note in notes_in(Likelihoods(notes, onsets))]
    [(60, 0.11, 0.69)]
    """
    left = found.notes.copy()
    spans = [*_begun(found.onsets, left), *_left_over(left)]
    notes = [_heard(found.notes, first, last, column) for first, last, column in spans]
    return sorted(notes, key=lambda note: (note.onset, note.pitch))


def _begun(onsets: Bytes, left: Bytes) -> list[tuple[int, int, int]]:
    """Notes with an onset, as first frame, last frame, column; what they take is gone from `left`."""
    around = np.pad(onsets, ((1, 1), (0, 0)))
    is_peak = (onsets >= 255 * _least(left)) & (onsets > around[:-2]) & (onsets >= around[2:])
    spans = []
    for first, column in np.argwhere(is_peak)[::-1].tolist():
        last = _end(left, first + 1, column)
        if last - first >= SHORTEST:
            _take(left, first, last, column)
            spans.append((first, last, column))
    return spans


def _least(notes: Bytes) -> NDArray[np.float32]:
    """How likely an onset must be to be a note, everywhere. `[shape=(frames, 88)]`"""
    padded = np.pad(notes, ((BEFORE, 0), (0, 0)))
    before = np.lib.stride_tricks.sliding_window_view(padded, BEFORE - 1, axis=0)[: len(notes)]
    return np.where(before.min(axis=2) >= 255 * SOUND, np.float32(AGAIN), np.float32(ONSET))


def _left_over(left: Bytes) -> list[tuple[int, int, int]]:
    """Notes without an onset, the likeliest first."""
    spans = []
    rows, columns = np.nonzero(left >= 255 * LEFT)
    order = np.argsort(-left[rows, columns].astype(np.int16), kind="stable")
    for row, column in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
        if left[row, column] < 255 * LEFT:
            continue
        last = _end(left, row + 1, column)
        first = row + 1 - _end(left[row::-1], 1, column)
        _take(left, first, last, column)
        if last - first >= SHORTEST_LEFT:
            spans.append((first, last, column))
    return spans


def _end(left: Bytes, first: int, column: int) -> int:
    """The frame after the last that sounds, from one on."""
    silent, frame = 0, first
    for value in left[first:, column]:
        silent = 0 if value >= 255 * SOUND else silent + 1
        frame += 1
        if silent >= PAUSE:
            break
    return frame - silent


def _take(left: Bytes, first: int, last: int, column: int) -> None:
    """Take a note and what leaks into its neighbours."""
    left[first:last, max(column - 1, 0) : column + 2] = 0


def _heard(notes: Bytes, first: int, last: int, column: int) -> Heard:
    """A span as a note; the likelier, the louder."""
    pitch, likely = LOWEST + column, float(notes[first:last, column].mean()) / 255
    onset, end = max(first * HOP_SECOND - LATE_SECOND, 0.0), last * HOP_SECOND - LATE_SECOND
    return Heard(onset, end, pitch, float(pitch), int(np.clip(round(127 * likely), 20, 120)))
