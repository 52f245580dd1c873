"""An effect in the key and tempo of a piece: pitches on the tonic triad, steps on the scale, times on fractions of the beat.

Pitches in hertz, times in seconds. What has no pitch (noise) and what is about length alone stays.
"""

from dataclasses import replace

import numpy as np

from boya.score import MINOR_MODES, Key, Score
from boya.sound.effects.recipe import Layer, Recipe
from boya.theory.keys import find_key
from boya.theory.scales import scale_pitch_classes

__all__ = ["fitted"]

FRACTIONS = (1 / 16, 1 / 12, 1 / 8, 1 / 6, 1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1.0, 3 / 2, 2.0)  # of a quarter
UNPITCHED = ("noise",)


def fitted(recipe: Recipe, score: Score) -> Recipe:
    """Return an effect that belongs to a piece; its key is the one written, or found from its notes.

    Examples
    --------
    >>> from boya.score import Tempo, Timeline
    >>> from boya.sound.effects.recipe import draw
    >>> piece = Score(timeline=Timeline.of([Tempo(0, 120.0)], keys=[Key(0, 9, "minor")]))
    >>> round(12 * np.log2(fitted(draw("coin", 1), piece).pitch / 440)) % 12 in (0, 3, 7)
    True
    """
    is_told = "key" not in score.timeline.assumed
    key = score.timeline.key_at(0) if is_told or not score.n_notes else find_key(score)
    quarter = 60 / score.timeline.tempos[0].qpm
    pitch = _on_triad(recipe.pitch, key)
    return replace(recipe, pitch=pitch, layers=tuple(_layer(layer, pitch, key, quarter) for layer in recipe.layers))


def _on_triad(hertz: float, key: Key) -> float:
    """Return the nearest pitch of the tonic triad."""
    third = 3 if key.mode in MINOR_MODES else 4
    classes = [(key.tonic + above) % 12 for above in (0, third, 7)]
    return _nearest(hertz, classes)


def _nearest(hertz: float, classes: list[int]) -> float:
    """Return the nearest pitch in equal temperament whose class is among some."""
    exact = 69 + 12 * np.log2(hertz / 440)
    near = min((p for p in range(int(exact) - 12, int(exact) + 13) if p % 12 in classes), key=lambda p: abs(p - exact))
    return float(440 * 2 ** ((near - 69) / 12))


def _layer(layer: Layer, pitch: float, key: Key, quarter: float) -> Layer:
    """Return a layer whose steps are on the scale, and whose repetitions are on the beat."""
    gap = _fraction(layer.gap, quarter) if layer.times > 1 and layer.scatter < 0.5 else layer.gap
    layer = replace(layer, gap=gap, step=_fraction(layer.step, quarter) if layer.step else 0.0)
    if layer.source in UNPITCHED:
        return layer
    classes = list(scale_pitch_classes(key.tonic, key.mode))
    steps = tuple(12 * float(np.log2(_nearest(pitch * 2 ** (step / 12), classes) / pitch)) for step in layer.steps)
    return replace(layer, steps=tuple(round(step, 6) for step in steps))


def _fraction(second: float, quarter: float) -> float:
    """Return the nearest fraction of a quarter note, in seconds."""
    return min((part * quarter for part in FRACTIONS), key=lambda length: abs(np.log2(length / second)))
