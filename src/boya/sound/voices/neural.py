"""A voice that a network plays: straight from the network, then vibrato and swell as its teacher has them.

Pitches that were not learnt are played by the teacher. The networks are in `boya.sound.neural`, which says where they come from.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio, soft_end
from boya.sound.neural import ddsp, wavenet
from boya.sound.neural.controls import midi_of
from boya.sound.neural.playing import Wish
from boya.sound.neural.weights import Network, shipped_network
from boya.sound.voices.layers import Layer
from boya.sound.voices.performing import Player, swell, swing, warp
from boya.sound.wave import Strike

__all__ = ["Neural", "tone"]

FAMILIES: dict[str, Callable[[Network, Wish, int], NDArray[np.float64]]] = {"ddsp": ddsp.play, "wavenet": wavenet.play}
RISE_SECOND = 0.002  # so that no tone begins with a click


@dataclass(frozen=True)
class Neural:
    """Which network plays which instrument, and who taught it."""

    network: str = "ddsp"
    instrument: str = "violin"
    teacher: Layer | None = None


def tone(strike: Strike, settings: Neural) -> Audio:
    """Return a tone of a network, at most as long as it rings. `[shape=(2, n)]`"""
    network, teacher = shipped_network(settings.network), settings.teacher
    low, high = network.pitches(settings.instrument)
    if teacher and not low - 0.5 <= midi_of(strike.frequency) <= high + 0.5:
        return teacher.tone(strike, teacher.settings)
    wish = Wish(settings.instrument, strike.frequency, strike.force, strike.n_frames, strike.is_short)
    played = FAMILIES[settings.network](network, wish, strike.sample_rate)
    manner = teacher.settings if teacher else Player()
    heard = replace(strike, n_frames=len(played))
    played = warp(played, swing(heard, manner, 0)) * swell(heard, manner)
    rise = min(len(played), max(2, int(RISE_SECOND * strike.sample_rate)))
    played[:rise] *= np.sin(np.linspace(0, np.pi / 2, rise)) ** 2
    sound = np.stack([played, played]) * np.sqrt(0.5)
    soft_end(sound, strike.n_frames)
    return np.asarray(sound, dtype=np.float32)
