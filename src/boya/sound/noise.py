"""Coloured noise for hammers, breath, bows and drums: always the same noise for the same name.

Noise is shaped in the frequency domain. Frequencies in hertz; the result has unit root mean square.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio

__all__ = ["band_noise", "hiss", "slow_noise"]


@lru_cache(maxsize=64)
def band_noise(low: float, high: float, n_frames: int, sample_rate: int, seed: int = 0) -> Audio:
    """Return noise between `low` and `high` hertz with gentle edges, `[shape=(n_frames,)]`, read-only.

    Examples
    --------
    >>> hiss = band_noise(2000.0, 8000.0, 4096, 44100)
    >>> bool(abs(np.sqrt(np.mean(hiss**2)) - 1) < 1e-3), bool(abs(hiss.mean()) < 1e-3)
    (True, True)
    """
    size = 1 << max(8, (n_frames - 1).bit_length())
    rng = np.random.default_rng([seed, 20260726])
    spectrum = np.fft.rfft(rng.standard_normal(size, dtype=np.float32))
    frequency = np.fft.rfftfreq(size, 1 / sample_rate)
    frequency[0] = 1e-3
    high = min(high, 0.47 * sample_rate)
    spectrum *= 1 / np.sqrt(1 + (low / frequency) ** 6) / np.sqrt(1 + (frequency / high) ** 6)
    spectrum[0] = 0
    noise = np.fft.irfft(spectrum, size)[:n_frames].astype(np.float32)
    noise -= noise.mean()
    noise /= np.sqrt(np.mean(noise**2)) + 1e-9
    noise.flags.writeable = False
    return noise


def hiss(n_frames: int, sample_rate: int, seed: int = 0, low: float = 200.0, high: float = 9000.0) -> NDArray[np.float64]:
    """Return breath-like noise of any length that repeats after 1.5 seconds, `[shape=(n_frames,)]`.

    >>> hiss(3, 8000).shape
    (3,)
    """
    return np.resize(band_noise(low, high, 1 << 16, sample_rate, seed), n_frames).astype(np.float64)


def slow_noise(hertz: float, n_frames: int, sample_rate: int, seed: int = 0) -> NDArray[np.float64]:
    """Return a smooth random walk around 0 that turns about `hertz` times a second, `[shape=(n_frames,)]`.

    A longer walk begins like a shorter one; its root mean square is about 1.

    Examples
    --------
    >>> walk = slow_noise(2.0, 8000, 8000)
    >>> bool(np.abs(np.diff(walk)).max() < 0.01)
    True
    """
    rng = np.random.default_rng([seed, 20261125])
    points = np.sqrt(1.6) * rng.standard_normal(int(n_frames * hertz / sample_rate) + 3)
    place = np.arange(n_frames) * (hertz / sample_rate)
    index = place.astype(np.intp)
    part = place - index
    return np.asarray(points[index] + np.diff(points)[index] * (part * part * (3 - 2 * part)))
