"""Steering: what is wished of a track, kept in sight while it is written.

Conventions: a wish is a class of `boya.representation.stream.controls`; -1 leaves it free. The composer has read the wishes and
mostly keeps to them. Steering takes part only where a draft has strayed: while the mean so far lies outside its class, what would
take it further away is ruled out; while it lies inside, only what is far out is. A wish never forbids all that limits allow.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boya.representation.stream.controls import CONTROL_EDGES

__all__ = ["Steering"]

Mask = NDArray[np.bool_]

FAR_PITCH, FAR_VELOCITY = 8, 1  # semitones, classes of velocity: how far outside a note may lie while the mean is inside
_PITCHES, _VELOCITIES = np.arange(128), np.arange(8) * 16 + 8


class Steering:
    """The wishes for a track in a passage, and what has been written there.

    Parameters
    ----------
    wishes
        classes of density, register, polyphony, dynamics
    """

    def __init__(self, wishes: Sequence[int]) -> None:
        self._edges = {
            name: (([0.0, *edges])[wish], ([*edges, np.inf])[wish])
            for (name, edges), wish in zip(CONTROL_EDGES.items(), wishes, strict=True)
            if wish >= 0
        }
        self._n_notes = self._n_onsets = self._n_bars = 0
        self._pitches = self._velocities = 0.0
        self._bar = self._step = -1

    def __bool__(self) -> bool:
        return bool(self._edges)

    def add(self, bar: int, step: int, pitch: int, velocity: int) -> None:
        """Take notice of a note; `velocity` is its class."""
        self._n_notes += 1
        self._n_bars += bar != self._bar
        self._n_onsets += (bar, step) != (self._bar, self._step)
        self._bar, self._step = bar, step
        self._pitches += pitch
        self._velocities += float(_VELOCITIES[velocity])

    @property
    def pitches(self) -> Mask | None:
        """Pitches that keep the register; None where all do. `[shape=(128,)]`"""
        return self._near("register", self._pitches, _PITCHES, FAR_PITCH)

    @property
    def velocities(self) -> Mask | None:
        """Velocity classes that keep the dynamics; None where all do. `[shape=(8,)]`"""
        return self._near("dynamics", self._velocities, _VELOCITIES, 16 * FAR_VELOCITY)

    @property
    def is_full(self) -> bool:
        """Whether one note more in this bar would be too many."""
        return self._n_notes + 1 >= self._edge("density", 1) * self._n_bars

    @property
    def is_thin(self) -> bool:
        """Whether the bar needs more notes."""
        return self._n_notes < self._edge("density", 0) * self._n_bars

    @property
    def is_thick(self) -> bool:
        """Whether one note more at this onset would be too many."""
        return self._n_notes + 1 >= self._edge("polyphony", 1) * self._n_onsets

    @property
    def is_bare(self) -> bool:
        """Whether the onset needs more notes, and one more would not be too many."""
        return self._n_notes < self._edge("polyphony", 0) * self._n_onsets and not self.is_thick

    def _edge(self, name: str, side: int) -> float:
        """The lower or upper edge of a wish; where there is none, one that nothing passes."""
        return self._edges[name][side] if name in self._edges else (0.0, np.inf)[side]

    def _near(self, name: str, total: float, values: NDArray[np.int64], far: int) -> Mask | None:
        """Values that keep or bring a mean into its class."""
        if name not in self._edges:
            return None
        low, high = self._edges[name]
        mean = total / self._n_notes if self._n_notes else -1.0
        below = low - far if mean >= low else low
        above = high + far if 0 <= mean < high else high
        return np.asarray((values >= below) & (values < above))
