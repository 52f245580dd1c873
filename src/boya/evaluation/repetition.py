"""How much of a piece comes again some bars later.

Conventions: bars are those of the score; a note is its track, its place in the bar and its length in twelfths of a quarter, and
its pitch. Two bars are as alike as the share of their notes that both have, of all that either has (Jaccard); bars of different
lengths have none in common. Pairs in which a bar is silent are left out.

Source: Yu et al., "Museformer: transformer with fine- and coarse-grained attention for music generation", 2022 (its similarity
of bars).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.score import TICKS_PER_QUARTER, Score

__all__ = ["bar_likeness", "bar_notes", "repetition"]

STEP = TICKS_PER_QUARTER // 12
MOST = 2**12  # steps of a note or a place in a bar that are told apart

Notes = NDArray[np.int64]


def repetition(score: Score, distance: int) -> float:
    """Return the mean likeness of bars so many bars apart (0-1); NaN where there is no such pair.

    >>> from boya.score import Track, note_array
    >>> tune = Track(note_array([(0, 480, 60, 80), (960, 480, 64, 80), (1920, 480, 60, 80), (2880, 480, 65, 80)]))
    >>> round(repetition(Score((tune,)), 1), 3)
    0.333
    """
    found = bar_likeness(bar_notes(score), distance)
    heard = found[~np.isnan(found)]
    return float(heard.mean()) if len(heard) else float("nan")


def bar_notes(score: Score) -> list[Notes]:
    """Return the notes that begin in each bar, each as a number that also holds the length of the bar; sorted."""
    bounds = score.bar_bounds
    rows = []
    for number, track in enumerate(score.tracks):
        onset = track.notes["onset"].astype(np.int64)
        bar = np.searchsorted(bounds, onset, side="right") - 1
        steps = np.minimum((track.notes["duration"].astype(np.int64) + STEP // 2) // STEP, MOST - 1)
        place = np.minimum((onset - bounds[bar] + STEP // 2) // STEP, MOST - 1)
        width = np.minimum(np.diff(bounds)[bar] // STEP, MOST - 1)
        code = (((width * MOST + place) * MOST + steps) * 128 + track.notes["pitch"]) * len(score.tracks) + number
        rows.append(np.stack([bar, code]))
    bar, code = np.concatenate(rows, axis=1) if rows else np.zeros((2, 0), dtype=np.int64)
    return [np.unique(code[bar == i]) for i in range(len(bounds) - 1)]


def bar_likeness(bars: Sequence[Notes], distance: int) -> NDArray[np.float64]:
    """Return the likeness of each bar and the one so many bars later; NaN where one is silent. `[shape=(bars - distance,)]`

    Raises
    ------
    InputError
        if the distance is less than a bar.
    """
    if distance < 1:
        raise InputError(f"bars are compared at a distance of at least 1; got {distance}")
    found = np.full(max(len(bars) - distance, 0), np.nan)
    for place, (one, other) in enumerate(zip(bars, bars[distance:], strict=False)):
        if len(one) and len(other):
            both = len(np.intersect1d(one, other, assume_unique=True))
            found[place] = both / (len(one) + len(other) - both)
    return found
