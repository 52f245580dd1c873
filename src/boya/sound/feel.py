"""The feel of a performance: swing, the small inexactness of people, and the pedal, laid on a score before it is rendered.

All return a new score; files that were read are never changed. Times in ticks of 1/480 quarter.
Source: A. Friberg, A. Sundström, "Swing ratios and ensemble timing in jazz performance", Music Perception 19(3), 2002; timing
of players against each other after R. Rasch, "Synchronization in performed ensemble music", Acustica 43, 1979.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.files import Gestures
from boya.score import TICKS_PER_QUARTER, NoteArray, Score, Track, note_ends

__all__ = ["humanise", "pedalled", "swing"]

TRIPLET = 2 / 3  # where the second eighth of a beat falls at full swing
MOST_SECOND = 0.012  # how far an onset goes at most
MOST_VELOCITY = 9.0
MOST_SIGMA = 2.0


def swing(score: Score, amount: float) -> Score:
    """Return the score with its offbeat eighths late: 0 straight, 1 triplets (2:1). Beats of an eighth (6/8) stay.

    Raises
    ------
    InputError
        if the amount is not 0-1.

    Examples
    --------
    >>> from boya.score import note_array
    >>> notes = note_array([(0, 240, 60, 80), (240, 240, 62, 80)])
    >>> swing(Score((Track(notes),)), 1.0).tracks[0].notes[["onset", "duration"]].tolist()
    [(0, 320), (320, 160)]
    """
    _check("swing", amount)
    if not amount:
        return score
    half = TICKS_PER_QUARTER / 2
    late = half + amount * (TRIPLET * TICKS_PER_QUARTER - half)

    def warp(ticks: NDArray[np.int64]) -> NDArray[np.int64]:
        beat, place = np.divmod(ticks, TICKS_PER_QUARTER)
        moved = np.interp(place, [0, half, TICKS_PER_QUARTER], [0, late, TICKS_PER_QUARTER])
        swung = beat * TICKS_PER_QUARTER + np.rint(moved).astype(np.int64)
        metres = np.searchsorted([m.tick for m in score.timeline.metres], ticks, side="right") - 1
        is_quarter = np.array([m.denominator <= 4 for m in score.timeline.metres])[np.maximum(metres, 0)]
        return np.where(is_quarter, swung, ticks)

    def of(track: Track) -> Track:
        onsets = warp(track.notes["onset"].astype(np.int64))
        return replace(track, notes=_moved(track.notes, onsets, warp(note_ends(track.notes))))

    return score.with_tracks(of(track) for track in score.tracks)


def humanise(score: Score, amount: float, seed: int = 0) -> Score:
    """Return the score with onsets a little early or late, and velocities a little uneven: 0 exact, 1 much.

    Notes of one track that begin together move together, so that chords stay chords; the first beat never moves before the start.

    Raises
    ------
    InputError
        if the amount is not 0-1.

    Examples
    --------
    >>> from boya.score import note_array
    >>> score = Score((Track(note_array([(480, 480, 60, 80)])),))
    >>> humanise(score, 0.5, seed=1) == humanise(score, 0.5, seed=1) != score
    True
    """
    _check("humanise", amount)
    if not amount:
        return score
    rng = np.random.default_rng(seed)
    return score.with_tracks(_human(track, score, amount, rng) for track in score.tracks)


def pedalled(score: Score, gestures: Sequence[Gestures]) -> Score:
    """Return the score with notes that ring on while the foot is down: until it comes up, or their pitch is struck again.

    Parameters
    ----------
    gestures
        of each track, as `boya.files.read_gestures` returns them; nothing leaves the score as it is

    Examples
    --------
    >>> from boya.score import note_array
    >>> notes = note_array([(0, 240, 60, 80), (480, 240, 64, 80), (960, 240, 60, 80)])
    >>> foot = Gestures(pedals=np.array([[0.0, 1100.0]]))
    >>> pedalled(Score((Track(notes),)), [foot]).tracks[0].notes["duration"].tolist()
    [960, 620, 240]
    """
    if not gestures:
        return score
    return score.with_tracks(
        track if track.is_drum or not len(own.pedals) else _ringing(track, own.pedals.astype(np.int64))
        for track, own in zip(score.tracks, gestures, strict=True)
    )


def _ringing(track: Track, pedals: NDArray[np.int64]) -> Track:
    """Notes of a track under the pedal."""
    down, up = pedals[np.argsort(pedals[:, 0], kind="stable")].T
    onsets, ends = track.notes["onset"].astype(np.int64), note_ends(track.notes).astype(np.int64)
    which = np.searchsorted(down, ends, side="right") - 1
    rung = np.where((which >= 0) & (ends < up[which]), up[which], ends)
    order = np.lexsort((onsets, track.notes["pitch"]))
    again = np.full(len(onsets), np.iinfo(np.int64).max)
    is_same = np.diff(track.notes["pitch"][order].astype(int)) == 0
    again[order[:-1][is_same]] = onsets[order[1:]][is_same]
    return replace(track, notes=_moved(track.notes, onsets, np.maximum(np.minimum(rung, again), ends)))


def _human(track: Track, score: Score, amount: float, rng: np.random.Generator) -> Track:
    """Move one track."""
    onsets = track.notes["onset"].astype(np.int64)
    moments, which = np.unique(onsets, return_inverse=True)
    away = np.clip(rng.standard_normal(len(moments)), -MOST_SIGMA, MOST_SIGMA)
    seconds = amount * MOST_SECOND * away / MOST_SIGMA
    at = score.timeline.tick_at(np.maximum(score.timeline.second_at(moments) + seconds, 0))
    begin = np.asarray(at)[which].astype(np.int64)
    notes = _moved(track.notes, begin, np.maximum(note_ends(track.notes), begin + 1))
    louder = amount * MOST_VELOCITY * np.clip(rng.standard_normal(len(notes)), -MOST_SIGMA, MOST_SIGMA) / MOST_SIGMA
    notes["velocity"] = np.clip(np.rint(notes["velocity"] + louder), 1, 127)
    return replace(track, notes=notes)


def _moved(notes: NoteArray, onsets: NDArray[np.int64], ends: NDArray[np.int64]) -> NoteArray:
    """Return notes with other onsets and ends, at least a tick long."""
    moved = notes.copy()
    moved["onset"], moved["duration"] = onsets, np.maximum(ends - onsets, 1)
    return moved


def _check(what: str, amount: float) -> None:
    if not 0 <= amount <= 1:
        raise InputError(f"{what} must be 0-1; got {amount:g}")
