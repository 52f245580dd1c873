"""Bowed strings, alone and in sections, and singing voices in a choir: slow speaking, vibrato, a body that colours.

A bow makes nearly a sawtooth (Helmholtz motion); the body's resonances are formants that stay where they are while the pitch
moves. Source: N. Fletcher and T. Rossing, The Physics of Musical Instruments, 2nd ed., chapter 10; vowel formants: G. Peterson
and H. Barney, JASA 24, 1952.
"""

from dataclasses import dataclass

from boya.sound.modal import Audio
from boya.sound.wave import Motion, Spectrum, Strike, harmonic_levels, sustain

__all__ = ["Bowed", "tone"]


@dataclass(frozen=True)
class Bowed(Motion, Spectrum):
    """A bowed body."""

    attack: float = 0.07
    decay: float = 0.6
    sustain: float = 0.85
    shine: float = 1.2
    vibrato: float = 9.0
    formants: tuple[tuple[float, float, float], ...] = ((290.0, 3.0, 0.4), (480.0, 3.0, 0.4), (2500.0, 5.0, 0.6))


def tone(strike: Strike, settings: Bowed) -> Audio:
    """Return a bowed tone. `[shape=(2, n_frames)]`"""
    octaves = settings.touch * (strike.force - 0.42)
    dark = harmonic_levels(settings, strike.frequency, octaves - settings.shine, strike.sample_rate)
    bright = harmonic_levels(settings, strike.frequency, octaves, strike.sample_rate)
    return sustain(strike, dark, bright, settings)
