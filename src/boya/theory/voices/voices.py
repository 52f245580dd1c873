"""The voices of a score: what each of them sings at every moment.

Conventions: a *moment* lies between two neighbouring ticks at which any voice begins or ends a note. Voices are ordered from the
highest to the lowest by their mean pitch; a pitch of -1 is silence. A track that sounds several notes at once, such as a staff
with soprano and alto, is taken apart into as many voices. Notes that overlap by less than a thirty-second do not sound together.
"""

from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.score import NoteArray, Score, note_ends
from boya.theory.instruments import instrument

__all__ = ["PART_RANGES", "SILENT", "Line", "Voices", "aligned", "joined", "voices_of"]

SILENT = -1
MOST_VOICES, MOST_IN_TRACK = 8, 4
OVERLAP = 60
PARTS = ("soprano", "alto", "tenor", "bass")
PART_RANGES = ((60, 81), (52, 76), (45, 69), (36, 66))
SUNG = frozenset({*range(8), *range(16, 24), 52, 53, 54})  # programs that stand for no instrument in particular, and choirs

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Line:
    """One voice: its notes, one after another, and where each is in the score.

    Attributes
    ----------
    notes
        sorted by onset; ends are cut where the next note begins
    track
        number of the track in the score
    rows
        row of each note in that track `[shape=(n_notes,)]`
    name
        soprano, alto, tenor or bass in four parts; else "voice 1", counted from the top
    lowest, highest
        the range of the voice, MIDI pitches, both ends included
    """

    notes: NoteArray
    track: int
    rows: Ints
    name: str = ""
    lowest: int = 0
    highest: int = 127


@dataclass(frozen=True, eq=False)
class Voices:
    """Voices over time, the highest first.

    Attributes
    ----------
    score
        where they come from
    lines
        one for each voice
    ticks
        first tick of each moment, and the tick after the last `[shape=(n_moments + 1,)]`
    note
        row of the sounding note in its line, -1 where silent `[shape=(n_moments, n_voices)]`

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> top = Track(note_array([(0, 480, 72, 80), (480, 480, 74, 80)]))
    >>> voices = voices_of(Score((Track(note_array([(0, 960, 48, 80)])), top)))
    >>> voices.pitch.tolist(), voices.begins.tolist()
    ([[72, 48], [74, 48]], [[True, True], [True, False]])
    """

    score: Score
    lines: tuple[Line, ...]
    ticks: Ints
    note: Ints

    @property
    def n_voices(self) -> int:
        """Number of voices."""
        return len(self.lines)

    @property
    def n_moments(self) -> int:
        """Number of moments."""
        return len(self.note)

    @cached_property
    def pitch(self) -> Ints:
        """MIDI pitch of every voice, -1 where silent. `[shape=(n_moments, n_voices)]`"""
        sounding = np.full(self.note.shape, SILENT, dtype=np.int64)
        for voice, line in enumerate(self.lines):
            sings = self.note[:, voice] >= 0
            sounding[sings, voice] = line.notes["pitch"][self.note[sings, voice]]
        return sounding

    @cached_property
    def begins(self) -> NDArray[np.bool_]:
        """Whether a note begins at the moment. `[shape=(n_moments, n_voices)]`"""
        before = np.vstack([np.full((1, self.n_voices), -1), self.note[:-1]])
        return np.asarray((self.note >= 0) & (self.note != before))

    @cached_property
    def place(self) -> tuple[tuple[int, float], ...]:
        """Bar, counted from 0, and beat in the bar, counted from 1, of each moment."""
        bounds = self.score.bar_bounds
        bars = np.searchsorted(bounds, self.ticks[:-1], side="right") - 1
        beats = [self.score.timeline.metre_at(int(tick)).ticks_per_beat for tick in self.ticks[:-1]]
        found = zip(bars.tolist(), self.ticks[:-1].tolist(), beats, strict=True)
        return tuple((bar, round(1 + (tick - int(bounds[bar])) / beat, 3)) for bar, tick, beat in found)

    @cached_property
    def on_beat(self) -> NDArray[np.bool_]:
        """Whether the moment begins on a beat. `[shape=(n_moments,)]`"""
        return np.array([beat == int(beat) for _, beat in self.place], dtype=bool)


def voices_of(score: Score) -> Voices:
    """Return the voices of a score.

    Parameters
    ----------
    score
        2 to 8 voices: a track each, or staves of several voices; drums are left out

    Raises
    ------
    InputError
        if there are fewer or more voices, or a track is no bundle of voices (more than 4 notes at once).
    """
    lines: list[Line] = []
    for number, track in enumerate(score.tracks):
        if track.n_notes and not track.is_drum:
            lines += _lines_of(track.notes, number, track.program)
    if not 2 <= len(lines) <= MOST_VOICES:
        raise InputError(f"voice leading needs 2 to {MOST_VOICES} voices; the score has {len(lines)}")
    lines.sort(key=lambda line: -float(np.average(line.notes["pitch"], weights=line.notes["duration"])))
    return aligned(score, tuple(_named(line, number, lines) for number, line in enumerate(lines)))


