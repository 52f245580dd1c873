"""Roman numerals: one chord of a progression, to be named in its key with figures.

Difficulty: log2 of the number of different chords in the level's progressions, a quarter for each accidental of the signature,
and a half for a minor key.
"""

from math import log2

import numpy as np

from boya.teaching.exercises.drawing import BAR
from boya.teaching.exercises.item import Item, Part
from boya.teaching.exercises.phrases import HANDS, Phrase, items_of_phrases
from boya.teaching.names import key_words, note_words
from boya.teaching.wording import Words, listed, load, say
from boya.theory.chords import chord_name

__all__ = ["PLAYERS", "items"]

PLAYERS = HANDS


def items(level: int, count: int, rng: np.random.Generator) -> tuple[Item, ...]:
    """Draw chords of a level."""
    return items_of_phrases(level, count, rng, lambda phrase, parts: _item(level, rng, phrase, parts))


def _item(level: int, rng: np.random.Generator, phrase: Phrase, parts: tuple[Part, ...]) -> Item:
    """One chord out of a phrase."""
    place = int(rng.integers(len(phrase.steps)))
    step, notes = phrase.steps[place], phrase.notes(place)
    right: Part = tuple((0, BAR, pitch) for pitch in sorted({part[place][2] for part in parts[:3]}))
    left: Part = ((0, BAR, parts[3][place][2]),)
    known = {label for rows in load("exercises")["phrases"].values() for row in rows[:level] for label in " ".join(row).split()}
    difficulty = log2(len(known)) + abs(phrase.sharps) / 4 + (phrase.key[1] == "minor") / 2
    _, quality, _ = step.chord(*phrase.key)
    why = say(
        "exercises",
        "roman_numerals.why",
        notes=listed([note_words(note, has_octave=False) for note in notes]),
        symbol=notes[0].class_name + chord_name(0, quality)[1:],
        bass=note_words(phrase.bass(place), has_octave=False),
        label=step.label,
        key=key_words(*phrase.key),
    )
    question = say("exercises", "roman_numerals.name", key=key_words(*phrase.key))
    answer = Words(step.label, step.label)
    given = (right, left)
    return Item(question, "name", answer, why, given, difficulty, accepts=(step.label,), reader="numerals", key=phrase.key)
