"""The loops of the acoustic models: waves that run along strings and air columns and meet a bow, a reed, a jet or a lip.

Each kernel fills `out` from what drives it, sample by sample. Delay lines are rings of whole samples, given empty; the rest of
the period is a first-order allpass `eta` (Thiran), and a three-tap filter `(side, 1 - 2 side, side) * loss`, one sample late at
every frequency, is what is lost on a round trip. Only additions and products, so that compiled and plain runs agree to the bit.
Sources: J. O. Smith, Physical Audio Signal Processing, W3K 2010 (digital waveguides, bow and reed as reflection tables); A.
Hirschberg, J. Kergomard, G. Weinreich (eds.), Mechanics of Musical Instruments, Springer 1995 (reeds, lips, jets); S. Ollivier,
J.-P. Dalmont, J. Kergomard, "Idealized models of reed woodwinds I", Acta Acustica 90, 2004 (a cone as two cylinders).
"""

from math import sqrt

import numpy as np
from numpy.typing import NDArray

from boya.sound.compiled import compiled

__all__ = ["blow_edge", "blow_reed", "bow_string", "buzz_lips", "moving_string", "split_delay"]

Array = NDArray[np.float64]


def split_delay(delay: float, more: float = 0.0) -> tuple[int, float]:
    """Return whole samples and the allpass coefficient that together delay by `delay + more` samples at low frequencies.

    How many samples are whole depends on `delay` alone, so that a little more or less never makes a jump.

    >>> split_delay(10.5), split_delay(10.25, 0.25)
    ((10, 0.3333333333333333), (9, -0.2))
    """
    whole = max(1, int(delay - 0.3))
    rest = max(delay + more - whole, 0.05)
    return whole, (1 - rest) / (1 + rest)


def moving_string(n_nut: int, n_bridge: int, velocity: float) -> tuple[Array, Array]:
    """Return the two sides of a string that already moves as a bow of a velocity would have it: a corner running round.

    >>> nut, bridge = moving_string(3, 1, 1.0)
    >>> nut.tolist(), bridge.tolist()
    ([2.0, 1.0, -0.0], [1.0])
    """
    period, slope = n_nut + n_bridge, velocity / n_bridge
    saw: Array = np.asarray(slope * (np.arange(period) - period / 2), dtype=np.float64)
    return -saw[:n_nut], saw[n_nut:]


@compiled
def bow_string(drive: Array, grip: float, nut: Array, bridge: Array, eta: float, loss: float, side: float, out: Array) -> None:
    """Draw a bow of velocity `drive` over a string: it sticks while it can and slips once a period (Helmholtz motion)."""
    n_nut, n_bridge = len(nut), len(bridge)
    i, j = 0, 0
    late, later, fed, swung = 0.0, 0.0, 0.0, 0.0
    middle = 1.0 - 2.0 * side
    for t in range(len(out)):
        here = bridge[j]
        from_bridge = -loss * (side * (here + later) + middle * late)
        later, late = late, here
        from_nut = -nut[i]
        slip = drive[t] - from_bridge - from_nut
        reach = abs(slip) * grip + 0.75
        reach = reach * reach
        pull = slip if reach <= 1.0 else slip / (reach * reach)
        to_nut = from_bridge + pull
        swung = eta * (to_nut - swung) + fed
        fed = to_nut
        nut[i] = swung
        bridge[j] = from_nut + pull
        out[t] = bridge[j]
        i = i + 1 if i + 1 < n_nut else 0
        j = j + 1 if j + 1 < n_bridge else 0


@compiled
def blow_reed(drive: Array, rest: float, stiff: float, bore: Array, eta: float, loss: float, side: float, out: Array) -> None:
    """Blow a reed on a cylinder open at its far end: it sounds at half the loop's frequency, with odd harmonics."""
    n_bore = len(bore)
    i = 0
    late, later, fed, swung = 0.0, 0.0, 0.0, 0.0
    middle = 1.0 - 2.0 * side
    for t in range(len(out)):
        here = bore[i]
        back = -loss * (side * (here + later) + middle * late)
        later, late = late, here
        gap = back - drive[t]
        echo = rest + stiff * gap
        echo = 1.0 if echo > 1.0 else (-1.0 if echo < -1.0 else echo)
        wave = drive[t] + gap * echo
        swung = eta * (wave - swung) + fed
        fed = wave
        bore[i] = swung
        out[t] = wave + back
        i = i + 1 if i + 1 < n_bore else 0


@compiled
def blow_edge(
    drive: Array, aim: Array, push: float, jet: Array, part: float, bore: Array, eta: float, loss: float, side: float, out: Array
) -> None:
    """Blow a jet of strength `drive` across an edge: `aim` says how far to one side, and the bore's wave pushes it,
    `len(jet) - part` samples late."""
    n_bore, n_jet = len(bore), len(jet)
    i, j = 0, 0
    late, later, fed, swung, mean_in, mean_out = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    middle = 1.0 - 2.0 * side
    for t in range(len(out)):
        here = bore[i]
        back = loss * (side * (here + later) + middle * late)
        later, late = late, here
        mean_out = back - mean_in + 0.998 * mean_out
        mean_in = back
        oldest = jet[j]
        jet[j] = -push * mean_out
        j = j + 1 if j + 1 < n_jet else 0
        place = (1.0 - part) * oldest + part * jet[j] + aim[t]
        wave = drive[t] * place / sqrt(1.0 + place * place) + 0.8 * mean_out
        swung = eta * (wave - swung) + fed
        fed = wave
        bore[i] = swung
        out[t] = here
        i = i + 1 if i + 1 < n_bore else 0


@compiled
def buzz_lips(
    drive: Array, rest: float, turn: float, hold: float, bore: Array, eta: float, loss: float, side: float, out: Array
) -> None:
    """Buzz lips, a resonator that the pressure across them moves, into a bore of one period; `rest` is their mean opening."""
    n_bore = len(bore)
    i = 0
    late, later, fed, swung, mean_in, mean_out = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    lip, lip_before, gap_before, gap_earlier = 0.0, 0.0, 0.0, 0.0
    middle = 1.0 - 2.0 * side
    for t in range(len(out)):
        here = bore[i]
        back = loss * (side * (here + later) + middle * late)
        later, late = late, here
        mean_out = back - mean_in + 0.998 * mean_out
        mean_in = back
        gap = drive[t] - mean_out
        moved = 0.5 * (1.0 - hold) * (gap - gap_earlier) + turn * lip - hold * lip_before
        gap_earlier, gap_before = gap_before, gap
        lip_before, lip = lip, moved
        opening = rest - lip
        opening = 0.0 if opening < 0.0 else (1.0 if opening > 1.0 else opening)
        wave = opening * gap + mean_out
        swung = eta * (wave - swung) + fed
        fed = wave
        bore[i] = swung
        out[t] = wave
        i = i + 1 if i + 1 < n_bore else 0
