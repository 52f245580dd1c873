"""One recording of a tone of ours: as few frames as will do, and a loop that goes on for as long as one likes.

A tone that is held keeps its level in the loop; one that dies away is made even (its fall taken out) so that it can be looped,
and the font's envelope lets it fall again. The rate is the lowest that loses nothing of note, bent by a few parts in ten thousand
so that a loop holds a whole number of both frames and periods. Audio is mono, float64 `[shape=(n,)]`, times in seconds, falls in
dB a second.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio
from boya.sound.soundfont.loops import AFTER, aged, looped
from boya.sound.soundfont.measuring import LIVE_RATE, end_of, fall_of, levels_of, lowest_rate, mono, rise_of, sharpness
from boya.sound.soundfont.plan import Plan

__all__ = ["LIVE_RATE", "Recording", "record"]

Array = NDArray[np.float64]

HEARD_SECOND = 3.2  # of the live tone, to know how it goes on
DYING_DECIBEL = 15.0  # a held tone that falls so far dies away
PUMPING_SECOND = 0.2  # loops so long hold swings of the level that are heard as a beat when they come again
SWING_SECOND, CALM = 0.08, 0.85  # over what they are measured, and the share taken out
LATER_SECOND = 0.3  # by which the loop of a struck tone is older than its place
MOST_CHANGE = 6.0  # decibels
UNCLICKED = 200
FADE_SHARE = 0.15  # of what is kept whole


@dataclass(frozen=True)
class Recording:
    """What goes into a font: its frames, and how they are played.

    Attributes
    ----------
    rate
        Frames per second.
    loop
        First frame and the one after the last; empty for none.
    attack
        Seconds of a rise that the recording lacks.
    fall, sustain
        How fast the level falls, in decibels a second, and how far.
    """

    audio: Array
    rate: int
    loop: tuple[int, int] = (0, 0)
    attack: float = 0.0
    fall: float = 0.0
    sustain: float = 0.0


def record(
    make: Callable[[int], Audio], frequency: float, plan: Plan, rates: Sequence[int], loss: float, *, is_held: bool
) -> Recording:
    """Return the recording of a tone.

    Parameters
    ----------
    make
        Gives so many frames of it, at 44100 a second. `[shape=(2, n)]`
    frequency
        Hertz; 0 for a noise.
    plan
        How long it may be.
    rates
        Frames per second to choose from, rising.
    loss
        Decibels that may be lost above the highest frequency kept.
    is_held
        Whether it sounds as long as the key is down.
    """
    heard = mono(make(int(HEARD_SECOND * LIVE_RATE)))
    level = levels_of(heard)
    over = end_of(level)
    budget = plan.attack + plan.loop
    if over <= 1.15 * budget or len(heard) < 1.5 * budget * LIVE_RATE:
        whole = heard[: int(over * LIVE_RATE)]
        return _whole(whole, lowest_rate(whole, rates, loss))
    lasts = bool(level[-len(level) // 4 :].mean() > level.max() - DYING_DECIBEL)
    return _ringing(heard, frequency, plan, rates, loss, is_held=is_held and lasts)


def _ringing(audio: Array, frequency: float, plan: Plan, rates: Sequence[int], loss: float, *, is_held: bool) -> Recording:
    """Record a tone that rings on: its beginning, and a loop."""
    level = levels_of(audio)
    over = end_of(level)
    rise = rise_of(level) if is_held else 0.0
    begin = max(plan.attack, rise)
    skipped = begin - plan.attack
    fall, sustain, then = fall_of(level, begin, over, is_held=is_held)
    used = _used(_even(audio, fall, sustain), plan, skipped, over, frequency, is_held=is_held)
    rate = _exact(lowest_rate(used, rates, loss), frequency, plan.loop)
    period = rate / frequency if frequency else 0.0
    out, loop = looped(_resampled(used, rate), plan.attack * rate, plan.loop * rate, period)
    out = _levelled(out, loop, then + fall * begin)
    rate /= sharpness(out, loop, rate, frequency) if frequency else 1.0
    return Recording(out, round(rate), loop, rise if skipped else 0.0, fall, sustain)


def _used(audio: Array, plan: Plan, skipped: float, over: float, frequency: float, *, is_held: bool) -> Array:
    """Return the part of a tone that is needed for its beginning and a loop, made fit for a loop."""
    audio = audio[int(skipped * LIVE_RATE) :]
    if not is_held:
        audio = _rung_on(audio, plan, over, frequency)
    audio = audio[: int((plan.attack + 1.6 * plan.loop + 0.1) * LIVE_RATE)].copy()
    if skipped:
        audio[:UNCLICKED] *= np.linspace(0, 1, UNCLICKED)
    return _calmed(audio, plan.attack) if is_held and plan.loop >= PUMPING_SECOND else audio


def _even(audio: Array, fall: float, sustain: float) -> Array:
    """Return a tone with its fall taken out."""
    if not fall:
        return audio
    time = np.arange(len(audio)) / LIVE_RATE
    return np.asarray(audio * 10 ** (fall * np.minimum(time, sustain / fall) / 20))


def _calmed(audio: Array, begin: float) -> Array:
    """Return a tone whose level hardly swings from a little before `begin` on: a swing in a loop comes again and again."""
    size = int(SWING_SECOND * LIVE_RATE)
    power = _smooth(audio**2, size)
    first, whole = int(0.5 * begin * LIVE_RATE), int(begin * LIVE_RATE)
    even = (np.mean(power[whole:]) / (power + 1e-12)) ** (0.5 * CALM)
    share = np.clip((np.arange(len(audio)) - first) / max(whole - first, 1), 0, 1)
    return np.asarray(audio * np.clip(even, 0.25, 4.0) ** share)


def _smooth(power: Array, size: int) -> Array:
    """Return running means of running means over `size` frames, mirrored at both ends."""
    for _ in range(2):
        sums = np.cumsum(np.pad(power, (size // 2 + 1, size - size // 2 - 1), mode="reflect"))
        power = np.maximum((sums[size:] - sums[:-size]) / size, 0)
    return power


def _rung_on(audio: Array, plan: Plan, over: float, frequency: float) -> Array:
    """Return a struck tone that has come to its later, darker sound when its loop begins."""
    later = min(LATER_SECOND, over - plan.attack - 2 * plan.loop)
    if later < 0.05:
        return audio
    begin = plan.attack - 0.5 * min(plan.loop, plan.attack)
    first, away, blend = (int(second * LIVE_RATE) for second in (begin, later, min(0.1, 0.8 * begin)))
    return aged(audio, first, away, blend, LIVE_RATE / frequency if frequency else 0.0)


def _levelled(audio: Array, loop: tuple[int, int], level: float) -> Array:
    """Return a tone that moves towards its loop so that the loop has a level: a short loop may be a loud or a soft place."""
    here = float(10 * np.log10(np.mean(audio[slice(*loop)] ** 2) + 1e-12))
    change = float(np.clip(level - here, -MOST_CHANGE, MOST_CHANGE))
    return np.asarray(audio * 10 ** (np.minimum(np.arange(len(audio)) / max(loop[0] - AFTER, 1), 1) * change / 20))


def _exact(rate: int, frequency: float, loop: float) -> float:
    """Return the rate near `rate` at which a loop holds whole periods in whole frames."""
    if not frequency:
        return float(rate)
    periods = max(1, round(loop * frequency))
    return round(periods * rate / frequency) * frequency / periods


def _resampled(audio: Array, rate: float) -> Array:
    """Return audio at another, lower rate, through its spectrum."""
    pad = 2048
    n = len(audio) + 2 * pad
    wanted = n * rate / LIVE_RATE
    more = round(np.ceil(wanted) / rate * LIVE_RATE)  # a length that is nearly whole at both rates
    whole = round(more * rate / LIVE_RATE)
    padded = np.zeros(more)
    padded[pad : pad + len(audio)] = audio
    padded[pad + len(audio) :] = audio[-1] * np.linspace(1, 0, more - pad - len(audio))
    spectrum = np.fft.rfft(padded)[: whole // 2 + 1]
    line = np.arange(len(spectrum)) / len(spectrum)
    spectrum *= np.clip((1 - line) / 0.06, 0, 1)
    out = np.fft.irfft(spectrum, whole) * (whole / more)
    first = round(pad * whole / more)
    return np.asarray(out[first : first + int(len(audio) * whole / more)])


def _whole(audio: Array, rate: int) -> Recording:
    """Return a tone that is kept to its end, which is faded."""
    out = _resampled(audio, float(rate)) if rate != LIVE_RATE else audio.copy()
    n = max(2, int(FADE_SHARE * len(out)))
    out[-n:] *= np.cos(np.linspace(0, np.pi / 2, n)) ** 2
    return Recording(out, rate)
