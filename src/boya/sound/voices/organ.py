"""Organs and other free-blowing keys: drawbar mixtures of a few sines, steady and nearly deaf to velocity.

Drawbar levels are 0-8 as on a Hammond: 8', 4', 2 2/3', 2', 1 3/5', 1 1/3', 1' (harmonics 1, 2, 3, 4, 5, 6, 8), 3 dB a step.
Source: Hammond B-3 owner's manual, "harmonic drawbars".
"""

from dataclasses import dataclass

import numpy as np

from boya.sound.modal import Audio
from boya.sound.noise import band_noise
from boya.sound.wave import Motion, Strike, sustain

__all__ = ["Organ", "tone"]

HARMONICS = (1, 2, 3, 4, 5, 6, 8)


@dataclass(frozen=True)
class Organ(Motion):
    """Drawbars and the way the tone moves."""

    attack: float = 0.012
    sustain: float = 1.0
    detune: float = 2.5
    vibrato_delay: float = 0.0
    drawbars: tuple[float, ...] = (8, 6, 4, 3, 0, 0, 2)
    reed: float = 0.0  # decibels by which a buzzing series of all harmonics lies under the drawbars; 0 for none
    click: float = 0.0


def tone(strike: Strike, settings: Organ) -> Audio:
    """Return an organ tone. `[shape=(2, n_frames)]`"""
    count = int(np.clip(0.45 * strike.sample_rate / strike.frequency, 1, 40))
    levels = np.zeros(count)
    for harmonic, bar in zip(HARMONICS, settings.drawbars, strict=True):
        if harmonic <= count and bar:
            levels[harmonic - 1] = 10 ** (-3 * (8 - bar) / 20)
    order = np.arange(1, count + 1)
    if settings.reed:
        levels += 10 ** (-settings.reed / 20) / np.sqrt(order) / (1 + (order * strike.frequency / 3500) ** 3)
    sound = sustain(strike, levels / (1 + 0.1 * order), levels, settings)
    if settings.click:
        length = min(strike.n_frames, int(0.012 * strike.sample_rate))
        click = band_noise(1500, 6000, int(0.012 * strike.sample_rate), strike.sample_rate, seed=4)[:length]
        sound[:, :length] += click * np.hanning(length).astype(np.float32) * np.float32(settings.click)
    return sound
