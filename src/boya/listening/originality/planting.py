"""Copies made on purpose, to see whether they are found: excerpts in another key and tempo, notes wrong, put into other music.

Conventions: an excerpt is a score of its own that begins at tick 0, on a grid of twelfths of a quarter. A wrong note is one moved
by 1-3 semitones. Excerpts are moved by -6 to 6 semitones, never by 0, and played in the same or double time, or in half where the
grid has room for that.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boya.score import TICKS_PER_QUARTER, Score, Timeline, Track, note_array

__all__ = ["beats", "planted", "tune"]

BEATS = 8
FEWEST = 10  # notes of the busiest track of an excerpt
STEP = TICKS_PER_QUARTER // 12
TIMES = (2, 1, 0.5)  # onsets times this
EDITED = 0.1  # share of notes
ALWAYS = 10  # draws before a piece is given up


def tune(score: Score, length: int, n_edits: int, rng: np.random.Generator) -> Score | None:
    """Return so many notes in a row of the top line of one track, or nothing if no track has them.

    Excerpts with fewer than 8 different stretches of 2 notes are not taken: repeated notes and trills are nobody's.
    """
    tracks = [track for track in score.tracks if not track.is_drum and track.n_notes >= length]
    for _ in range(ALWAYS if tracks else 0):
        notes = tracks[int(rng.integers(len(tracks)))].notes
        step = (notes["onset"] + STEP // 2) // STEP
        order = np.lexsort((notes["pitch"], step))
        notes = notes[order][np.append(np.diff(step[order]) != 0, True)]  # the highest of each step
        if len(notes) < length:
            continue
        first = int(rng.integers(len(notes) - length + 1))
        chosen = notes[first : first + length].copy()
        moves = set(zip(np.diff(chosen["pitch"].astype(int)).tolist(), np.diff(chosen["onset"]).tolist(), strict=True))
        if len(moves) < min(8, length // 2):
            continue
        wrong = rng.choice(np.arange(1, length - 1), n_edits, replace=False)
        return _moved(Score((Track(_with_wrong(chosen, wrong, rng), role="melody"),)), rng)
    return None


def beats(score: Score, rng: np.random.Generator) -> Score | None:
    """Return 8 quarters of all pitched tracks, one note in ten wrong, or nothing if they are not busy anywhere."""
    pitched = tuple(track for track in score.tracks if not track.is_drum)
    last = max((track.end for track in pitched), default=0) // TICKS_PER_QUARTER - BEATS
    for _ in range(ALWAYS if last > 0 else 0):
        first = int(rng.integers(last)) * TICKS_PER_QUARTER
        tracks = []
        for track in pitched:
            notes = track.notes[(track.notes["onset"] >= first) & (track.notes["onset"] < first + BEATS * TICKS_PER_QUARTER)]
            tracks.append(replace(track, notes=_with_wrong(notes, np.flatnonzero(rng.random(len(notes)) < EDITED), rng)))
        if max(len(np.unique(track.notes["onset"])) for track in tracks) >= FEWEST:
            return _moved(Score(tuple(track for track in tracks if track.n_notes)), rng)
    return None


def planted(excerpt: Score, host: Score) -> tuple[Score, list[int]]:
    """Return a score that plays an excerpt from the middle of it on, as tracks of their own, and the numbers of these tracks."""
    bounds = host.bar_bounds
    at = int(bounds[len(bounds) // 2])
    own = []
    for track in excerpt.tracks:
        notes = track.notes.copy()
        notes["onset"] += at
        own.append(replace(track, notes=notes))
    return host.with_tracks((*host.tracks, *own)), [len(host.tracks) + number for number in range(len(own))]


def _with_wrong(notes: NDArray[np.void], wrong: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.void]:
    """Notes of which some are moved by 1-3 semitones."""
    notes = notes.copy()
    by = rng.integers(1, 4, len(wrong)) * rng.choice([-1, 1], len(wrong))
    notes["pitch"][wrong] = np.clip(notes["pitch"][wrong].astype(int) + by, 0, 127)
    return notes


def _moved(excerpt: Score, rng: np.random.Generator) -> Score:
    """An excerpt from tick 0 on, in another key and time."""
    first = min(int(track.notes["onset"].min()) for track in excerpt.tracks)
    pitches = np.concatenate([track.notes["pitch"] for track in excerpt.tracks]).astype(int)
    keys = [by for by in range(-6, 7) if by and pitches.min() + by >= 0 and pitches.max() + by <= 127]
    steps = [(track.notes["onset"] + STEP // 2) // STEP - (first + STEP // 2) // STEP for track in excerpt.tracks]
    can_halve = all((step % 2 == 0).all() for step in steps)
    by, times = int(rng.choice(keys)), float(rng.choice(TIMES if can_halve else TIMES[:2]))
    tracks = []
    for track, step in zip(excerpt.tracks, steps, strict=True):
        notes = track.notes
        onset = np.rint(step * STEP * times).astype(int)
        duration = np.maximum(np.rint(notes["duration"] * times).astype(int), 1)
        pitch = notes["pitch"].astype(int) + by
        rows = zip(onset.tolist(), duration.tolist(), pitch.tolist(), notes["velocity"].tolist(), strict=True)
        tracks.append(replace(track, notes=note_array(list(rows))))
    return Score(tuple(tracks), Timeline())
