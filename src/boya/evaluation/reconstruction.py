"""How much of the music an autoencoder gives back, and how evenly it moves between two pieces.

Conventions: tokens are integers `[shape=(n, steps)]`, one per sixteenth. For a line (melody, bass): 0 rest, 1 hold, 2 + pitch
an onset; for drums: a set of classes as bits, every token above 0 an onset. Figures are shares 0-1 over all steps of all
pieces; the step accuracy is the reconstruction accuracy of Roberts et al., "A hierarchical latent vector model ..." (MusicVAE),
2018.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boya.errors import InputError

__all__ = [
    "Copies",
    "Smoothness",
    "drum_f1",
    "nearest_training_phrase",
    "note_f1",
    "onset_accuracy",
    "smoothness",
    "step_accuracy",
    "track_accuracies",
]

Tokens = NDArray[np.int64]
FIRST_PITCH = 2


def step_accuracy(written: ArrayLike, original: ArrayLike) -> float:
    """Return the share of steps that are right; NaN without steps.

    >>> step_accuracy([[62, 1, 1, 0]], [[62, 1, 0, 0]])
    0.75
    """
    one, other = _pair(written, original)
    return float((one == other).mean()) if one.size else float("nan")


def onset_accuracy(written: ArrayLike, original: ArrayLike, first_onset: int = FIRST_PITCH) -> float:
    """Return the share of steps with an onset in the original at which the same onset was written.

    Parameters
    ----------
    first_onset
        the lowest token that is an onset: 2 for lines, 1 for drums.
    """
    one, other = _pair(written, original)
    onset = other >= first_onset
    return float((one[onset] == other[onset]).mean()) if onset.any() else float("nan")


def note_f1(written: ArrayLike, original: ArrayLike) -> float:
    """Return F1 of the notes of a line; a note is right if step and pitch of its onset are. NaN where neither has a note."""
    one, other = _pair(written, original)
    both = int(((one == other) & (other >= FIRST_PITCH)).sum())
    return _f1(both, int((one >= FIRST_PITCH).sum()), int((other >= FIRST_PITCH).sum()))


def drum_f1(written: ArrayLike, original: ArrayLike) -> float:
    """Return F1 of single drum strokes, tokens being sets of classes as bits. NaN where neither has a stroke.

    >>> drum_f1([[0b11, 0]], [[0b01, 0b01]])
    0.5
    """
    one, other = _pair(written, original)
    return _f1(_strokes(one & other), _strokes(one), _strokes(other))


def track_accuracies(written: Mapping[str, ArrayLike], original: Mapping[str, ArrayLike]) -> dict[str, dict[str, float]]:
    """Return step accuracy, onset accuracy and F1 for each track; the track called "drums" is read as sets of classes.

    Raises
    ------
    InputError
        if the tracks differ.
    """
    if written.keys() != original.keys():
        raise InputError(f"both sides need the same tracks; got {sorted(written)} and {sorted(original)}")
    rows = {}
    for track in original:
        pair, is_drum = (written[track], original[track]), track == "drums"
        rows[track] = {
            "steps": step_accuracy(*pair),
            "onsets": onset_accuracy(*pair, first_onset=1 if is_drum else FIRST_PITCH),
            "notes": (drum_f1 if is_drum else note_f1)(*pair),
        }
    return rows


@dataclass(frozen=True)
class Smoothness:
    """Mean and largest distance of neighbours on a morph, as a share of the distance of its ends.

    A perfectly even walk over N points that never turns back has both at 1 / (N - 1); a jump shows in `largest`.
    """

    mean: float
    largest: float


def smoothness(morphs: ArrayLike) -> Smoothness:
    """Measure morphs `[shape=(morphs, points, steps)]` by the share of steps that differ; morphs between equal ends are left out.

    >>> smoothness([[[0, 0], [0, 5], [5, 5]]])
    Smoothness(mean=0.5, largest=0.5)
    """
    points = np.asarray(morphs)
    if points.ndim != 3 or points.shape[1] < 2:
        raise InputError(f"morphs must be (morphs, at least 2 points, steps); got {points.shape}")
    ends = (points[:, 0] != points[:, -1]).sum(axis=1)
    moves = (points[:, 1:] != points[:, :-1]).sum(axis=2)[ends > 0] / ends[ends > 0, None]
    if not len(moves):
        return Smoothness(float("nan"), float("nan"))
    return Smoothness(float(moves.mean()), float(moves.max(axis=1).mean()))


@dataclass(frozen=True, eq=False)
class Copies:
    """For each phrase the nearest training phrase: its index, the semitones it was moved by, and the tokens as copied."""

    index: NDArray[np.int64]
    shift: NDArray[np.int64]
    tokens: Tokens


def nearest_training_phrase(tokens: ArrayLike, training: ArrayLike, *, transpose: bool = False, chunk: int = 64) -> Copies:
    """Find the training phrase that agrees with each phrase at the most steps: the baseline an autoencoder must beat.

    Parameters
    ----------
    tokens, training
        tokens `[shape=(n, steps)]`, `[shape=(n_training, steps)]`.
    transpose
        whether training lines may also be moved by -6 to +5 semitones (not for drums).
    chunk
        phrases compared at a time; bounds the memory to `chunk * n_training` small integers.

    Raises
    ------
    InputError
        if there is no training phrase or the lengths differ.

    Examples
    --------
    >>> copies = nearest_training_phrase([[64, 1, 66, 1]], [[62, 1, 62, 1], [62, 1, 64, 1]], transpose=True)
    >>> copies.index.tolist(), copies.shift.tolist(), copies.tokens.tolist()
    ([1], [2], [[64, 1, 66, 1]])
    """
    asked, known = np.asarray(tokens), np.asarray(training)
    if asked.ndim != 2 or known.ndim != 2 or asked.shape[1] != known.shape[1] or not len(known):
        raise InputError(f"both must be (n, steps) with equal steps, training not empty; got {asked.shape}, {known.shape}")
    best = np.full(len(asked), -1)
    index, shift = np.zeros(len(asked), dtype=np.int64), np.zeros(len(asked), dtype=np.int64)
    for move in sorted(range(-6, 6), key=abs) if transpose else [0]:
        moved = _moved(known, move).T.copy()
        for first in range(0, len(asked), chunk):
            part = slice(first, first + chunk)
            agree = np.zeros((len(asked[part]), len(known)), dtype=np.int16)
            for step, row in enumerate(moved):
                agree += asked[part, step, None] == row
            nearest = agree.argmax(axis=1)
            value = agree.max(axis=1)
            better = value > best[part]
            index[part] = np.where(better, nearest, index[part])
            shift[part] = np.where(better, move, shift[part])
            best[part] = np.maximum(best[part], value)
    copied = np.array([_moved(known[i], s) for i, s in zip(index.tolist(), shift.tolist(), strict=True)], dtype=np.int64).reshape(
        asked.shape
    )
    return Copies(index, shift, copied)


def _moved(tokens: NDArray[np.integer], semitones: int) -> NDArray[np.integer]:
    """Transpose the onsets of a line; rest and hold stay."""
    return np.where(tokens >= FIRST_PITCH, tokens + semitones, tokens) if semitones else tokens


def _pair(written: ArrayLike, original: ArrayLike) -> tuple[Tokens, Tokens]:
    """Return both as arrays of one shape."""
    one, other = np.asarray(written, dtype=np.int64), np.asarray(original, dtype=np.int64)
    if one.shape != other.shape:
        raise InputError(f"written and original tokens need one shape; got {one.shape} and {other.shape}")
    return one, other


def _strokes(sets: Tokens) -> int:
    """Count the bits of all sets."""
    return int(sum((sets >> bit & 1).sum() for bit in range(16)))


def _f1(both: int, n_written: int, n_original: int) -> float:
    """Harmonic mean of precision and recall."""
    total = n_written + n_original
    return 2 * both / total if total else float("nan")
