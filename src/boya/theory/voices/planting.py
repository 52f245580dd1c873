"""Faults planted on purpose in music that has none there: to prove that a check finds them, and for exercises.

A planted fault moves a single note. Kinds: `parallels` (two voices that stood in a fifth or octave go on in it), `range` (a note
an octave out of its voice's range), `spacing` (a note an octave away from its neighbour), `wrong note` (a note on a beat moved
by one or two semitones out of the harmony, unless it would pass for a suspension, a passing note or an anticipation: entered and
left by step, held from before, or the next note come early).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from boya.errors import InputError
from boya.score import Score
from boya.theory.voices.checking import setting_of
from boya.theory.voices.faults import Fault
from boya.theory.voices.setting import Setting, chord_of
from boya.theory.voices.voices import SILENT

__all__ = ["KINDS", "Planted", "is_found", "moved_note", "plant"]

Move = tuple[int, int, int]  # moment, voice, new pitch


@dataclass(frozen=True)
class Planted:
    """A score with a fault: its kind, the note that was moved (track and row), its tick, and how it was before."""

    score: Score
    kind: str
    note: tuple[int, int]
    tick: int
    pitch: int
    was: int


def plant(score: Score, kind: str, rng: np.random.Generator) -> Planted | None:
    """Return the score with one fault planted, None where the music offers no place for it.

    Parameters
    ----------
    kind
        one of KINDS

    Raises
    ------
    InputError
        if there is no such kind.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> rows = {53: [(0, 480, 67, 80), (480, 480, 69, 80)], 52: [(0, 480, 60, 80), (480, 480, 65, 80)]}
    >>> duet = Score(tuple(Track(note_array(notes), program) for program, notes in rows.items()))
    >>> found = plant(duet, "parallels", np.random.default_rng(0))
    >>> found.was, found.pitch
    (65, 62)
    """
    if kind not in KINDS:
        raise InputError(f"a fault to plant is one of {', '.join(KINDS)}; got {kind!r}")
    setting = setting_of(score)
    choices = list(KINDS[kind](setting))
    if not choices:
        return None
    moment, voice, pitch = choices[int(rng.integers(len(choices)))]
    line = setting.voices.lines[voice]
    note = line.track, int(line.rows[setting.voices.note[moment, voice]])
    was = int(setting.pitch[moment, voice])
    return Planted(moved_note(score, note, pitch), kind, note, int(setting.voices.ticks[moment]), pitch, was)


def moved_note(score: Score, note: tuple[int, int], pitch: int) -> Score:
    """Return the score with one note, given by track and row, at another pitch."""
    track, row = note
    notes = score.tracks[track].notes.copy()
    notes["pitch"][row] = pitch
    return score.with_tracks([replace(t, notes=notes) if n == track else t for n, t in enumerate(score.tracks)])


def is_found(planted: Planted, faults: tuple[Fault, ...], strictly: bool = True) -> bool:
    """Whether a planted fault is among those found: the moved note under its own rule, or (not strictly) under any."""
    own = EXPECTED[planted.kind]
    return any(planted.note in fault.notes and (not strictly or fault.rule in own) for fault in faults)


def _parallels(setting: Setting) -> Iterator[Move]:
    """The lower voice follows the upper one in their fifth or octave."""
    pitch, begins = setting.pitch, setting.voices.begins
    for upper, lower in combinations(range(setting.voices.n_voices), 2):
        for m in range(1, setting.voices.n_moments):
            a, b, x, y = pitch[m - 1, upper], pitch[m - 1, lower], pitch[m, upper], pitch[m, lower]
            if min(a, b, x, y) == SILENT or not (begins[m, upper] and begins[m, lower]) or (a - b) % 12 not in (0, 7):
                continue
            new = int(x - (a - b))
            if a != x and a > b and abs(x - a) <= 5 and new != y and abs(new - y) <= 5 and _fits(setting, m, lower, new):
                yield m, lower, new


def _out_of_range(setting: Setting) -> Iterator[Move]:
    """A note an octave higher or lower, where that leaves the range."""
    for moment, voice in np.argwhere(setting.voices.begins).tolist():
        line, pitch = setting.voices.lines[voice], int(setting.pitch[moment, voice])
        yield from ((moment, voice, new) for new in (pitch - 12, pitch + 12) if not line.lowest <= new <= line.highest)


def _apart(setting: Setting) -> Iterator[Move]:
    """A note an octave away from its upper or lower neighbour, without crossing, inside its range."""
    last = setting.voices.n_voices - 2
    for moment, voice in np.argwhere(setting.voices.begins).tolist():
        line, pitch = setting.voices.lines[voice], int(setting.pitch[moment, voice])
        for upper in (u for u in (voice - 1, voice) if 0 <= u < last):
            other = int(setting.pitch[moment, upper if upper != voice else upper + 1])
            new = pitch + (12 if upper == voice else -12)
            wide = other != SILENT and abs(new - other) > 12 and not _is_apart(setting, moment, upper)
            if wide and line.lowest <= new <= line.highest and _fits(setting, moment, voice, new):
                yield moment, voice, new


def _is_apart(setting: Setting, moment: int, upper: int) -> bool:
    """Whether a voice and the one below it are more than an octave apart at a moment, or just before."""
    gaps = setting.pitch[max(moment - 1, 0) : moment + 1, upper] - setting.pitch[max(moment - 1, 0) : moment + 1, upper + 1]
    return bool((gaps > 12).any())


def _foreign(setting: Setting) -> Iterator[Move]:
    """A note of a chord on a beat, moved out of the harmony."""
    on_chord = setting.voices.on_beat & (setting.chords[:, 0] >= 0)
    for moment, voice in np.argwhere(setting.voices.begins & on_chord[:, None]).tolist():
        pitch = int(setting.pitch[moment, voice])
        before, after = _around(setting, moment, voice)
        for new in (pitch - 2, pitch - 1, pitch + 1, pitch + 2):
            passes = before is not None and after is not None and abs(new - before) <= 2 and 1 <= abs(new - after) <= 2
            if not passes and new not in (before, after) and not _sounds_as_chord(setting, moment, voice, new):
                yield moment, voice, new


def _around(setting: Setting, moment: int, voice: int) -> tuple[int | None, int | None]:
    """The pitches before and after a note in its voice."""
    notes, row = setting.voices.lines[voice].notes["pitch"], int(setting.voices.note[moment, voice])
    return int(notes[row - 1]) if row else None, int(notes[row + 1]) if row + 1 < len(notes) else None


def _sounds_as_chord(setting: Setting, moment: int, voice: int, new: int) -> bool:
    """Whether a moment would still be a chord of the table with another note."""
    row = setting.pitch[moment].tolist()
    row[voice] = new
    sounding = [pitch for pitch in row if pitch != SILENT]
    return chord_of(sum(1 << pc for pc in {p % 12 for p in sounding}), min(sounding) % 12, setting.tonic)[0] >= 0


def _fits(setting: Setting, moment: int, voice: int, new: int) -> bool:
    """Whether a note stays between its neighbours."""
    row = setting.pitch[moment].tolist()
    above = [p for p in row[:voice] if p != SILENT]
    below = [p for p in row[voice + 1 :] if p != SILENT]
    return max(below, default=0) < new < min(above, default=127)


KINDS: dict[str, Callable[[Setting], Iterator[Move]]] = {
    "parallels": _parallels,
    "range": _out_of_range,
    "spacing": _apart,
    "wrong note": _foreign,
}

EXPECTED = {
    "parallels": ("parallel-fifths", "parallel-octaves", "parallel-unisons"),
    "range": ("range",),
    "spacing": ("spacing",),
    "wrong note": ("foreign-note",),
}
