"""What the ears of chords and of keys take from a score.

Conventions: a unit is a beat. Chords are heard from its two halves: what sounds in four registers, the lowest and the highest
pitch class, and what begins. A key is heard from the whole piece. Everything is `[shape=(..., channels, 12)]`, a number for each
pitch class. Drums and chord symbols that the score carries are not read.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from boya.score import NoteArray, Score, note_ends
from boya.theory.chord_naming import silent_units, sounding_in_units
from boya.theory.keys import LONGEST_NOTE, key_fits

__all__ = ["FITS", "KEY_CHANNELS", "LAST_LOW", "units_of", "weights_of"]

REGISTERS = (0, 48, 60, 72, 128)
SHORTEST = 0.2
BEGUN = 0.5
LONGEST, SIXTEENTH = 4 * 480, 120
PHRASE_END, LONGEST_END = 1.9, 6.0
"""a note ends a phrase that lasts so often as long as the middle one, to the next note; longer ones count no more"""
STEPS = (1, -2, 5)
"""steps to a note that lead to it: from the leading note, from above, up a fourth"""
STEPS_WEIGHT = 5.0
KEY_CHANNELS, LAST_LOW, FITS = 18, 7, slice(16, 18)
"""how many channels a key is heard from; where the last lowest pitch class and the fits are"""

Floats = NDArray[np.float32]
Array = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


def units_of(score: Score, bounds: Ints, kinds: Ints) -> tuple[Floats, Floats, Flags]:
    """Return what is heard of each unit, where it stands, and whether it is silent.

    Parameters
    ----------
    score
        any music
    bounds, kinds
        of `boya.theory.chord_naming.unit_bounds`, in ticks

    Returns
    -------
    heard float32 `[shape=(units, 14, 12)]`, plain float32 `[shape=(units, 3)]`, is_silent `[shape=(units,)]`
    """
    halves = np.sort(np.concatenate([bounds, (bounds[:-1] + bounds[1:]) // 2]))
    sounding = sounding_in_units(score, halves)
    channels = [np.minimum(_folded(sounding, low, high), 1.0) for low, high in pairwise(REGISTERS)]
    is_heard = sounding > SHORTEST
    outer = (is_heard.argmax(axis=1), 127 - is_heard[:, ::-1].argmax(axis=1))
    channels += [np.eye(13)[np.where(is_heard.any(axis=1), pitch % 12, 12)][:, :12] for pitch in outer]
    heard = np.stack([*channels, np.minimum(BEGUN * _begun(score, halves), 1.0)], axis=1).reshape(len(kinds), -1, 12)
    is_silent = silent_units(sounding.reshape(len(kinds), -1))
    return heard.astype(np.float32), np.eye(3, dtype=np.float32)[kinds], is_silent


def weights_of(score: Score) -> Floats:
    """Return what is heard of a piece to find its key. [shape=(KEY_CHANNELS, 12)], zero where nothing pitched sounds

    The channels: how long pitch classes sound, how often they begin, how long on the first beats of bars, how long in the lowest
    voice, in the first and in the last eighth of the piece; the first and the last lowest pitch class, and the last highest; of
    the highest line the ends of phrases, what begins on the first and on the last first beat, the last note but one, and steps
    that lead to a pitch class; how well each major and minor key fits (`boya.theory.keys`).
    """
    tracks = [track.notes for track in score.tracks if track.n_notes and not track.is_drum]
    if not tracks:
        return np.zeros((KEY_CHANNELS, 12), dtype=np.float32)
    notes = np.concatenate(tracks)
    notes = notes[np.lexsort((notes["pitch"], notes["onset"]))]
    chroma = notes["pitch"] % 12
    sums = np.stack([np.bincount(chroma, weights=one, minlength=12) for one in _weights(notes, score.bar_bounds)])
    shares = sums / np.maximum(sums.sum(axis=1, keepdims=True), 1e-9)
    length = np.minimum(notes["duration"], LONGEST_NOTE).astype(np.float64)
    fits = key_fits(np.bincount(chroma, weights=length, minlength=12).astype(np.float64))
    return np.concatenate([shares, _steps(chroma[_outer(notes)[1]]), fits]).astype(np.float32)


def _weights(notes: NoteArray, bars: Ints) -> list[Array]:
    """What each note weighs in each channel that counts notes; `[shape=(notes,)]` each."""
    onset, end = notes["onset"].astype(np.int64), note_ends(notes)
    length = np.minimum(notes["duration"], LONGEST).astype(np.float64)
    low, high = _outer(notes)
    first, last = int(onset.min()), int(end.max())
    eighth = (last - first) / 8
    is_bar = np.isin(onset, bars)
    is_late = end >= last - SIXTEENTH
    is_last = is_late & (onset == onset[is_late].max())
    flags = (low & (onset == first), low & is_last, high & is_last)
    return [
        length,
        np.ones(len(notes)),
        length * is_bar,
        length * low,
        length * (onset < first + eighth),
        length * (end > last - eighth),
        *(flag.astype(np.float64) for flag in flags),
        _phrase_ends(onset, high, last),
        _only(high & is_bar, 0),
        _only(high & is_bar, -1),
        _only(high, -2),
    ]


def _outer(notes: NoteArray) -> tuple[Flags, Flags]:
    """Whether no lower and no higher note begins together with each, in order of onset and pitch. [shape=(notes,)]"""
    is_new = np.diff(notes["onset"].astype(np.int64)) > 0
    return np.append(True, is_new), np.append(is_new, True)


def _phrase_ends(onset: Ints, high: Flags, last: int) -> Array:
    """How much each note ends a phrase of the highest line: by the time to the next note. [shape=(notes,)]"""
    times = onset[high]
    until = np.diff(np.append(times, last + 2 * 480))
    until = until / max(float(np.median(until)), 1.0)
    found = np.zeros(len(onset))
    found[high] = np.minimum(until, LONGEST_END) * (until >= PHRASE_END)
    return found


def _only(flags: Flags, number: int) -> Array:
    """1 at one of the notes that are meant, 0 elsewhere. [shape=(notes,)]"""
    found, places = np.zeros(len(flags)), np.flatnonzero(flags)
    if -len(places) <= number < len(places):
        found[places[number]] = 1.0
    return found


def _steps(line: NDArray[np.uint8]) -> Array:
    """Share of the moves of a line that lead to each pitch class by each of `STEPS`. [shape=(steps, 12)]"""
    moves = np.zeros((12, 12))
    np.add.at(moves, (line[:-1], line[1:]), 1.0)
    np.fill_diagonal(moves, 0)
    goals = np.arange(12)
    found = np.stack([moves[(goals - step) % 12, goals] for step in STEPS])
    return np.asarray(STEPS_WEIGHT * found / max(moves.sum(), 1.0))


def _folded(sounding: Array, low: int, high: int) -> Array:
    """How much each pitch class sounds in a register. [shape=(units, 12)]"""
    pitches = np.arange(low, high)
    return np.asarray(sounding[:, low:high] @ (pitches[:, None] % 12 == np.arange(12)))


def _begun(score: Score, bounds: Ints) -> Array:
    """Notes of each pitch class that begin in each unit. [shape=(units, 12)]"""
    found = np.zeros((len(bounds) - 1, 12))
    for track in score.tracks:
        if not track.is_drum and track.n_notes:
            np.add.at(found, (np.searchsorted(bounds, track.notes["onset"], side="right") - 1, track.notes["pitch"] % 12), 1.0)
    return found
