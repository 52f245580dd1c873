"""The ground of a piece, before any note: bars, strong beats, and which pitch classes harmony and scale allow at each step.

Conventions: a step is a twelfth of a quarter; steps are counted from the start of the piece, in the bars that the bar stream sees
(`boya.representation.stream.quantise`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from boya.composing.filling.limits import Bounds
from boya.composing.filling.sheet import Sheet
from boya.errors import RequestError
from boya.representation.stream import quantise
from boya.representation.stream.vocabulary import MAX_SLOTS, STEPS_PER_QUARTER, TICKS_PER_STEP
from boya.score import Chord, Score, Track, note_array
from boya.theory.chords import chord_pitch_classes
from boya.theory.scales import scale_pitch_classes

__all__ = ["PITCH_CLASS", "Ground", "Notes", "ground_of", "is_strong", "notes_in_steps"]

Notes = NDArray[np.int64]  # rows of onset, end (steps), pitch
PITCH_CLASS = np.arange(128) % 12


@dataclass(frozen=True, eq=False)
class Ground:
    """A piece in steps, without its notes.

    Attributes
    ----------
    lines
        first step of each bar, and the step after the last `[shape=(n_bars + 1,)]`
    chord, has_chord
        notes of the chord in force `[shape=(n_steps, 12)]`, and whether there is one `[shape=(n_steps,)]`
    scale
        pitch classes that the limits allow, those of the chord among them `[shape=(n_steps, 12)]`
    strong
        where a strong beat is `[shape=(n_steps,)]`
    starts
        bars in which a section begins
    reach
        step at which what is kept beside notes (chords, sections) ends
    """

    lines: NDArray[np.int64]
    chord: NDArray[np.bool_]
    has_chord: NDArray[np.bool_]
    scale: NDArray[np.bool_]
    strong: NDArray[np.bool_]
    starts: frozenset[int]
    reach: int

    @property
    def n_bars(self) -> int:
        """Number of bars."""
        return len(self.lines) - 1

    @property
    def n_steps(self) -> int:
        """Length in steps."""
        return int(self.lines[-1])

    def bar_of(self, steps: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the bar in which each step lies."""
        return np.asarray(np.searchsorted(self.lines, steps, side="right") - 1)

    def classes(self, bounds: Bounds, steps: slice) -> NDArray[np.bool_]:
        """Return the pitch classes that may begin in a pitched track. `[shape=(len(steps), 12)]`"""
        allowed = self.scale[steps]
        if bounds.chord_tones == "free":
            return allowed
        bound = self.has_chord[steps] & (self.strong[steps] if bounds.chord_tones == "strong" else True)
        return np.asarray(allowed & (self.chord[steps] | ~bound[:, None]))

    def pitches(self, bounds: Bounds, steps: slice) -> NDArray[np.bool_]:
        """Return the pitches, or drum keys, that may begin. `[shape=(len(steps), 128)]`"""
        inside = np.isin(np.arange(128), list(bounds.pitches))
        if bounds.is_drum:
            return np.tile(inside, (steps.stop - steps.start, 1))
        return np.asarray(self.classes(bounds, steps)[:, PITCH_CLASS] & inside)


