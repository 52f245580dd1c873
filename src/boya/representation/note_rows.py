"""Music as notes, one row each: what a network reads that hears a whole passage at once.

Conventions: a row is one note, all tracks together, in the order of onset and then of pitch; its columns are `FIELDS`, whole
numbers from 0, or UNKNOWN where the score does not say. A step is a twelfth of a quarter; a drum has the pitch 128 + key.
`PARTS` are what a note may belong to, which a score may tell but a row does not: it is to be recognised.
Source: Zeng et al. 2021 (MusicBERT) and Chou et al. 2021 (MidiBERT) for one token a note.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boya.score import TICKS_PER_QUARTER, Score

__all__ = ["DRUMS", "FIELDS", "PARTS", "UNKNOWN", "NoteRows", "note_rows", "parts_of", "turned"]

UNKNOWN = -1
FIELDS = {"position": 96, "pitch": 256, "duration": 32, "instrument": 129, "metre": 32, "tempo": 24}
"""column of a row -> how many values it has"""
PARTS = ("other", "melody", "bridge")
DRUMS = 128
STEP = TICKS_PER_QUARTER // 12
_DURATIONS = np.array([*range(2, 13), 14, 16, 18, 20, 24, 28, 32, 36, 42, 48, 60, 72, 84, 96, 120, 144, 192])
_SLOWEST_QPM, _TEMPI_PER_OCTAVE = 30.0, 6


@dataclass(frozen=True, eq=False)
class NoteRows:
    """The notes of a score.

    Attributes
    ----------
    values
        int16 `[shape=(notes, fields)]`
    time
        steps from the start of the piece, int32 `[shape=(notes,)]`
    bar
        bar of each note, int32 `[shape=(notes,)]`
    source
        track and place in it of each note, int32 `[shape=(notes, 2)]`
    """

    values: NDArray[np.int16]
    time: NDArray[np.int32]
    bar: NDArray[np.int32]
    source: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.time)

    def cut(self, start: int, stop: int) -> "NoteRows":
        """Return the rows from `start` to before `stop`."""
        part = slice(start, stop)
        return NoteRows(self.values[part], self.time[part], self.bar[part], self.source[part])

    def hiding(self, *fields: str) -> "NoteRows":
        """Return the rows with some fields unknown."""
        values = self.values.copy()
        values[:, [list(FIELDS).index(field) for field in fields]] = UNKNOWN
        return replace(self, values=values)


def note_rows(score: Score) -> NoteRows:
    """Return the notes of a score as rows.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> score = Score((Track(note_array([(0, 480, 60, 80), (2160, 240, 64, 80)]), program=40),))
    >>> rows = note_rows(score)
    >>> rows.values.tolist(), rows.time.tolist(), rows.bar.tolist()
    ([[0, 60, 12, 40, -1, -1], [6, 64, 6, 40, -1, -1]], [0, 54], [0, 1])
    """
    if not score.n_notes:
        return NoteRows(
            np.empty((0, len(FIELDS)), np.int16), np.empty(0, np.int32), np.empty(0, np.int32), np.empty((0, 2), np.int32)
        )
    played = [track for track in score.tracks if track.n_notes]
    notes = np.concatenate([track.notes for track in played])
    places = [np.stack([np.full(t.n_notes, n), np.arange(t.n_notes)], axis=1) for n, t in enumerate(score.tracks)]
    source = np.concatenate(places).astype(np.int32)
    instrument = np.concatenate([np.full(t.n_notes, DRUMS if t.is_drum else t.program) for t in played])
    pitch = notes["pitch"].astype(np.int64) + DRUMS * (instrument == DRUMS)
    order = np.lexsort((source[:, 0], pitch, np.rint(notes["onset"] / STEP)))
    notes, pitch, instrument, source = notes[order], pitch[order], instrument[order], source[order]
    bounds = score.bar_bounds
    time = np.rint(notes["onset"] / STEP).astype(np.int32)
    bar = np.clip(np.searchsorted(bounds, time.astype(np.int64) * STEP, side="right") - 1, 0, len(bounds) - 2).astype(np.int32)
    position = np.rint((time * STEP - bounds[bar]) / STEP)
    length = np.rint(notes["duration"] / STEP)
    duration = np.where(instrument == DRUMS, 0, np.searchsorted(_DURATIONS, length, side="right") + 1)
    metre, tempo = (found[bar] for found in _of_bars(score, bounds[:-1]))
    columns = (np.clip(position, 0, FIELDS["position"] - 1), pitch, duration, instrument, metre, tempo)
    return NoteRows(np.stack(columns, axis=1).astype(np.int16), time, bar, source)


def parts_of(score: Score, rows: NoteRows) -> NDArray[np.int16]:
    """Return the part of each row as its place in PARTS, UNKNOWN throughout where no track is the melody among others.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> tune, chord = (Track(note_array([(0, 480, pitch, 80)]), role=role) for pitch, role in ((72, "melody"), (60, "chords")))
    >>> score = Score((tune, chord))
    >>> parts_of(score, note_rows(score)).tolist()
    [0, 1]
    """
    named = [PARTS.index("bridge") if t.name == "Bridge" else int(t.role == "melody") for t in score.tracks]
    if len(score.tracks) < 2 or PARTS.index("melody") not in named:
        return np.full(len(rows), UNKNOWN, dtype=np.int16)
    return np.array(named, dtype=np.int16)[rows.source[:, 0]]


def turned(values: NDArray[np.int16], semitones: int) -> NDArray[np.int16]:
    """Return rows moved by semitones; drums stay, and a note that would leave MIDI is moved an octave back.

    >>> turned(np.array([[0, 120, 1, 0, -1, -1], [0, 164, 0, 128, -1, -1]], dtype=np.int16), 10)[:, 1].tolist()
    [118, 164]
    """
    values = values.copy()
    pitched = (values[:, 1] >= 0) & (values[:, 1] < DRUMS)
    moved = values[pitched, 1] + semitones
    values[pitched, 1] = moved + 12 * (moved < 0) - 12 * (moved >= DRUMS)
    return values


def _of_bars(score: Score, starts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Metre and tempo of each bar, or UNKNOWN where the score does not say. [shape=(bars,)] both"""
    timeline = score.timeline
    metres = np.array([min(m.ticks_per_bar // 240, 15) + 16 * (m.denominator >= 8) for m in timeline.metres])
    octaves = np.log2(np.maximum([t.qpm for t in timeline.tempos], _SLOWEST_QPM) / _SLOWEST_QPM)
    tempos = np.minimum((octaves * _TEMPI_PER_OCTAVE).astype(np.int64), FIELDS["tempo"] - 1)
    found = []
    for name, events, values in (("metre", timeline.metres, metres), ("tempo", timeline.tempos, tempos)):
        at = np.searchsorted([event.tick for event in events], starts, side="right") - 1
        found.append(np.where(name in timeline.assumed, UNKNOWN, values[at]))
    return found[0], found[1]
