"""Another sample rate, in blocks: a windowed sinc, of which each output frame takes the phase it falls on.

Conventions: audio is mono float32 `[shape=(frames,)]`. Frame n of the output is at the time of frame n x from / to of the input;
what lies above the lower of both half rates is 80 dB down, 5% below it nothing is lost. Source: polyphase filters, Crochiere &
Rabiner, "Multirate Digital Signal Processing", 1983; window after Kaiser, 1974.
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

__all__ = ["Resampler", "resample"]

Audio = NDArray[np.float32]

LOBES = 28  # zero crossings of the sinc on each side
BETA = 8.0
EDGE = 0.91  # cutoff against the lower half rate
MOST_PHASES = 500


class Resampler:
    """Turns blocks of one rate into blocks of another; what was heard before goes on.

    Odd rates, such as 44101, get the nearest ratio that needs few filters: some parts in a hundred thousand off.
    """

    def __init__(self, rate: int, wanted: int) -> None:
        self._down, self._up = Fraction(rate, wanted).limit_denominator(MOST_PHASES).as_integer_ratio()
        scale = max(1.0, self._down / self._up)
        self._half = int(np.ceil(LOBES * scale))
        self._bank = _bank(self._up, self._half, EDGE / scale)
        self._buffer = np.zeros(self._half, dtype=np.float32)  # its first frame is frame `_first` of the input
        self._first = -self._half
        self._n_in = self._n_out = 0

    def __call__(self, block: Audio) -> Audio:
        """Return what is known of the output after another block."""
        self._n_in += len(block)
        self._buffer = np.concatenate([self._buffer, block])
        last = self._n_in - self._half  # the window of an output reaches `_half` frames further
        return self._until(max(-(-last * self._up // self._down), self._n_out))

    def finish(self) -> Audio:
        """Return the rest."""
        self._buffer = np.concatenate([self._buffer, np.zeros(self._half + 1, dtype=np.float32)])
        return self._until(max(-(-self._n_in * self._up // self._down), self._n_out))

    def _until(self, end: int) -> Audio:
        """Outputs up to one, and forget the input before it."""
        out = np.empty(end - self._n_out, dtype=np.float32)
        for part in range(min(self._up, len(out))):
            at, phase = divmod((self._n_out + part) * self._down, self._up)
            count = len(range(part, len(out), self._up))
            windows = np.lib.stride_tricks.sliding_window_view(self._buffer, 2 * self._half)[at - self._half + 1 - self._first :]
            out[part :: self._up] = windows[:: self._down][:count] @ self._bank[phase]
        self._n_out = end
        gone = end * self._down // self._up - self._half - self._first
        self._buffer, self._first = self._buffer[gone:], self._first + gone
        return out


def resample(blocks: Iterable[Audio], rate: int, wanted: int) -> Iterator[Audio]:
    """Yield blocks in another sample rate.

    Examples
    --------
    >>> slow = np.sin(0.01 * np.arange(1000, dtype=np.float32))
    >>> fast = np.concatenate(list(resample([slow[:300], slow[300:]], 8000, 16000)))
    >>> len(fast), bool(np.abs(fast[200:1800:2] - slow[100:900]).max() < 1e-3)
    (2000, True)
    """
    if rate == wanted:
        yield from blocks
        return
    resampler = Resampler(rate, wanted)
    for block in blocks:
        yield resampler(block)
    yield resampler.finish()


def _bank(up: int, half: int, cutoff: float) -> Audio:
    """A filter for each phase; `cutoff` in half rates of the input. `[shape=(up, 2 half)]`"""
    time = np.arange(-half + 1, half + 1)[None] - (np.arange(up) / up)[:, None]
    window = np.i0(BETA * np.sqrt(np.maximum(1 - (time / half) ** 2, 0))) / np.i0(BETA)
    taps = cutoff * np.sinc(cutoff * time) * window
    return np.asarray(taps / taps.sum(axis=1, keepdims=True), dtype=np.float32)
