"""The harmonic-plus-noise decoder in NumPy: levels from the network, sines and filtered noise added up, at any sample rate.

The same arithmetic as `boya.models.networks.ddsp` and `boya.training.ddsp` in torch; see there for the source.
"""

import numpy as np
from numpy.typing import NDArray

from boya.sound.neural.bands import band_weights, frame_sines, start_angles
from boya.sound.neural.controls import amplitude, hop_of, with_level
from boya.sound.neural.playing import Wish, draws, levels, rows_of, through
from boya.sound.neural.weights import Network

__all__ = ["play"]

Array = NDArray[np.float64]
HIGHEST = 0.47  # of the sample rate
LEAST_LOG, MOST_LOG = -12.0, 2.0


def play(network: Network, wish: Wish, sample_rate: int, level: Array | None = None) -> Array:
    """Return a tone in mono, without vibrato or release.

    Parameters
    ----------
    network
        Of the family `ddsp`.
    wish
        Which tone.
    sample_rate
        Frames a second.
    level
        Loudness at each frame in decibels, in place of the performer's. `[shape=(frames + 1,)]`

    Returns
    -------
    `[shape=(n_samples,)]`

    Examples
    --------
    >>> from boya.sound.neural.weights import shipped_network
    >>> play(shipped_network("ddsp"), Wish("violin", 440.0, 0.5, 4410), 44100).shape
    (4410,)
    """
    hop = hop_of(sample_rate)
    frames = -(-wish.n_samples // hop)
    seconds = np.arange(frames + 1, dtype=np.float64) * (hop / sample_rate)
    level = levels(network, wish, seconds) if level is None else level
    hidden = through(network, "body", network.settings["layers"], with_level(rows_of(network, wish, seconds), level))
    logs = np.clip(hidden @ network.arrays["out.weight"].T + network.arrays["out.bias"], LEAST_LOG, MOST_LOG)
    loud = amplitude(level)[:, None]
    n = network.settings["harmonics"]
    tone = _harmonics(np.exp(logs[:, :n]) * loud, wish.frequency, hop, sample_rate, network.card["sample_rate"])
    tone += _noise(logs[:, n:], loud, draws(wish, frames * hop), hop, sample_rate)
    return np.asarray(tone[: wish.n_samples])


def _harmonics(sounding: Array, frequency: float, hop: int, sample_rate: int, learnt_rate: int) -> Array:
    """Return the sum of the harmonics that fit under half the rate, and under half of that learnt. `[shape=(frames * hop,)]`"""
    count = int(np.clip(HIGHEST * min(sample_rate, learnt_rate) / frequency, 0, sounding.shape[1]))
    order = np.arange(1, count + 1)
    turns = np.outer(np.arange(len(sounding) - 1) * (frequency * hop / sample_rate), order) % 1
    angles = 2 * np.pi * turns + start_angles(sounding.shape[1])[:count]
    turned = np.concatenate([np.sin(angles), np.cos(angles)], axis=1)
    both = [np.tile(side[:, :count], 2) * turned for side in (sounding[:-1], sounding[1:])]
    left = np.concatenate(both, axis=1).astype(np.float32)
    return np.asarray(left @ frame_sines(frequency, count, hop, sample_rate).astype(np.float32), dtype=np.float64).ravel()


def _noise(logs: Array, loud: Array, noise: Array, hop: int, sample_rate: int) -> Array:
    """Return noise in bands: a short-time Fourier transform, each frame with its own gains. `[shape=(frames * hop,)]`"""
    window = np.sqrt(np.hanning(2 * hop + 1)[:-1])
    padded = np.pad(noise, hop, mode="reflect")
    cut = np.lib.stride_tricks.sliding_window_view(padded, 2 * hop)[::hop] * window
    gains = np.exp(logs @ band_weights(logs.shape[1], 2 * hop, sample_rate)) * loud
    back = np.fft.irfft(np.fft.rfft(cut, axis=1) * gains, 2 * hop, axis=1) * window
    sound = np.zeros(len(padded))
    for half in (slice(0, hop), slice(hop, 2 * hop)):
        start = half.start
        sound[start : start + len(back) * hop] += back[:, half].ravel()
    return sound[hop:-hop]
