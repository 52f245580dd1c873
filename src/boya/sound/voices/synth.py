"""Analogue synthesizers: leads, basses, pads and sweeps, and the driven guitar, which holds its tone like one.

A sawtooth or square through a closing filter, three readers a few cents apart. Source: the usual subtractive patch, R. Moog,
"Voltage-Controlled Electronic Music Modules", JAES 13, 1965.
"""

from dataclasses import dataclass

from boya.sound.modal import Audio
from boya.sound.wave import Motion, Spectrum, Strike, harmonic_levels, sustain

__all__ = ["Synth", "tone"]


@dataclass(frozen=True)
class Synth(Motion, Spectrum):
    """An oscillator and its filter."""

    attack: float = 0.008
    decay: float = 0.25
    sustain: float = 0.6
    shine: float = 3.0
    touch: float = 2.0
    detune: float = 6.0
    cutoff: float = 5000.0


def tone(strike: Strike, settings: Synth) -> Audio:
    """Return an oscillator's tone. `[shape=(2, n_frames)]`"""
    octaves = settings.touch * (strike.force - 0.42)
    dark = harmonic_levels(settings, strike.frequency, octaves - settings.shine, strike.sample_rate)
    bright = harmonic_levels(settings, strike.frequency, octaves, strike.sample_rate)
    return sustain(strike, dark, bright, settings)
