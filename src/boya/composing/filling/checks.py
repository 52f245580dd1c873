"""Whether a score is what a sheet asked for: an examination of the finished notes that knows nothing of how they were written."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from boya.composing.filling.ground import Ground, Notes, ground_of, notes_in_steps
from boya.composing.filling.limits import LEAP_STEPS, Bounds, bounds_of
from boya.composing.filling.sheet import Selection, Sheet
from boya.score import Score, Track

__all__ = ["violations"]


def violations(sheet: Sheet, selection: Selection, score: Score) -> tuple[str, ...]:
    """Return what is wrong with a score that was written from a sheet, in sentences; nothing where all is as it must be.

    Parameters
    ----------
    sheet
        the piece before
    selection
        what was written `[shape=(n_tracks, n_bars)]`
    score
        the piece after

    Examples
    --------
    >>> from boya.score import note_array
    >>> sheet = Sheet(Score((Track(program=73),)), n_bars=1)
    >>> score = Score((Track(note_array([(0, 480, 40, 80)]), program=73),))
    >>> violations(sheet, np.array([[True]]), score)
    ('track 1 (Flute) plays 40 in bar 1, outside its range',)
    """
    return tuple(_all(sheet, selection, score))


def _all(sheet: Sheet, selection: Selection, score: Score) -> Iterator[str]:
    """What is wrong."""
    before = sheet.score
    if (score.timeline, score.chords, score.sections) != (before.timeline, before.chords, before.sections):
        yield "tempo, metre, key, chords or sections are not those of the sheet"
    parts = [[(t.program, t.is_drum, t.name, t.role) for t in s.tracks] for s in (before, score)]
    if parts[0] != parts[1]:
        yield "the tracks are not those of the sheet"
        return
    ground = ground_of(sheet)
    for number, bounds in enumerate(bounds_of(before.tracks, sheet.limits)):
        bars = np.pad(selection[number], (0, ground.n_bars - sheet.n_bars))
        yield from _track(ground, bounds, before.tracks[number], score.tracks[number], bars)
    if selection[:, -1].any() and not sheet.is_open and ground.n_bars == sheet.n_bars and score.n_bars < sheet.n_bars:
        yield f"nothing sounds in the last bar, {sheet.n_bars}"


def _track(ground: Ground, bounds: Bounds, before: Track, after: Track, bars: Selection) -> Iterator[str]:
    """What is wrong with a track."""
    notes = notes_in_steps(after)
    if len(notes) and notes[:, 0].max() >= ground.n_steps:
        yield f"{bounds.name} begins a note behind the last bar"
        return
    is_new = bars[ground.bar_of(notes[:, 0])]
    was = ~bars[ground.bar_of(notes_in_steps(before)[:, 0])]
    if Counter(after.notes[~is_new].tolist()) != Counter(before.notes[was].tolist()):
        yield f"{bounds.name} has other notes outside the selection"
    if not bars.any():
        return
    if not is_new.any():
        yield f"{bounds.name} is silent where it was to be written"
    for row in notes[is_new].tolist():
        yield from _note(ground, bounds, *row)
    yield from _voices(ground, bounds, notes, is_new)
    yield from _overlaps(bounds, after, is_new)
    if bounds.leap is not None:
        yield from _leaps(ground, bounds, notes, is_new)


def _note(ground: Ground, bounds: Bounds, onset: int, end: int, pitch: int) -> Iterator[str]:
    """What is wrong with a note, whatever stands beside it."""
    said = f"{bounds.name} plays {pitch} in bar {int(ground.bar_of(np.array(onset))) + 1}"
    if pitch not in bounds.pitches:
        yield f"{said}, outside its range"
    if end > ground.n_steps:
        yield f"{said}, longer than the piece"
    if bounds.is_drum:
        return
    if not ground.scale[onset, pitch % 12]:
        yield f"{said}, outside the scale"
    is_bound = bounds.chord_tones == "all" or (bounds.chord_tones == "strong" and ground.strong[onset])
    if is_bound and ground.has_chord[onset] and not ground.chord[onset, pitch % 12]:
        yield f"{said}, outside the chord"


def _voices(ground: Ground, bounds: Bounds, notes: Notes, is_new: Selection) -> Iterator[str]:
    """Where more notes sound than may, one of them written."""
    total = np.zeros(max(int(notes[:, 1].max(initial=0)), ground.n_steps), dtype=int)
    written = np.zeros_like(total)
    for (onset, end, _), new in zip(notes.tolist(), is_new.tolist(), strict=True):
        total[onset:end] += 1
        written[onset:end] += new
    wrong = np.flatnonzero((total > bounds.voices) & (written > 0))
    if len(wrong):
        yield f"{bounds.name} sounds {total[wrong[0]]} notes at once at step {wrong[0]}; {bounds.voices} may"


def _overlaps(bounds: Bounds, after: Track, is_new: Selection) -> Iterator[str]:
    """Where a pitch begins while it sounds, one of the two written."""
    if after.is_drum:
        return
    last: dict[int, tuple[int, bool]] = {}
    for (onset, duration, pitch, _), new in zip(after.notes.tolist(), is_new.tolist(), strict=True):
        end, was_new = last.get(pitch, (0, False))
        if onset < end and (new or was_new):
            yield f"{bounds.name} begins {pitch} at tick {onset} while it sounds"
        last[pitch] = max((onset + duration, new), (end, was_new))


def _leaps(ground: Ground, bounds: Bounds, notes: Notes, is_new: Selection) -> Iterator[str]:
    """Where a written note leaps too far, or a kept one from a written one."""
    onsets = np.unique(notes[:, 0]).tolist()
    leap = -1 if bounds.leap is None else bounds.leap
    for before, onset in pairwise(onsets):
        first, second = notes[:, 0] == before, notes[:, 0] == onset
        if onset - before > LEAP_STEPS or not (is_new[first] | is_new[second].any()).any():
            continue
        nearest = [min(abs(int(p) - int(q)) for q in notes[first, 2]) for p in notes[second, 2]]
        widest = max(nearest) if is_new[second].any() else min(nearest)
        if widest > leap:
            yield f"{bounds.name} leaps {widest} semitones at step {onset}; {leap} are allowed"
