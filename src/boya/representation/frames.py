"""A band on a grid of sixteenths: one frame a step, one field a role.

Conventions: 4/4 (or 2/2 and 2/4 read as 4/4), 16 steps a bar. A frame holds the step of each role as `boya.representation.grid`
writes it (melody and bass a token; chords and pad a set that sounds and one that begins; drums a set of classes), and the chord
symbol in force (root 0-11 or -1 for none, bass, pitch classes as 12 bits). Frames are written in the key of C: `Frames.shift`
semitones were added to the score to get there, and are taken back when a score is made again.

Besides the grid's own repairs, a held chord or pad note that does not belong to a new chord symbol ends where that symbol begins.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boya.errors import ScoreError
from boya.representation.grid import (
    HOLD,
    LINE_WINDOWS,
    REST,
    ROLL_BASE,
    STEPS_PER_BAR,
    TICKS_PER_BAR,
    TICKS_PER_STEP,
    bits_of,
    drum_notes,
    drum_steps,
    line_notes,
    line_steps,
    roll_of,
    set_notes,
    set_steps,
)
from boya.score import MINOR_MODES, Chord, Key, Metre, NoteArray, Score, Tempo, Timeline, Track, note_array
from boya.theory.chords import chord_pitch_classes

__all__ = ["FRAME_DTYPE", "Frames", "parts_on_grid"]

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
            steps[role] = line_steps(_notes_of(score, role), n_steps, shift, role)
        for role in ("chords", "pad"):
            steps[role], steps[f"{role}_onset"] = set_steps(_notes_of(score, role), n_steps, shift)
        steps["drums"] = drum_steps([t.notes for t in score.tracks if t.is_drum], n_steps)
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
        rows = {role: line_notes(self.steps[role]) for role in ("melody", "bass")}
        rows |= {role: set_notes(self.steps[role], self.steps[f"{role}_onset"]) for role in ("chords", "pad")}
        rows = {role: [(on, length, pitch - self.shift) for on, length, pitch in notes] for role, notes in rows.items()}
        rows["drums"] = drum_notes(self.steps["drums"])
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
