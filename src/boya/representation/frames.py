"""A band on a grid of sixteenths: one frame a step, one field a role.

Conventions: 4/4 (or 2/2 and 2/4 read as 4/4), 4 steps a quarter, 16 a bar. A frame holds for *melody* and *bass* a token (0
rest, 1 hold, 2 + pitch onset), for *chords* and *pad* two 64-bit sets of pitches from `ROLL_BASE` up (what sounds, what
begins), for *drums* a 9-bit set of classes, and the chord symbol in force (root 0-11 or -1 for none, bass, pitch classes as 12
bits). Frames are written in the key of C: `Frames.shift` semitones were added to the score to get there, and are taken back
when a score is made again.

What the grid cannot hold is repaired in one documented way: onsets and ends go to the nearest step, and no note is shorter than
one; a note that would begin after the last bar is left out; melody keeps the highest and bass the lowest of simultaneous notes, a
new note ends the one before, pitches outside a role's window move by octaves, a drum stroke lasts one step on the key of its
class, and a held chord or pad note that does not belong to a new chord symbol ends where that symbol begins.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import ScoreError
from boya.score import (
    MINOR_MODES,
    TICKS_PER_QUARTER,
    Chord,
    Key,
    Metre,
    NoteArray,
    Score,
    Tempo,
    Timeline,
    Track,
    note_array,
    note_ends,
)
from boya.theory.chords import chord_pitch_classes
from boya.theory.drums import CLASS_PITCHES, drum_class

__all__ = [
    "FIRST_PITCH",
    "FRAME_DTYPE",
    "HOLD",
    "LINE_WINDOWS",
    "N_DRUM_CLASSES",
    "REST",
    "ROLL_BASE",
    "ROLL_SIZE",
    "STEPS_PER_BAR",
    "STEPS_PER_QUARTER",
    "TICKS_PER_STEP",
    "Frames",
    "bits_of",
    "parts_on_grid",
    "roll_of",
]

STEPS_PER_QUARTER = 4
STEPS_PER_BAR = 16
TICKS_PER_STEP = TICKS_PER_QUARTER // STEPS_PER_QUARTER
TICKS_PER_BAR = STEPS_PER_BAR * TICKS_PER_STEP
REST, HOLD, FIRST_PITCH = 0, 1, 2
ROLL_BASE, ROLL_SIZE = 36, 48
LINE_WINDOWS = {"melody": (48, 96), "bass": (24, 72)}
N_DRUM_CLASSES = len(CLASS_PITCHES)

FRAME_DTYPE = np.dtype(
    [
        ("melody", "u1"),
        ("bass", "u1"),
        ("drums", "<u2"),
        ("chords", "<u8"),
        ("chords_onset", "<u8"),
        ("pad", "<u8"),
        ("pad_onset", "<u8"),
        ("root", "i1"),
        ("root_bass", "i1"),
        ("chroma", "<u2"),
    ]
)


@dataclass(frozen=True, eq=False)
class Frames:
    """Frames of one piece in C, and what is needed to write the score again.

    Attributes
    ----------
    steps
        structured array of FRAME_DTYPE `[shape=(n_bars * 16,)]`
    shift
        semitones added to the score to bring its tonic to C (-6 to 5)
    mode
        "major" or "minor"
    qpm
        tempo in quarters per minute
    """

    steps: NDArray[np.void]
    shift: int = 0
    mode: str = "major"
    qpm: float = 120.0

    @property
    def n_bars(self) -> int:
        """Number of bars."""
        return len(self.steps) // STEPS_PER_BAR

    @classmethod
    def of(cls, score: Score) -> "Frames":
        """Put a score with roles on the grid.

        Parameters
        ----------
        score
            tracks without a role are left out, drums are known without one; the metre must be 4/4, 2/2 or 2/4 throughout, and
            may change only where a bar of the grid begins (`parts_on_grid` cuts a score into such parts).

        Raises
        ------
        ScoreError
            if the metre is another one, changes inside a bar of the grid, or there is no music.

        Examples
        --------
        >>> melody = Track(note_array([(0, 480, 62, 80), (480, 240, 66, 80)]), role="melody")
        >>> score = Score((melody,), Timeline(keys=(Key(0, 2, "major"),)))
        >>> Frames.of(score).steps["melody"][:8].tolist()
        [62, 1, 1, 1, 66, 1, 0, 0]
        """
        _check_metres(score)
        if score.end == 0:
            raise ScoreError("a grid of sixteenths needs music; the score is empty")
        key = score.timeline.keys[0]
        shift = (6 - key.tonic) % 12 - 6 or 0
        n_steps = -(-score.end // TICKS_PER_BAR) * STEPS_PER_BAR
        steps = np.zeros(n_steps, dtype=FRAME_DTYPE)
        for role in ("melody", "bass"):
            steps[role] = _line(_notes_of(score, role), n_steps, shift, role)
        for role in ("chords", "pad"):
            steps[role], steps[f"{role}_onset"] = _pitch_sets(_notes_of(score, role), n_steps, shift)
        steps["drums"] = _drum_sets([t.notes for t in score.tracks if t.is_drum], n_steps)
        steps["root"] = steps["root_bass"] = -1
        _place_chords(steps, score.chords, shift)
        for role in ("chords", "pad"):
            steps[role] = _damped(steps[role], steps[f"{role}_onset"], steps["chroma"])
        mode = "minor" if key.mode in MINOR_MODES else "major"
        return cls(steps, shift, mode, score.timeline.tempos[0].qpm)

    def bars(self, first: int, last: int) -> "Frames":
        """Return bars [first, last); a note held into the first bar begins there again."""
        part = self.steps[first * STEPS_PER_BAR : last * STEPS_PER_BAR].copy()
        if len(part) and first:
            before = self.steps[: first * STEPS_PER_BAR]
            for role in LINE_WINDOWS:
                if part[role][0] == HOLD:
                    part[role][0] = np.append(REST, before[role][before[role] != HOLD])[-1]
            for role in ("chords", "pad"):
                part[f"{role}_onset"][0] = part[role][0]
        return replace(self, steps=part)

    def score(self, programs: dict[str, int] | None = None, velocities: dict[str, int] | None = None) -> Score:
        """Write the frames as a score in the original key, a track for each role that plays.

        >>> frames = Frames(np.zeros(16, dtype=FRAME_DTYPE))
        >>> frames.steps["melody"][:2] = 62, 1
        >>> frames.score().tracks[0].notes.tolist()
        [(0, 240, 60, 96)]
        """
        programs = {"melody": 0, "chords": 0, "bass": 33, "pad": 48, "drums": 0} | (programs or {})
        velocities = {"melody": 96, "chords": 72, "bass": 84, "pad": 60, "drums": 84} | (velocities or {})
        rows = {role: _line_notes(self.steps[role]) for role in ("melody", "bass")}
        rows |= {role: _set_notes(self.steps[role], self.steps[f"{role}_onset"]) for role in ("chords", "pad")}
        rows = {role: [(on, length, pitch - self.shift) for on, length, pitch in notes] for role, notes in rows.items()}
        rows["drums"] = _drum_notes(self.steps["drums"])
        tracks = [
            Track(
                note_array([(on * TICKS_PER_STEP, n * TICKS_PER_STEP, p, velocities[role]) for on, n, p in rows[role]]),
                program=programs[role],
                is_drum=role == "drums",
                name=role.capitalize(),
                role=role,
            )
            for role in ("melody", "chords", "bass", "pad", "drums")
            if rows[role]
        ]
        timeline = Timeline((Tempo(0, self.qpm),), (Metre(0, 4, 4),), (Key(0, -self.shift % 12, self.mode),))
        return Score(tuple(tracks), timeline)


def parts_on_grid(score: Score, least_bars: int = 4) -> list[Score]:
    """Cut a score at its metre changes and return the parts in 4/4, 2/2 or 2/4 that are `least_bars` bars long or more.

    >>> timeline = Timeline(metres=(Metre(0, 4, 4), Metre(7680, 3, 4)))
    >>> score = Score((Track(note_array([(0, 7680, 60, 80), (9600, 480, 60, 80)])),), timeline)
    >>> [part.n_bars for part in parts_on_grid(score)]
    [4]
    """
    metres = score.metre_changes()
    ends = [m.tick for m in metres[1:]] + [int(score.bar_bounds[-1])]
    spans = [(m, m.tick, end) for m, end in zip(metres, ends, strict=True) if not TICKS_PER_BAR % m.ticks_per_bar]
    return [score.slice(first, end) for _, first, end in spans if end - first >= least_bars * TICKS_PER_BAR]


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


def _check_metres(score: Score) -> None:
    """Raise unless the bars of the score fall on the bars of the grid."""
    for metre in score.metre_changes():
        if TICKS_PER_BAR % metre.ticks_per_bar:
            raise ScoreError(f"a grid of sixteenths needs 4/4, 2/2 or 2/4; got {metre.numerator}/{metre.denominator}")
        if metre.tick % TICKS_PER_BAR:
            raise ScoreError(
                f"a grid of sixteenths needs bars of 4 quarters; {metre.numerator}/{metre.denominator} begins inside one, "
                f"at tick {metre.tick}; cut the score at its metre changes"
            )


def _notes_of(score: Score, role: str) -> NoteArray:
    """All notes of the pitched tracks with `role`."""
    found = [t.notes for t in score.tracks if t.role == role and not t.is_drum]
    return note_array(np.concatenate(found)) if found else note_array()


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


def _line(notes: NoteArray, n_steps: int, shift: int, role: str) -> NDArray[np.uint8]:
    """Tokens of a single line."""
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


def _pitch_sets(notes: NoteArray, n_steps: int, shift: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Sets of sounding and of beginning pitches."""
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


