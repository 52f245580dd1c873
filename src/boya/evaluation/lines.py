"""What a listener says first of a melody: how many notes, how high, how syncopated.

Conventions: lines of tokens on sixteenths `[shape=(phrases, steps)]`, whole bars of 4/4: 0 rest, 1 hold, 2 + MIDI pitch where a
note begins. One value a phrase, NaN where there is nothing to measure.

Source: Longuet-Higgins & Lee, "The rhythmic interpretation of monophonic music", 1984 (syncopation), with the weights of Fitch &
Rosenfeld 2007.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError

__all__ = ["METRICAL_WEIGHTS", "mean_height", "onset_density", "syncopation"]

METRICAL_WEIGHTS = np.array([0, -4, -3, -4, -2, -4, -3, -4, -1, -4, -3, -4, -2, -4, -3, -4])
FIRST_PITCH = 2

Lines = NDArray[Any]
Floats = NDArray[np.float64]


def onset_density(lines: Lines) -> Floats:
    """Return the notes that begin in a bar, on average. `[shape=(phrases,)]`

    >>> onset_density(np.array([[62, 1, 1, 1] * 4])).tolist()
    [4.0]
    """
    return np.asarray((_checked(lines) >= FIRST_PITCH).sum(axis=1) / (lines.shape[1] / len(METRICAL_WEIGHTS)))


def mean_height(lines: Lines) -> Floats:
    """Return the mean MIDI pitch of the notes; NaN where none begins. `[shape=(phrases,)]`

    >>> mean_height(np.array([[62, 1, 66, 0] + [0] * 12])).tolist()
    [62.0]
    """
    begins = _checked(lines) >= FIRST_PITCH
    count = begins.sum(axis=1)
    total = np.where(begins, lines.astype(np.int64) - FIRST_PITCH, 0).sum(axis=1)
    return np.asarray(np.divide(total, count, out=np.full(len(lines), np.nan), where=count > 0))


def syncopation(lines: Lines) -> Floats:
    """Return the points of syncopation of a bar, on average (0-15). `[shape=(phrases,)]`

    A note counts where nothing begins on a heavier step after it, before the next note: as many points as that step is heavier.

    >>> on_the_beat, before_it = [62, 1, 1, 1] * 4, [0, 0, 62, 1, 1, 1, 62, 1, 1, 1, 62, 1, 1, 1, 0, 0]
    >>> syncopation(np.array([on_the_beat, before_it])).tolist()
    [0.0, 4.0]
    """
    begins = _checked(lines) >= FIRST_PITCH
    points, heaviest = np.zeros(len(lines)), np.full(len(lines), METRICAL_WEIGHTS.min())
    for step in reversed(range(lines.shape[1])):
        weight = METRICAL_WEIGHTS[step % len(METRICAL_WEIGHTS)]
        points += np.where(begins[:, step], np.maximum(heaviest - weight, 0), 0)
        heaviest = np.where(begins[:, step], METRICAL_WEIGHTS.min(), np.maximum(heaviest, weight))
    return np.asarray(points / (lines.shape[1] / len(METRICAL_WEIGHTS)))


def _checked(lines: Lines) -> Lines:
    """The lines, if they are whole bars."""
    if lines.ndim != 2 or not lines.shape[1] or lines.shape[1] % len(METRICAL_WEIGHTS):
        raise InputError(f"lines must be shaped (phrases, bars * {len(METRICAL_WEIGHTS)}); got {lines.shape}")
    return lines
