"""How a composed piece ends: after its last change of harmony every part comes to rest on what the composer wrote there.

Lines hold the first note they begin, the bass the root if it has played it before, the accompaniment lets ring what it would have
struck again, the drums strike once. Nothing comes in that the limits of the piece forbid. A piece of one bar ends as it is, as
one without chords does.

Conventions: ticks; the *rest* is the stretch from the last change of harmony in the last bar to the bar's end.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boya.composing.filling.limits import Bounds, Limits, bounds_of
from boya.score import Chord, NoteArray, Score, Track, note_ends
from boya.theory.drums import CLASS_PITCHES, DRUM_CLASSES

__all__ = ["at_rest"]

BREATH = 8  # one part in so many of the rest is silent, for ringing out
CRASH = CLASS_PITCHES[DRUM_CLASSES.index("crash")]


def at_rest(score: Score, limits: Limits) -> Score:
    """Return the score with its last bar at rest.

    >>> from boya.score import note_array
    >>> tune = note_array([(0, 480, 60, 80), (1920, 240, 64, 80), (2160, 240, 67, 80), (2880, 240, 62, 80)])
    >>> score = Score((Track(tune, role="melody"),), chords=(Chord(0, 3840, 0, "major"),))
    >>> at_rest(score, Limits()).tracks[0].notes[["onset", "duration", "pitch"]].tolist()
    [(0, 480, 60), (1920, 1680, 64)]
    """
    if score.n_bars < 2 or not score.chords:
        return score
    bar, end = score.bar_bounds[-2:].tolist()
    chord = score.chords[-1]
    start = max(bar, chord.onset)
    bounds = bounds_of(score.tracks, limits)
    tracks = (_rested(track, own, chord, start, end) for track, own in zip(score.tracks, bounds, strict=True))
    return score.with_tracks(tracks)


def _rested(track: Track, bounds: Bounds, chord: Chord, start: int, end: int) -> Track:
    """A track that comes to rest."""
    is_before = track.notes["onset"] < start
    before, written = track.notes[is_before].copy(), track.notes[~is_before].copy()
    rings = note_ends(before) > start
    until = end - (end - start) // BREATH
    if track.is_drum:
        written = _struck(written, bounds.voices, has_crash=CRASH in before["pitch"])
    elif not len(written):
        _hold(before, rings, until)
    else:
        free = bounds.voices - int(rings.sum())
        written = _rung(written, free, (start + end) // 2) if track.role in ("chords", "pad") else _first(written)
        if track.role == "bass" and bounds.leap is None:
            written = _rooted(written[:1], chord, before["pitch"])
        _hold(written, written["onset"] >= start, until)
    return replace(track, notes=np.concatenate([before, written]))


def _hold(notes: NoteArray, which: NDArray[np.bool_], until: int) -> None:
    """Let notes ring until a tick, at the least."""
    notes["duration"][which] = np.maximum(notes["duration"][which], until - notes["onset"][which])


def _first(written: NoteArray) -> NoteArray:
    """What begins first."""
    begins: NoteArray = written[written["onset"] == written["onset"][0]]
    return begins


def _rung(written: NoteArray, most: int, middle: int) -> NoteArray:
    """What begins in the first half, each pitch once, as many as may sound at once; at the least what begins first."""
    early = written[(written["onset"] < middle) | (written["onset"] == written["onset"][0])]
    _, first = np.unique(early["pitch"], return_index=True)
    several = early[np.sort(first)[: max(most, 0)]]
    return several if len(several) else _first(written)


def _rooted(lowest: NoteArray, chord: Chord, known: NDArray[np.uint8]) -> NoteArray:
    """A bass note moved to the nearest root among pitches that the bass has played; as it is where there is none."""
    roots = np.unique(known[known % 12 == chord.root]) if chord.root is not None else known[:0]
    if len(roots):
        lowest["pitch"] = roots[np.argmin(np.abs(roots.astype(int) - int(lowest["pitch"][0])))]
    return lowest


def _struck(written: NoteArray, most: int, *, has_crash: bool) -> NoteArray:
    """What the drums strike first, with a crash where they have one."""
    struck = _first(written)[:most] if len(written) else written
    if has_crash and len(struck) and CRASH not in struck["pitch"] and len(struck) < most:
        crash = struck[:1].copy()
        crash["pitch"] = CRASH
        struck = np.concatenate([struck, crash])
    return struck
