"""Scales to write upwards from a given tonic, and every other one to name.

Difficulty: log2 of the number of scales that the level knows, and a quarter for each accidental that must be written.
"""

from itertools import pairwise
from math import log2

import numpy as np

from boya.teaching.exercises.drawing import chosen, different, draw_note, draw_sharps, is_natural_in, tonic_note
from boya.teaching.exercises.item import Item, Player
from boya.teaching.names import note_words, scale_words
from boya.teaching.spelling import Note, scale_notes, writable
from boya.teaching.wording import Words, listed, load, say
from boya.theory.scales import find_scale

__all__ = ["PLAYERS", "items"]

PLAYERS = (Player(Words("Piano", "钢琴")),)
_EIGHTH = 240
_LOWEST, _HIGHEST = 57, 72


def items(level: int, count: int, rng: np.random.Generator) -> tuple[Item, ...]:
    """Draw scales of a level in one signature."""
    sharps = draw_sharps(level, rng)
    return different(lambda number: _item(level, number, sharps, rng), count)


def _item(level: int, number: int, sharps: int, rng: np.random.Generator) -> Item | None:
    """One scale, if the draw can be written down in the signature."""
    known = [name for names in load("exercises")["scales"]["levels"][:level] for name in names]
    tonic, name = draw_note(sharps, _LOWEST, _HIGHEST, rng), chosen(known, rng)
    notes = scale_notes(tonic, find_scale(name))
    accidentals = sum(not is_natural_in(note, sharps) for note in notes)
    if not all(writable(note, sharps) for note in notes) or not level // 2 <= accidentals <= level + 1:
        return None
    tones = tuple((i * _EIGHTH, _EIGHTH, note.pitch) for i, note in enumerate(notes))
    key = (tonic_note(sharps).pitch_class, "major")
    difficulty = log2(len(known)) + accidentals / 4
    scale = find_scale(name)
    heights = " ".join(str(b.pitch - a.pitch) for a, b in pairwise(notes))
    why = say("exercises", "scales.why", name=scale_words(tonic, name), steps=heights)
    if number % 2 == 0:
        alike = _alike(notes, known)
        accepts = tuple(f"{tonic.class_name} {word}" for other in alike for word in (other, find_scale(other).zh))
        accepts += tuple(word for other in alike for word in (other, find_scale(other).zh))
        question = say("exercises", "scales.name")
        return Item(question, "name", Words(scale.name, scale.zh), why, (tones,), difficulty, accepts=accepts, key=key)
    question = say("exercises", "scales.write", name=scale_words(tonic, name), note=note_words(tonic))
    names = " ".join(note.class_name for note in notes)
    answer = listed([note_words(note, has_octave=False) for note in notes])
    return Item(question, "write", answer, why, (tones[:1],), difficulty, (tones,), accepts=(names,), reader="notes", key=key)


def _alike(notes: tuple[Note, ...], known: list[str]) -> list[str]:
    """Scales with the same notes, such as yu and the minor pentatonic; all are right."""
    semitones = tuple(note.pitch - notes[0].pitch for note in notes[:-1])
    return [name for name in known if find_scale(name).semitones == semitones]
