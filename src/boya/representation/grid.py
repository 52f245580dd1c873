"""One role on a grid of sixteenths: notes to steps, and steps to notes.

Conventions: 4 steps a quarter, 16 a bar of 4/4. A step of a *line* (melody, bass) is a token: 0 rest, 1 hold, 2 + pitch onset. A
step of a *set* (chords, pad) is two 64-bit sets of pitches from `ROLL_BASE` up: what sounds, what begins. A step of the *drums*
is a 9-bit set of classes. Pitches are those of the key of C: `shift` semitones are added on the way in.

What the grid cannot hold is repaired in one documented way: onsets and ends go to the nearest step, and no note is shorter than
one; a note that would begin after the last step is left out; melody keeps the highest and bass the lowest of simultaneous notes,
a new note ends the one before, pitches outside a role's window move by octaves, and a drum stroke lasts one step on the key of
its class.
"""

from collections.abc import Iterable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.score import TICKS_PER_QUARTER, NoteArray, note_ends
from boya.theory.drums import CLASS_PITCHES, drum_class

__all__ = [
    "FIRST_PITCH",
    "HOLD",
    "LINE_WINDOWS",
    "N_DRUM_CLASSES",
    "REST",
    "ROLL_BASE",
    "ROLL_SIZE",
    "STEPS_PER_BAR",
    "STEPS_PER_QUARTER",
    "TICKS_PER_BAR",
    "TICKS_PER_STEP",
    "StepNote",
    "bits_of",
    "drum_notes",
    "drum_steps",
    "line_notes",
    "line_steps",
    "roll_of",
    "set_notes",
    "set_steps",
]

STEPS_PER_QUARTER = 4
STEPS_PER_BAR = 16
TICKS_PER_STEP = TICKS_PER_QUARTER // STEPS_PER_QUARTER
TICKS_PER_BAR = STEPS_PER_BAR * TICKS_PER_STEP
REST, HOLD, FIRST_PITCH = 0, 1, 2
ROLL_BASE, ROLL_SIZE = 36, 48
LINE_WINDOWS = {"melody": (48, 96), "bass": (24, 72)}
N_DRUM_CLASSES = len(CLASS_PITCHES)

StepNote = tuple[int, int, int]
"""onset and length in steps, pitch"""


