"""Ringing bodies: sums of decaying sine partials, computed as one matrix product.

A partial at frame `a B + b` is `exp(s (a B + b)) = exp(s a B) exp(s b)`, so a sum of K partials over n frames is a product of an
`(n / B, 2 K)` and a `(2 K, B)` matrix: a few thousand exponentials and one call of BLAS in place of n K sines. Frequencies in
hertz, decay times in seconds (to 1/e of the amplitude). Source: modal synthesis, J.-M. Adrien, "The missing link: modal
synthesis", in Representations of Musical Signals, MIT Press 1991.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["Audio", "loudness_norm", "ring", "soft_end"]

Audio = NDArray[np.float32]
BLOCK = 256


def ring(
    frequencies: NDArray[np.float64],
    amplitudes: NDArray[np.float64],
    decays: NDArray[np.float64],
    n_frames: int,
    sample_rate: int,
) -> Audio:
    """Return decaying sines that all start at phase 0; partials near or above half the sample rate are left out.

    Parameters
    ----------
    frequencies, decays
        Hertz and seconds. `[shape=(partials,)]`
    amplitudes
        One row per output channel. `[shape=(channels, partials)]`

    Returns
    -------
    `[shape=(channels, n_frames)]`

    Examples
    --------
    >>> tone = ring(np.array([100.0]), np.array([[1.0]]), np.array([9.9]), 400, 8000)
    >>> tone.shape, bool(abs(tone[0, 20] - 1) < 0.01)
    ((1, 400), True)
    """
    audible = frequencies < 0.47 * sample_rate
    frequencies, amplitudes, decays = frequencies[audible], amplitudes[:, audible], decays[audible]
    n_blocks = -(-n_frames // BLOCK)
    exponent = (2j * np.pi * frequencies - 1 / decays) / sample_rate
    coarse = np.exp(np.arange(n_blocks)[:, None] * (BLOCK * exponent))
    fine = np.exp(exponent[:, None] * np.arange(BLOCK))
    left = amplitudes[:, None, :] * coarse
    rows = np.concatenate([left.real, left.imag], axis=2).astype(np.float32)
    columns = np.concatenate([fine.imag, fine.real]).astype(np.float32)
    return (rows @ columns).reshape(len(amplitudes), -1)[:, :n_frames]


def loudness_norm(frequencies: NDArray[np.float64], amplitudes: NDArray[np.float64]) -> float:
    """Return the weighted amplitude of a set of partials; dividing by it makes voices and registers about equally loud.

    The weight falls below 150 Hz and rises a little around 3 kHz, a coarse equal-loudness curve (ISO 226:2003 at 70 phon).

    >>> bool(loudness_norm(np.array([60.0]), np.array([1.0])) < loudness_norm(np.array([600.0]), np.array([1.0])))
    True
    """
    safe = np.maximum(frequencies, 20.0)
    weight = (1 + 0.5 * np.exp(-(np.log2(safe / 3200) ** 2))) / np.sqrt(1 + (150 / safe) ** 2)
    return float(np.sqrt(np.sum((amplitudes * weight) ** 2))) + 1e-9


def soft_end(sound: Audio, n_asked: int) -> None:
    """Fade the last eighth of a sound that rings out before it is asked to end, in place. `[shape=(channels, n)]`

    >>> sound = np.ones((2, 80))
    >>> soft_end(sound, 100)
    >>> sound[0, [0, 69, 79]].round(3).tolist()
    [1.0, 1.0, 0.0]
    """
    n = sound.shape[1]
    if 16 < n < n_asked:
        sound[:, -(n // 8) :] *= np.cos(np.linspace(0, np.pi / 2, n // 8)) ** 2
