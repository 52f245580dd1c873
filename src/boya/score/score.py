"""The one value that travels between the parts of Boya: a whole work as written.

A `Score` is frozen: editing returns a new one. Times are ticks of 1/480 quarter. Tracks hold notes, a program (General MIDI,
0-127) or drums, a name and a role; the timeline holds tempo, metre and key; chords and sections are placed in time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from boya.errors import ScoreError
from boya.score.notes import TICKS_PER_QUARTER, NoteArray, note_array, note_ends
from boya.score.timeline import Metre, Timeline

__all__ = ["ROLES", "Chord", "Score", "Section", "Track"]

ROLES = ("melody", "chords", "bass", "pad", "drums")


@dataclass(frozen=True, order=True)
class Chord:
    """A harmony from `onset` for `duration` ticks: pitch classes of root and bass, and a quality in Harte shorthand.

    `root` is None where no chord sounds (Harte's `N`); then `quality` is empty.

    >>> Chord(0, 1920, root=9, quality="min7", bass=9)
    Chord(onset=0, duration=1920, root=9, quality='min7', bass=9)
    """

    onset: int
    duration: int
    root: int | None
    quality: str = "maj"
    bass: int | None = None

    def __post_init__(self) -> None:
        if self.onset < 0 or self.duration <= 0:
            raise ScoreError(f"a chord needs onset >= 0 and duration > 0; got {self.onset}, {self.duration}")
        for name in ("root", "bass"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 11:
                raise ScoreError(f"{name} must be a pitch class 0-11 or None; got {value}")

    @property
    def end(self) -> int:
        """The tick after the chord."""
        return self.onset + self.duration

    def transpose(self, semitones: int) -> "Chord":
        """Return the chord moved by `semitones`."""
        root = None if self.root is None else (self.root + semitones) % 12
        bass = None if self.bass is None else (self.bass + semitones) % 12
        return replace(self, root=root, bass=bass)


@dataclass(frozen=True, order=True)
class Section:
    """A labelled part of the form, such as A, B, intro."""

    onset: int
    duration: int
    label: str

    @property
    def end(self) -> int:
        """The tick after the section."""
        return self.onset + self.duration


Span = TypeVar("Span", Chord, Section)


@dataclass(frozen=True, eq=False)
class Track:
    """Notes of one instrument.

    >>> Track(note_array([(0, 480, 60, 80)]), program=40, name="Violin").n_notes
    1
    """

    notes: NoteArray = field(default_factory=note_array)
    program: int = 0
    is_drum: bool = False
    name: str = ""
    role: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "notes", note_array(self.notes))
        if not 0 <= self.program <= 127:
            raise ScoreError(f"program must be 0-127; got {self.program}")
        if self.role and self.role not in ROLES:
            raise ScoreError(f"role must be one of {', '.join(ROLES)}, or empty; got {self.role!r}")

    @property
    def n_notes(self) -> int:
        """Number of notes."""
        return len(self.notes)

    @property
    def end(self) -> int:
        """The tick after the last note; 0 when there is none."""
        return int(note_ends(self.notes).max(initial=0))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Track):
            return NotImplemented
        mine = (self.program, self.is_drum, self.name, self.role)
        return mine == (other.program, other.is_drum, other.name, other.role) and np.array_equal(self.notes, other.notes)

    def __hash__(self) -> int:
        return hash((self.program, self.is_drum, self.name, self.role, self.notes.tobytes()))


@dataclass(frozen=True)
class Score:
    """A whole work as written.

    Examples
    --------
    >>> score = Score((Track(note_array([(0, 480, 60, 80), (1920, 480, 62, 80)])),))
    >>> score.n_bars, score.n_notes
    (2, 2)
    >>> score.transpose(2).tracks[0].notes["pitch"].tolist()
    [62, 64]
    >>> score.slice_bars(1, 2).tracks[0].notes["onset"].tolist()
    [0]
    """

    tracks: tuple[Track, ...] = ()
    timeline: Timeline = field(default_factory=lambda: Timeline(assumed=frozenset({"tempo", "metre", "key"})))
    chords: tuple[Chord, ...] = ()
    sections: tuple[Section, ...] = ()
    title: str = ""
    composer: str = ""
    licence: str = ""

    def __post_init__(self) -> None:
        for name in ("tracks", "chords", "sections"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "chords", tuple(sorted(self.chords, key=lambda c: (c.onset, c.duration))))

    @property
    def n_notes(self) -> int:
        """Number of notes on all tracks."""
        return sum(track.n_notes for track in self.tracks)

    @property
    def end(self) -> int:
        """The tick after the last note, chord or section."""
        ends = [t.end for t in self.tracks] + [c.end for c in self.chords] + [s.end for s in self.sections]
        return max(ends, default=0)

    @property
    def n_bars(self) -> int:
        """Number of bars, the last one counted whole."""
        return len(self.timeline.bar_starts(self.end))

    @property
    def bar_bounds(self) -> NDArray[np.int64]:
        """First tick of every bar, and the tick after the last bar. `[shape=(n_bars + 1,)]`"""
        starts = self.timeline.bar_starts(self.end)
        if not len(starts):
            return np.zeros(1, dtype=np.int64)
        last = self.timeline.metre_at(int(starts[-1])).ticks_per_bar
        return np.append(starts, starts[-1] + last)

    @property
    def length_second(self) -> float:
        """Length in seconds."""
        return float(self.timeline.second_at(self.end))

    def with_tracks(self, tracks: Iterable[Track]) -> "Score":
        """Return the score with other tracks."""
        return replace(self, tracks=tuple(tracks))

    def slice(self, start: int, end: int) -> "Score":
        """Return the music in ticks [start, end), moved to tick 0; notes, chords and sections are cut at both sides."""
        if not 0 <= start <= end:
            raise ScoreError(f"a slice needs 0 <= start <= end; got {start}, {end}")
        tracks = tuple(replace(t, notes=_cut_notes(t.notes, start, end)) for t in self.tracks)
        chords = _cut_spans(self.chords, start, end)
        sections = _cut_spans(self.sections, start, end)
        return replace(self, tracks=tracks, chords=chords, sections=sections, timeline=self.timeline.slice(start, end))

    def slice_bars(self, first: int, last: int) -> "Score":
        """Return bars [first, last)."""
        bounds = self.bar_bounds
        if not 0 <= first <= last < len(bounds):
            raise ScoreError(f"bars must lie in 0-{len(bounds) - 1}; got {first}-{last}")
        return self.slice(int(bounds[first]), int(bounds[last]))

    def join(self, other: "Score") -> "Score":
        """Return this score followed by `other`, which begins at the next bar line.

        Tracks are paired by order where program, drums and role agree; the rest of `other` becomes new tracks.
        """
        shift = int(self.bar_bounds[-1])
        theirs = [replace(t, notes=_moved(t.notes, shift)) for t in other.tracks]
        tracks = []
        for track in self.tracks:
            match = next((t for t in theirs if _same_part(t, track)), None)
            if match is None:
                tracks.append(track)
            else:
                theirs.remove(match)
                tracks.append(replace(track, notes=np.concatenate([track.notes, match.notes])))
        return replace(
            self,
            tracks=(*tracks, *theirs),
            timeline=_joined_timeline(self.timeline, other.timeline, shift),
            chords=self.chords + tuple(replace(c, onset=c.onset + shift) for c in other.chords),
            sections=self.sections + tuple(replace(s, onset=s.onset + shift) for s in other.sections),
        )

    def transpose(self, semitones: int) -> "Score":
        """Return the score moved by `semitones`; drums stay.

        Raises
        ------
        ScoreError
            if a note would leave 0-127.
        """
        tracks = tuple(t if t.is_drum else replace(t, notes=_raised(t.notes, semitones)) for t in self.tracks)
        chords = tuple(c.transpose(semitones) for c in self.chords)
        return replace(self, tracks=tracks, chords=chords, timeline=self.timeline.transpose(semitones))

    def quantize(self, steps_per_quarter: int = 4) -> "Score":
        """Return the score with onsets and ends on the nearest grid line; no note gets shorter than one step."""
        if steps_per_quarter < 1 or TICKS_PER_QUARTER % steps_per_quarter:
            raise ScoreError(f"steps_per_quarter must divide {TICKS_PER_QUARTER}; got {steps_per_quarter}")
        step = TICKS_PER_QUARTER // steps_per_quarter
        return self.with_tracks(replace(t, notes=_on_grid(t.notes, step)) for t in self.tracks)

    def metre_changes(self) -> tuple[Metre, ...]:
        """Return the metres in use before the end of the music."""
        return tuple(m for m in self.timeline.metres if m.tick < max(self.end, 1))


def _cut_notes(notes: NoteArray, start: int, end: int) -> NoteArray:
    """Keep what sounds in [start, end), cut at both sides."""
    ends = note_ends(notes)
    inside = (notes["onset"] < end) & (ends > start) & (start < end)
    cut = notes[inside].copy()
    onsets = np.maximum(cut["onset"], start)
    cut["duration"] = np.minimum(ends[inside], end) - onsets
    cut["onset"] = onsets - start
    return cut


def _cut_spans(events: Iterable[Span], start: int, end: int) -> tuple[Span, ...]:
    """Keep chords or sections that touch [start, end), cut at both sides, moved to tick 0."""
    inside = [e for e in events if max(e.onset, start) < min(e.end, end)]
    return tuple(replace(e, onset=max(e.onset, start) - start, duration=min(e.end, end) - max(e.onset, start)) for e in inside)


def _moved(notes: NoteArray, shift: int) -> NoteArray:
    """Shift onsets by `shift` ticks."""
    moved = notes.copy()
    moved["onset"] += shift
    return moved


def _raised(notes: NoteArray, semitones: int) -> NoteArray:
    """Shift pitches by `semitones`."""
    pitch = notes["pitch"].astype(int) + semitones
    if len(pitch) and (pitch.min() < 0 or pitch.max() > 127):
        raise ScoreError(f"transposing by {semitones} leaves pitches 0-127; use a smaller interval")
    raised = notes.copy()
    raised["pitch"] = pitch
    return raised


def _on_grid(notes: NoteArray, step: int) -> NoteArray:
    """Round onsets and ends to multiples of `step`, half up; of notes that then coincide the longest stays."""
    onset = (notes["onset"].astype(np.int64) + step // 2) // step * step
    end = (note_ends(notes) + step // 2) // step * step
    placed = notes.copy()
    placed["onset"] = onset
    placed["duration"] = np.maximum(end - onset, step)
    placed = placed[np.lexsort((placed["velocity"], placed["duration"], placed["pitch"], placed["onset"]))[::-1]]
    _, first = np.unique(placed[["onset", "pitch"]], return_index=True)
    return placed[first]


def _same_part(a: Track, b: Track) -> bool:
    """Whether two tracks are the same part of a band."""
    return (a.program, a.is_drum, a.role, a.name) == (b.program, b.is_drum, b.role, b.name)


def _joined_timeline(first: Timeline, second: Timeline, shift: int) -> Timeline:
    """Return `first` before tick `shift`, `second` from there on."""

    def after(name: str) -> list:  # type: ignore[type-arg]
        kept = [e for e in getattr(first, name) if e.tick < shift]
        return kept + [replace(e, tick=e.tick + shift) for e in getattr(second, name)]

    joined = Timeline.of(after("tempos"), after("metres"), after("keys"))
    return replace(joined, assumed=first.assumed & second.assumed)
