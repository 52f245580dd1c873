"""Sound cut into overlapping windows, in bounded memory; what pitch, onsets and landmarks have in common.

Conventions: audio is mono float32. Frame k is the moment k x `hop` samples from the start; its window lies around it, with
silence before the beginning and after the end, so there are as many frames as hops begun.
"""

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

__all__ = ["Audio", "framed"]

Audio = NDArray[np.float32]

FRAMES = 256  # given out together


def framed(blocks: Iterable[Audio], size: int, hop: int) -> Iterator[Audio]:
    """Yield the windows of up to 256 frames at a time, to be read and not kept. `[shape=(frames, size)]`

    Examples
    --------
    >>> [part.shape for part in framed([np.ones(600, np.float32), np.ones(401, np.float32)], 512, 250)]
    [(5, 512)]
    """
    step = FRAMES * hop
    buffer = np.zeros(size // 2, dtype=np.float32)
    for block in blocks:
        buffer = np.concatenate([buffer, block])
        while len(buffer) >= step - hop + size:
            yield np.lib.stride_tricks.sliding_window_view(buffer, size)[:step:hop]
            buffer = buffer[step:]
    rest = np.concatenate([buffer, np.zeros(size - size // 2 - 1, dtype=np.float32)])
    while len(rest) >= size:
        yield np.lib.stride_tricks.sliding_window_view(rest, size)[:step:hop]
        rest = rest[step:]
