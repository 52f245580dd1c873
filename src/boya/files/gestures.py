"""What hands and feet do beside the notes: sustain pedal and pitch wheel of a track.

A `Score` holds what is written; how it was played stays in the MIDI file, and is read from there when it is to be heard
(`boya render --gestures`). Conventions: ticks of 1/480 quarter, bends in semitones. The wheel reaches 2 semitones unless the file
says otherwise (registered parameter 0). Source: "MIDI 1.0 Detailed Specification", 1996.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

__all__ = ["Gestures", "bends_of"]

USUAL_REACH = 2.0  # semitones
WHEEL = 8192  # the wheel's farthest value
PARAMETER_HIGH, PARAMETER_LOW, VALUE_HIGH, VALUE_LOW = 101, 100, 6, 38

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def _none() -> Floats:
    """No gestures."""
    return np.zeros((0, 2))


@dataclass(frozen=True, eq=False)
class Gestures:
    """The gestures of one track.

    Attributes
    ----------
    pedals
        tick where the foot goes down, and where it comes up `[shape=(n, 2)]`
    bends
        tick, and the semitones that the wheel stands at from there on `[shape=(n, 2)]`
    """

    pedals: Floats = field(default_factory=_none)
    bends: Floats = field(default_factory=_none)


def bends_of(ticks: Ints, values: Ints, controls: Ints) -> Floats:
    """Return the places of the wheel in semitones. `[shape=(n, 2)]`

    Parameters
    ----------
    ticks, values
        of the wheel, -8192 to 8191 `[shape=(n,)]`
    controls
        tick, number and value of each control, in order `[shape=(m, 3)]`

    Examples
    --------
    >>> twelve = np.array([[0, 101, 0], [0, 100, 0], [0, 6, 12]])
    >>> bends_of(np.array([0, 240]), np.array([4096, 0]), twelve).tolist()
    [[0.0, 6.0], [240.0, 0.0]]
    """
    changes = [(-1.0, USUAL_REACH)]
    parameter = [127, 127]
    for tick, number, value in controls[np.isin(controls[:, 1], (PARAMETER_HIGH, PARAMETER_LOW, VALUE_HIGH, VALUE_LOW))].tolist():
        if number in (PARAMETER_HIGH, PARAMETER_LOW):
            parameter[number == PARAMETER_LOW] = value
        elif parameter == [0, 0]:
            whole = np.floor(changes[-1][1])
            changes.append((tick, float(value if number == VALUE_HIGH else whole + value / 100)))
    since, reach = np.array(changes).T
    return np.stack([ticks, values / WHEEL * reach[np.searchsorted(since, ticks, side="right") - 1]], axis=1)
