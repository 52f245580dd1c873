"""Common figures of a whole score, by the definitions of muspy, so that they can stand beside published ones.

Conventions: functions take a `Score` and return one number, NaN where there is nothing to measure. Pitch figures leave drums
out, rhythm figures do not. Where muspy works on its own time steps, ours are given by `steps_per_quarter` (12 by default, the
grid of most published figures); figures compare only at an equal grid. Source: Dong et al., "MusPy", ISMIR 2020; Wu & Yang,
"The Jazz Transformer on the front line", ISMIR 2020 (pitch-class entropy, groove); Mogren, "C-RNN-GAN", 2016 (scale
consistency, polyphony).
"""

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.score import TICKS_PER_QUARTER, Score, note_ends

__all__ = [
    "empty_beat_rate",
    "groove_consistency",
    "pitch_class_entropy",
    "pitch_range",
    "polyphony",
    "polyphony_rate",
    "scale_consistency",
]

_MAJOR = (0, 2, 4, 5, 7, 9, 11)  # the natural minor scales have the same twelve sets of pitches
_NAN = float("nan")


def pitch_class_entropy(score: Score) -> float:
    """Return the entropy of the pitch classes of all notes, in bits (0 to log2 12 = 3.58).

    >>> from boya.score import Track, note_array
    >>> pitch_class_entropy(Score((Track(note_array([(0, 480, 60, 80), (480, 480, 67, 80)])),)))
    1.0
    """
    share = _pitch_classes(score)
    used = share[share > 0]
    return abs(float(-(used * np.log2(used)).sum())) if len(used) else _NAN


def scale_consistency(score: Score) -> float:
    """Return the largest share of notes that fit one major or natural minor scale (7/12 to 1)."""
    share = _pitch_classes(score)
    if not share.any():
        return _NAN
    return float(max(share[[(root + degree) % 12 for degree in _MAJOR]].sum() for root in range(12)))


def groove_consistency(score: Score, steps_per_quarter: int = 12) -> float:
    """Return how alike neighbouring bars are in which grid places begin a note (0-1, 1 = every bar the same).

    One minus the mean share of places at which only one of two neighbouring bars has an onset; pairs of bars of different
    length are left out. NaN with fewer than two bars.
    """
    if steps_per_quarter < 1 or TICKS_PER_QUARTER % steps_per_quarter:
        raise InputError(f"steps_per_quarter must divide {TICKS_PER_QUARTER}; got {steps_per_quarter}")
    step = TICKS_PER_QUARTER // steps_per_quarter
    bounds = score.bar_bounds
    grid = np.zeros(int(bounds[-1]) // step + 1, dtype=bool)
    for track in score.tracks:
        grid[track.notes["onset"] // step] = True
    starts, lengths = bounds[:-1] // step, np.diff(bounds) // step
    unlike = [
        float((grid[a : a + length] != grid[b : b + length]).mean())
        for a, b, length, other in zip(starts[:-1], starts[1:], lengths[:-1], lengths[1:], strict=True)
        if length == other and length
    ]
    return 1 - sum(unlike) / len(unlike) if unlike else _NAN


def pitch_range(score: Score) -> float:
    """Return the distance from the lowest to the highest pitch in semitones (0-127)."""
    pitches = np.concatenate(
        [np.empty(0, dtype=np.int64), *(t.notes["pitch"].astype(np.int64) for t in score.tracks if not t.is_drum)]
    )
    return float(pitches.max() - pitches.min()) if len(pitches) else _NAN


def polyphony(score: Score, steps_per_quarter: int = 12) -> float:
    """Return the mean number of pitches that sound, over grid steps at which one does (1 or more); equal pitches count once."""
    voices = _voices(score, steps_per_quarter)
    return float(voices[voices > 0].mean()) if voices.any() else _NAN


def polyphony_rate(score: Score, threshold: int = 2, steps_per_quarter: int = 12) -> float:
    """Return the share of all grid steps at which at least `threshold` pitches sound (0-1)."""
    voices = _voices(score, steps_per_quarter)
    return float((voices >= threshold).mean()) if len(voices) else _NAN


def empty_beat_rate(score: Score) -> float:
    """Return the share of beats (quarters, up to the last note) in which no note sounds, drums included (0-1)."""
    n_beats = -(-max((t.end for t in score.tracks), default=0) // TICKS_PER_QUARTER)
    change = np.zeros(n_beats + 1, dtype=np.int64)
    for track in score.tracks:
        np.add.at(change, track.notes["onset"] // TICKS_PER_QUARTER, 1)
        np.add.at(change, -(-note_ends(track.notes) // TICKS_PER_QUARTER), -1)
    return float((np.cumsum(change)[:-1] == 0).mean()) if n_beats else _NAN


def _pitch_classes(score: Score) -> NDArray[np.float64]:
    """Share of notes of each pitch class; zeros without notes. `[shape=(12,)]`"""
    counts = np.zeros(12)
    for track in score.tracks:
        if not track.is_drum:
            counts += np.bincount(track.notes["pitch"] % 12, minlength=12)
    return np.asarray(counts / max(counts.sum(), 1))


def _voices(score: Score, steps_per_quarter: int) -> NDArray[np.int64]:
    """Number of different pitches that sound at each grid step. `[shape=(steps,)]`"""
    if steps_per_quarter < 1 or TICKS_PER_QUARTER % steps_per_quarter:
        raise InputError(f"steps_per_quarter must divide {TICKS_PER_QUARTER}; got {steps_per_quarter}")
    step = TICKS_PER_QUARTER // steps_per_quarter
    n_steps = -(-max((t.end for t in score.tracks if not t.is_drum), default=0) // step)
    change = np.zeros((n_steps + 1, 128), dtype=np.int32)
    for track in score.tracks:
        if not track.is_drum:
            np.add.at(change, (track.notes["onset"] // step, track.notes["pitch"]), 1)
            np.add.at(change, (-(-note_ends(track.notes) // step), track.notes["pitch"]), -1)
    return np.asarray((np.cumsum(change, axis=0)[:-1] > 0).sum(axis=1), dtype=np.int64)
