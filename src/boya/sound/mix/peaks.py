"""True peaks: how high the wave rises between its samples, in blocks of 64 frames.

Four times oversampling with a windowed sinc, written as one matrix product. Peaks are linear; dBTP is `20 log10` of them.
Source: ITU-R BS.1770-4, annex 2 (there with 12 taps a phase; here 32, so that tones near half the rate are not missed).
"""

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from boya.sound.modal import Audio

__all__ = ["BLOCK", "REACH", "peaks_of", "true_peak"]

BLOCK = 64
REACH = 16  # frames before and after a block that take part
OVERSAMPLING = 4
ROWS = 4096  # blocks in one matrix product: a few megabytes


def peaks_of(audio: Audio) -> Audio:
    """Return the highest true peak in each block of 64 frames, of all channels together.

    Parameters
    ----------
    audio
        `[shape=(channels, REACH + 64 * blocks + REACH)]`: the blocks, and 16 frames of what stands before and after them.

    Returns
    -------
    `[shape=(blocks,)]`

    Examples
    --------
    >>> time = np.arange(32 + 640)
    >>> tone = np.sin(np.pi / 2 * time + np.pi / 4)[None].astype(np.float32)  # its samples never show its peak of 1
    >>> bool(abs(tone).max() < 0.71), peaks_of(tone)[2:-2].round(2).tolist()
    (True, [1.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    """
    n_blocks = (audio.shape[1] - 2 * REACH) // BLOCK
    highest = np.zeros(n_blocks, dtype=np.float32)
    for channel in audio:
        windows = sliding_window_view(channel, BLOCK + 2 * REACH)[::BLOCK]
        for start in range(0, n_blocks, ROWS):
            part = windows[start : min(start + ROWS, n_blocks)]
            between = part @ _between()
            top = np.maximum(between.max(axis=1), -between.min(axis=1))
            inside = part[:, REACH:-REACH]
            top = np.maximum(top, np.maximum(inside.max(axis=1), -inside.min(axis=1)))
            here = highest[start : start + len(part)]
            np.maximum(here, top, out=here)
    return highest


def true_peak(audio: Audio) -> float:
    """Return the highest true peak of audio, linear. `[shape=(frames, channels)]`

    Examples
    --------
    >>> round(true_peak(np.array([[0.5], [0.0], [-0.25]], dtype=np.float32)), 3)
    0.5
    """
    n = len(audio)
    if not n:
        return 0.0
    after = REACH + -(n + 2 * REACH) % BLOCK + BLOCK
    padded = np.pad(np.asarray(audio, dtype=np.float32).T, ((0, 0), (2 * REACH, after)))
    return float(peaks_of(padded).max())


@lru_cache(maxsize=1)
def _between() -> Audio:
    """Return the matrix from a window to the three points after each of its 64 frames. `[shape=(96, 192)]`"""
    points = np.arange(BLOCK)[:, None] + np.arange(1, OVERSAMPLING) / OVERSAMPLING
    away = np.arange(-REACH, BLOCK + REACH)[:, None] - points.reshape(1, -1)
    window = np.where(np.abs(away) < REACH, np.i0(7 * np.sqrt(np.clip(1 - (away / REACH) ** 2, 0, 1))) / np.i0(7.0), 0)
    return np.asarray(np.sinc(away) * window, dtype=np.float32)
