"""The parts of a harmonic-plus-noise tone that do not depend on a network: sines of a frame, and bands of noise.

Bands are evenly spaced on the mel scale, each a triangle that reaches to its neighbours' middles (S. Stevens, J. Volkmann, E.
Newman, JASA 8, 1937, in the form of D. O'Shaughnessy, 1987).
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["HIGHEST_BAND", "band_weights", "frame_sines", "start_angles"]

Array = NDArray[np.float64]
HIGHEST_BAND = 11500.0


@lru_cache(maxsize=16)
def band_weights(bands: int, size: int, sample_rate: int) -> Array:
    """Return the share of each band in each bin of a Fourier transform; what lies above the last band is the last band.

    Parameters
    ----------
    bands
        Number of bands, from 0 to 11500 Hz.
    size
        Length of the transform.

    Returns
    -------
    `[shape=(bands, size // 2 + 1)]`

    Examples
    --------
    >>> weights = band_weights(4, 64, 32000)
    >>> weights.shape, bool(np.allclose(weights.sum(axis=0), 1))
    ((4, 33), True)
    """
    mel = 1127 * np.log1p(np.fft.rfftfreq(size, 1 / sample_rate) / 700)
    place = np.minimum(mel / (1127 * np.log1p(HIGHEST_BAND / 700)) * (bands - 1), bands - 1)
    weights = np.maximum(0, 1 - np.abs(place - np.arange(bands)[:, None]))
    weights.flags.writeable = False
    return np.asarray(weights)


def start_angles(harmonics: int) -> Array:
    """Return the angle of each harmonic at the start of a tone: spread by Schroeder's rule, so that their sum has no high peak.

    >>> start_angles(2)[1:].round(2).tolist()
    [-3.14]
    """
    order = np.arange(1, harmonics + 1)
    return np.asarray(-np.pi * order * (order - 1) / harmonics)


def frame_sines(frequency: float, harmonics: int, hop: int, sample_rate: int) -> Array:
    """Return what a frame's harmonics are multiplied with: a falling and a rising ramp times cosines and sines.

    >>> frame_sines(400.0, 3, 80, 16000).shape
    (12, 80)
    """
    angle = 2 * np.pi * frequency / sample_rate * np.outer(np.arange(1, harmonics + 1), np.arange(hop))
    rise = np.arange(hop) / hop
    waves = np.concatenate([np.cos(angle), np.sin(angle)])
    return np.concatenate([waves * (1 - rise), waves * rise])
