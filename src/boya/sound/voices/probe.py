"""How a model really sounds: its pitch and loudness, measured on a short tone, so that it can be put right.

Reeds, jets and bows pull the pitch of their tube or string by a few cents. A model is therefore played once for a moment, its
period is found by autocorrelation, and the model is tuned by what it was off; its loudness is brought to one in the same way.
Source: the autocorrelation pitch detector, L. R. Rabiner, IEEE Trans. ASSP 25(1), 1977.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.sound.voices.body import coloured, voiced
from boya.sound.wave import Strike

__all__ = ["Probe", "Raw", "level", "loudness", "measured_hertz", "probe"]

# settings, hertz, a ratio to tune it finely, force, frames, rate -> mono tone
Raw = Callable[[Any, float, float, float, int, int], NDArray[np.float64]]
LENGTH, SETTLED = 0.5, 0.2  # seconds of the tone, and of it what is left out
NEAR, EXACT = 0.004, 1e-4  # what a fraction of a sample puts right; what nobody hears
MOST = 1.25  # how far, as a ratio, a model is looked for and tuned


@dataclass(frozen=True)
class Probe:
    """The frequency to ask a model for, by what to tune that finely, and what to multiply its tone with."""

    frequency: float
    fine: float
    gain: float


@lru_cache(maxsize=4096)
def probe(raw: Raw, settings: Any, frequency: float, force: float, rate: int) -> Probe:
    """Return how a model has to be tuned and levelled at a frequency and force."""
    length = max(LENGTH, 24 / frequency + SETTLED)
    start, n = int(SETTLED * rate), int(length * rate)
    tone = raw(settings, frequency, 1.0, force, n, rate)[start:]
    found = measured_hertz(tone, rate, frequency, MOST)
    near = frequency
    if found and abs(found / frequency - 1) > NEAR:  # delay lines of other lengths
        near = float(np.clip(frequency * frequency / found, frequency / MOST, frequency * MOST))
        tone = raw(settings, near, 1.0, force, n, rate)[start:]
        found = measured_hertz(tone, rate, frequency)
    fine = 1.0
    for _ in range(4):  # and what is left
        if not found or abs(found / frequency - 1) < EXACT:
            break
        fine = float(np.clip(fine * frequency / found, 0.97, 1.03))
        tone = raw(settings, near, fine, force, n, rate)[start:]
        found = measured_hertz(tone, rate, frequency)
    return Probe(near, fine, 1 / max(loudness(coloured(tone, voiced(settings, force), rate), rate), 1e-6))


@lru_cache(maxsize=4096)
def level(played: Callable[[Strike, Any], NDArray[Any]], settings: Any, frequency: float, force: float, rate: int) -> float:
    """Return what brings a voice to unit loudness: measured on the loudest 0.2 of its first 0.6 seconds."""
    step = int(0.2 * rate)
    sound = played(Strike(frequency, force, 3 * step, rate), settings).astype(np.float64)
    parts = [sound[:, at : at + step] for at in range(0, sound.shape[1], step)]
    loud = max(float(np.hypot(loudness(left, rate), loudness(right, rate))) for left, right in parts)
    return 1 / loud if loud > 1e-9 else 0.0


def loudness(tone: NDArray[Any], rate: int) -> float:
    """Return the weighted amplitude of a tone: that of `boya.sound.modal.loudness_norm`, for any sound. `[shape=(n,)]`

    Examples
    --------
    >>> wave = np.sin(2 * np.pi * 700 * np.arange(8000) / 8000)
    >>> round(loudness(wave, 8000), 1)
    1.0
    """
    power = np.abs(np.fft.rfft(tone)) ** 2
    hertz = np.maximum(np.fft.rfftfreq(len(tone), 1 / rate), 20.0)
    weight = (1 + 0.5 * np.exp(-(np.log2(hertz / 3200) ** 2))) / np.sqrt(1 + (150 / hertz) ** 2)
    return float(2 * np.sqrt(np.sum(power * weight**2)) / len(tone))


def measured_hertz(tone: NDArray[Any], rate: int, expected: float, within: float = 1.06) -> float:
    """Return the fundamental of a tone near an expected frequency, 0 where there is none.

    The period is found within a ratio of `within`, then over twice, four times ... as many periods, so that its error shrinks.

    Parameters
    ----------
    tone
        A steady tone. `[shape=(n,)]`
    rate
        Frames a second.
    expected
        Hertz.

    Examples
    --------
    >>> wave = np.sin(2 * np.pi * 441.5 * np.arange(4000) / 44100)
    >>> round(measured_hertz(wave, 44100, 440.0), 1)
    441.5
    """
    n = len(tone)
    spectrum = np.fft.rfft(tone - np.mean(tone), 1 << (2 * n - 1).bit_length())
    alike = np.fft.irfft(np.abs(spectrum) ** 2)[:n] / np.arange(n, 0, -1)
    if not alike[0] > 0 or n < 3 * rate / expected:
        return 0.0
    period, reach, times = rate / expected, (within - 1) * rate / expected, 1
    while times * period + reach + 3 < 0.6 * n:
        period, reach = _peak(alike, times * period, reach + 1) / times, 0.25 * period
        times *= 2
    return rate / period


def _peak(alike: NDArray[np.float64], near: float, reach: float) -> float:
    """Return where the autocorrelation is highest around a lag, between samples."""
    low, high = max(2, int(near - reach)), min(len(alike) - 2, int(near + reach) + 2)
    top = low + int(np.argmax(alike[low:high]))
    before, here, after = alike[top - 1 : top + 2]
    curve = before - 2 * here + after
    return top + float(np.clip(0.5 * (before - after) / curve, -1, 1) if curve < 0 else 0.0)
