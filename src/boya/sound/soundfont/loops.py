"""Loops without a seam: where a tone is most like itself, its end melts into what came before the loop.

The end of the loop is chosen by the highest normalised correlation of the sound before it with the sound before its start. Over
the crossfade the gain makes up for what two unlike sounds lose when they are mixed. Frames; audio float64 `[shape=(n,)]`.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["AFTER", "aged", "looped", "seam"]

Array = NDArray[np.float64]
AFTER = 8  # frames at both sides of the seam that are exactly those at the loop's start
SEARCH = (0.75, 1.3)  # of the wanted length
LEAST_WINDOW = 256
MOST_DRIFT = 0.0006  # of the loop's length, by which it may miss whole periods: 1 cent
MOST_UNLIKE = -0.6


def looped(audio: Array, begin: float, length: float, period: float) -> tuple[Array, tuple[int, int]]:
    """Return a tone that ends with its loop (and `AFTER` frames more), and the loop.

    Parameters
    ----------
    audio
        Even in level; long enough for the longest loop.
    begin, length
        Where the loop should begin, and how long it should be.
    period
        Frames of one period; 0 for a noise.

    Examples
    --------
    >>> wave, loop = looped(np.sin(2 * np.pi * np.arange(3000) / 50), 1000, 500, 50.0)
    >>> loop, seam(wave, loop) < -100
    ((1000, 1500), True)
    """
    start = round(begin)
    stop = _best_end(audio, start, length, period)
    blend = max(AFTER + 2, min(start // 2, (stop - start) // 2))
    out = audio[: stop + AFTER].copy()
    share = np.ones(blend)
    share[: blend - AFTER] = np.sin(np.linspace(0, np.pi / 2, blend - AFTER)) ** 2
    out[stop - blend : stop] = _melted(audio[stop - blend : stop], audio[start - blend : start], share, period)
    out[stop:] = audio[start : start + AFTER]
    return out, (start, stop)


def aged(audio: Array, begin: int, later: int, blend: int, period: float) -> Array:
    """Return a tone that passes, over `blend` frames before `begin`, to how it sounds about `later` frames afterwards.

    So a loop that begins early has the dark sound in which a struck string rings on, not the bright one of its first moments.

    >>> aged(np.sin(2 * np.pi * np.arange(900) / 50), 300, 210, 100, 50.0).shape
    (700,)
    """
    shifts = np.arange(later - int(period / 2) - 1, later + int(period / 2) + 2) if period else np.array([later])
    old = audio[begin - blend : begin]
    alike = [float(np.dot(old, audio[begin - blend + shift : begin + shift])) for shift in shifts.tolist()]
    likest = int(shifts[int(np.argmax(alike))])
    new = audio[begin - blend + likest : begin + likest]
    share = np.sin(np.linspace(0, np.pi / 2, blend)) ** 2
    return np.concatenate([audio[: begin - blend], _melted(old, new, share, period), audio[begin + likest :]])


def seam(audio: Array, loop: tuple[int, int]) -> float:
    """Return how far the sound around a loop's end is from that around its start, in decibels against the peak; -120 at least."""
    start, stop = loop
    apart = np.abs(audio[stop - AFTER : stop + AFTER] - audio[start - AFTER : start + AFTER]).max()
    return float(20 * np.log10(max(apart / np.abs(audio).max(), 1e-6)))


def _melted(old: Array, new: Array, share: Array, period: float) -> Array:
    """Return a crossfade that keeps its power however alike the sounds are; `share` is that of the new one."""
    alike = _likeness(old, new, int(max(LEAST_WINDOW, 3 * period)))
    gain = 1 / np.sqrt(share**2 + (1 - share) ** 2 + 2 * share * (1 - share) * alike)
    return np.asarray(gain * ((1 - share) * old + share * new))


def _likeness(old: Array, new: Array, size: int) -> Array:
    """Return how alike two sounds are around each frame: 1 the same, 0 not at all, MOST_UNLIKE at least. `[shape=(n,)]`"""
    window = np.hanning(min(size, len(old)) + 2)[1:-1]
    both, first, second = (np.convolve(power, window, "same") for power in (old * new, old**2, new**2))
    return np.asarray(np.clip(both / (np.sqrt(np.maximum(first * second, 0)) + 1e-12), MOST_UNLIKE, 1.0))


def _best_end(audio: Array, start: int, length: float, period: float) -> int:
    """Return the end of the loop whose sound before is most like that before the start."""
    window = int(min(max(LEAST_WINDOW, 4 * period, 0.3 * length), start))
    low = max(start + window // 2, int(SEARCH[0] * length) + start)
    high = min(len(audio) - AFTER, max(int(SEARCH[1] * length) + start, int(low + 2 * period)))
    model = audio[start - window : start]
    field = audio[low - window : high]
    size = 1 << int(np.ceil(np.log2(len(field) + window)))
    product = np.fft.irfft(np.fft.rfft(field, size) * np.conj(np.fft.rfft(model, size)), size)[: high - low + 1]
    energy = np.concatenate([[0.0], np.cumsum(field**2)])
    norm = np.sqrt((energy[window:] - energy[:-window])[: len(product)] * np.sum(model**2)) + 1e-12
    alike = product[: len(norm)] / norm
    wanted = np.abs(np.arange(len(alike)) + low - start - length) / length
    lengths = np.arange(len(alike)) + low - start
    if period:
        away = np.abs(lengths - np.round(lengths / period) * period)
        wanted += 2000 * (away > np.maximum(0.5, MOST_DRIFT * lengths))
    best = int(np.argmax(np.round(alike, 4) - 0.001 * wanted))
    return low + best
