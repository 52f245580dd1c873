"""Coloured noise for hammers, breath, bows and drums: always the same noise for the same name.

Noise is shaped in the frequency domain. Frequencies in hertz; the result has unit root mean square.
"""

from functools import lru_cache

import numpy as np

from boya.sound.modal import Audio

__all__ = ["band_noise"]


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
