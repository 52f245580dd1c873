"""A band on a grid of sixteenths: one frame a step, one field a role.

Conventions: 4/4 (or 2/2 and 2/4 read as 4/4), 4 steps a quarter, 16 a bar. A frame holds for *melody* and *bass* a token (0
rest, 1 hold, 2 + pitch onset), for *chords* and *pad* two 64-bit sets of pitches from `ROLL_BASE` up (what sounds, what
begins), for *drums* a 9-bit set of classes, and the chord symbol in force (root 0-11 or -1 for none, bass, pitch classes as 12
bits). Frames are written in the key of C: `Frames.shift` semitones were added to the score to get there, and are taken back
when a score is made again.

What the grid cannot hold is repaired in one documented way: onsets and ends go to the nearest step, melody keeps the highest
and bass the lowest of simultaneous notes, a new note ends the one before, pitches outside a role's window move by octaves, and
a held chord or pad note that does not belong to a new chord symbol ends where that symbol begins.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boya.errors import ScoreError
from boya.score import TICKS_PER_QUARTER, Chord, Key, Metre, NoteArray, Score, Tempo, Timeline, Track, note_array, note_ends
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
        semitones added to the score to bring its tonic to C (-5 to 6)
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
            tracks without a role are left out; the metre must be 4/4, 2/2 or 2/4 throughout.

        Raises
        ------
        ScoreError
            if the metre is another one, or there is no music.

        Examples
        --------
        >>> melody = Track(note_array([(0, 480, 62, 80), (480, 240, 66, 80)]), role="melody")
        >>> score = Score((melody,), Timeline(keys=(Key(0, 2, "major"),)))
        >>> Frames.of(score).steps["melody"][:8].tolist()
        [62, 1, 1, 1, 66, 1, 0, 0]
        """
        odd = [m for m in score.metre_changes() if TICKS_PER_BAR % m.ticks_per_bar]
        if odd:
            raise ScoreError(f"a grid of sixteenths needs 4/4, 2/2 or 2/4; got {odd[0].numerator}/{odd[0].denominator}")
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
        mode = "minor" if key.mode in ("minor", "dorian", "phrygian", "locrian") else "major"
        return cls(steps, shift, mode, score.timeline.tempos[0].qpm)

    def bars(self, first: int, last: int) -> "Frames":
        """Return bars [first, last); a note held into the first bar begins there again."""
        part = self.steps[first * STEPS_PER_BAR : last * STEPS_PER_BAR].copy()
        if len(part) and first:
            before = self.steps[: first * STEPS_PER_BAR]
            for role in LINE_WINDOWS:
                if part[role][0] == HOLD:
                    part[role][0] = before[role][before[role] != HOLD][-1]
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
    weights = np.left_shift(np.uint64(1), np.arange(ROLL_SIZE, dtype=np.uint64))
    packed: NDArray[np.uint64] = (roll * weights).sum(axis=-1, dtype=np.uint64)
    return packed


def roll_of(bits: NDArray[np.uint64], size: int = ROLL_SIZE) -> NDArray[np.bool_]:
    """Unpack sets into boolean rows `[shape=(..., size)]`; the inverse of `bits_of`.

    >>> roll_of(bits_of(np.eye(48, dtype=bool)))[3].argmax()
    np.int64(3)
    """
    places = np.arange(size, dtype=np.uint64)
    return (np.asarray(bits, dtype=np.uint64)[..., None] >> places) & np.uint64(1) > 0


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


def _folded(pitch: int, low: int, high: int) -> int:
    """Move a pitch by octaves into [low, high)."""
    while pitch < low:
        pitch += 12
    while pitch >= high:
        pitch -= 12
    return pitch


def _line(notes: NoteArray, n_steps: int, shift: int, role: str) -> NDArray[np.uint8]:
    """Tokens of a single line."""
    tokens = np.full(n_steps, REST, dtype=np.uint8)
    if not len(notes):
        return tokens
    low, high = LINE_WINDOWS[role]
    first, last = _spans(notes, n_steps)
    rank = notes["pitch"].astype(int) if role == "melody" else -notes["pitch"].astype(int)
    order = np.lexsort((rank, first))
    order = order[np.append(first[order][1:] != first[order][:-1], True)]  # the last of each step: highest or lowest
    stops = np.append(first[order][1:], n_steps)
    for note, stop in zip(order.tolist(), stops.tolist(), strict=True):
        if first[note] < n_steps:
            tokens[first[note] : min(last[note], stop)] = HOLD
            tokens[first[note]] = FIRST_PITCH + _folded(int(notes["pitch"][note]) + shift, low, high)
    return tokens


def _pitch_sets(notes: NoteArray, n_steps: int, shift: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Sets of sounding and of beginning pitches."""
    sounding = np.zeros((n_steps, ROLL_SIZE), dtype=bool)
    onset = np.zeros((n_steps, ROLL_SIZE), dtype=bool)
    for pitch, first, last in zip(notes["pitch"].tolist(), *_spans(notes, n_steps), strict=True):
        if first < n_steps:
            row = _folded(pitch + shift, ROLL_BASE, ROLL_BASE + ROLL_SIZE) - ROLL_BASE
            sounding[first:last, row] = True
            onset[first, row] = True
    return bits_of(sounding), bits_of(onset)


def _drum_sets(tracks: Iterable[NoteArray], n_steps: int) -> NDArray[np.uint16]:
    """Sets of drum classes struck at each step."""
    struck = np.zeros(n_steps, dtype=np.uint16)
    for notes in tracks:
        first, _ = _spans(notes, n_steps)
        for pitch, step in zip(notes["pitch"].tolist(), first.tolist(), strict=True):
            kind = drum_class(pitch)
            if kind is not None and step < n_steps:
                struck[step] |= 1 << kind
    return struck


def _place_chords(steps: NDArray[np.void], chords: Iterable[Chord], shift: int) -> None:
    """Write the chord symbols into the frames."""
    for chord in chords:
        if chord.root is not None:
            first, last = (round(t / TICKS_PER_STEP) for t in (chord.onset, chord.end))
            moved = chord.transpose(shift)
            pitch_classes = chord_pitch_classes(moved.root, moved.quality)
            span = steps[first:last]
            span["root"] = moved.root
            span["root_bass"] = moved.root if moved.bass is None else moved.bass
            span["chroma"] = sum(1 << pc for pc in set(pitch_classes))


def _damped(sounding: NDArray[np.uint64], onset: NDArray[np.uint64], chroma: NDArray[np.uint16]) -> NDArray[np.uint64]:
    """End held notes that are foreign to a chord symbol where it begins; those struck later are left alone."""
    rolls, begins = roll_of(sounding), roll_of(onset)
    pitch_classes = (ROLL_BASE + np.arange(ROLL_SIZE)) % 12
    changes = np.flatnonzero((chroma[1:] != chroma[:-1]) & (chroma[1:] > 0)) + 1
    for step in changes.tolist():
        member = (int(chroma[step]) >> pitch_classes & 1).astype(bool)
        for row in np.flatnonzero(rolls[step] & ~begins[step] & ~member).tolist():
            again = np.flatnonzero(begins[step:, row] | ~rolls[step:, row])
            rolls[step : step + (again[0] if len(again) else len(rolls)), row] = False
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
