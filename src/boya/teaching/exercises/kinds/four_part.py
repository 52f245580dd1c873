"""Four-part writing: a progression of numerals to be set for soprano, alto, tenor and bass.

Difficulty: number of chords over two, a quarter for each accidental of the signature, a half for each chord that is inverted, has
a seventh or leaves the key, and a half for a minor key.
"""

import numpy as np

from boya.teaching.exercises.item import Item, Part, Player
from boya.teaching.exercises.phrases import Phrase, items_of_phrases
from boya.teaching.names import key_words
from boya.teaching.wording import Words, say

__all__ = ["PLAYERS", "difficulty", "items", "setting_item"]

PLAYERS = (
    Player(Words("Soprano", "女高音"), 52),
    Player(Words("Alto", "女低音"), 52),
    Player(Words("Tenor", "男高音"), 52),
    Player(Words("Bass", "男低音"), 52),
)


def items(level: int, count: int, rng: np.random.Generator) -> tuple[Item, ...]:
    """Draw progressions of a level."""
    return items_of_phrases(level, count, rng, _item)


def _item(phrase: Phrase, parts: tuple[Part, ...]) -> Item:
    """One progression."""
    question = say("exercises", "four_part.name", key=key_words(*phrase.key), labels=phrase.labels)
    labels = tuple((onset, step.label) for onset, step in zip(phrase.onsets, phrase.steps, strict=True))
    return setting_item(question, phrase, parts, tuple(part[:1] for part in parts), labels)


def setting_item(
    question: Words, phrase: Phrase, parts: tuple[Part, ...], given: tuple[Part, ...], labels: tuple[tuple[int, str], ...]
) -> Item:
    """Return an item that asks for a setting of a phrase."""
    return Item(
        question,
        "voices",
        say("exercises", "four_part.answer"),
        say("exercises", "four_part.why"),
        given,
        difficulty(phrase),
        parts,
        labels=labels,
        key=phrase.key,
        n_bars=phrase.n_bars,
        demands={
            "steps": [step.label for step in phrase.steps],
            "onsets": list(phrase.onsets),
            "tonic": phrase.tonic.fifth,
        },
    )


def difficulty(phrase: Phrase) -> float:
    """Return how hard a phrase is."""
    rich = sum(step.inversion > 0 or any(sign in step.numeral for sign in "7/b") for step in phrase.steps)
    return len(phrase.steps) / 2 + rich / 2 + abs(phrase.sharps) / 4 + (phrase.key[1] == "minor") / 2
