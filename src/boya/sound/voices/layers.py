"""Several voices at once as one instrument: a bell over a pad, a hit of the whole orchestra, an organ with its octave.

Levels are against each other, shifts in semitones, delays in seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from boya.sound.modal import Audio
from boya.sound.wave import Strike

__all__ = ["Layer", "Layers", "tone"]


@dataclass(frozen=True)
class Layer:
    """One voice of several."""

    tone: Callable[[Strike, Any], Audio]
    settings: Any
    level: float = 1.0
    semitones: float = 0.0
    delay: float = 0.0
    pan: float = 0.0


@dataclass(frozen=True)
class Layers:
    """The voices that sound together, and how long they hold."""

    parts: tuple[Layer, ...] = ()
    fade: float = 0.0  # seconds to 1/e of all of them; 0 holds for ever


def tone(strike: Strike, settings: Layers) -> Audio:
    """Return all layers together, at unit loudness. `[shape=(2, n_frames)]`"""
    sound = np.zeros((2, strike.n_frames), dtype=np.float32)
    norm = np.sqrt(sum(part.level**2 for part in settings.parts)) or 1.0
    for part in settings.parts:
        late = int(part.delay * strike.sample_rate)
        if late >= strike.n_frames:
            continue
        frequency = strike.frequency * 2 ** (part.semitones / 12)
        one = part.tone(replace(strike, frequency=frequency, n_frames=strike.n_frames - late), part.settings)
        sides = np.sqrt([[1 - part.pan], [1 + part.pan]])
        sound[:, late : late + one.shape[1]] += one * (sides * part.level / norm).astype(np.float32)
    if settings.fade:
        sound *= np.exp(-np.arange(strike.n_frames, dtype=np.float32) / np.float32(settings.fade * strike.sample_rate))
    return sound
