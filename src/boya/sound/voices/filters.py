"""Filters of analogue synthesizers, swept sample by sample: a ladder that saturates and a state-variable filter.

Both are zero-delay (the loop is solved, not delayed), so cutoffs are true at any resonance. `warp` is `tan(pi cutoff / rate)`
for every sample. Only additions, products and square roots, so that compiled and plain runs agree to the bit. Sources: V.
Zavalishin, The Art of VA Filter Design, 2012, chapters 3-5; A. Huovilainen, "Non-linear digital implementation of the Moog
ladder filter", DAFx 2004; A. Simper, "Solving the continuous SVF equations using trapezoidal integration", Cytomic 2013.
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from boya.sound.compiled import compiled

__all__ = ["FILTERS", "ladder", "state_variable"]

Array = NDArray[np.float64]


@compiled
def ladder(tone: Array, warp: Array, resonance: float, out: Array) -> None:
    """Four one-pole lowpasses in a ring that saturates; at a resonance of 4 it would sing by itself."""
    a, b, c, d, before, flat = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    for t in range(len(out)):
        g = warp[t]
        share = g / (1.0 + g)
        left = 1.0 / (1.0 + g)
        square = share * share
        held = left * (d + share * c + square * b + square * share * a)
        x = (tone[t] * (1.0 + 0.5 * resonance) - resonance * held) / (1.0 + resonance * square * square)
        x = x / sqrt(1.0 + 0.25 * x * x)
        move = (x - a) * share
        x = move + a
        a = x + move
        move = (x - b) * share
        x = move + b
        b = x + move
        move = (x - c) * share
        x = move + c
        c = x + move
        move = (x - d) * share
        x = move + d
        d = x + move
        flat = x - before + 0.998 * flat  # a lopsided wave saturates lopsidedly: what does not move is taken out
        before = x
        out[t] = flat


@compiled
def state_variable(tone: Array, warp: Array, resonance: float, low: float, band: float, high: float, out: Array) -> None:
    """Two integrators in a ring; lowpass, bandpass and highpass are mixed by `low`, `band`, `high`."""
    first, second = 0.0, 0.0
    damp = 2.0 - 0.49 * resonance
    for t in range(len(out)):
        g = warp[t]
        share = 1.0 / (1.0 + g * (g + damp))
        rest = tone[t] - second
        middle = share * (first + g * rest)
        bottom = second + g * middle
        first = 2.0 * middle - first
        second = 2.0 * bottom - second
        out[t] = low * bottom + band * damp * middle + high * (tone[t] - damp * middle - bottom)


FILTERS = {"low": (1.0, 0.0, 0.0), "band": (0.0, 1.0, 0.0), "high": (0.0, 0.0, 1.0), "notch": (1.0, 0.0, 1.0)}
