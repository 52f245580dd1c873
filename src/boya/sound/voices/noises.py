"""Sounds without a pitch or with one of their own: wind and waves, applause, a helicopter, a shot, a bird, a telephone, a fret.

Noise of a band, shaped by an envelope and by a swing; chirps, sines that slide, on top. A higher note moves the band and the
chirps up by `follow`. Frequencies in hertz, times in seconds.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio
from boya.sound.noise import band_noise, slow_noise
from boya.sound.voices.probe import level
from boya.sound.wave import Strike

__all__ = ["Noises", "tone"]

Array = NDArray[np.float64]
LOOP = 1 << 17


@dataclass(frozen=True)
class Noises:
    """A band of noise and chirps."""

    noise: float = 1.0
    low: float = 300.0
    high: float = 3000.0
    follow: float = 0.3  # how far band and chirps follow the pitch, from middle C
    attack: float = 0.02
    decay: float = 0.0  # seconds to 1/e after the attack; 0 holds
    swing: float = 0.0  # share of the level that swings
    swing_hz: float = 1.0
    sharp: float = 1.0  # 1 swings like a sine; more is shorter pulses
    wander: float = 0.0  # share of the level that wanders
    claps: float = 0.0  # hands a second, each a short burst
    chirps: tuple[tuple[float, float, float, float], ...] = ()  # (start in seconds, length, hertz at first, hertz at last)
    again: float = 0.0  # seconds after which the chirps come again; 0 never
    chirp: float = 1.0  # level of the chirps
    breadth: float = 0.5  # how different left and right are


def tone(strike: Strike, settings: Noises) -> Audio:
    """Return the noise at unit loudness. `[shape=(2, n_frames)]`"""
    gain = level(played, settings, strike.frequency, strike.force, strike.sample_rate)
    return np.asarray(gain * played(strike, settings), dtype=np.float32)


def played(strike: Strike, settings: Noises) -> Array:
    """Return noise and chirps at the level they have. `[shape=(2, n_frames)]`"""
    n, rate = strike.n_frames, strike.sample_rate
    time = np.arange(n) / rate
    ratio = (strike.frequency / 261.63) ** settings.follow
    sound = np.zeros((2, n))
    if settings.noise:
        sound += settings.noise * _band(settings, ratio * (0.8 + 0.4 * strike.force), n, rate)
    if settings.claps:
        sound *= _claps(settings.claps, n, rate)
    if settings.wander:
        sound *= np.maximum(1 + settings.wander * slow_noise(0.8, n, rate, seed=3), 0)
    if settings.swing:
        pulse = (0.5 + 0.5 * np.cos(2 * np.pi * settings.swing_hz * time)) ** settings.sharp
        sound *= 1 - settings.swing + settings.swing * pulse
    for chirp in settings.chirps:
        sound += settings.chirp * _chirp(chirp, settings.again, ratio, time)
    rise = np.sin(np.minimum(time / settings.attack, 1) * np.pi / 2) ** 2
    fall = np.exp(-np.maximum(time - settings.attack, 0) / settings.decay) if settings.decay else 1.0
    return np.asarray(sound * rise * fall)


def _band(settings: Noises, ratio: float, n_frames: int, rate: int) -> Array:
    """Return noise that left and right share in part. `[shape=(2, n)]`"""
    top = 0.45 * rate
    low, high = min(settings.low * ratio, 0.5 * top), min(settings.high * ratio, top)
    middle, left, right = (np.resize(band_noise(round(low), round(high), LOOP, rate, seed), n_frames) for seed in (11, 12, 13))
    b = settings.breadth
    return np.asarray(np.stack([middle + b * left, middle + b * right]) / np.sqrt(1 + b * b), dtype=np.float64)


def _claps(per_second: float, n_frames: int, rate: int) -> Array:
    """Return the envelope of many short bursts at fixed odd moments. `[shape=(2, n)]`"""
    rng = np.random.default_rng(20261125)
    hits = np.zeros((2, n_frames))
    count = int(per_second * n_frames / rate) + 1
    moments = np.cumsum(rng.exponential(1 / per_second, count)) * rate
    for moment, loud, side in zip(moments.astype(int), rng.uniform(0.3, 1, count), rng.integers(0, 2, count), strict=True):
        if moment < n_frames:
            hits[side, moment] += loud
            hits[1 - side, moment] += 0.5 * loud
    fall = np.exp(-np.arange(int(0.05 * rate)) / (0.008 * rate)) * np.minimum(np.arange(int(0.05 * rate)) / (0.0015 * rate), 1)
    size = 1 << (n_frames + len(fall) - 1).bit_length()
    return np.asarray(np.fft.irfft(np.fft.rfft(hits, size) * np.fft.rfft(fall, size), size)[:, :n_frames])


def _chirp(chirp: tuple[float, float, float, float], again: float, ratio: float, time: Array) -> Array:
    """Return a sliding sine, once or again and again."""
    start, length, first, last = chirp
    here = (time % again if again else time) - start
    inside = (here >= 0) & (here < length)
    t = np.where(inside, here / length, 0)
    slope = np.log(last / first) if last != first else 1e-9
    turns = ratio * first * length * np.expm1(slope * t) / slope
    return np.asarray(np.where(inside, np.sin(np.pi * t) ** 0.7 * np.sin(2 * np.pi * turns), 0.0))
