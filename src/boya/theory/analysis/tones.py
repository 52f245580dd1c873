"""Notes outside the chord they sound in, and what they do.

Kinds, by how a note is come to and left (W. Piston, "Harmony", 1941, ch. 7): passing (step on in one direction), neighbour (step
away and back), suspension (held over, then down by step), anticipation (it belongs to the next chord), appoggiatura (leap to it,
step from it), escape (step to it, leap from it), pedal (held or repeated in the bass while chords change above), other.
"""

import numpy as np

from boya.theory.analysis.events import Harmony, NonChordTone
from boya.theory.analysis.frames import ALONE, Notes
from boya.theory.analysis.harmonies import Clock
from boya.theory.chords import chord_pitch_classes

__all__ = ["non_chord_tones"]


def non_chord_tones(chords: tuple[Harmony, ...], notes: Notes, clock: Clock) -> tuple[NonChordTone, ...]:
    """Return the notes foreign to a chord they sound in, each once, at the first such chord."""
    starts = np.array([c.onset for c in chords], dtype=np.int64)
    found = []
    for i in range(len(notes.pitch)):
        first = int(np.searchsorted(starts, notes.onset[i], side="right")) - 1
        last = int(np.searchsorted(starts, notes.end[i], side="left"))
        for at in range(max(first, 0), last):
            chord = chords[at]
            if chord.root is None or int(notes.pitch[i]) % 12 in chord_pitch_classes(chord.root, chord.quality):
                continue
            onset, end = max(int(notes.onset[i]), chord.onset), min(int(notes.end[i]), chord.end)
            kind = _kind(i, at, chords, notes)
            place = clock.place(onset, end)
            where = (place.onset, place.end, place.bar, place.beat)
            found.append(NonChordTone(*where, kind, int(notes.track[i]), int(notes.index[i]), int(notes.pitch[i])))
            break
    return tuple(sorted(found))


def _kind(i: int, at: int, chords: tuple[Harmony, ...], notes: Notes) -> str:
    """Kind of note `i`, foreign to chord `at`."""
    before, after = int(notes.before[i]), int(notes.after[i])
    is_held = bool(notes.onset[i] < chords[at].onset)
    if _anticipates(i, at, chords, notes):
        return "anticipation"
    if _is_pedal(i, at, chords, notes):
        return "pedal"
    if (is_held or before == 0) and after in (-1, -2):
        return "suspension"
    if abs(before) in (1, 2):
        if abs(after) in (1, 2):
            return "passing" if (before > 0) == (after > 0) else "neighbour"
        return "other" if after in (0, ALONE) else "escape"
    return "appoggiatura" if abs(after) in (1, 2) else "other"


def _anticipates(i: int, at: int, chords: tuple[Harmony, ...], notes: Notes) -> bool:
    """Whether a note that begins in its chord is held into the next one or repeated there, and is at home in it."""
    if at + 1 >= len(chords) or notes.onset[i] < chords[at].onset:
        return False
    goes_on = notes.end[i] > chords[at].end or (notes.after[i] == 0 and notes.end[i] >= chords[at].end)
    return bool(goes_on) and _belongs(int(notes.pitch[i]) % 12, chords[at + 1])


def _belongs(pitch_class: int, chord: Harmony) -> bool:
    """Whether a pitch class is of a chord."""
    return chord.root is not None and pitch_class in chord_pitch_classes(chord.root, chord.quality)


def _is_pedal(i: int, at: int, chords: tuple[Harmony, ...], notes: Notes) -> bool:
    """Whether a note sounds through a foreign chord, at home before and after, in the bass."""
    goes_on = notes.end[i] > chords[at].end or notes.after[i] == 0
    came_before = notes.onset[i] < chords[at].onset or notes.before[i] == 0
    if not (goes_on and came_before and 0 < at < len(chords) - 1):
        return False
    pitch_class = int(notes.pitch[i]) % 12
    sounding = (notes.onset < notes.end[i]) & (notes.end > notes.onset[i])
    lowest = notes.pitch[i] == notes.pitch[sounding].min()
    return bool(lowest and _belongs(pitch_class, chords[at - 1]))
