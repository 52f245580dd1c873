"""Harmonic dictation: a progression is heard, its Roman numerals are to be written.

Difficulty: as of four-part writing (`boya.teaching.exercises.kinds.four_part`).
"""

import numpy as np

from boya.teaching.exercises.drawing import different
from boya.teaching.exercises.item import Item, Player
from boya.teaching.exercises.kinds.cadences import hands
from boya.teaching.exercises.kinds.four_part import difficulty
from boya.teaching.exercises.phrases import draw_phrase, set_phrase
from boya.teaching.names import key_words, note_words
from boya.teaching.wording import Words, listed, say

__all__ = ["PLAYERS", "items"]

PLAYERS = (Player(Words("Right hand", "右手")), Player(Words("Left hand", "左手")))


def items(level: int, count: int, rng: np.random.Generator) -> tuple[Item, ...]:
    """Draw progressions of a level."""
    return different(lambda _: _item(level, rng), count)


def _item(level: int, rng: np.random.Generator) -> Item | None:
    """One progression, or None where it has no legal setting."""
    phrase = draw_phrase(level, rng)
    parts = set_phrase(phrase, rng)
    if parts is None:
        return None
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
