"""Every metric by name, with what it takes and the range it keeps; a contract test runs over this list.

A metric of a new kind is a function in a module of this package and one line here.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from boya.evaluation import lines, music, phrases, reconstruction, repetition
from boya.evaluation.comparison import MEASURES

__all__ = ["METRICS", "Metric"]


@dataclass(frozen=True)
class Metric:
    """A metric: its function, what it takes, and its range.

    `takes` is "phrases" (a phrase roll), "lines" (tokens of melodies), "score" (a `Score`) or "token pair" (written, original:
    equal input gives 1). Values lie in [low, high], or are NaN where there is nothing to measure.
    """

    function: Callable[..., Any]
    takes: str
    low: float
    high: float


_PHRASE_RANGES = {
    "empty bars": (0, 1),
    "used pitch classes": (1, 12),
    "fragmented notes": (0, 1),
    "drum patterns": (0, 1),
    "tonal distance": (0, 3),
    "polyphony": (1, 128),
    "note density": (0, 16 * 128),
    "mean pitch": (0, 127),
    "pitch range": (0, 127),
}

METRICS: dict[str, Metric] = {
    **{measure.name: Metric(measure.function, "phrases", *_PHRASE_RANGES[measure.name]) for measure in MEASURES},
    "onset positions": Metric(phrases.onset_positions, "phrases", 0, 1),
    "onset density": Metric(lines.onset_density, "lines", 0, 16),
    "mean height": Metric(lines.mean_height, "lines", 0, 127),
    "syncopation": Metric(lines.syncopation, "lines", 0, 15),
    "pitch-class entropy": Metric(music.pitch_class_entropy, "score", 0, math.log2(12)),
    "scale consistency": Metric(music.scale_consistency, "score", 7 / 12, 1),
    "groove consistency": Metric(music.groove_consistency, "score", 0, 1),
    "score pitch range": Metric(music.pitch_range, "score", 0, 127),
    "score polyphony": Metric(music.polyphony, "score", 1, 128),
    "polyphony rate": Metric(music.polyphony_rate, "score", 0, 1),
    "empty-beat rate": Metric(music.empty_beat_rate, "score", 0, 1),
    "repetition, 4 bars apart": Metric(partial(repetition.repetition, distance=4), "score", 0, 1),
    "step accuracy": Metric(reconstruction.step_accuracy, "token pair", 0, 1),
    "onset accuracy": Metric(reconstruction.onset_accuracy, "token pair", 0, 1),
    "note F1": Metric(reconstruction.note_f1, "token pair", 0, 1),
    "drum F1": Metric(reconstruction.drum_f1, "token pair", 0, 1),
}
