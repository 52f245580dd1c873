"""A small hall: the send bus convolved with a stereo impulse response made of coloured, decaying noise.

Reverberation times in seconds (to -60 dB). Source: exponentially decaying noise as a model of late reverberation, J. Moorer,
"About This Reverberation Business", Computer Music Journal 3(2), 1979.
"""

from functools import lru_cache

import numpy as np

from boya.sound.modal import Audio

__all__ = ["hall", "reverberate"]

PREDELAY = 0.014
LEVEL = 0.6  # root of the energy of the response
BANDS = ((180.0, 700.0, 1.15), (700.0, 3000.0, 1.0), (3000.0, 9000.0, 0.55))  # (low, high, reverberation time)
REFLECTIONS = ((0.009, 0.5, 0.2), (0.013, 0.15, 0.45), (0.021, 0.4, 0.25), (0.029, 0.15, 0.35))  # (second, left, right)


@lru_cache(maxsize=4)
def hall(sample_rate: int) -> Audio:
    """Return the impulse response, of equal energy in both channels. `[shape=(2, frames)]`

    Examples
    --------
    >>> response = hall(8000)
    >>> response.shape[0], bool(abs((response**2).sum() - 2 * LEVEL**2) < 1e-3)
    (2, True)
    """
    n = int(1.2 * sample_rate)
    size = 1 << (n - 1).bit_length()
    rng = np.random.default_rng(1979)
    noise = np.fft.rfft(rng.standard_normal((2, size)))
    frequency = np.fft.rfftfreq(size, 1 / sample_rate)
    time = np.arange(n) / sample_rate
    response = np.zeros((2, n))
    for low, high, length in BANDS:
        band = noise * ((frequency >= low) & (frequency < min(high, 0.45 * sample_rate)))
        response += np.fft.irfft(band, size)[:, :n] * np.exp(-6.91 * time / length)
    start = int(PREDELAY * sample_rate)
    response = np.concatenate([np.zeros((2, start)), response[:, : n - start]], axis=1)
    response *= np.minimum(1, (n - np.arange(n)) / (0.1 * n))
    response -= response.mean(axis=1, keepdims=True)
    response /= np.sqrt((response**2).sum(axis=1, keepdims=True))
    for second, left, right in REFLECTIONS:
        response[:, int(second * sample_rate)] += 0.35 * left, 0.35 * right
    response *= LEVEL / np.sqrt((response**2).sum(axis=1, keepdims=True))
    result: Audio = response.astype(np.float32)
    result.flags.writeable = False
    return result


def reverberate(send: Audio, sample_rate: int, bus: Audio) -> None:
    """Add the hall's answer to a mono send to a stereo bus, in place, block by block.

    Parameters
    ----------
    send
        `[shape=(frames,)]`
    bus
        `[shape=(2, frames)]`; what rings on after its end is cut.
    """
    response = hall(sample_rate)
    size = 1 << (3 * response.shape[1] - 1).bit_length()
    hop = size - response.shape[1] + 1
    spectrum = np.fft.rfft(response, size).astype(np.complex64)
    for start in range(0, len(send), hop):
        block = send[start : start + hop]
        if not block.any():
            continue
        wet = np.fft.irfft(np.fft.rfft(block, size) * spectrum, size)
        end = min(start + size, len(send))
        bus[:, start:end] += wet[:, : end - start].astype(np.float32, copy=False)