def bits_of(roll: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Pack pitch rows `[shape=(..., 48)]` from ROLL_BASE up into 64-bit sets."""
    packed = np.zeros((*roll.shape[:-1], 8), dtype=np.uint8)
    packed[..., : ROLL_SIZE // 8] = np.packbits(roll, axis=-1, bitorder="little")
    return np.asarray(packed.view("<u8")[..., 0])


def roll_of(bits: NDArray[np.uint64], size: int = ROLL_SIZE) -> NDArray[np.bool_]:
    """Unpack sets into boolean rows `[shape=(..., size)]`; the inverse of `bits_of`.

    >>> roll_of(bits_of(np.eye(48, dtype=bool)))[3].argmax()
    np.int64(3)
    """
    octets = np.ascontiguousarray(bits, dtype="<u8").reshape(*np.shape(bits), 1).view(np.uint8)
    return np.unpackbits(octets, axis=-1, count=size, bitorder="little").view(np.bool_)


def line_steps(notes: NoteArray, n_steps: int, shift: int, role: str) -> NDArray[np.uint8]:
    """Return the tokens of a line, of a role in LINE_WINDOWS. `[shape=(n_steps,)]`

    >>> from boya.score import note_array
    >>> line_steps(note_array([(0, 480, 62, 80), (480, 240, 66, 80)]), 8, -2, "melody").tolist()
    [62, 1, 1, 1, 66, 1, 0, 0]
    """
    tokens = np.full(n_steps, REST, dtype=np.uint8)
    if not len(notes):
        return tokens
    low, high = LINE_WINDOWS[role]
    first, last = _spans(notes, n_steps)
    tokens_of = FIRST_PITCH + _folded(notes["pitch"].astype(int) + shift, low, high)
    rank = notes["pitch"].astype(int) if role == "melody" else -notes["pitch"].astype(int)
    order = np.lexsort((rank, first))
    order = order[np.append(first[order][1:] != first[order][:-1], True)]  # the last of each step: highest or lowest
    stops = np.append(first[order][1:], n_steps)
    for note, stop in zip(order.tolist(), stops.tolist(), strict=True):
        if first[note] < n_steps:
            tokens[first[note] : min(last[note], stop)] = HOLD
            tokens[first[note]] = tokens_of[note]
    return tokens


def set_steps(notes: NoteArray, n_steps: int, shift: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return the sets of pitches that sound and that begin. `[shape=(n_steps,)]` each

    >>> from boya.score import note_array
    >>> [s.tolist() for s in set_steps(note_array([(0, 240, 36, 80), (120, 120, 38, 80)]), 3, 0)]
    [[1, 5, 0], [1, 4, 0]]
    """
    if not len(notes):
        return np.zeros(n_steps, dtype=np.uint64), np.zeros(n_steps, dtype=np.uint64)
    edges = np.zeros((n_steps + 1, ROLL_SIZE), dtype=np.int32)
    onset = np.zeros((n_steps, ROLL_SIZE), dtype=bool)
    first, last = _spans(notes, n_steps)
    inside = first < n_steps
    first, last, pitch = first[inside], last[inside], notes["pitch"][inside].astype(int) + shift
    row = _folded(pitch, ROLL_BASE, ROLL_BASE + ROLL_SIZE) - ROLL_BASE
    onset[first, row] = True
    np.add.at(edges, (first, row), 1)
    np.add.at(edges, (last, row), -1)
    return bits_of(np.cumsum(edges[:-1], axis=0) > 0), bits_of(onset)


def drum_steps(tracks: Iterable[NoteArray], n_steps: int) -> NDArray[np.uint16]:
    """Return the set of drum classes struck at each step. `[shape=(n_steps,)]`

    >>> from boya.score import note_array
    >>> drum_steps([note_array([(0, 60, 36, 80), (0, 60, 38, 80)])], 2).tolist()
    [3, 0]
    """
    struck = np.zeros(n_steps, dtype=np.uint16)
    for notes in tracks:
        first, _ = _spans(notes, n_steps)
        inside = first < n_steps
        np.bitwise_or.at(struck, first[inside], _class_sets()[notes["pitch"][inside]])
    return struck


def line_notes(tokens: NDArray[np.uint8]) -> list[StepNote]:
    """Return the notes of a line's tokens, still in C; a hold after a rest is a rest.

    >>> line_notes(np.array([62, 1, 0, 1, 64], np.uint8))
    [(0, 2, 60), (4, 1, 62)]
    """
    notes: list[StepNote] = []
    sounding = False
    for step, token in enumerate(tokens.tolist()):
        if token >= FIRST_PITCH:
            notes.append((step, 1, token - FIRST_PITCH))
            sounding = True
        elif token == HOLD and sounding:
            onset, length, pitch = notes[-1]
            notes[-1] = (onset, length + 1, pitch)
        else:
            sounding = False
    return notes


def set_notes(sounding: NDArray[np.uint64], onset: NDArray[np.uint64]) -> list[StepNote]:
    """Return the notes of sets, still in C; a pitch that sounds without having begun begins there.

    >>> set_notes(np.array([1, 5, 0], np.uint64), np.array([1, 4, 0], np.uint64))
    [(0, 2, 36), (1, 1, 38)]
    """
    rolls, begins = roll_of(sounding), roll_of(onset)
    begins |= rolls & ~np.vstack([np.zeros((1, ROLL_SIZE), dtype=bool), rolls[:-1]])
    ends = begins | ~rolls
    notes = []
    for row in np.flatnonzero(rolls.any(axis=0)).tolist():
        stops = np.append(np.flatnonzero(ends[:, row]), len(rolls))
        firsts = np.flatnonzero(begins[:, row] & rolls[:, row])
        lasts = stops[np.searchsorted(stops, firsts, side="right")]
        notes += [(first, last - first, ROLL_BASE + row) for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)]
    return sorted(notes)


def drum_notes(struck: NDArray[np.uint16]) -> list[StepNote]:
    """Return the strokes of drum sets, a step long, on the General MIDI key of their class.

    >>> drum_notes(np.array([3, 0], np.uint16))
    [(0, 1, 36), (0, 1, 38)]
    """
    hits = np.argwhere(roll_of(struck.astype(np.uint64), N_DRUM_CLASSES))
    return [(int(step), 1, CLASS_PITCHES[kind]) for step, kind in hits.tolist()]


def _spans(notes: NoteArray, n_steps: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return first step and step after the last for each note, at least one step long."""
    half = TICKS_PER_STEP // 2
    first = (notes["onset"].astype(np.int64) + half) // TICKS_PER_STEP
    last = np.maximum((note_ends(notes) + half) // TICKS_PER_STEP, first + 1)
    return first, np.minimum(last, n_steps)


def _folded(pitches: NDArray[Any], low: int, high: int) -> NDArray[np.int64]:
    """Move pitches by octaves into [low, high), to the nearest place there."""
    up = np.maximum(-((pitches.astype(np.int64) - low) // 12), 0)
    down = np.maximum((pitches.astype(np.int64) - high) // 12 + 1, 0)
    return np.asarray(pitches + 12 * (up - down))


@cache
def _class_sets() -> NDArray[np.uint16]:
    """The set that holds the class of each drum key; empty where the key has no drum. `[shape=(128,)]`"""
    kinds = [drum_class(pitch) for pitch in range(128)]
    return np.array([0 if kind is None else 1 << kind for kind in kinds], dtype=np.uint16)
