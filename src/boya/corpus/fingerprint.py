"""What stays of a tune when it is transposed, played faster or slower, or arranged for others: hashes of short interval patterns.

The skyline (the highest note at each onset of the melody track, or of all pitched tracks) is cut into overlapping patterns of
six notes: five intervals in semitones and four ratios of neighbouring note spacings, rounded to octaves of time. A
pattern survives transposition (intervals), tempo change (ratios) and the loss of notes elsewhere.
Source: n-gram matching of interval sequences, Downie, "Evaluating a simple approach to music information retrieval", 1999.
"""

import numpy as np
from numpy.typing import NDArray

from boya.score import NoteArray, Score

__all__ = ["fingerprint", "skyline"]

Hashes = NDArray[np.uint64]

_INTERVALS = 5
_LEAST_NOTES = 12  # shorter skylines say too little
_MOST_PATTERNS = 16384


def skyline(score: Score) -> NDArray[np.int64]:
    """Return onset and pitch of the highest note at each onset. `[shape=(n_onsets, 2)]`, ticks and MIDI pitch.

    The track with role melody is used when there is one with enough notes, else all pitched tracks together.

    >>> from boya.score import Track, note_array
    >>> chord = note_array([(0, 480, 60, 80), (0, 480, 64, 80), (480, 480, 62, 80)])
    >>> skyline(Score((Track(chord),))).tolist()
    [[0, 64], [480, 62]]
    """
    pitched = [t for t in score.tracks if not t.is_drum and t.n_notes]
    melody = [t for t in pitched if t.role == "melody" and t.n_notes >= _LEAST_NOTES]
    chosen = [t.notes for t in melody[:1] or pitched]
    if not chosen:
        return np.empty((0, 2), dtype=np.int64)
    return _highest(np.concatenate(chosen))


def fingerprint(score: Score) -> Hashes:
    """Return the distinct pattern hashes of a score's skyline, sorted. `[shape=(n_patterns,)]`; empty for drums and fragments.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> tune = Score((Track(note_array([(i * 240, 240, 60 + i * i % 7, 80) for i in range(20)])),))
    >>> bool(np.array_equal(fingerprint(tune), fingerprint(tune.transpose(5))))
    True
    """
    line = skyline(score)
    if len(line) < _LEAST_NOTES:
        return np.empty(0, dtype=np.uint64)
    intervals = np.clip(np.diff(line[:, 1]), -24, 24) + 24
    spacing = np.maximum(np.diff(line[:, 0]), 1).astype(float)
    ratios = np.clip(np.rint(np.log2(spacing[1:] / spacing[:-1])), -3, 3).astype(np.int64) + 3
    n_patterns = len(intervals) - _INTERVALS + 1
    code = np.zeros(n_patterns, dtype=np.uint64)
    for step in range(_INTERVALS):
        code = code * np.uint64(49) + intervals[step : step + n_patterns].astype(np.uint64)
    for step in range(_INTERVALS - 1):
        code = code * np.uint64(7) + ratios[step : step + n_patterns].astype(np.uint64)
    moving = _moves(intervals - 24, n_patterns)
    hashes = np.unique(_mixed(code[moving]))
    return hashes[:_MOST_PATTERNS]


def _highest(notes: NoteArray) -> NDArray[np.int64]:
    """Keep the highest note of each onset."""
    order = np.lexsort((-notes["pitch"].astype(int), notes["onset"]))
    onset, pitch = notes["onset"][order].astype(np.int64), notes["pitch"][order].astype(np.int64)
    first = np.append(True, np.diff(onset) > 0)
    return np.stack([onset[first], pitch[first]], axis=1)


def _moves(intervals: NDArray[np.int64], n_patterns: int) -> NDArray[np.bool_]:
    """Patterns with at least two different moving intervals; repeated notes and plain scales are in every tune."""
    window = np.lib.stride_tricks.sliding_window_view(intervals, _INTERVALS)[:n_patterns]
    leaps = np.sum(np.diff(np.sort(window, axis=1), axis=1) != 0, axis=1) >= 2
    return np.asarray(leaps & (np.count_nonzero(window, axis=1) >= 3))


def _mixed(code: Hashes) -> Hashes:
    """Spread codes over 64 bits (the finalizer of splitmix64), so that the smallest hashes are a fair choice."""
    code = (code ^ (code >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    code = (code ^ (code >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(code ^ (code >> np.uint64(31)))
