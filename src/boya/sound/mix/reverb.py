"""Reverb and echo: what a room, or a tape, answers to the sends.

A room's answer is coloured, decaying noise after a few early reflections; times in seconds, reverberation times to -60 dB.
Source: exponentially decaying noise as a model of late reverberation, J. Moorer, "About This Reverberation Business", Computer
Music Journal 3(2), 1979.
"""

from functools import lru_cache

import numpy as np

from boya.sound.mix.fir import Convolver
from boya.sound.mix.stage import Echo, Room
from boya.sound.modal import Audio

__all__ = ["PingPong", "Reverb", "answer"]

EARLY_SHARE = 0.35
RT_TO_DECAY = 6.91  # -60 dB in nepers
ECHOES = 7


@lru_cache(maxsize=8)
def answer(room: Room, sample_rate: int) -> Audio:
    """Return a room's impulse response, of equal energy in both channels, read-only. `[shape=(2, frames)]`

    Examples
    --------
    >>> from boya.sound.mix.stage import mix_of
    >>> room = mix_of("hall").room
    >>> bool(abs((answer(room, 8000) ** 2).sum() - 2 * room.level**2) < 1e-3)
    True
    """
    n = int((0.05 + max(length for _, _, length in room.bands)) * sample_rate)
    size = 1 << (n - 1).bit_length()
    rng = np.random.default_rng(1979)
    noise = np.fft.rfft(rng.standard_normal((2, size)))
    frequency = np.fft.rfftfreq(size, 1 / sample_rate)
    time = np.arange(n) / sample_rate
    response = np.zeros((2, n))
    for low, high, length in room.bands:
        band = noise * ((frequency >= low) & (frequency < min(high, 0.45 * sample_rate)))
        response += np.fft.irfft(band, size)[:, :n] * np.exp(-RT_TO_DECAY * time / length)
    start = int(room.predelay * sample_rate)
    response = np.concatenate([np.zeros((2, start)), response[:, : n - start]], axis=1)
    response *= np.minimum(1, (n - np.arange(n)) / (0.1 * n))
    response -= response.mean(axis=1, keepdims=True)
    response /= np.sqrt((response**2).sum(axis=1, keepdims=True))
    for second, left, right in room.early:
        response[:, int(second * sample_rate)] += EARLY_SHARE * left, EARLY_SHARE * right
    response *= room.level / np.sqrt((response**2).sum(axis=1, keepdims=True))
    result: Audio = response.astype(np.float32)
    result.flags.writeable = False
    return result


class Reverb(Convolver):
    """A room that hears a mono send, block after block, and answers in stereo."""

    def __init__(self, room: Room, sample_rate: int) -> None:
        super().__init__(answer(room, sample_rate))


class PingPong:
    """A delay that answers left, right, left ..., each time softer."""

    def __init__(self, echo: Echo, quarter_second: float, sample_rate: int) -> None:
        self._delay = max(1, round(echo.quarters * quarter_second * sample_rate))
        self._gains = [echo.level * echo.feedback**k for k in range(ECHOES)]
        self._past: Audio = np.zeros(ECHOES * self._delay, dtype=np.float32)

    def __call__(self, send: Audio) -> Audio:
        """Return the echoes within a block. `[shape=(1, n)]` in, `[shape=(2, n)]` out"""
        heard = np.concatenate([self._past, send[0]])
        n = send.shape[1]
        wet = np.zeros((2, n), dtype=np.float32)
        for k, gain in enumerate(self._gains):
            start = len(self._past) - (k + 1) * self._delay
            wet[k % 2] += np.float32(gain) * heard[start : start + n]
        self._past = heard[n:].copy()
        return wet
