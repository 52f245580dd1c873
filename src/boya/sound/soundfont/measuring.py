"""What is measured of a tone before it is recorded: its level as it goes on, its end, its fall, its highs, its pitch.

Audio is mono, float64 `[shape=(n,)]`; levels are decibels of each 20 ms; times in seconds, falls in decibels a second.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio

__all__ = ["LIVE_RATE", "end_of", "fall_of", "levels_of", "lowest_rate", "mono", "rise_of", "sharpness"]

Array = NDArray[np.float64]

LIVE_RATE = 44100
FRAME_SECOND = 0.02  # of the level
OVER_DECIBEL = -54.0  # against the peak: what is below is over
STEADY_DECIBEL = 1.5  # a change of level that is none
LEAST_RATE_MARGIN = 0.46  # of the rate: what must be below
RISING_DECIBEL = 4.0  # below the later level: 0.63 of it
NEAR_SECOND = 1.0  # of a fall, which are heard most
LOWS_HERTZ = 300.0  # below, the ear hears less and less
TUNED_SECOND = 1.6
FAINTEST_PARTIAL = 1e-3  # of the power: a fainter one tells no pitch
MOST_TUNING = 20.0  # cents


def mono(tone: Audio) -> Array:
    """Return both sides as one, with the power of both."""
    sides = tone.astype(np.float64)
    both = (sides[0] + sides[1]) * np.sqrt(0.5)
    power = np.sum(both**2)
    return np.asarray(both * np.sqrt(np.sum(sides**2) / power) if power else both)


def levels_of(audio: Array) -> Array:
    """Return the level of each 20 ms in decibels."""
    size = int(FRAME_SECOND * LIVE_RATE)
    frames = audio[: max(1, len(audio) // size) * size]
    frames = np.pad(frames, (0, -len(frames) % size)).reshape(-1, size)
    return np.asarray(10 * np.log10(np.mean(frames**2, axis=1) + 1e-12))


def end_of(level: Array) -> float:
    """Return when a tone is over."""
    loud = np.flatnonzero(level > level.max() + OVER_DECIBEL)
    return float((loud[-1] + 1) * FRAME_SECOND)


def rise_of(level: Array) -> float:
    """Return the seconds of a straight rise that would pass 0.63 of the later level when a held tone does."""
    later = float(np.median(level[len(level) // 3 :]))
    return float(np.argmax(level >= min(later, level.max()) - RISING_DECIBEL) * FRAME_SECOND) / 0.63


def fall_of(level: Array, begin: float, over: float, *, is_held: bool) -> tuple[float, float, float]:
    """Return how fast a tone falls after `begin`, how far from its start on, and its level at `begin`; 0 for a steady one."""
    first, last = int(begin / FRAME_SECOND), min(int(over / FRAME_SECOND), len(level))
    power = 10 ** (level / 10)
    here = float(10 * np.log10(np.mean(power[first : first + 5])))
    late = float(10 * np.log10(np.mean(power[first + (len(level) - first) // 2 :])))
    steady = float(10 * np.log10(np.mean(power[first:])))
    if is_held:
        if here - late < STEADY_DECIBEL:
            return 0.0, 0.0, steady
        last = first + int(np.argmax(level[first:] < late + 0.15 * (here - late))) + 1
    last = max(min(last, first + int(NEAR_SECOND / FRAME_SECOND)), first + 5)
    time = np.arange(first, last) * FRAME_SECOND
    slope, start = np.polyfit(time, level[first:last], 1).tolist()
    if -slope < STEADY_DECIBEL:
        return 0.0, 0.0, steady
    around = level[first:last] - start - slope * time
    then = start + slope * begin + 10 * np.log10(np.mean(10 ** (around / 10)))
    depth = begin * -slope + then - late if is_held else 100.0
    return -slope, float(np.clip(depth, 1.0, 100.0)), then


def lowest_rate(audio: Array, rates: Sequence[int], loss: float) -> int:
    """Return the lowest rate that loses no more than allowed."""
    power = np.abs(np.fft.rfft(audio)) ** 2
    line = np.fft.rfftfreq(len(audio), 1 / LIVE_RATE)
    heard = power * np.minimum(1, (line / LOWS_HERTZ) ** 2)  # the ear makes little of the lows
    for rate in rates:
        if heard[line > LEAST_RATE_MARGIN * rate].sum() <= 10 ** (loss / 10) * heard.sum():
            return rate
    return rates[-1]


def sharpness(audio: Array, loop: tuple[int, int], rate: float, frequency: float) -> float:
    """Return how much too high the partial at the pitch is while the loop sounds: several players wander, and a loop stops them.

    1 where there is no such partial.
    """
    first, last = loop
    whole = np.concatenate([audio[:last], np.resize(audio[first:last], int(TUNED_SECOND * rate))])
    power = np.abs(np.fft.rfft(whole * np.hanning(len(whole)))) ** 2
    line = np.fft.rfftfreq(len(whole), 1 / rate)
    near = np.abs(np.log2(np.maximum(line, 1e-9) / frequency)) <= 1 / 12
    if power[near].sum() < FAINTEST_PARTIAL * power.sum():
        return 1.0
    ratio = float(np.sum(line[near] * power[near]) / power[near].sum() / frequency)
    return float(np.clip(ratio, 2 ** (-MOST_TUNING / 1200), 2 ** (MOST_TUNING / 1200)))
