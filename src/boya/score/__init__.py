"""Notes, tracks and time: the ground floor. NumPy only."""

from boya.score.notes import MAX_TICK, NOTE_DTYPE, TICKS_PER_QUARTER, NoteArray, note_array, note_ends
from boya.score.score import ROLES, Chord, Score, Section, Track
from boya.score.timeline import MINOR_MODES, MODES, Key, Metre, Tempo, Timeline

__all__ = [
    "MAX_TICK",
    "MINOR_MODES",
    "MODES",
    "NOTE_DTYPE",
    "ROLES",
    "TICKS_PER_QUARTER",
    "Chord",
    "Key",
    "Metre",
    "NoteArray",
    "Score",
    "Section",
    "Tempo",
    "Timeline",
    "Track",
    "note_array",
    "note_ends",
]
