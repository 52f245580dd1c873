"""Frequency modulation with four operators: sines that bend each other's phase, in one of eight arrangements.

An operator is `(ratio, level, attack, decay, sustain, touch)`: its frequency against the note's, its level (of a carrier in the
mix, of a modulator in radians), seconds of attack and of decay to 1/e, the level it falls to, and how many times stronger it is
at the hardest than at the softest velocity, as a power of two. The fourth may feed back on itself. Sources: J. Chowning, "The
synthesis of complex audio spectra by means of frequency modulation", JAES 21(7), 1973; the arrangements are those any four
operators in a chain or side by side can have, as numbered in the manual of the Yamaha TX81Z, 1987.
"""

from dataclasses import dataclass
from math import sin

import numpy as np
from numpy.typing import NDArray

from boya.sound.compiled import compiled
from boya.sound.modal import Audio
from boya.sound.voices.performing import HIGHEST, SHORT_ATTACK
from boya.sound.voices.probe import level
from boya.sound.wave import Motion, Strike, sustain

__all__ = ["ALGORITHMS", "FM", "tone"]

Array = NDArray[np.float64]

# number: (which operators bend operator 1, 2, 3, 4), which are heard; operators are counted from 0
ALGORITHMS: dict[int, tuple[tuple[tuple[int, ...], ...], tuple[int, ...]]] = {
    1: (((1,), (2,), (3,), ()), (0,)),
    2: (((1,), (2, 3), (), ()), (0,)),
    3: (((1, 3), (2,), (), ()), (0,)),
    4: (((1, 2), (), (3,), ()), (0,)),
    5: (((1,), (), (3,), ()), (0, 2)),
    6: (((3,), (3,), (3,), ()), (0, 1, 2)),
    7: (((), (), (3,), ()), (0, 1, 2)),
    8: (((), (), (), ()), (0, 1, 2, 3)),
}


@dataclass(frozen=True)
class FM:
    """An arrangement, its operators, and how the whole moves."""

    algorithm: int = 5
    operators: tuple[tuple[float, ...], ...] = (
        (1.0, 1.0, 0.002, 1.2, 0.0, 0.0),
        (14.0, 0.5, 0.001, 0.2, 0.0, 1.5),
        (1.0, 1.0, 0.002, 1.5, 0.0, 0.0),
        (1.0, 0.6, 0.001, 1.0, 0.1, 1.5),
    )
    feedback: float = 0.0  # of the fourth operator on itself, in radians
    register: float = 0.4  # how much shorter decays, and weaker modulators, are an octave higher, as a power of two
    beat: float = 0.0  # cents of a second, weaker tone that moves between left and right
    vibrato: float = 0.0
    vibrato_hz: float = 5.2
    vibrato_delay: float = 0.3
    tremolo: float = 0.0
    attack: float = 0.002


def tone(strike: Strike, settings: FM) -> Audio:
    """Return the tone of four operators. `[shape=(2, n_frames)]`"""
    if strike.frequency > HIGHEST * strike.sample_rate:
        return sustain(strike, np.ones(1), np.ones(1), Motion(attack=max(settings.attack, 0.002), decay=1.0, sustain=1.0))
    gain = level(played, settings, strike.frequency, strike.force, strike.sample_rate)
    return np.asarray(gain * played(strike, settings), dtype=np.float32)


def played(strike: Strike, settings: FM) -> Array:
    """Return the tone at the level of its carriers. `[shape=(2, n_frames)]`"""
    middle = _mix(strike, settings, strike.frequency)
    side = 0.3 * _mix(strike, settings, strike.frequency * 2 ** (settings.beat / 1200)) if settings.beat else 0.0
    sound = np.stack([middle + side, middle - side]) * np.sqrt(0.5)  # what beats is heard in stereo and gone in mono
    n, rate = strike.n_frames, strike.sample_rate
    if settings.tremolo:
        swing = np.sin(2 * np.pi * settings.vibrato_hz * np.arange(n) / rate)
        sound *= 1 + settings.tremolo * np.stack([swing, -swing])
    rise = min(n, max(2, int((min(settings.attack, SHORT_ATTACK) if strike.is_short else settings.attack) * rate)))
    sound[:, :rise] *= np.sin(np.linspace(0, np.pi / 2, rise)) ** 2
    return np.asarray(sound)


def _mix(strike: Strike, settings: FM, frequency: float) -> Array:
    """Return the heard operators together. `[shape=(n_frames,)]`"""
    n, rate = strike.n_frames, strike.sample_rate
    time = np.arange(n) / rate
    turn = 2 * np.pi * frequency * time
    if settings.vibrato:
        grown = np.clip((time - settings.vibrato_delay) / 0.4, 0, 1)
        depth = frequency * (2 ** (settings.vibrato / 1200) - 1) / settings.vibrato_hz
        turn = turn + depth * grown * np.sin(2 * np.pi * settings.vibrato_hz * (time - settings.vibrato_delay))
    bends, heard = ALGORITHMS[settings.algorithm]
    waves: dict[int, Array] = {}
    for i in (3, 2, 1, 0):
        shape = _shape(settings, i, strike, i in heard)
        angle = settings.operators[i][0] * turn
        for other in bends[i]:
            angle = angle + waves[other]
        if i == 3 and settings.feedback:
            waves[i] = np.zeros(n)
            feed_back(angle, shape, settings.feedback, waves[i])
        else:
            waves[i] = shape * np.sin(angle)
    return np.asarray(sum(waves[i] for i in heard))


def _shape(settings: FM, index: int, strike: Strike, is_heard: bool) -> Array:
    """Return an operator's level in every sample."""
    ratio, amount, attack, decay, sustain, touch = settings.operators[index]
    attack = min(attack, SHORT_ATTACK) if strike.is_short else attack
    octaves = np.log2(strike.frequency / 261.63)
    amount *= 2 ** (touch * (strike.force - 0.42))
    if not is_heard:
        amount *= 2 ** (-settings.register * max(octaves, -1.0))
        top = 0.35 * strike.sample_rate / (strike.frequency * max(ratio, 1.0))
        amount *= min(1.0, max(top - 0.6, 0.0))  # nothing that would fold back
    time = np.arange(strike.n_frames) / strike.sample_rate
    rise = np.sin(np.minimum(time / attack, 1) * (np.pi / 2)) ** 2
    fall = np.exp(-np.maximum(time - attack, 0) / (decay * 2 ** (-settings.register * octaves)))
    return np.asarray(amount * rise * (sustain + (1 - sustain) * fall))


@compiled
def feed_back(angle: Array, shape: Array, amount: float, out: Array) -> None:
    """A sine that bends its own phase by the mean of its last two samples: towards a sawtooth."""
    last, before = 0.0, 0.0
    for t in range(len(out)):
        now = sin(angle[t] + 0.5 * amount * (last + before))
        before, last = last, now
        out[t] = shape[t] * now
