"""Cadences: the end of a phrase in four voices, to be named.

Difficulty: log2 of the number of cadences that the level knows, a quarter for each accidental of the signature, and a half for a
minor key.
"""

from math import log2

import numpy as np

from boya.teaching.exercises.drawing import chosen, different, draw_key
from boya.teaching.exercises.item import Item, Part
from boya.teaching.exercises.phrases import HANDS, Phrase, phrase_of, set_phrase
from boya.teaching.names import key_words
from boya.teaching.wording import Words, load, say

__all__ = ["PLAYERS", "hands", "items"]

PLAYERS = HANDS
_LEVELS = (("perfect", "half"), ("plagal",), ("deceptive",), ("imperfect",), ("phrygian",))
_TOPS = range(64, 80)


def items(level: int, count: int, rng: np.random.Generator) -> tuple[Item, ...]:
    """Draw cadences of a level."""
    return different(lambda _: _item(level, rng), count)


def _item(level: int, rng: np.random.Generator) -> Item | None:
    """One cadence, or None where it cannot be set as it is named."""
    known = [name for names in _LEVELS[:level] for name in names]
    kind = chosen(known, rng)
    sharps, key = draw_key(level, rng)
    mode = "minor" if kind == "phrygian" else key[1]
    if mode != key[1]:
        key = ((sharps + 3) * 7 % 12, "minor")
    table = load("exercises")["cadence_phrases"]
    phrase = phrase_of(f"{chosen(table['begin'][mode], rng)} {chosen(table[kind][mode], rng)}", sharps, key)
    parts = _set(phrase, kind, rng)
    if parts is None:
        return None
    row = load("terms")["cadence"][kind]
    name = Words(row["en"], row["zh"])
    ending = " - ".join(step.label for step in phrase.steps[-2:])
    why = say("exercises", "cadences.why", labels=ending, reason=say("exercises", f"cadences.{kind}"))
    difficulty = log2(len(known)) + abs(sharps) / 4 + (mode == "minor") / 2
    accepts = (name.en, name.zh, *table["also"][kind])
    question = say("exercises", "cadences.name", key=key_words(*key))
    given = hands(parts)
    return Item(question, "name", name, why, given, difficulty, accepts=accepts, key=key, n_bars=phrase.n_bars)


def _set(phrase: Phrase, kind: str, rng: np.random.Generator) -> tuple[Part, ...] | None:
    """A setting whose last soprano note is the tonic, or is not, as the cadence wants it."""
    tonic = phrase.key[0]
    if kind == "perfect":
        return set_phrase(phrase, rng, chosen([pitch for pitch in _TOPS if pitch % 12 == tonic], rng))
    parts = set_phrase(phrase, rng)
    is_full = kind == "imperfect" and parts is not None and phrase.steps[-2].inversion == 0 and parts[0][-1][2] % 12 == tonic
    return None if is_full else parts


def hands(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return four voices as two hands: three voices above, the bass below; notes of one pitch and onset are one."""
    right = sorted(dict.fromkeys(tone for part in parts[:3] for tone in part))
    return tuple(right), parts[3]
