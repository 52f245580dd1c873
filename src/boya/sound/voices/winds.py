"""Flutes, reeds and brass as acoustic models: a jet, a reed or lips on an air column.

Which loop plays is said by `kind`: `jet` flutes and pipes; `reed` a reed on a cylinder (clarinet: odd harmonics); `cone` a reed
on a cone (saxophone, oboe, suona), the mirror of a bowed string; `lips` brass, whose waves steepen in the bore the louder they
are. Sources: the loops in `waveguides.py`; N. Fletcher and T. Rossing, The Physics of Musical Instruments, 2nd ed., chapters
14-16; R. Msallam et al., "Physical model of the trombone including nonlinear effects", Acta Acustica 86, 2000 (steepening).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio
from boya.sound.noise import hiss
from boya.sound.voices.performing import Player, perform, warp
from boya.sound.voices.waveguides import blow_edge, blow_reed, bow_string, buzz_lips, moving_string, split_delay
from boya.sound.wave import Strike

__all__ = ["Wind", "tone"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Wind(Player):
    """An air column and what makes it speak."""

    kind: str = "reed"
    breath: float = 0.75  # how hard it is blown at middle force
    reach: float = 0.2  # how much harder at the hardest
    loss: float = 0.95  # what comes back from the open end
    side: float = 0.2  # how much of the high partials is lost there: 0 none, 0.25 most
    stiff: float = 1.0  # how soon the reed shuts; how strongly jet or lips answer
    share: float = 0.15  # cone: of the column, what the cone's missing tip takes; lips: how far open they rest
    tongue: float = 0.3  # how hard the tone is started
    even: float = 0.0  # even harmonics, from a jet aimed to one side or a reed that shuts
    steep: float = 0.0  # lips: how much the waves steepen


def tone(strike: Strike, settings: Wind) -> Audio:
    """Return a blown tone. `[shape=(2, n_frames)]`"""
    return perform(strike, settings, bare)


def bare(settings: Wind, frequency: float, fine: float, force: float, n_frames: int, rate: int) -> Array:
    """Return the model's own tone, a few cents off. `[shape=(n_frames,)]`"""
    rise = np.minimum((1 + np.arange(n_frames)) / (settings.attack * rate), 1.0)
    press = settings.breath + settings.reach * (force - 0.42)
    time = np.arange(n_frames) / rate
    noise = settings.noise * hiss(n_frames, rate, seed=round(12 * np.log2(frequency)) % 16) * (2.0 - rise)
    if settings.kind != "cone":  # a push at the pitch sets the column going where it shall go
        noise += settings.tongue * np.exp(-time / 0.03) * np.sin(2 * np.pi * frequency * time)
    model = {"jet": _jet, "reed": _reed, "cone": _cone, "lips": _lips}[settings.kind]
    out = model(settings, rate / frequency, rate / frequency / fine, press * rise, noise)
    return out + settings.even * out * out


def _jet(settings: Wind, period: float, exact: float, drive: Array, noise: Array) -> Array:
    """A flute: the jet crosses in half a period."""
    out = np.zeros(len(drive))
    whole, eta = split_delay(period - 1, exact - period)
    across = max(2, int(period / 2) + 1)
    part = min(max(across - exact / 2, 0.0), 1.0)
    blow_edge(
        drive, 0.05 + noise, settings.stiff, np.zeros(across), part, np.zeros(whole), eta, settings.loss, settings.side, out
    )
    return out + drive * noise


def _reed(settings: Wind, period: float, exact: float, drive: Array, noise: Array) -> Array:
    """A clarinet: a quarter of a wave in the tube."""
    out = np.zeros(len(drive))
    whole, eta = split_delay(period / 2 - 1, (exact - period) / 2)
    blow_reed(drive * (1 + noise), 0.7, -0.3 * settings.stiff, np.zeros(whole), eta, settings.loss, settings.side, out)
    return out


def _cone(settings: Wind, period: float, exact: float, drive: Array, noise: Array) -> Array:
    """A saxophone or oboe: the reed is to the flow what a bow is to the string's velocity."""
    out = np.zeros(len(drive))
    tip = max(1, round(settings.share * period))
    whole, eta = split_delay(period - 1 - tip, exact - period)
    begun = max(0.25, 1.0 - 12.0 * settings.attack)
    drive = (begun * settings.breath + (1.0 - begun) * drive) * (1 + noise)
    bow_string(
        drive,
        2.4 * settings.share * settings.stiff,
        *moving_string(whole, tip, begun * settings.breath),
        eta,
        settings.loss,
        settings.side,
        out,
    )
    return out


def _lips(settings: Wind, period: float, exact: float, drive: Array, noise: Array) -> Array:
    """A brass instrument: lips tuned to the note, waves that steepen on their way."""
    out = np.zeros(len(drive))
    whole, eta = split_delay(period - 1, exact - period)
    turn = 2 * np.pi / exact
    damp = 1 - turn / 9
    lip = (settings.share, 2 * damp * np.cos(turn), damp * damp)
    bore = 0.5 * settings.breath * np.sin(2 * np.pi * np.arange(whole) / whole)  # it sounds already: a tongued start
    buzz_lips(settings.stiff * drive * (1 + noise), *lip, bore, eta, settings.loss, settings.side, out)
    if not settings.steep:
        return out
    lead = settings.steep * period / (2 * np.pi)
    return warp(out, lead * (out - np.mean(out)))
