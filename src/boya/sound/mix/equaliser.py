"""Equaliser: second-order filters, applied to whole tones in the frequency domain.

Filtering each tone once is the same as filtering the track it is laid into, and much cheaper. Frequencies in hertz, gains in
decibels. Source: R. Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients", 1994-2005.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.sound.modal import Audio

__all__ = ["KINDS", "Filter", "coefficients", "equalise", "response"]

Coefficients = tuple[NDArray[np.float64], NDArray[np.float64]]
RING_SECOND = 0.1  # how long a filter may answer; the lowest high-pass has died away by then


@dataclass(frozen=True)
class Filter:
    """One second-order section."""

    kind: str
    hertz: float
    decibel: float = 0.0
    q: float = 0.7071

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"a filter must be one of {', '.join(KINDS)}; got {self.kind!r}")
        if self.hertz <= 0 or self.q <= 0:
            raise InputError(f"a filter needs hertz > 0 and Q > 0; got {self.hertz}, {self.q}")


def _peak(a: float, cosine: float, alpha: float) -> tuple[list[float], list[float]]:
    return [1 + alpha * a, -2 * cosine, 1 - alpha * a], [1 + alpha / a, -2 * cosine, 1 - alpha / a]


def _highpass(_: float, cosine: float, alpha: float) -> tuple[list[float], list[float]]:
    side = (1 + cosine) / 2
    return [side, -2 * side, side], [1 + alpha, -2 * cosine, 1 - alpha]


def _lowpass(_: float, cosine: float, alpha: float) -> tuple[list[float], list[float]]:
    side = (1 - cosine) / 2
    return [side, 2 * side, side], [1 + alpha, -2 * cosine, 1 - alpha]


def _lowshelf(a: float, cosine: float, alpha: float) -> tuple[list[float], list[float]]:
    root = 2 * np.sqrt(a) * alpha
    up, down = a + 1, a - 1
    above = [a * (up - down * cosine + root), 2 * a * (down - up * cosine), a * (up - down * cosine - root)]
    return above, [up + down * cosine + root, -2 * (down + up * cosine), up + down * cosine - root]


def _highshelf(a: float, cosine: float, alpha: float) -> tuple[list[float], list[float]]:
    root = 2 * np.sqrt(a) * alpha
    up, down = a + 1, a - 1
    above = [a * (up + down * cosine + root), -2 * a * (down + up * cosine), a * (up + down * cosine - root)]
    return above, [up - down * cosine + root, 2 * (down - up * cosine), up - down * cosine - root]


KINDS: dict[str, Callable[[float, float, float], tuple[list[float], list[float]]]] = {
    "peak": _peak,
    "highpass": _highpass,
    "lowpass": _lowpass,
    "lowshelf": _lowshelf,
    "highshelf": _highshelf,
}


def coefficients(section: Filter, sample_rate: int) -> Coefficients:
    """Return numerator and denominator in powers of 1/z, the first of the denominator 1. `[shape=(3,)]` each

    Examples
    --------
    >>> top, bottom = coefficients(Filter("lowpass", 1000.0), 48000)
    >>> bool(abs(top.sum() / bottom.sum() - 1) < 1e-12)
    True
    """
    turn = 2 * np.pi * min(section.hertz, 0.49 * sample_rate) / sample_rate
    top, bottom = KINDS[section.kind](10 ** (section.decibel / 40), float(np.cos(turn)), float(np.sin(turn) / (2 * section.q)))
    return np.array(top) / bottom[0], np.array(bottom) / bottom[0]


def response(sections: Sequence[Coefficients], size: int) -> NDArray[np.complex128]:
    """Return the product of the sections' responses on the lines of a real Fourier transform. `[shape=(size // 2 + 1,)]`"""
    turn = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size)
    product = np.ones(size // 2 + 1, dtype=complex)
    for top, bottom in sections:
        product *= (top[0] + turn * (top[1] + turn * top[2])) / (bottom[0] + turn * (bottom[1] + turn * bottom[2]))
    return product


def equalise(audio: Audio, filters: tuple[Filter, ...], sample_rate: int) -> Audio:
    """Return filtered audio of the same length. `[shape=(channels, frames)]`

    Examples
    --------
    >>> hum = np.sin(2 * np.pi * 20 * np.arange(8000) / 8000)[None].astype(np.float32)
    >>> bool(np.abs(equalise(hum, (Filter("highpass", 400.0),), 8000)).max() < 0.06)
    True
    """
    n = audio.shape[1]
    if not filters or not n:
        return audio
    size = _fast_size(n + int(RING_SECOND * sample_rate))
    spectrum = np.fft.rfft(audio, size)
    spectrum *= _response_of(filters, size, sample_rate)
    return np.fft.irfft(spectrum, size)[:, :n].astype(np.float32, copy=False)


@lru_cache(maxsize=64)
def _response_of(filters: tuple[Filter, ...], size: int, sample_rate: int) -> NDArray[np.complex64]:
    return response([coefficients(section, sample_rate) for section in filters], size).astype(np.complex64)


def _fast_size(n: int) -> int:
    """Return the next length that is 1, 1.25 or 1.5 times a power of two: quick to transform, and few of them to remember."""
    power = 1 << max(8, (n - 1).bit_length())
    return next(size for size in (power * 5 // 8, power * 3 // 4, power) if size >= n)