def _named(line: Line, number: int, lines: list[Line]) -> Line:
    """Give a line its name; four voices of a choir have the ranges of its parts."""
    if len(lines) != len(PARTS):
        return replace(line, name=f"voice {number + 1}")
    low, high = PART_RANGES[number] if line.lowest < 0 else (line.lowest, line.highest)
    return replace(line, name=PARTS[number], lowest=low, highest=high)


def _lines_of(notes: NoteArray, track: int, program: int) -> list[Line]:
    """Take a track apart; a range of -1 stands for that of the part, which is not known yet."""
    low, high = (-1, 127) if program in SUNG else instrument(program).range
    found = _split(notes, track)
    return [Line(_cut(notes[rows]), track, rows, lowest=low, highest=high) for rows in found]


def _split(notes: NoteArray, track: int) -> list[Ints]:
    """Rows of each voice of a track, the highest voice first; every voice goes on with the note that is nearest to it."""
    onsets, ends, pitches = notes["onset"].astype(np.int64), note_ends(notes), notes["pitch"].astype(np.int64)
    count = _polyphony(onsets, ends)
    if count == 1:
        return [np.arange(len(notes))]
    if count > MOST_IN_TRACK:
        raise InputError(f"a track may hold at most {MOST_IN_TRACK} voices; track {track + 1} sounds {count} notes at once")
    rows: list[list[int]] = [[] for _ in range(count)]
    free, last = [0] * count, [int(pitches.max()) - 5 * voice for voice in range(count)]
    for onset in np.unique(onsets):
        group = sorted(np.flatnonzero(onsets == onset).tolist(), key=lambda row: -pitches[row])
        open_voices = [voice for voice in range(count) if free[voice] <= onset + OVERLAP]
        for row, voice in zip(group, _nearest(pitches[group].tolist(), open_voices, last), strict=False):
            rows[voice].append(row)
            free[voice], last[voice] = int(ends[row]), int(pitches[row])
    return [np.array(found, dtype=np.int64) for found in rows if found]


def _polyphony(onsets: Ints, ends: Ints) -> int:
    """The most notes that sound together, short overlaps apart."""
    began = np.arange(1, len(onsets) + 1)
    gone = np.searchsorted(np.sort(np.maximum(ends - OVERLAP, onsets + 1)), onsets, side="right")
    return int((began - gone).max(initial=0))


def _nearest(pitches: list[int], voices: list[int], last: list[int]) -> list[int]:
    """A voice for each pitch, both from high to low, without crossing: that order which moves the voices least."""
    if len(pitches) >= len(voices):
        return voices
    choices = combinations(voices, len(pitches))
    return list(min(choices, key=lambda way: sum(abs(p - last[v]) for p, v in zip(pitches, way, strict=True))))


def _cut(notes: NoteArray) -> NoteArray:
    """End each note where the next one begins."""
    cut = notes.copy()
    room = np.append(np.diff(cut["onset"]), np.iinfo(np.int32).max)
    cut["duration"] = np.minimum(cut["duration"], np.maximum(room, 1))
    return cut


def joined(voices: Voices) -> Voices:
    """Return voices whose repeated notes are one long note each.

    >>> from boya.score import Track, note_array
    >>> twice = Track(note_array([(0, 480, 72, 80), (480, 480, 72, 80)]))
    >>> joined(voices_of(Score((twice, Track(note_array([(0, 960, 60, 80)])))))).n_moments
    1
    """
    return aligned(voices.score, tuple(_joined_line(line) for line in voices.lines))


def _joined_line(line: Line) -> Line:
    """A line whose notes of one pitch that touch are one."""
    onset, end, pitch = line.notes["onset"].astype(np.int64), note_ends(line.notes), line.notes["pitch"]
    first = np.append(True, (pitch[1:] != pitch[:-1]) | (onset[1:] > end[:-1]))
    notes = line.notes[first].copy()
    notes["duration"] = end[np.append(np.flatnonzero(first)[1:] - 1, len(end) - 1)] - notes["onset"]
    return replace(line, notes=notes, rows=line.rows[first])


def aligned(score: Score, lines: tuple[Line, ...]) -> Voices:
    """Return lines of a score laid side by side."""
    edges = [line.notes["onset"].astype(np.int64) for line in lines] + [note_ends(line.notes) for line in lines]
    ticks = np.unique(np.concatenate(edges))
    note = np.full((len(ticks) - 1, len(lines)), SILENT, dtype=np.int64)
    for voice, line in enumerate(lines):
        row = np.searchsorted(line.notes["onset"], ticks[:-1], side="right") - 1
        sounds = (row >= 0) & (note_ends(line.notes)[np.maximum(row, 0)] > ticks[:-1])
        note[sounds, voice] = row[sounds]
    return Voices(score, lines, ticks, note)
