"""Brass, reeds and flutes: the harder the breath, the brighter; the brightness follows the envelope.

A clarinet's closed tube weakens even harmonics; double reeds have a strong formant over a weak fundamental; flutes are nearly
sines with breath. Source: N. Fletcher and T. Rossing, The Physics of Musical Instruments, 2nd ed., chapters 14-16; D. Luce and
M. Clark, "Physical correlates of brass-instrument tones", JASA 42, 1967 (formants).
"""

from dataclasses import dataclass

from boya.sound.modal import Audio
from boya.sound.wave import Motion, Spectrum, Strike, harmonic_levels, sustain

__all__ = ["Blown", "tone"]


@dataclass(frozen=True)
class Blown(Motion, Spectrum):
    """A blown tube."""

    attack: float = 0.045
    decay: float = 0.25
    sustain: float = 0.8
    shine: float = 2.2
    touch: float = 2.4
    vibrato: float = 8.0
    vibrato_delay: float = 0.35


def tone(strike: Strike, settings: Blown) -> Audio:
    """Return a blown tone. `[shape=(2, n_frames)]`"""
    octaves = settings.touch * (strike.force - 0.42)
    dark = harmonic_levels(settings, strike.frequency, octaves - settings.shine, strike.sample_rate)
    bright = harmonic_levels(settings, strike.frequency, octaves, strike.sample_rate)
    return sustain(strike, dark, bright, settings)
