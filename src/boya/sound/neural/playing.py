"""What both families share when they play: the wish, the layers of the networks in NumPy, and the performer's loudness."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.sound.neural.controls import LOWEST, control_rows, midi_of
from boya.sound.neural.weights import Network

__all__ = ["Wish", "draws", "levels", "rows_of", "through"]

Array = NDArray[np.float64]
SLOPE_SECOND = 0.5  # over which a dying tone's fall is measured at the end of what was learnt
PERFORMER_SCALE = 20.0


@dataclass(frozen=True)
class Wish:
    """One tone of an instrument that a network plays: hertz, force 0-1, samples, and whether it begins quickly."""

    instrument: str
    frequency: float
    force: float
    n_samples: int
    is_short: bool = False


def rows_of(network: Network, wish: Wish, seconds: Array) -> Array:
    """Return what the network is told at some times, without loudness. `[shape=(frames, controls)]`"""
    low, high = network.pitches(wish.instrument)
    return control_rows(
        float(np.clip(midi_of(wish.frequency), low, high)),
        wish.force,
        seconds,
        is_short=wish.is_short,
        instrument=network.teachers.index(wish.instrument),
        n_instruments=len(network.teachers),
        longest=network.card["longest"],
    )


def levels(network: Network, wish: Wish, seconds: Array) -> Array:
    """Return the performer's loudness of each frame, in decibels; a dying tone goes on falling. `[shape=(frames,)]`"""
    longest = float(network.card["longest"])
    ends = np.array([longest - SLOPE_SECOND, longest])
    hidden = through(network, "performer.body", 2, rows_of(network, wish, np.concatenate([seconds, ends])))
    weight, bias = network.arrays["performer.out.weight"], network.arrays["performer.out.bias"]
    found = PERFORMER_SCALE * (hidden @ weight[0] + bias[0] - 1)
    level, slope = found[:-2], (found[-1] - found[-2]) / SLOPE_SECOND
    if not network.card["held"][wish.instrument]:
        level = level + min(slope, 0.0) * np.maximum(seconds - longest, 0)
    return np.asarray(np.maximum(level, LOWEST))


def through(network: Network, name: str, number: int, rows: Array) -> Array:
    """Return rows after linear layers, each normalised and followed by a leaky rectifier. `[shape=(frames, width)]`"""
    for place in range(number):
        weight, bias = network.arrays[f"{name}.{3 * place}.weight"], network.arrays[f"{name}.{3 * place}.bias"]
        rows = rows @ weight.T + bias
        rows = rows - rows.mean(axis=1, keepdims=True)
        rows = rows / np.sqrt(np.mean(rows**2, axis=1, keepdims=True) + 1e-5)
        rows = rows * network.arrays[f"{name}.{3 * place + 1}.weight"] + network.arrays[f"{name}.{3 * place + 1}.bias"]
        rows = np.maximum(rows, 0.1 * rows)
    return rows


def draws(wish: Wish, n: int) -> Array:
    """Return the normal noise of a tone: always the same for the same wish, a longer one begins like a shorter one."""
    seed = [round(100 * midi_of(wish.frequency)), round(100 * wish.force), *wish.instrument.encode()]
    return np.random.default_rng(seed).standard_normal(n)
