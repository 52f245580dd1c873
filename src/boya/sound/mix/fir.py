"""Long filters over endless audio: each block is answered at once, and what rings on is kept for the next.

Overlap-add in the frequency domain, in pieces that stay in the processor's cache. Source: T. Stockham, "High-speed convolution
and correlation", AFIPS 1966.
"""

import numpy as np

from boya.sound.modal import Audio

__all__ = ["Convolver"]


class Convolver:
    """A filter with one or several outputs for a mono signal, or one output for each of several signals.

    Examples
    --------
    >>> echo = Convolver(np.array([[1, 0, 0.5]], dtype=np.float32))
    >>> echo(np.array([[1, 0]], dtype=np.float32)).round(3).tolist(), echo(np.zeros((1, 2), np.float32)).round(3).tolist()
    ([[1.0, 0.0]], [[0.5, 0.0]])
    """

    def __init__(self, response: Audio) -> None:
        """Take an impulse response. `[shape=(outputs, taps)]`"""
        taps = response.shape[1]
        self._size = 1 << max(10, (2 * taps - 1).bit_length())
        self._hop = self._size - taps + 1
        self._spectrum = np.fft.rfft(response, self._size).astype(np.complex64)
        self._rest: Audio = np.zeros((0, taps - 1), dtype=np.float32)

    def __call__(self, block: Audio) -> Audio:
        """Return the answer to the next block. `[shape=(inputs, n)]` in, `[shape=(max(inputs, outputs), n)]` out"""
        n = block.shape[1]
        rows = max(len(block), len(self._spectrum))
        wet = np.zeros((rows, n + self._rest.shape[1]), dtype=np.float32)
        wet[: len(self._rest), : self._rest.shape[1]] = self._rest
        for start in range(0, n, self._hop):
            piece = block[:, start : start + self._hop]
            if piece.any():
                answer = np.fft.irfft(np.fft.rfft(piece, self._size) * self._spectrum, self._size)
                end = min(start + self._size, wet.shape[1])
                wet[:, start:end] += answer[:, : end - start]
        self._rest = wet[:, n:].copy()
        return wet[:, :n]
