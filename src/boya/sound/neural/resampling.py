"""From one sample rate to another by Fourier transform: nothing added, nothing lost below half the lower rate."""

from math import gcd

import numpy as np
from numpy.typing import NDArray

__all__ = ["resampled"]

EDGE_SECOND = 0.05  # of silence, so that the end does not run into the beginning
Array = NDArray[np.float64]


def resampled(tone: Array, rate: int, wanted: int) -> Array:
    """Return a tone at another rate. `[shape=(n * wanted / rate,)]`, rounded up

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 440 * np.arange(1600) / 16000) * np.hanning(1600)
    >>> longer = resampled(tone, 16000, 44100)
    >>> len(longer), bool(abs(np.abs(longer).max() - 1) < 0.01)
    (4410, True)
    """
    if rate == wanted:
        return tone
    step = rate // gcd(rate, wanted)
    whole = -(-(len(tone) + int(EDGE_SECOND * rate)) // step) * step
    longer = whole * wanted // rate
    spectrum = np.fft.rfft(tone, whole)
    kept = min(len(spectrum), longer // 2 + 1)
    sound = np.fft.irfft(spectrum[:kept], longer) * (longer / whole)
    return np.asarray(sound[: -(-len(tone) * wanted // rate)])
