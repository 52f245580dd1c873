"""From a model's bare tone to a played one: vibrato, the colour of a body, and one player or several on a stage.

A tone is bent by reading it at places that swing around the true ones, so the pitch comes back to the written one. Several
players are one tone read several times, each a little late and wandering. Source of the reading: cubic Hermite interpolation.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio
from boya.sound.noise import slow_noise
from boya.sound.voices.body import Body, coloured, voiced
from boya.sound.voices.probe import Raw, probe
from boya.sound.wave import Motion, Strike, sustain

__all__ = ["HIGHEST", "SHORT_ATTACK", "Player", "perform", "swell", "swing", "warp"]

Array = NDArray[np.float64]
SHORT_ATTACK = 0.03
HIGHEST = 0.15  # of the sample rate: what is higher has no room for a model, and is a sine


@dataclass(frozen=True)
class Player(Body):
    """How a tone is played."""

    floor: float = 25.0
    attack: float = 0.06
    touch: float = 3.0  # decibels per octave between the softest and the hardest velocity
    vibrato: float = 0.0  # cents
    vibrato_hz: float = 5.4
    vibrato_delay: float = 0.3
    tremolo: float = 0.0  # share of the level that swings with the vibrato
    noise: float = 0.02  # of breath or bow
    players: int = 1
    spread: float = 7.0  # cents by which several players wander
    width: float = 0.2


def perform(strike: Strike, settings: Any, raw: Raw) -> Audio:
    """Return the played tone of a model at unit loudness, tuned and levelled by `probe`. `[shape=(2, n_frames)]`"""
    rate, n = strike.sample_rate, strike.n_frames
    if strike.frequency > HIGHEST * rate:
        return sustain(strike, np.ones(1), np.ones(1), Motion(attack=max(settings.attack, 0.002), decay=1.0, sustain=1.0))
    found = probe(raw, settings, strike.frequency, strike.force, rate)
    attack = min(settings.attack, SHORT_ATTACK) if strike.is_short else settings.attack
    bare = raw(replace(settings, attack=attack), found.frequency, found.fine, strike.force, n, rate)
    body = voiced(settings, strike.force)
    if settings.players == 1:
        one = coloured(warp(bare, swing(strike, settings, 0)), body, rate)
        sound = np.stack([one, one]) * np.sqrt(0.5)
    else:
        sound = np.stack([coloured(side, body, rate) for side in _section(bare, strike, settings)])
    sound *= found.gain * swell(strike, settings)
    rise = min(n, max(2, int(0.3 * attack * rate)))
    sound[:, :rise] *= np.sin(np.linspace(0, np.pi / 2, rise)) ** 2
    return np.asarray(sound, dtype=np.float32)


def warp(tone: Array, shift: Array | None) -> Array:
    """Return a tone read `shift` frames later than written, between its samples (cubic Hermite). `[shape=(n,)]`

    Examples
    --------
    >>> warp(np.arange(8.0), np.full(8, 0.5))[2:5].tolist()
    [2.5, 3.5, 4.5]
    """
    if shift is None:
        return tone
    padded = np.concatenate([np.zeros(1), tone, np.full(2, tone[-1])])
    place = np.clip(np.arange(len(tone)) + shift, 0, len(tone) - 1)
    index = place.astype(np.intp)
    t = place - index
    a, b, c, d = (padded[index + k] for k in range(4))
    bend = 0.5 * (c - a)
    return np.asarray(b + t * (bend + t * (a - 2.5 * b + 2 * c - 0.5 * d + t * (1.5 * (b - c) + 0.5 * (d - a)))))


def _section(bare: Array, strike: Strike, settings: Any) -> Array:
    """Return several players of the same tone, each a little late and wandering, from left to right. `[shape=(2, n)]`"""
    sound = np.zeros((2, len(bare)))
    for player in range(settings.players):
        pan = settings.width * (2 * player / (settings.players - 1) - 1)
        one = warp(bare, swing(strike, settings, player + 1))
        sound += one * np.sqrt([[0.5 - 0.5 * pan], [0.5 + 0.5 * pan]])
    return np.asarray(sound / np.sqrt(settings.players))


def swing(strike: Strike, settings: Any, player: int) -> Array | None:
    """Return the frames by which vibrato and a wandering hand move the reading place; None for not at all."""
    if not settings.vibrato and not player:
        return None
    n, rate = strike.n_frames, strike.sample_rate
    time = np.arange(n) / rate
    hertz = settings.vibrato_hz * (1 + 0.07 * np.sin(2.4 * player))
    depth = rate * (2 ** (settings.vibrato / 1200) - 1) / (2 * np.pi * hertz)
    swell = np.clip((time - settings.vibrato_delay) / 0.4, 0, 1)
    swing = depth * swell * np.sin(2 * np.pi * hertz * (time - settings.vibrato_delay) + 1.7 * player)
    if player:
        wander = rate * (2 ** (settings.spread / 1200) - 1) / (2 * np.pi * 0.7)
        swing += wander * slow_noise(1.4, n, rate, seed=player) - 0.004 * rate * ((player * 0.618) % 1)
    return np.asarray(swing)


def swell(strike: Strike, settings: Any) -> Array | float:
    """Return the level that swings with the vibrato. `[shape=(n_frames,)]`, or 1"""
    if not settings.tremolo:
        return 1.0
    time = np.arange(strike.n_frames) / strike.sample_rate
    deep = np.clip((time - settings.vibrato_delay) / 0.4, 0, 1) * settings.tremolo
    return np.asarray(1 - deep * (0.5 - 0.5 * np.cos(2 * np.pi * settings.vibrato_hz * time)))
