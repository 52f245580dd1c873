"""Struck bars, bells, plates, kettles and tines: a short list of partials with their own decays.

Ratios are against the written pitch. Source of the ratios: N. Fletcher and T. Rossing, The Physics of Musical Instruments,
2nd ed., chapters 18 (kettledrums), 19 (bars) and 21 (bells); tines: the Rhodes patent US 2,972,922 (1961) and recordings.
"""

from dataclasses import dataclass

import numpy as np

from boya.sound.modal import Audio, loudness_norm, ring, soft_end
from boya.sound.noise import band_noise
from boya.sound.wave import Strike

__all__ = ["Mallet", "tone"]

MIDDLE_C = 261.63


@dataclass(frozen=True)
class Mallet:
    """A struck body."""

    ratios: tuple[float, ...] = (1.0, 3.93, 9.2)
    levels: tuple[float, ...] = (1.0, 0.25, 0.1)
    shares: tuple[float, ...] = (1.0, 0.3, 0.12)  # decay of each partial against the first
    decay: float = 0.5  # seconds to 1/e of the first partial at middle C
    register: float = 0.5  # decay falls with the pitch to this power
    touch: float = 1.0  # how much a hard stroke favours the upper partials
    attack: float = 0.001
    beat: float = 0.0  # cents of a second, weaker tone that moves between left and right
    tremolo: float = 0.0  # share of the level that swings between left and right
    tremolo_hz: float = 5.0
    knock: float = 0.1
    knock_hz: float = 1800.0


def tone(strike: Strike, settings: Mallet) -> Audio:
    """Return the sound of one stroke, at most as long as it rings. `[shape=(2, n)]`"""
    frequency, rate = strike.frequency, strike.sample_rate
    partial = frequency * np.array(settings.ratios)
    level = np.array(settings.levels)
    level = level * np.where(np.arange(len(level)) == 0, 1.0, 2 ** (2 * settings.touch * (strike.force - 0.42)))
    level = level / (1 + (partial / 9000) ** 4)
    level = level / loudness_norm(partial[:2], level[:2])
    decay = settings.decay * (MIDDLE_C / frequency) ** settings.register * np.array(settings.shares)
    n = max(1, min(strike.n_frames, int(6.5 * rate * decay.max())))
    side = 0.25 if settings.beat else 0.0  # what beats is heard in stereo and gone in mono
    both = np.concatenate([partial, partial * 2 ** (settings.beat / 1200)])
    amplitudes = np.stack([np.concatenate([level, side * level]), np.concatenate([level, -side * level])])
    sound = ring(both, amplitudes * np.sqrt(0.5 / (1 + side**2)), np.concatenate([decay, decay]), n, rate)
    return _shaped(sound, strike, settings)


def _shaped(sound: Audio, strike: Strike, settings: Mallet) -> Audio:
    """Add knock and tremolo, and rise without a click."""
    n, rate = sound.shape[1], strike.sample_rate
    if settings.knock:
        length = min(n, int(0.06 * rate))
        knock = band_noise(settings.knock_hz * 0.5, settings.knock_hz * 2, int(0.06 * rate), rate, seed=3)[:length]
        fall = np.exp(-np.arange(length, dtype=np.float32) / np.float32(0.01 * rate))
        sound[:, :length] += knock * fall * np.float32(settings.knock * (0.3 + strike.force))
    if settings.tremolo:
        swing = np.sin(np.arange(n, dtype=np.float32) * np.float32(2 * np.pi * settings.tremolo_hz / rate))
        sound *= 1 + np.float32(settings.tremolo) * np.stack([swing, -swing])
    rise = min(n, max(2, int(settings.attack * rate)))
    sound[:, :rise] *= np.sin(np.linspace(0, np.pi / 2, rise, dtype=np.float32)) ** 2
    soft_end(sound, strike.n_frames)
    return sound
