"""How far two sounds are apart, by their spectra.

Conventions: sounds are mono `[shape=(n,)]` at the same rate. Spectra are short-time Fourier transforms with windows of 2048,
1024, 512 and 256 samples (Hann, hops of a quarter), in decibels against the loudest bin of the first sound, nothing lower than
-60. Source: the log-spectral distance of A. Gray and J. Markel, "Distance measures for speech processing", IEEE Trans. ASSP
24(5), 1976, at several resolutions as in J. Engel et al., ICLR 2020.
"""

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError

__all__ = ["spectral_distance"]

Array = NDArray[np.float64]
WINDOWS = (2048, 1024, 512, 256)
FLOOR_DECIBEL = -60.0


def spectral_distance(teacher: Array, heard: Array) -> float:
    """Return the root mean square over bins, its mean over frames and window lengths, in decibels: 0 for the same, at most 60.

    Two noises of the same colour are about 7 dB apart where they are above the floor: their bins vary at random.

    Parameters
    ----------
    teacher, heard
        `[shape=(n,)]`, as long as each other.

    Raises
    ------
    InputError
        if they are of different length or shorter than the longest window.

    Examples
    --------
    >>> tone = np.sin(np.arange(4096) / 5)
    >>> spectral_distance(tone, tone), round(spectral_distance(tone, tone / 2), 1) < 6.1
    (0.0, True)
    """
    if len(teacher) != len(heard) or len(teacher) < max(WINDOWS):
        raise InputError(f"sounds must be of one length, {max(WINDOWS)} samples or more; got {len(teacher)} and {len(heard)}")
    found = []
    for size in WINDOWS:
        ours, theirs = (_magnitudes(sound, size) for sound in (heard, teacher))
        top = max(float(theirs.max()), 1e-12)
        a, b = (np.maximum(20 * np.log10(np.maximum(m / top, 1e-9)), FLOOR_DECIBEL) for m in (ours, theirs))
        found.append(float(np.sqrt(np.mean((a - b) ** 2, axis=1)).mean()))
    return float(np.mean(found))


def _magnitudes(sound: Array, size: int) -> Array:
    """Return the magnitudes of a short-time Fourier transform. `[shape=(frames, bins)]`"""
    frames = np.lib.stride_tricks.sliding_window_view(sound, size)[:: size // 4]
    return np.asarray(np.abs(np.fft.rfft(frames * np.hanning(size), axis=1)))
