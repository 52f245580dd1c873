"""Bowed strings as an acoustic model: the string sticks to the bow and slips once a period, and a wooden body colours it.

One player or a section. Sources: the loop in `waveguides.py`; M. McIntyre, R. Schumacher and J. Woodhouse, "On the oscillations
of musical instruments", JASA 74, 1983; body peaks (air and wood modes, the bridge hill) after E. Jansson, Acoustics for Violin
and Guitar Makers, 4th ed., KTH 2002.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio
from boya.sound.noise import hiss
from boya.sound.voices.performing import Player, perform
from boya.sound.voices.waveguides import bow_string, moving_string, split_delay
from boya.sound.wave import Strike

__all__ = ["Bow", "tone"]


@dataclass(frozen=True)
class Bow(Player):
    """A string, a bow and a body."""

    attack: float = 0.08
    vibrato: float = 12.0
    place: float = 0.115  # where the bow is, as a share of the string
    grip: float = 1.0  # how soon the string slips: less is a firmer bow, and a harsher tone
    loss: float = 0.96
    side: float = 0.12  # how much of the high partials a bridge takes on a round trip
    bounce: float = 0.0  # strokes a second of a tremolo, 0 for one long bow


def tone(strike: Strike, settings: Bow) -> Audio:
    """Return a bowed tone. `[shape=(2, n_frames)]`"""
    return perform(strike, settings, bare)


def bare(settings: Bow, frequency: float, fine: float, force: float, n_frames: int, rate: int) -> NDArray[np.float64]:
    """Return the velocity of the string at its bridge. `[shape=(n_frames,)]`"""
    out = np.zeros(n_frames)
    time = np.arange(n_frames) / rate
    begun = max(0.25, 1.0 - 12.0 * settings.attack)  # a short stroke starts at once
    draw = begun + (1.0 - begun) * np.minimum(time / settings.attack, 1.0)
    if settings.bounce:
        draw = draw * (0.25 + 0.75 * np.abs(np.sin(np.pi * settings.bounce * time + 0.6)))
    draw = draw * (1 + settings.noise * hiss(n_frames, rate, seed=round(12 * np.log2(frequency)) % 16))
    period = rate / frequency
    bridge = max(1, round(settings.place * period))
    whole, eta = split_delay(period - 1 - bridge, period / fine - period)
    grip = 2.0 * settings.place * settings.grip * (1.35 - 0.25 * force)  # a bow nearer the bridge must press harder
    bow_string(draw, grip, *moving_string(whole, bridge, begun), eta, settings.loss, settings.side, out)
    return out
