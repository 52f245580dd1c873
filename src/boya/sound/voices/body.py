"""What colours a tone and stays where it is while the pitch moves: a body, a bell, a cabinet.

A body is a minimum-phase filter: peaks at fixed frequencies, a tilt, a floor and a ceiling. Frequencies in hertz, widths in
octaves. Source of minimum phase by the cepstrum: A. Oppenheim and R. Schafer, Discrete-Time Signal Processing, 3rd ed., section
13.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Body", "coloured", "voiced"]

Array = NDArray[np.float64]
TAPS = 4096


@dataclass(frozen=True)
class Body:
    """What colours a tone, and stays where it is while the pitch moves."""

    peaks: tuple[tuple[float, float, float], ...] = ()  # (hertz, decibels, width in octaves)
    tilt: float = 0.0  # decibels per octave above `knee`; positive is brighter
    knee: float = 500.0
    floor: float = 0.0  # hertz under which it falls by 12 dB an octave
    ceiling: float = 0.0  # hertz above which it falls by 12 dB an octave


def voiced(settings: Any, force: float) -> Body:
    """Return the body of some settings at a force: brighter by `settings.touch` decibels per octave from softest to hardest."""
    tilt = round(settings.tilt + settings.touch * (force - 0.42), 3)
    return Body(settings.peaks, tilt, settings.knee, settings.floor, settings.ceiling)


def coloured(tone: Array, body: Body, rate: int) -> Array:
    """Return a tone through a body. `[shape=(n,)]`"""
    response = _response(body, rate)
    if response is None:
        return tone
    size = _quick_size(len(tone) + TAPS)
    spectrum = np.fft.rfft(tone, size) * np.fft.rfft(response, size)
    return np.asarray(np.fft.irfft(spectrum, size)[: len(tone)])


def _quick_size(least: int) -> int:
    """Return a length that a Fourier transform does quickly: a small number times a power of two.

    >>> _quick_size(1000), _quick_size(1100)
    (1024, 1152)
    """
    power = 1 << max(0, (least - 1).bit_length() - 4)
    return min(small * power for small in (8, 9, 10, 12, 15, 16) if small * power >= least)


@lru_cache(maxsize=256)
def _response(body: Body, rate: int) -> Array | None:
    """Return the impulse response of a body, None where it colours nothing. `[shape=(TAPS,)]`"""
    if body == Body():
        return None
    hertz = np.maximum(np.fft.rfftfreq(2 * TAPS, 1 / rate), 2.0)
    decibel = body.tilt * np.maximum(np.log2(hertz / body.knee), 0)
    for centre, height, width in body.peaks:
        decibel += height * np.exp(-((np.log2(hertz / centre) / width) ** 2))
    if body.floor:
        decibel -= 10 * np.log10(1 + (body.floor / hertz) ** 4)
    if body.ceiling:
        decibel -= 10 * np.log10(1 + (hertz / body.ceiling) ** 4)
    cepstrum = np.fft.irfft(np.maximum(decibel, -100) * np.log(10) / 20)
    cepstrum[1:TAPS] *= 2
    cepstrum[TAPS + 1 :] = 0
    response = np.fft.irfft(np.exp(np.fft.rfft(cepstrum)))[:TAPS]
    response *= np.cos(np.linspace(0, np.pi / 2, TAPS)) ** 2
    return np.asarray(response)
