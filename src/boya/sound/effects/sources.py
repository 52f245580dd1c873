"""Sources and filters of effects, for pitches and cutoffs that move: all in NumPy, a whole layer at once.

Frequencies in hertz per frame `[shape=(n,)]`; audio float64 until the end. Band-limited steps after V. Välimäki, A. Huovilainen,
"Antialiasing oscillators in subtractive synthesis", IEEE Signal Processing Magazine 24(2), 2007 (polynomial BLEP).
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from boya.sound.effects.recipe import Layer

__all__ = ["SOURCES", "filtered"]

Wave = NDArray[np.float64]
Rng = np.random.Generator
METAL = (1.0, 1.342, 1.618, 1.841, 2.236, 2.673)
WINDOW, HOP = 1024, 256


def _phase(frequency: Wave, rate: int) -> Wave:
    """Return turns at each frame, from 0."""
    return np.concatenate([[0.0], np.cumsum(frequency[:-1])]) / rate


def _blep(phase: Wave, step: Wave) -> Wave:
    """Return what rounds off a downward jump by 2 at phase 0."""
    t = phase % 1
    near, far = t / step, (t - 1) / step
    return np.where(t < step, 2 * near - near**2 - 1, np.where(t > 1 - step, far**2 + 2 * far + 1, 0.0))


def _sine(layer: Layer, frequency: Wave, rate: int, rng: Rng) -> Wave:
    return np.sin(2 * np.pi * _phase(frequency, rate))


def _triangle(layer: Layer, frequency: Wave, rate: int, rng: Rng) -> Wave:
    """Sum the few harmonics that matter: they fall with the square of their number."""
    phase, wave = 2 * np.pi * _phase(frequency, rate), np.zeros(len(frequency))
    for k in range(8):
        order = 2 * k + 1
        wave += np.where(order * frequency < 0.45 * rate, (-1) ** k / order**2, 0) * np.sin(order * phase)
    return wave * (8 / np.pi**2)


def _saw(layer: Layer, frequency: Wave, rate: int, rng: Rng) -> Wave:
    phase = _phase(frequency, rate)
    return 2 * (phase % 1) - 1 - _blep(phase, frequency / rate)


def _square(layer: Layer, frequency: Wave, rate: int, rng: Rng) -> Wave:
    phase, step = _phase(frequency, rate), frequency / rate
    wave = np.where(phase % 1 < layer.duty, 1.0, -1.0) + _blep(phase, step) - _blep(phase + 1 - layer.duty, step)
    return wave - (2 * layer.duty - 1)


def _fm(layer: Layer, frequency: Wave, rate: int, rng: Rng) -> Wave:
    phase = 2 * np.pi * _phase(frequency, rate)
    depth = layer.index * np.exp(-np.arange(len(frequency)) / (layer.calm * rate))
    depth *= np.clip((0.45 * rate - frequency) / (frequency * layer.modulator + 1) / 2, 0, 1)  # no sidebands above half the rate
    return np.sin(phase + depth * np.sin(layer.modulator * phase))


def _metal(layer: Layer, frequency: Wave, rate: int, rng: Rng) -> Wave:
    parts = [_square(layer, np.minimum(frequency * ratio, 0.4 * rate), rate, rng) for ratio in METAL]
    return np.asarray(np.sum(parts, axis=0) / 3)


def _noise(layer: Layer, frequency: Wave, rate: int, rng: Rng) -> Wave:
    return rng.standard_normal(len(frequency)) * 0.4


SOURCES: dict[str, Callable[[Layer, Wave, int, Rng], Wave]] = {
    "sine": _sine,
    "triangle": _triangle,
    "saw": _saw,
    "square": _square,
    "fm": _fm,
    "metal": _metal,
    "noise": _noise,
}


def filtered(wave: Wave, low: Wave, high: Wave, q: float, rate: int) -> Wave:
    """Return a wave between two moving cutoffs of 12 dB an octave; 0 stands for none. `[shape=(n,)]` each

    Magnitudes are laid on a short-time spectrum (Hann windows, a quarter apart), so the phase stays.
    """
    if not low.any() and not high.any():
        return wave
    n = len(wave)
    padded = np.pad(wave, (WINDOW, 2 * WINDOW))
    starts = np.arange(0, n + WINDOW, HOP)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    middle = np.clip(starts - WINDOW // 2, 0, n - 1)
    line = np.fft.rfftfreq(WINDOW, 1 / rate)
    gain = np.ones((len(starts), len(line)))
    if high.any():
        x = line / high[middle][:, None]
        gain /= np.sqrt((1 - x**2) ** 2 + (x / q) ** 2)
    if low.any():
        x = (line / low[middle][:, None]) ** 2
        gain *= x / np.sqrt(1 + x**2)
    frames = np.fft.rfft(padded[starts[:, None] + np.arange(WINDOW)] * window, axis=1)
    pieces = np.fft.irfft(frames * gain, WINDOW, axis=1)
    out = np.zeros(len(padded))
    for k in range(WINDOW // HOP):  # windows that do not overlap are laid down at once
        part = pieces[k :: WINDOW // HOP].reshape(-1)
        out[k * HOP : k * HOP + len(part)] += part[: len(out) - k * HOP]
    return out[WINDOW : WINDOW + n] / (WINDOW / HOP / 2)
