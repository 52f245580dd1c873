"""Plucked strings as an acoustic model: the extended Karplus-Strong loop.

A pluck runs round a loop of one period. What a round trip does to it - losses that grow with the frequency, stiffness that
makes high partials hurry, the last fraction of a sample - is one short filter, so the loop is computed a period at a time and
needs no compiler. Two loops, a little apart in pitch and decay, are the string's two directions of swing. The pick's place
leaves holes in the spectrum; a body colours it; a driven amplifier may follow. Times in seconds at middle C. Sources: D. Jaffe
and J. O. Smith, "Extensions of the Karplus-Strong plucked-string algorithm", CMJ 7(2), 1983; T. Laakso et al., "Splitting the
unit delay", IEEE Signal Processing Magazine 13, 1996; G. Weinreich, "Coupled piano strings", JASA 62, 1977.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio, ring, soft_end
from boya.sound.noise import band_noise
from boya.sound.voices.body import coloured, voiced
from boya.sound.voices.performing import Player, swing, warp
from boya.sound.voices.probe import level
from boya.sound.wave import Strike

__all__ = ["String", "tone"]

Array = NDArray[np.float64]
MIDDLE_C = 261.63
MOST_PARTIALS = 300
SHORTEST = 6.0  # samples of a period that a loop can hold


@dataclass(frozen=True)
class String(Player):
    """A string, what plucks it, and what follows it."""

    attack: float = 0.001
    touch: float = 0.0
    tilt_pluck: float = 3.0  # decibels per octave that the pluck falls
    soft: float = 3000.0  # hertz from which the finger or pick excites no more, at middle force
    reach: float = 2.4  # octaves it moves from the softest to the hardest velocity
    follow: float = 0.4  # how far it follows the pitch
    place: float = 0.15  # where the string is plucked, as a share of its length
    stiffness: float = 0.00006  # inharmonicity
    decay: float = 0.8  # seconds to 1/e of the fundamental at middle C
    register: float = 0.5  # decay falls with the pitch to this power
    damping: float = 0.1  # how much faster each further partial dies
    second: float = 0.35  # share of the second direction of swing
    longer: float = 2.2  # how many times longer it rings
    beat: float = 0.5  # cents between the two
    knock: float = 0.08  # level of the finger's or pick's noise
    knock_hz: float = 1200.0
    drive: float = 0.0  # decibels into an amplifier that saturates; 0 for none
    width: float = 0.25


def tone(strike: Strike, settings: String) -> Audio:
    """Return a plucked tone, at most as long as it rings. `[shape=(2, n)]`"""
    gain = level(played, settings, strike.frequency, strike.force, strike.sample_rate)
    return np.asarray(gain * played(strike, settings), dtype=np.float32)


def played(strike: Strike, settings: String) -> Array:
    """Return the tone at the level the model has. `[shape=(2, n)]`"""
    frequency, rate = strike.frequency, strike.sample_rate
    decay = settings.decay * (MIDDLE_C / frequency) ** settings.register
    if rate / frequency < SHORTEST:  # no room for a loop
        n = max(1, min(strike.n_frames, int(6.5 * decay * rate)))
        return ring(np.array([frequency]), np.full((2, 1), np.sqrt(0.5)), np.array([decay]), n, rate).astype(np.float64)
    sustains = 3.0 if settings.drive else 1.0
    n = max(1, min(strike.n_frames, int(6.5 * sustains * decay * settings.longer * rate)))
    pluck = _pluck(settings, frequency, strike.force, rate)
    apart = 2 ** (settings.beat / 1200)
    share = settings.second
    first = run_loop(pluck, *loop(frequency * apart**-share, decay, settings.stiffness, settings.damping, rate), n)
    second = run_loop(
        pluck, *loop(frequency * apart ** (1 - share), decay * settings.longer, settings.stiffness, settings.damping, rate), n
    )
    middle, side = (1 - share) * first + share * second, settings.width * share * (first - second)
    middle += _knock(settings, strike.force, n, rate)
    if settings.vibrato:
        middle = warp(middle, swing(Strike(frequency, strike.force, n, rate), settings, 0))
    if settings.drive:
        middle = _driven(middle, settings.drive)
        side = np.zeros(1)
    body = voiced(settings, strike.force)
    middle = coloured(middle, body, rate)
    sound = np.stack([middle + side, middle - side]) * np.sqrt(0.5)
    rise = min(n, max(2, int(settings.attack * rate)))
    sound[:, :rise] *= np.sin(np.linspace(0, np.pi / 2, rise)) ** 2
    soft_end(sound, strike.n_frames)
    return np.asarray(sound)


@lru_cache(maxsize=512)
def loop(frequency: float, decay: float, stiffness: float, damping: float, rate: int) -> tuple[int, Array]:
    """Return whole samples of delay and the filter of a round trip, exactly in tune at the fundamental.

    Examples
    --------
    >>> delay, taps = loop(440.0, 1.0, 0.0, 0.0, 44100)
    >>> bool(delay < 44100 / 440 < delay + 2), bool(sum(taps) < 1)
    (True, True)
    """
    period, turn = rate / frequency, 2 * np.pi * frequency / rate
    taps = np.convolve(_losses(period, turn, decay * rate, damping), _stiff(period, turn, stiffness))
    rest = period - _phase_delay(taps, turn)
    while rest < 1.7 and len(taps) > 1:  # too short for all that: leave out what is least heard
        taps = taps[: len(taps) // 2] * (np.sum(taps) / np.sum(taps[: len(taps) // 2]))
        rest = period - _phase_delay(taps, turn)
    whole = max(1, int(rest - 0.7))
    aim = part = rest - whole
    for _ in range(4):
        part += aim - _phase_delay(_fraction(part), turn)
    whole_filter = np.convolve(taps, _fraction(part))
    size = np.abs(np.sum(whole_filter * np.exp(-1j * turn * np.arange(len(whole_filter)))))
    return whole, whole_filter * (np.exp(-period / (decay * rate)) / size)


def run_loop(pluck: Array, delay: int, taps: Array, n_frames: int) -> Array:
    """Return what a loop makes of a pluck: `out[t] = pluck[t] + sum(taps[k] * out[t - delay - k])`, a period at a time."""
    lead = delay + len(taps)
    out = np.zeros(lead + n_frames)
    size = min(len(pluck), n_frames)
    out[lead : lead + size] = pluck[:size]
    for start in range(lead, lead + n_frames, delay):
        end = min(start + delay, lead + n_frames)
        out[start:end] += np.convolve(out[start - delay - len(taps) + 1 : end - delay], taps, mode="valid")
    return out[lead:]


def _losses(period: float, turn: float, decay: float, damping: float) -> Array:
    """Return a one-pole filter whose partials die as asked: the tenth `1 + 9 damping` times as fast as the first."""
    order = min(10.0, 0.8 * np.pi / turn)
    wanted = np.exp(-period / decay * damping * (order - 1))
    pole = np.linspace(0, 0.9, 451)

    def size(angle: float) -> Array:
        return np.asarray((1 - pole) / np.sqrt(1 - 2 * pole * np.cos(angle) + pole**2))

    best = pole[int(np.argmin(np.abs(size(order * turn) / size(turn) - wanted)))]
    count = 1 if best == 0 else int(min(np.log(1e-7) / np.log(best), 120)) + 1
    return np.asarray((1 - best) * best ** np.arange(count))


def _stiff(period: float, turn: float, stiffness: float) -> Array:
    """Return the start of allpasses in a row that let high partials hurry as a stiff string does."""
    order = min(12.0, 0.6 * np.pi / turn)
    wanted = period * (1 - np.sqrt((1 + stiffness) / (1 + stiffness * order**2)))
    if wanted < 0.02 or period < 24:
        return np.ones(1)
    stages = 2 if wanted < 3 else 6

    def delay(angle: float, a: Array) -> Array:
        return np.asarray(stages * 2 / angle * np.arctan(np.tan(angle / 2) * (1 - a) / (1 + a)))

    choices = -np.linspace(0, 0.9, 181)
    hurry = delay(turn, choices) - delay(order * turn, choices)
    fits = delay(turn, choices) < 0.6 * period
    a = choices[fits][int(np.argmin(np.abs(hurry[fits] - wanted)))]
    if a == 0:
        return np.ones(1)
    count = int(np.log(1e-7) / np.log(-a)) + 2
    one = np.concatenate([[a], (1 - a * a) * (-a) ** np.arange(count)])
    taps = np.ones(1)
    for _ in range(stages):
        taps = np.convolve(taps, one)
    heard = np.flatnonzero(np.abs(taps) > 1e-8)
    return np.asarray(taps[: heard[-1] + 1])


def _fraction(delay: float) -> Array:
    """Return the start of an allpass that delays by 0.6-1.7 samples and loses nothing (Thiran)."""
    a = (1 - delay) / (1 + delay)
    return np.concatenate([[a], (1 - a * a) * (-a) ** np.arange(14)])


def _phase_delay(taps: Array, turn: float) -> float:
    """Return the delay of a filter at an angular frequency, in samples."""
    response = np.sum(taps * np.exp(-1j * turn * np.arange(len(taps))))
    return float((-np.angle(response)) % (2 * np.pi) / turn)


def _pluck(settings: String, frequency: float, force: float, rate: int) -> Array:
    """Return what the pluck puts on the string: one period, whose end melts into its beginning. `[shape=(n,)]`"""
    period = rate / frequency
    order = np.arange(1, max(2, int(min(0.46 * period, 16000 / frequency, MOST_PARTIALS))))
    octaves = settings.reach * (force - 0.42)
    soft = max(settings.soft * (frequency / MIDDLE_C) ** settings.follow * 2**octaves, 1.2 * frequency)
    levels = order ** (-settings.tilt_pluck / 6.02) / (1 + (order * frequency / soft) ** 3)
    levels = levels * (np.sin(np.pi * order * settings.place) + 0.07)
    melt = min(0.3 * period, 0.0015 * rate)
    time = np.arange(int(np.ceil(period + melt)))
    angle = 2 * np.pi / period * np.outer(time, order)
    pulse = np.sin(angle + 0.4 * order**0.5) @ levels
    rise, fall = (np.sin(np.clip((time - start) / melt, 0, 1) * np.pi / 2) ** 2 for start in (0.0, period))
    return np.asarray(pulse * (rise - fall) / np.sqrt(np.sum(levels**2)))


def _knock(settings: String, force: float, n_frames: int, rate: int) -> Array:
    """Return the noise of a finger or pick."""
    sound = np.zeros(n_frames)
    length = min(n_frames, int(0.08 * rate))
    noise = band_noise(settings.knock_hz * 0.4, settings.knock_hz * 2.2, int(0.08 * rate), rate, seed=2)[:length]
    sound[:length] = noise * np.exp(-np.arange(length) / (0.014 * rate)) * settings.knock * (0.3 + force)
    return sound


def _driven(tone: Array, decibel: float) -> Array:
    """Return a tone through a saturating amplifier, at four times the rate so that what it adds does not fold back."""
    n = len(tone)
    size = 1 << (n - 1).bit_length()
    fine = np.fft.irfft(np.fft.rfft(tone, size), 4 * size) * 4
    fine = np.tanh(10 ** (decibel / 20) * fine + 0.2) - np.tanh(0.2)
    return np.asarray(np.fft.irfft(np.fft.rfft(fine)[: size // 2 + 1] / 4, size)[:n])