def _drum_sets(tracks: Iterable[NoteArray], n_steps: int) -> NDArray[np.uint16]:
    """Sets of drum classes struck at each step."""
    struck = np.zeros(n_steps, dtype=np.uint16)
    for notes in tracks:
        first, _ = _spans(notes, n_steps)
        inside = first < n_steps
        np.bitwise_or.at(struck, first[inside], _class_sets()[notes["pitch"][inside]])
    return struck


@cache
def _class_sets() -> NDArray[np.uint16]:
    """The set that holds the class of each drum key; empty where the key has no drum. `[shape=(128,)]`"""
    kinds = [drum_class(pitch) for pitch in range(128)]
    return np.array([0 if kind is None else 1 << kind for kind in kinds], dtype=np.uint16)


def _place_chords(steps: NDArray[np.void], chords: Iterable[Chord], shift: int) -> None:
    """Write the chord symbols into the frames."""
    half = TICKS_PER_STEP // 2
    for chord in chords:
        if chord.root is not None:
            span = steps[(chord.onset + half) // TICKS_PER_STEP : (chord.end + half) // TICKS_PER_STEP]
            span["root"] = (chord.root + shift) % 12
            span["root_bass"] = ((chord.root if chord.bass is None else chord.bass) + shift) % 12
            span["chroma"] = sum(1 << (pc + shift) % 12 for pc in set(chord_pitch_classes(chord.root, chord.quality)))


def _damped(sounding: NDArray[np.uint64], onset: NDArray[np.uint64], chroma: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """End held notes that are foreign to a chord symbol where it begins; those struck later are left alone."""
    rolls = roll_of(sounding)
    rows = np.flatnonzero(rolls.any(axis=0))
    if not len(rows):
        return sounding
    steps, never = np.arange(len(rolls), dtype=np.int32)[:, None], np.int32(-1)
    changes = np.append(False, (chroma[1:] != chroma[:-1]) & (chroma[1:] > 0))
    members = roll_of(chroma.astype(np.uint64), 12)[:, (ROLL_BASE + rows) % 12]
    foreign = np.where(changes[:, None] & ~members, steps, never)
    begun = np.where(roll_of(onset)[:, rows], steps, never)
    rolls[:, rows] &= np.maximum.accumulate(begun) >= np.maximum.accumulate(foreign)
    return bits_of(rolls)


def _line_notes(tokens: NDArray[np.uint8]) -> list[tuple[int, int, int]]:
    """(onset step, steps, pitch) of a line; a hold after a rest is a rest."""
    notes: list[tuple[int, int, int]] = []
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


def _set_notes(sounding: NDArray[np.uint64], onset: NDArray[np.uint64]) -> list[tuple[int, int, int]]:
    """(onset step, steps, pitch) of sets; a pitch that sounds without having begun begins there."""
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


def _drum_notes(struck: NDArray[np.uint16]) -> list[tuple[int, int, int]]:
    """(onset step, 1, General MIDI key) of drum sets."""
    hits = np.argwhere(roll_of(struck.astype(np.uint64), N_DRUM_CLASSES))
    return [(int(step), 1, CLASS_PITCHES[kind]) for step, kind in hits.tolist()]
