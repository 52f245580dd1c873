"""Steering: what is wished of a track, kept in sight while it is written.

Conventions: a wish is a class of `boya.representation.stream.controls`; -1 leaves it free. The composer has read the wishes and
mostly keeps to them. Steering takes part only where a draft would stray: what would take a mean out of its class, or further away
from it, is ruled out. In the same way a track keeps to the chords on beats about as often as real ones of its role. A wish never
forbids all that limits allow.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boya.composing.filling.masks import ALL, IS_MORE, IS_TURN, IS_VELOCITY, SPANS, prefer
from boya.representation.stream.controls import CONTROL_EDGES
from boya.representation.stream.state import State
from boya.representation.stream.vocabulary import LOWEST_PITCH

__all__ = ["Steering"]

Mask = NDArray[np.bool_]

FAR_PITCH, FAR_VELOCITY = 12, 1  # semitones, classes of velocity: how far outside its class a note may lie
_PITCHES, _VELOCITIES = np.arange(128), np.arange(8) * 16 + 8


class Steering:
    """The wishes for a track in a passage, and what has been written there.

    Parameters
    ----------
    wishes
        classes of density, register, polyphony, dynamics
    chord_share
        how many of its notes on beats shall be of the chord, at least
    """

    def __init__(self, wishes: Sequence[int], chord_share: float = 0.0) -> None:
        self._edges = {
            name: (([0.0, *edges])[wish], ([*edges, np.inf])[wish])
            for (name, edges), wish in zip(CONTROL_EDGES.items(), wishes, strict=True)
            if wish >= 0
        }
        self._n_notes = self._n_onsets = self._n_bars = 0
        self._pitches = self._velocities = 0.0
        self._bar = self._step = -1
        self._chord_share, self._n_tones, self._n_on_beats = chord_share, 0, 0

    def add(self, bar: int, step: int, pitch: int, velocity: int, is_tone: bool | None = None) -> None:
        """Take notice of a note: its velocity class, and whether it is of the chord, None off the beats or without a chord."""
        if is_tone is not None:
            self._n_tones, self._n_on_beats = self._n_tones + is_tone, self._n_on_beats + 1
        self._n_notes += 1
        self._n_bars += bar != self._bar
        self._n_onsets += (bar, step) != (self._bar, self._step)
        self._bar, self._step = bar, step
        self._pitches += pitch
        self._velocities += float(_VELOCITIES[velocity])

    def has_room(self, notes: Sequence[tuple[int, int, int]]) -> bool:
        """Return whether a bar of notes keeps the wishes: position, pitch and velocity class of each."""
        n_notes = self._n_notes + len(notes)
        n_onsets = self._n_onsets + len({position for position, _, _ in notes})
        means = {
            "density": n_notes / (self._n_bars + 1),
            "register": (self._pitches + sum(pitch for _, pitch, _ in notes)) / n_notes,
            "polyphony": n_notes / n_onsets,
            "dynamics": (self._velocities + sum(float(_VELOCITIES[velocity]) for *_, velocity in notes)) / n_notes,
        }
        return all(low <= means[name] < high for name, (low, high) in self._edges.items())

    def narrow_note(self, mask: Mask, state: State, tones: Mask | None) -> None:
        """Of a note that may come, leave what is wished; `tones` are the pitches of the chord, if it is on a beat under one."""
        velocities = self.velocities
        if velocities is not None:
            prefer(mask, SPANS["vel"], velocities)
            if state.kind == "at" and not velocities[max(state.velocity, 0)]:
                prefer(mask, ALL, IS_VELOCITY)
        if not state.is_drum[state.slot]:
            start = SPANS["pitch"].start - LOWEST_PITCH + state.shift
            for wished in (tones if self.wants_tone else None, self.pitches):
                if wished is not None:
                    prefer(mask, slice(start, start + 128), wished)

    def narrow_ways(self, mask: Mask, above: Mask) -> None:
        """After a note, leave of further notes and of ways out what is wished; `above` are the higher pitches that fit."""
        pitches = self.pitches
        if pitches is not None and not (above & pitches[len(pitches) - len(above) :]).any():
            prefer(mask, ALL, ~IS_MORE)
        if self.is_full:
            prefer(mask, ALL, IS_TURN)
        elif self.is_bare and above.any():
            prefer(mask, ALL, IS_MORE)
        else:
            if self.is_thick:
                prefer(mask, ALL, ~IS_MORE)
            if self.is_thin:
                prefer(mask, ALL, ~IS_TURN)

    @property
    def pitches(self) -> Mask | None:
        """Pitches that keep the register; None where all do. `[shape=(128,)]`"""
        return self._near("register", self._pitches, _PITCHES, FAR_PITCH)

    @property
    def velocities(self) -> Mask | None:
        """Velocity classes that keep the dynamics; None where all do. `[shape=(8,)]`"""
        return self._near("dynamics", self._velocities, _VELOCITIES, 16 * FAR_VELOCITY)

    @property
    def wants_tone(self) -> bool:
        """Whether a note on a beat shall be of the chord."""
        return self._n_tones < self._chord_share * (self._n_on_beats + 1)

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
        """Values that keep a mean in its class, none of them far outside; where it has left it, those that lead back."""
        if name not in self._edges:
            return None
        low, high = self._edges[name]
        n = self._n_notes + 1
        below = min(max(low * n - total, low - far), low)
        above = max(min(high * n - total, high + far), high)
        return np.asarray((values >= below) & (values < above))
