"""Where a track may play in the bars that are to be written, and what it plays there while a draft is made.

Conventions: steps are counted from the start of the piece; a row of a note is onset, end, pitch and velocity class. A `Lane` is
what is known before: it is made once and shared by all drafts. A `Hand` is one draft of one track. Kept notes stand: what is
written gives way to them. Written notes give way to the ones written after them, as a finger leaves its key for the next.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from boya.composing.filling.ground import Ground, Notes
from boya.composing.filling.limits import LEAP_STEPS, Bounds
from boya.representation.stream.vocabulary import LONGEST_NOTE

__all__ = ["Hand", "Lane", "Mask", "Row", "lane_of"]

Row = tuple[int, int, int, int]
Mask = NDArray[np.bool_]

_DISTANCE = np.abs(np.arange(128)[:, None] - np.arange(128))


@dataclass(frozen=True, eq=False)
class Lane:
    """What limits and kept notes leave to a track.

    Attributes
    ----------
    bounds
        the limits of the track
    lines
        first step of each bar of the piece
    free
        by bar: which pitches may begin at each of its steps, leaps from written notes and number of voices aside
        `[shape=(steps, 128)]`
    is_open
        by bar: at which of its steps any may `[shape=(steps,)]`
    ceiling
        by bar: the step at which a kept note of each pitch begins next `[shape=(128,)]`
    before
        by bar: the latest onset before it, of what was there when the lane was made, and its pitches
    origin, kept
        a step, and the number of kept notes that sound at each step from there on, as far as a note can reach
    """

    bounds: Bounds
    lines: NDArray[np.int64]
    free: dict[int, Mask]
    is_open: dict[int, Mask]
    ceiling: dict[int, NDArray[np.int64]]
    before: dict[int, tuple[int, tuple[int, ...]]]
    origin: int
    kept: NDArray[np.int16]


def lane_of(ground: Ground, bounds: Bounds, kept: Notes, bars: Sequence[int], written: Sequence[Row] = ()) -> Lane:
    """Return what may be written into some bars of a track.

    Parameters
    ----------
    kept
        notes of the track that stay, sorted by onset; none begins in the bars
    bars
        rising
    written
        notes that were written into earlier bars
    """
    lines, origin = ground.lines, int(ground.lines[bars[0]])
    stop = min(int(lines[bars[-1] + 1]) + LONGEST_NOTE, ground.n_steps)
    voices = np.zeros(stop - origin, dtype=np.int16)
    for onset, end, _ in kept[(kept[:, 0] < stop) & (kept[:, 1] > origin)].tolist():
        voices[max(onset - origin, 0) : end - origin] += 1
    earlier = np.concatenate([kept, np.array([row[:3] for row in written], dtype=np.int64).reshape(-1, 3)])
    lane = Lane(bounds, lines, {}, {}, {}, {}, origin, voices)
    for bar in bars:
        start, last = int(lines[bar]), int(lines[bar + 1])
        lane.free[bar] = _free(ground, bounds, kept, start, last)
        lane.is_open[bar] = lane.free[bar].any(1) & (voices[start - origin : last - origin] < bounds.voices)
        lane.ceiling[bar] = np.full(128, ground.n_steps)
        later = kept[kept[:, 0] >= last]
        np.minimum.at(lane.ceiling[bar], later[:, 2], later[:, 0])
        lane.before[bar] = _latest(earlier[earlier[:, 0] < start])
    return lane


def _free(ground: Ground, bounds: Bounds, kept: Notes, start: int, stop: int) -> Mask:
    """Pitches that may begin at steps [start, stop), which no kept note sounds on, and from which a kept onset can be reached."""
    free = ground.pitches(bounds, slice(start, stop))
    for _, end, pitch in kept[(kept[:, 0] < start) & (kept[:, 1] > start)].tolist():
        free[: end - start, pitch] = False
    later = kept[kept[:, 0] >= stop]
    if bounds.leap is not None and len(later):
        onset = int(later[0, 0])
        near = _near(later[later[:, 0] == onset, 2].tolist(), bounds.leap)
        free[max(onset - LEAP_STEPS - start, 0) :] &= near
    return free


def _latest(notes: Notes) -> tuple[int, tuple[int, ...]]:
    """The latest onset and its pitches."""
    if not len(notes):
        return -1, ()
    onset = int(notes[:, 0].max())
    return onset, tuple(notes[notes[:, 0] == onset, 2].tolist())


def _near(pitches: Sequence[int], leap: int) -> Mask:
    """Pitches at most a leap away from one of these. `[shape=(128,)]`"""
    return np.asarray((_DISTANCE[list(pitches)] <= leap).any(0))


class Hand:
    """A track while a draft is written.

    Parameters
    ----------
    lane
        what it may do
    written
        notes of the track that were written before; they may still be cut

    Attributes
    ----------
    notes
        rows of onset, end, pitch, velocity class and the unit in which they were written (-1: before)
    is_open
        at which steps of the bar a note may begin now `[shape=(steps,)]`
    step
        where it is
    fits
        which pitches may begin at the step `[shape=(128,)]`; all False where no voice is left
    """

    def __init__(self, lane: Lane, written: Iterable[Row] = ()) -> None:
        self.lane = lane
        self.notes: list[list[int]] = [[*row, -1] for row in written]
        self._sounding = [note for note in self.notes if note[1] > lane.origin]
        self._voices = lane.kept.copy()
        for onset, end, *_ in self._sounding:
            self._voices[max(onset - lane.origin, 0) : end - lane.origin] += 1
        self._latest: tuple[int, tuple[int, ...]] = (-1, ())
        self._bar = self.step = -1
        self._n_begun = 0
        self.is_open = self.fits = np.zeros(0, dtype=bool)

    @property
    def reach(self) -> int:
        """The step after the last written note."""
        return max((note[1] for note in self.notes), default=0)

    def begin(self, bar: int) -> None:
        """Come to a bar."""
        self._bar = bar
        self._latest = max(self._latest, self.lane.before[bar], key=lambda onset: onset[0])
        self._see()

    def move(self, position: int) -> None:
        """Come to a step of the bar, counted from its line."""
        self.step = int(self.lane.lines[self._bar]) + position
        self._n_begun = 0
        self._sounding = [note for note in self._sounding if note[1] > self.step]
        onset, pitches = self._latest
        self.fits = self.lane.free[self._bar][position]
        if self.lane.bounds.leap is not None and pitches and self.step - onset <= LEAP_STEPS:
            self.fits = self.fits & _near(pitches, self.lane.bounds.leap)

    def has_room(self, notes: Sequence[tuple[int, int, int]]) -> bool:
        """Return whether all of some notes may begin in the bar: position, pitch and velocity class of each, by position."""
        free, line, leap = self.lane.free[self._bar], int(self.lane.lines[self._bar]), self.lane.bounds.leap
        onset, pitches = self._latest
        for position, chord in groupby(notes, key=itemgetter(0)):
            if position >= len(free):
                return False
            begun = tuple(pitch for _, pitch, _ in chord)
            fits = free[position]
            if leap is not None and pitches and line + position - onset <= LEAP_STEPS:
                fits = fits & _near(pitches, leap)
            n_kept = int(self.lane.kept[line + position - self.lane.origin])
            if n_kept + len(begun) > self.lane.bounds.voices or not fits[list(begun)].all():
                return False
            onset, pitches = line + position, begun
        return True

    def add(self, pitch: int, steps: int, velocity: int, unit: int) -> None:
        """Write a note at the step; it ends early, or ends others, where it must."""
        step, at = self.step, self.step - self.lane.origin
        for note in self._sounding:
            if note[2] == pitch and note[0] < step:
                self._cut(note)
        while self._voices[at] >= self.lane.bounds.voices:
            self._cut(min(note for note in self._sounding if note[0] < step < note[1]))
        full = self._voices[at : at + steps] >= self.lane.bounds.voices
        steps = int(full.argmax()) if full.any() else steps
        end = min(step + steps, int(self.lane.ceiling[self._bar][pitch]))
        note = [step, end, pitch, velocity, unit]
        self._voices[at : end - self.lane.origin] += 1
        self.notes.append(note)
        self._sounding.append(note)
        self._n_begun += 1
        onset, pitches = self._latest
        self._latest = (step, (*pitches, pitch) if onset == step else (pitch,))
        if self.lane.kept[at] + self._n_begun >= self.lane.bounds.voices:
            self.fits = np.zeros_like(self.fits)
        if self.lane.bounds.leap is not None:
            self._see()

    def _cut(self, note: list[int]) -> None:
        """End a note at the step."""
        self._voices[self.step - self.lane.origin : note[1] - self.lane.origin] -= 1
        note[1] = self.step

    def _see(self) -> None:
        """Find where a note may begin after what was written."""
        self.is_open = self.lane.is_open[self._bar]
        (onset, pitches), leap = self._latest, self.lane.bounds.leap
        bound = onset + LEAP_STEPS + 1 - int(self.lane.lines[self._bar])
        if leap is not None and pitches and bound > 0:
            self.is_open = self.is_open.copy()
            self.is_open[:bound] &= (self.lane.free[self._bar][:bound] & _near(pitches, leap)).any(1)
