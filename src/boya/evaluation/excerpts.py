"""A fixed description of an excerpt of any score, for the classifier that tells generated from real.

Conventions: one row of numbers an excerpt, in the order of `excerpt_names`; NaN where there is nothing to measure. Tracks of one
role are heard together; those without a role are "other". Time is on twelfths of a quarter, pitch classes count from the tonic of
the first key, rates are by the bar. The list is part of the metric: to change it is to change the metric (`VERSION`). The
sibling for rolls of four bars is `boya.evaluation.descriptors`.
"""

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.music import groove_consistency, pitch_class_entropy, scale_consistency
from boya.evaluation.parts import PART_LABELS, STEP, Part, described
from boya.score import ROLES, Score
from boya.theory.chords import chord_pitch_classes

__all__ = ["GROUPS", "VERSION", "describe_excerpts", "excerpt_names"]

VERSION = 1
GROUPS = (*ROLES, "other")
PITCHED = tuple(group for group in GROUPS if group != "drums")
PAIRS = tuple(combinations(range(len(GROUPS)), 2))
PITCHED_PAIRS = tuple((a, b) for a, b in PAIRS if "drums" not in (GROUPS[a], GROUPS[b]))

Floats = NDArray[np.float64]


def excerpt_names() -> tuple[str, ...]:
    """Return the name of each column, such as `notes melody`.

    >>> len(excerpt_names())
    427
    """
    names = ["entropy", "scale consistency", "groove consistency", "chords", "chord changes on the bar", "different chords"]
    names += [f"root moves {interval}" for interval in range(12)]
    names += [f"together {GROUPS[a]}-{GROUPS[b]}" for a, b in PAIRS]
    names += [f"clash {GROUPS[a]}-{GROUPS[b]}" for a, b in PITCHED_PAIRS]
    return (*names, *(f"{label} {group}" for group in GROUPS for label in PART_LABELS))


def describe_excerpts(scores: list[Score]) -> Floats:
    """Describe excerpts, each about 8 bars. `[shape=(scores, n)]`, columns as in `excerpt_names`

    >>> describe_excerpts([Score()]).shape == (1, len(excerpt_names()))
    True
    """
    rows = [_row(score) for score in scores]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(excerpt_names()))


def _row(score: Score) -> list[float]:
    """All columns of one excerpt."""
    harmony = _harmony(score)
    parts = [Part.of(score, group if group != "other" else "", harmony) for group in GROUPS]
    row = [pitch_class_entropy(score), scale_consistency(score), groove_consistency(score), *_chords(score)]
    row += [_shared(parts[a].is_begun, parts[b].is_begun) for a, b in PAIRS]
    row += [_clash(parts[a].chroma, parts[b].chroma) for a, b in PITCHED_PAIRS]
    return [*row, *(value for part in parts for value in described(part))]


def _harmony(score: Score) -> NDArray[np.bool_]:
    """Pitch classes of the chord in force at each step. [shape=(steps, 12)]"""
    harmony = np.zeros((int(score.bar_bounds[-1]) // STEP, 12), dtype=bool)
    for chord in score.chords:
        if chord.root is not None:
            classes = [*chord_pitch_classes(chord.root, chord.quality), chord.root if chord.bass is None else chord.bass]
            harmony[chord.onset // STEP : chord.end // STEP, classes] = True
    return harmony


def _chords(score: Score) -> list[float]:
    """How many chords a bar, which of them begin it, how many are different, and how their roots move."""
    chords = [chord for chord in score.chords if chord.root is not None]
    n_bars, bounds = max(score.n_bars, 1), set(score.bar_bounds.tolist())
    roots = np.array([chord.root for chord in chords], dtype=np.int64)
    moves = np.bincount(np.diff(roots) % 12, minlength=12)
    different = len({(chord.root, chord.quality) for chord in chords})
    on_bar = float(np.mean([chord.onset in bounds for chord in chords])) if chords else float("nan")
    return [len(chords) / n_bars, on_bar, different / n_bars, *(moves / max(moves.sum(), 1)).tolist()]


def _shared(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Of the steps where one of two parts begins a note, the share where both do."""
    if not one.any() or not other.any():
        return float("nan")
    return float((one & other).sum() / (one | other).sum())


def _clash(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    """Of the steps where both parts sound, the share where they are a semitone apart in some octave."""
    both = one.any(axis=1) & other.any(axis=1)
    if not both.any():
        return float("nan")
    near = np.roll(other, 1, axis=1) | np.roll(other, -1, axis=1)
    return float((one & near)[both].any(axis=1).mean())
