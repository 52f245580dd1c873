"""Plucked and hammered strings: piano, harpsichord, guitar, bass, harp, koto.

Stiff strings stretch their upper partials, higher partials die sooner, a string struck at 1/n lacks every n-th partial, and two
polarisations decay at different rates (the piano's aftersound). Times in seconds at middle C.
Sources: N. Fletcher and T. Rossing, The Physics of Musical Instruments, 2nd ed., chapters 9, 10 and 12;
G. Weinreich, "Coupled piano strings", JASA 62, 1977.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio, loudness_norm, ring, soft_end
from boya.sound.noise import band_noise
from boya.sound.wave import Strike

__all__ = ["Plucked", "tone"]

MIDDLE_C = 261.63


@dataclass(frozen=True)
class Plucked:
    """A string and what strikes it."""

    partials: int = 28
    tilt: float = 5.0  # decibels per octave
    cutoff: float = 2600.0  # hertz from which the hammer stops exciting partials, at middle force
    follow: float = 0.5  # how far the cutoff follows the pitch
    touch: float = 2.6  # octaves the cutoff moves from the softest to the hardest velocity
    position: float = 0.12  # where the string is struck, as a share of its length
    stiffness: float = 0.0003  # inharmonicity at middle C
    decay: float = 1.1  # seconds to 1/e of the fundamental at middle C
    register: float = 0.55  # decay falls with the pitch to this power
    damping: float = 0.12  # how much faster each further partial dies
    aftersound: float = 0.35  # share of the slow stage
    slow: float = 3.2  # how many times longer the slow stage rings
    beat: float = 0.35  # cents between the two stages
    attack: float = 0.0015
    knock: float = 0.08  # level of the hammer or finger noise
    knock_hz: float = 900.0
    width: float = 0.45


def tone(strike: Strike, settings: Plucked) -> Audio:
    """Return a string's tone, at most as long as it rings. `[shape=(2, n)]`"""
    frequency, rate = strike.frequency, strike.sample_rate
    count = int(np.clip(0.42 * rate / frequency, 1, settings.partials))
    order = np.arange(1, count + 1)
    stretch = settings.stiffness * (frequency / MIDDLE_C) ** 1.3
    partial = frequency * order * np.sqrt((1 + stretch * order**2) / (1 + stretch))
    level = _levels(strike, settings, order, partial)
    decay = settings.decay * (MIDDLE_C / frequency) ** settings.register / (1 + settings.damping * (order - 1))
    share = settings.aftersound
    beat = 2 ** (settings.beat / 1200)
    frequencies = np.concatenate([partial * beat**-share, partial * beat ** (1 - share)])  # the mean pitch is the written one
    amplitudes = np.concatenate([level * (1 - share), level * share])
    decays = np.concatenate([decay, decay * settings.slow])
    longest = int(6.5 * rate * decays.max())
    n = max(1, min(strike.n_frames, longest))
    sound = ring(frequencies, _panned(amplitudes, settings.width), decays, n, rate)
    return _shaped(sound, strike, settings)


def _levels(strike: Strike, settings: Plucked, order: NDArray[np.int64], partial: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the starting level of each partial at unit loudness."""
    octaves = settings.touch * (strike.force - 0.42)
    cutoff = max(settings.cutoff * (strike.frequency / MIDDLE_C) ** settings.follow * 2**octaves, 1.1 * strike.frequency)
    level = order ** (-settings.tilt / 6.02) / (1 + (partial / cutoff) ** 3)
    level = level * (0.12 + np.abs(np.sin(np.pi * order * settings.position)))
    return np.asarray(level / loudness_norm(partial, level))


def _panned(amplitudes: NDArray[np.float64], width: float) -> NDArray[np.float64]:
    """Spread partials over left and right, the fundamental in the middle, with equal power. `[shape=(2, partials)]`"""
    count = len(amplitudes) // 2
    pan = width * np.sin(2.4 * np.arange(count))
    pan = np.concatenate([pan, -0.5 * pan])
    return np.stack([amplitudes * np.sqrt(0.5 - 0.5 * pan), amplitudes * np.sqrt(0.5 + 0.5 * pan)])


def _shaped(sound: Audio, strike: Strike, settings: Plucked) -> Audio:
    """Add the knock, and rise and end without a click."""
    n, rate = sound.shape[1], strike.sample_rate
    if settings.knock:
        length = min(n, int(0.09 * rate))
        knock = band_noise(settings.knock_hz * 0.4, settings.knock_hz * 2.2, int(0.09 * rate), rate, seed=2)[:length]
        fall = np.exp(-np.arange(length, dtype=np.float32) / np.float32(0.018 * rate))
        sound[:, :length] += knock * fall * np.float32(settings.knock * (0.3 + strike.force))
    rise = min(n, max(2, int(settings.attack * rate)))
    sound[:, :rise] *= np.sin(np.linspace(0, np.pi / 2, rise, dtype=np.float32)) ** 2
    soft_end(sound, strike.n_frames)
    return sound
