"""Model beside data: the measures of `phrases` as a table of gaps, with the bars that a good generator must meet.

Conventions: shares are given in percent, so gaps in percentage points; a gap is |model - data|. Bars: 5 percentage points, 0.3
pitch classes, 0.1 tonal distance, on every track; the other measures inform and have no bar.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.evaluation import phrases
from boya.score import ROLES

__all__ = ["MEASURES", "Gap", "Measure", "compare", "compare_halves", "gap_table", "within_bars"]

Rolls = NDArray[np.uint8]
_PAIR_NAMES = tuple(f"{ROLES[a]}-{ROLES[b]}" for a, b in phrases.PAIRS)


@dataclass(frozen=True)
class Measure:
    """A row group of the table: what is measured, on which parts, in which unit, and how near it must come.

    `scale` turns the function's value into the unit; `bar` is None where nothing is asked.
    """

    name: str
    function: Callable[[Rolls], NDArray[np.float64]]
    parts: tuple[str, ...]
    unit: str
    scale: float = 1.0
    bar: float | None = None


MEASURES = (
    Measure("empty bars", phrases.empty_bars, ROLES, "%", 100, 5),
    Measure("used pitch classes", phrases.used_pitch_classes, phrases.PITCHED, "pitch classes", 1, 0.3),
    Measure("fragmented notes", phrases.fragmented_notes, phrases.PITCHED, "%", 100, 5),
    Measure("drum patterns", phrases.drum_patterns, ("drums",), "%", 100, 5),
    Measure("tonal distance", phrases.tonal_distance, _PAIR_NAMES, "tonal distance", 1, 0.1),
    Measure("polyphony", phrases.polyphony, phrases.PITCHED, "pitches"),
    Measure("note density", phrases.note_density, ROLES, "notes a bar"),
    Measure("mean pitch", phrases.mean_pitch, phrases.PITCHED, "MIDI pitch"),
    Measure("pitch range", phrases.pitch_range, phrases.PITCHED, "semitones"),
)


@dataclass(frozen=True)
class Gap:
    """One measure on one part of the band, model beside data, in `unit`; `holds` is None where there is no bar."""

    measure: str
    part: str
    model: float
    data: float
    gap: float
    unit: str
    bar: float | None
    holds: bool | None


def compare(model_rolls: Rolls, data_rolls: Rolls) -> tuple[Gap, ...]:
    """Measure both and return one row per measure and track.

    Parameters
    ----------
    model_rolls, data_rolls
        phrase rolls `[shape=(phrases, 5, 64, 128)]`; about 1,000 of each keep the noise well under the bars.

    Raises
    ------
    InputError
        if one is not a phrase roll.

    Examples
    --------
    >>> roll = np.zeros((1, 5, 64, 128), np.uint8)
    >>> rows = compare(roll, roll)
    >>> rows[0].measure, rows[0].part, rows[0].model, rows[0].gap, rows[0].holds
    ('empty bars', 'melody', 100.0, 0.0, True)
    """
    rows = []
    for measure in MEASURES:
        model = measure.function(model_rolls) * measure.scale
        data = measure.function(data_rolls) * measure.scale
        rows += [_gap(measure, *values) for values in zip(measure.parts, model.tolist(), data.tolist(), strict=True)]
    return tuple(rows)


def compare_halves(rolls: Rolls, groups: NDArray[Any], rng: np.random.Generator) -> tuple[Gap, ...]:
    """Compare two random halves of real music, split by piece: the noise of each measure, below which no gap means anything.

    Parameters
    ----------
    rolls, groups
        phrase rolls, and the piece of each phrase `[shape=(phrases,)]`.

    Raises
    ------
    InputError
        if there are fewer than two pieces.
    """
    names, piece = np.unique(groups, return_inverse=True)
    if len(names) < 2 or len(piece) != len(rolls):
        raise InputError(f"two halves need two pieces, and one for each of {len(rolls)} phrases; got {len(names)}, {len(piece)}")
    first = (rng.permutation(len(names)) < len(names) // 2)[piece.reshape(-1)]
    return compare(rolls[first], rolls[~first])


def within_bars(rows: tuple[Gap, ...]) -> bool:
    """Return whether every row that has a bar meets it."""
    return all(row.holds for row in rows if row.holds is not None)


def gap_table(rows: tuple[Gap, ...]) -> str:
    """Return the rows as a Markdown table.

    >>> print(gap_table((Gap("tonal distance", "melody-bass", 1.13, 1.1, 0.03, "tonal distance", 0.1, True),)))
    | measure | part | model | data | gap | bar | holds |
    |---|---|---:|---:|---:|---:|---|
    | tonal distance | melody-bass | 1.13 | 1.1 | 0.03 | 0.1 | yes |
    """
    lines = ["| measure | part | model | data | gap | bar | holds |", "|---|---|---:|---:|---:|---:|---|"]
    for row in rows:
        bar = "" if row.bar is None else f"{row.bar:g}"
        holds = {None: "", True: "yes", False: "no"}[row.holds]
        lines.append(f"| {row.measure} | {row.part} | {row.model:.4g} | {row.data:.4g} | {row.gap:.3g} | {bar} | {holds} |")
    return "\n".join(lines)


def _gap(measure: Measure, part: str, model: float, data: float) -> Gap:
    """Compare one value; where neither has anything to measure they agree, where only one has they do not."""
    both_silent = math.isnan(model) and math.isnan(data)
    gap = 0.0 if both_silent else abs(model - data)
    holds = None if measure.bar is None else gap <= measure.bar  # NaN fails
    return Gap(measure.name, part, model, data, gap, measure.unit, measure.bar, holds)
