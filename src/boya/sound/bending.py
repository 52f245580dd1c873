"""Tones whose pitch moves while they sound, as a pitch wheel moves it: a steady tone read at a changing speed.

Conventions: a bend is `[shape=(n, 2)]`, the frame from which it holds and the factor on the frequency; before the first it is 1.
Reading between frames is cubic (Catmull and Rom 1974).
"""

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio

__all__ = ["Bend", "bent", "places_in"]

Bend = NDArray[np.float64]


def places_in(bend: Bend, start: int, n: int) -> NDArray[np.float64] | None:
    """Return where in a steady tone each frame of a bent one is read; None where nothing bends it. `[shape=(n,)]`

    Parameters
    ----------
    start, n
        first frame of the note, and how many

    Examples
    --------
    >>> places_in(np.array([[2.0, 2.0]]), 0, 5).tolist()
    [0.0, 1.0, 2.0, 4.0, 6.0]
    """
    first, last = np.searchsorted(bend[:, 0], [start, start + n], side="right")
    rows = np.concatenate([[[-1.0, 1.0]], bend])[first : last + 1]
    if (rows[:, 1] == 1.0).all():
        return None
    lengths = np.diff(np.clip(np.append(rows[:, 0], start + n), start, start + n)).astype(np.int64)
    speed = np.repeat(rows[:, 1], lengths)
    return np.concatenate([[0.0], np.cumsum(speed[:-1])])


def bent(audio: Audio, places: NDArray[np.float64]) -> Audio:
    """Return audio read at places between its frames; silence behind its end. `[shape=(2, len(places))]`

    >>> bent(np.array([[0, 1, 2, 3], [0, 0, 0, 0]], dtype=np.float32), np.array([0.0, 1.5, 9.0]))[0].tolist()
    [0.0, 1.5, 0.0]
    """
    n = audio.shape[1]
    padded = np.pad(audio, ((0, 0), (1, 3)))
    whole = np.minimum(places.astype(np.int64), n)
    t = np.where(whole < n, places - whole, 0.0).astype(np.float32)
    a, b, c, d = (padded[:, whole + k] for k in range(4))
    return np.asarray(b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))), dtype=np.float32)
