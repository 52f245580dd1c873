"""Harmonic dictation: a progression is heard, its Roman numerals are to be written.

Difficulty: as of four-part writing (`boya.teaching.exercises.kinds.four_part`).
"""

import numpy as np

from boya.teaching.exercises.item import Item, Part
from boya.teaching.exercises.kinds.cadences import hands
from boya.teaching.exercises.kinds.four_part import difficulty
from boya.teaching.exercises.phrases import HANDS, Phrase, items_of_phrases
from boya.teaching.names import key_words, note_words
from boya.teaching.wording import Words, listed, say

__all__ = ["PLAYERS", "items"]

PLAYERS = HANDS


def items(level: int, count: int, rng: np.random.Generator) -> tuple[Item, ...]:
    """Draw progressions of a level."""
    return items_of_phrases(level, count, rng, _item)


def _item(phrase: Phrase, parts: tuple[Part, ...]) -> Item:
    """One progression."""
    question = say("exercises", "harmonic_dictation.name", key=key_words(*phrase.key), count=len(phrase.steps))
    bass = listed([note_words(phrase.bass(place), has_octave=False) for place in range(len(phrase.steps))])
    solution = hands(parts)
    return Item(
        question,
        "name",
        Words(phrase.labels, phrase.labels),
        say("exercises", "harmonic_dictation.why", bass=bass),
        (solution[0][:0], solution[1][:1]),
        difficulty(phrase),
        solution,
        accepts=(phrase.labels,),
        reader="numerals",
        key=phrase.key,
        n_bars=phrase.n_bars,
        is_heard=True,
    )
