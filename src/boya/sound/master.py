"""The last stage: a steady loudness, then a limiter that looks ahead, so that nothing clips and nothing is whisper-quiet.

Levels in decibels of full scale. The limiter's gain is a running minimum, smoothed over the same window: it never exceeds what a
peak allows, and never jumps.
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from boya.sound.modal import Audio

__all__ = ["finish"]

TARGET = -18.0  # mean level of the loud parts
CEILING = 0.966  # -0.3 dB
MOST_GAIN = 4.0
MOST_LIMITING = 1.8
BLOCK = 64
WINDOW = 0.06  # seconds


def finish(bus: Audio, sample_rate: int) -> None:
    """Set the loudness of a stereo bus, hold its peaks under the ceiling and fade its end, in place. `[shape=(2, frames)]`"""
    if not bus.size:
        return
    peaks = _block_peaks(bus)
    top = float(peaks.max())
    if top <= 0:
        return
    gain = min(10 ** (TARGET / 20) / _loudness(bus, sample_rate), MOST_GAIN, MOST_LIMITING * CEILING / top)
    bus *= _limiting(peaks * gain, bus.shape[1], sample_rate) * np.float32(gain)
    fade = min(bus.shape[1], int(0.08 * sample_rate))
    bus[:, -fade:] *= np.cos(np.linspace(0, np.pi / 2, fade, dtype=np.float32)) ** 2


def _block_peaks(bus: Audio) -> NDArray[np.float32]:
    """Return the highest magnitude in each block of 64 frames."""
    starts = np.arange(0, bus.shape[1], BLOCK)
    high = np.maximum.reduceat(bus, starts, axis=1).max(axis=0)
    low = np.minimum.reduceat(bus, starts, axis=1).min(axis=0)
    return np.asarray(np.maximum(high, -low), dtype=np.float32)


def _loudness(bus: Audio, sample_rate: int) -> float:
    """Return the root mean square of the parts within 15 dB of the loudest 0.4 s."""
    size = max(1, int(0.4 * sample_rate))
    starts = np.arange(0, bus.shape[1], size)
    energy = np.add.reduceat(np.einsum("cn,cn->n", bus, bus), starts) / (2 * size)
    loud = energy[energy > energy.max() * 10**-1.5]
    return float(np.sqrt(loud.mean())) + 1e-9


def _limiting(peaks: NDArray[np.float32], n_frames: int, sample_rate: int) -> Audio:
    """Return the limiter's gain for every frame. `[shape=(n_frames,)]`"""
    allowed = np.minimum(1.0, CEILING / np.maximum(peaks, 1e-9))
    half = max(2, round(WINDOW * sample_rate / BLOCK / 2))
    padded = np.pad(allowed, 2 * half, mode="edge")
    least = sliding_window_view(padded, 2 * half + 1).min(axis=1)
    weights = np.hanning(2 * half + 1)  # its ends are 0, so one block of slack covers the interpolation below
    smooth = np.convolve(least, weights / weights.sum(), mode="valid")
    half_way = (smooth[1:] + smooth[:-1]) / 2
    edges = np.concatenate([smooth[:1], half_way, smooth[-1:]]).astype(np.float32)  # the gain at each border of two blocks
    ramp = np.linspace(0, 1, BLOCK, endpoint=False, dtype=np.float32)
    return (edges[:-1, None] + np.diff(edges)[:, None] * ramp).reshape(-1)[:n_frames]
