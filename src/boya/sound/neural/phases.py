"""The phase of a tone's harmonics, as sines and cosines: what keeps a WaveNet in tune."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["harmonic_phases"]

Array = NDArray[np.float64]
HIGHEST = 0.46  # of the sample rate


def harmonic_phases(frequency: float, turns: float, places: NDArray[np.int64], sample_rate: int, harmonics: int) -> Array:
    """Return the sines of harmonics 1, 2, ..., then their cosines; 0 where a harmonic does not fit under half the rate.

    Parameters
    ----------
    frequency
        Hertz.
    turns
        Phase of the fundamental at sample 0, as a share of its period.
    places
        Samples. `[shape=(n,)]`

    Returns
    -------
    `[shape=(2 * harmonics, n)]`

    Examples
    --------
    >>> harmonic_phases(2000.0, 0.0, np.arange(3), 16000, 1).round(2).tolist()
    [[0.0, 0.71, 1.0], [1.0, 0.71, 0.0]]
    """
    order = np.arange(1, harmonics + 1)
    angle = 2 * np.pi * ((turns + frequency / sample_rate * places) % 1)
    first = np.exp(1j * angle)
    found = np.empty((harmonics, len(places)), dtype=complex)
    found[0] = first
    for place in range(1, harmonics):
        found[place] = found[place - 1] * first
    found[order * frequency > HIGHEST * sample_rate] = 0
    return np.concatenate([found.imag, found.real])
