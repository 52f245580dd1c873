"""Key signatures: which key has the signature that is shown.

Difficulty: accidentals of the signature, and one for a minor key, two for a church mode.
"""

import numpy as np

from boya.teaching.exercises.drawing import BAR, chosen, different
from boya.teaching.exercises.item import Item, Player
from boya.teaching.names import note_words
from boya.teaching.spelling import Note
from boya.teaching.wording import Words, counted, load, say

__all__ = ["PLAYERS", "items"]

PLAYERS = (Player(Words("Piano", "钢琴")),)
_FIFTHS = {"major": 0, "minor": 3, "dorian": 2, "phrygian": 4, "lydian": -1, "mixolydian": 1}
_OCTAVES = range(4, 6)


def items(level: int, count: int, rng: np.random.Generator) -> tuple[Item, ...]:
    """Draw signatures of a level; each item is a bar in a signature of its own, with one note of the scale that is no tonic."""
    return different(lambda _: _item(level, rng), count)


def _item(level: int, rng: np.random.Generator) -> Item:
    """One signature."""
    table = load("exercises")["key_signatures"]
    fewest, most = table["accidentals"][level - 1]
    mode = chosen(table["modes"][level - 1], rng)
    sharps = int(rng.integers(fewest, most + 1)) * chosen((1, -1), rng)
    sharps = min(max(sharps, -6 if mode == "minor" else -5), 5 if mode == "minor" else 6)
    tonic = Note(sharps + _FIFTHS[mode], 4)
    shown = Note(sharps + 5, chosen(_OCTAVES, rng))  # the fourth of lydian, the seventh of major: a tonic of no mode asked for
    key = (tonic.pitch_class, mode)
    answer = say("terms", "key", tonic=note_words(tonic, has_octave=False), mode=say("terms", f"mode.{mode}"))
    count = counted("sharps" if sharps > 0 else "flats", abs(sharps)) if sharps else say("exercises", "key_signatures.none")
    why = say("exercises", "key_signatures.why", count=count, key=answer, tonic=note_words(tonic, has_octave=False))
    question = say("exercises", "key_signatures.name", mode=say("terms", f"mode.{mode}"))
    difficulty = abs(sharps) + {"major": 0.0, "minor": 1.0}.get(mode, 2.0)
    accepts = (f"{tonic.class_name} {mode}", tonic.class_name)
    given = ((0, BAR, shown.pitch),)
    return Item(
        question, "name", answer, why, (given,), difficulty, accepts=accepts, reader="tonic", key=key, demands={"mode": mode}
    )