@lru_cache(maxsize=8)
def ground_of(sheet: Sheet) -> Ground:
    """Return the ground of a sheet.

    Raises
    ------
    StreamError
        if a metre has no word in the bar stream.
    RequestError
        if the bars of the sheet have no place on steps.
    """
    n_bars = max(sheet.n_bars, _n_bars(sheet.score))
    metre = sheet.score.timeline.metres[-1]
    starts = sheet.score.timeline.bar_starts(metre.tick + n_bars * metre.ticks_per_bar)[:n_bars]
    mark = Track(note_array([(int(starts[-1]) + TICKS_PER_STEP, TICKS_PER_STEP, 60, 64)]))
    blank = quantise(replace(sheet.score, tracks=(mark,)))  # a note in the last bar, so that all bars are there
    lines = blank.bar_bounds // TICKS_PER_STEP
    if len(lines) != n_bars + 1:
        raise RequestError(
            f"bars of a sheet must lie on steps of {TICKS_PER_STEP} ticks; {n_bars} bars become {len(lines) - 1}. "
            "Move its metre changes"
        )
    later = [m.tick for m in sheet.score.timeline.metres if m.tick > starts[-1]]
    lines[-1] = min([lines[-1], *((tick + TICKS_PER_STEP // 2) // TICKS_PER_STEP for tick in later)])  # it may be cut short
    chord, has_chord = _harmony(blank.chords, int(lines[-1]))
    begun = [section.onset // TICKS_PER_STEP for section in blank.sections]
    ends = [chord.end for chord in sheet.score.chords] + [section.end for section in sheet.score.sections]
    return Ground(
        lines,
        chord,
        has_chord,
        _scale(sheet, blank, lines) | chord,
        _strong(blank, lines),
        frozenset(np.searchsorted(lines, begun).tolist()),
        (max(ends, default=0) + TICKS_PER_STEP // 2) // TICKS_PER_STEP,
    )


@lru_cache(maxsize=256)
def is_strong(numerator: int, denominator: int) -> tuple[int, ...]:
    """Return the strong beats of a bar, in steps: its first, and the middle where that is a beat of a bar of 3 quarters or more.

    >>> [is_strong(*metre) for metre in ((4, 4), (3, 4), (6, 8), (7, 8), (12, 8))]
    [(0, 24), (0,), (0, 18), (0,), (0, 36)]
    """
    steps = 4 * STEPS_PER_QUARTER * numerator // denominator
    is_compound = numerator % 3 == 0 and numerator > 3
    n_beats = numerator // 3 if is_compound else numerator
    return (0, steps // 2) if n_beats % 2 == 0 and steps >= 3 * STEPS_PER_QUARTER else (0,)


def notes_in_steps(track: Track) -> Notes:
    """Return notes as rows of onset, end (at least a step later) and pitch; strokes of drums last a step. `[shape=(n, 3)]`"""
    notes, half = track.notes, TICKS_PER_STEP // 2
    onsets = (notes["onset"].astype(np.int64) + half) // TICKS_PER_STEP
    ends = (notes["onset"].astype(np.int64) + notes["duration"] + half) // TICKS_PER_STEP
    ends = onsets + 1 if track.is_drum else np.maximum(ends, onsets + 1)
    return np.stack([onsets, ends, notes["pitch"].astype(np.int64)], axis=1)


def _n_bars(score: Score) -> int:
    """Number of bars as the stream sees them, of any number of tracks."""
    groups = [score.tracks[i : i + MAX_SLOTS] for i in range(0, len(score.tracks), MAX_SLOTS)]
    return max(quantise(score.with_tracks(group)).n_bars for group in groups)


def _harmony(chords: Sequence[Chord], n_steps: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Notes of the chord in force at each step, and whether there is one."""
    notes, has = np.zeros((n_steps, 12), dtype=bool), np.zeros(n_steps, dtype=bool)
    for chord in chords:
        if chord.root is not None:
            span = slice(chord.onset // TICKS_PER_STEP, chord.end // TICKS_PER_STEP)
            classes = {*chord_pitch_classes(chord.root, chord.quality), chord.root if chord.bass is None else chord.bass}
            notes[span, sorted(classes)], has[span] = True, True
    return notes, has


def _scale(sheet: Sheet, blank: Score, lines: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Pitch classes of the scale at each step; all where there is no such limit."""
    wished, n_steps = sheet.limits.scale, int(lines[-1])
    if wished is None:
        return np.ones((n_steps, 12), dtype=bool)
    scale = np.zeros((n_steps, 12), dtype=bool)
    if not isinstance(wished, str):
        scale[:, sorted(wished)] = True
        return scale
    keys = blank.timeline.keys
    for key, stop in zip(keys, [*(later.tick // TICKS_PER_STEP for later in keys[1:]), n_steps], strict=True):
        scale[key.tick // TICKS_PER_STEP : stop, list(scale_pitch_classes(key.tonic, key.mode))] = True
    return scale


def _strong(blank: Score, lines: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where a strong beat is."""
    strong = np.zeros(int(lines[-1]), dtype=bool)
    for start, stop in pairwise(lines.tolist()):
        metre = blank.timeline.metre_at(start * TICKS_PER_STEP)
        strong[[start + beat for beat in is_strong(metre.numerator, metre.denominator) if start + beat < stop]] = True
    return strong
