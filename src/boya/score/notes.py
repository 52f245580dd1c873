"""Notes as one NumPy array per track.

Conventions: `onset` and `duration` are integer ticks (1/480 quarter) from the start of the piece, `duration` > 0, the end is
exclusive; `pitch` 0-127 with 60 = C4; `velocity` 1-127. Rows are sorted by (onset, pitch, duration, velocity), so equal music is
equal bytes. Arrays are read-only.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import ScoreError

__all__ = ["MAX_TICK", "NOTE_DTYPE", "TICKS_PER_QUARTER", "NoteArray", "note_array", "note_ends"]

TICKS_PER_QUARTER = 480
MAX_TICK = 2**31 - 1
NOTE_DTYPE = np.dtype([("onset", "<i4"), ("duration", "<i4"), ("pitch", "u1"), ("velocity", "u1")])

NoteArray = NDArray[Any]


def note_array(rows: Iterable[tuple[int, int, int, int]] | NoteArray = ()) -> NoteArray:
    """Sort and check notes; return them as a read-only structured array.

    Parameters
    ----------
    rows
        `(onset, duration, pitch, velocity)` tuples in ticks and MIDI numbers, or an array of `NOTE_DTYPE`.

    Raises
    ------
    ScoreError
        if a value is outside its range.

    Examples
    --------
    >>> notes = note_array([(480, 480, 64, 80), (0, 480, 60, 80)])
    >>> notes["pitch"].tolist()
    [60, 64]
    """
    if isinstance(rows, np.ndarray) and rows.dtype == NOTE_DTYPE:
        notes = rows.copy()
    else:
        table = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 4)
        _check(table)
        notes = np.empty(len(table), dtype=NOTE_DTYPE)
        for column, field in enumerate(("onset", "duration", "pitch", "velocity")):
            notes[field] = table[:, column]
    _check(np.stack([notes[f].astype(np.int64) for f in ("onset", "duration", "pitch", "velocity")], axis=1))
    notes = notes[np.lexsort((notes["velocity"], notes["duration"], notes["pitch"], notes["onset"]))]
    notes.flags.writeable = False
    return notes


def note_ends(notes: NoteArray) -> NDArray[np.int64]:
    """Return the tick after the last of each note. `[shape=(n_notes,)]`"""
    ends: NDArray[np.int64] = notes["onset"].astype(np.int64) + notes["duration"]
    return ends


def _check(table: NDArray[np.int64]) -> None:
    """Raise if a column leaves its range."""
    limits = {"onset": (0, MAX_TICK), "duration": (1, MAX_TICK), "pitch": (0, 127), "velocity": (1, 127)}
    for column, (name, (low, high)) in enumerate(limits.items()):
        values = table[:, column]
        wrong = values[(values < low) | (values > high)]
        if len(wrong):
            raise ScoreError(f"{name} must be {low}-{high}; got {int(wrong[0])}")
