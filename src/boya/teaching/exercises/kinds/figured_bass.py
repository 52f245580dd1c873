"""Figured bass: three voices to be written above a given bass with its figures.

Difficulty: as of four-part writing (`boya.teaching.exercises.kinds.four_part`).
"""

import numpy as np

from boya.teaching.exercises.item import Item, Part
from boya.teaching.exercises.kinds.four_part import PLAYERS, setting_item
from boya.teaching.exercises.phrases import Phrase, items_of_phrases
from boya.teaching.names import key_words
from boya.teaching.spelling import Note
from boya.teaching.wording import say

__all__ = ["PLAYERS", "figures", "items"]

_SIGNS = {1: "#", -1: "b", 0: "n"}


def items(level: int, count: int, rng: np.random.Generator) -> tuple[Item, ...]:
    """Draw basses of a level."""
    return items_of_phrases(level, count, rng, _item)


def _item(phrase: Phrase, parts: tuple[Part, ...]) -> Item:
    """One bass."""
    told = [figures(phrase, place) for place in range(len(phrase.steps))]
    question = say("exercises", "figured_bass.name", key=key_words(*phrase.key), figures=" - ".join(told))
    labels = tuple((onset, text) for onset, text in zip(phrase.onsets, told, strict=True))
    given = (*(part[:1] for part in parts[:3]), parts[3])
    return setting_item(question, phrase, parts, given, labels)


def figures(phrase: Phrase, place: int) -> str:
    """Return the figures above a bass note: those of its inversion, and a sign before each that the signature does not hold.

    >>> from boya.teaching.exercises.phrases import phrase_of
    >>> phrase = phrase_of("i iv6 V i", 0, (9, "minor"))
    >>> [figures(phrase, place) for place in range(4)]
    ['5/3', '6', '5/#3', '5/3']
    """
    step, bass = phrase.steps[place], phrase.bass(place)
    signs = {}
    for note in phrase.notes(place):
        number = (note.place - bass.place) % 7 + 1
        if number > 1 and not _is_in_signature(note, phrase.sharps):
            signs[number] = _SIGNS.get(note.alter, "#" if note.alter > 0 else "b")
    shown = [f"{signs.pop(int(number), '')}{number}" for number in step.figures.split("/")]
    shown += [f"{sign}{number}" for number, sign in sorted(signs.items(), reverse=True)]
    return "/".join(shown)


def _is_in_signature(note: Note, sharps: int) -> bool:
    """Whether the signature holds a note."""
    return sharps - 1 <= note.fifth <= sharps + 5
