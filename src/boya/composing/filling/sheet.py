"""A sheet: a piece as it stands, with room for what is to be written, and what must hold there.

Conventions: bars are counted from 0; a note belongs to the bar in which its onset lies after rounding to a step of 1/12 quarter.
Wishes are classes as in `boya.representation.stream.controls`, in the order density, register, polyphony, dynamics.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from boya.composing.filling.limits import Limits
from boya.errors import RequestError
from boya.representation.stream.vocabulary import CONTROLS
from boya.score import Score

__all__ = ["Selection", "Sheet"]

MOST_BARS = 4096

Selection = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Sheet:
    """A piece to write in.

    Attributes
    ----------
    score
        tempo, metre, key, chords, sections, and tracks with program, role and the notes that are there
    n_bars
        length in bars, also beyond the last note
    style, substyle
        names as in `boya.theory.styles`; empty where they are left to the composer
    limits
        what must hold of every note that is written
    controls
        what a track should be like: classes, -1 where it is left free; int8 `[shape=(n_tracks, 4)]` for the whole piece or
        `[shape=(n_bars, n_tracks, 4)]`
    is_open
        whether the music goes on behind what is selected or written, though it is not there yet: silence behind it says nothing

    Raises
    ------
    RequestError
        if there are no tracks, or bars, limits or controls are not those of the score.

    Examples
    --------
    >>> from boya.score import Track
    >>> sheet = Sheet(Score((Track(program=73, role="melody"),)), n_bars=8)
    >>> sheet.n_tracks, sheet.blank_selection().shape, sheet.wishes.shape
    (1, (1, 8), (8, 1, 4))
    """

    score: Score
    n_bars: int
    style: str = ""
    substyle: str = ""
    limits: Limits = field(default_factory=Limits)
    controls: NDArray[np.int8] | None = None
    is_open: bool = False

    def __post_init__(self) -> None:
        if not self.score.tracks:
            raise RequestError("a sheet needs at least one track; the score has none. Give it a band")
        if not (isinstance(self.n_bars, (int, np.integer)) and 1 <= self.n_bars <= MOST_BARS):
            raise RequestError(f"n_bars of a sheet must be a whole number 1-{MOST_BARS}; got {self.n_bars!r:.60}")
        if len(self.limits.tracks) > self.n_tracks:
            raise RequestError(f"a sheet of {self.n_tracks} tracks takes as many limits; got {len(self.limits.tracks)}")
        if self.controls is not None:
            self._check_controls(np.asarray(self.controls))

    @property
    def n_tracks(self) -> int:
        """Number of tracks."""
        return len(self.score.tracks)

    @property
    def wishes(self) -> NDArray[np.int8]:
        """The controls of each bar. `[shape=(n_bars, n_tracks, 4)]`"""
        shape = (self.n_bars, self.n_tracks, len(CONTROLS))
        return np.broadcast_to(np.asarray(-1 if self.controls is None else self.controls, dtype=np.int8), shape)

    def blank_selection(self) -> Selection:
        """Return a selection of nothing, to be filled in. `[shape=(n_tracks, n_bars)]`"""
        return np.zeros((self.n_tracks, self.n_bars), dtype=bool)

    def _check_controls(self, controls: NDArray[np.int8]) -> None:
        """Raise unless the controls are classes of these tracks."""
        shapes = [(self.n_tracks, len(CONTROLS)), (self.n_bars, self.n_tracks, len(CONTROLS))]
        if controls.shape not in shapes or not np.issubdtype(controls.dtype, np.integer):
            raise RequestError(f"controls must be whole numbers of shape {shapes[0]} or {shapes[1]}; got {controls.shape}")
        wrong = (controls < -1) | (controls >= list(CONTROLS.values()))
        if wrong.any():
            name = list(CONTROLS)[int(np.argwhere(wrong)[0][-1])]
            raise RequestError(f"{name} must be a class 0-{CONTROLS[name] - 1}, or -1 for free; got {controls[wrong][0]}")
