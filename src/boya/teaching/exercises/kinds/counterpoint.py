"""Species counterpoint against a cantus firmus of our own making; the level is the species.

Difficulty: number of the species, and the length of the cantus over ten. The key holds one counterpoint without hard faults, of
several the one with the fewest soft ones.
"""

import numpy as np

from boya.teaching.exercises.cantus import Task, counterpoint_faults, draw_cantus, seek_counterpoint
from boya.teaching.exercises.drawing import chosen, different
from boya.teaching.exercises.item import Item, Part, Player
from boya.teaching.names import key_words
from boya.teaching.wording import Words, say

__all__ = ["PLAYERS", "items"]

PLAYERS = (Player(Words("Counterpoint", "对位"), 52), Player(Words("Cantus firmus", "定旋律"), 52))
_KEYS = ((0, "major"), (2, "dorian"), (9, "minor"), (7, "mixolydian"), (5, "major"), (7, "major"), (2, "minor"))
_N_NOTES = (8, 9, 10)
_TRIES, _ENOUGH = 8, 2


def items(level: int, count: int, rng: np.random.Generator) -> tuple[Item, ...]:
    """Draw cantus firmi, the counterpoint by turns above and below."""
    return different(lambda number: _item(level, number, rng), count)


def _item(species: int, number: int, rng: np.random.Generator) -> Item | None:
    """One cantus with a counterpoint, or None where none was found."""
    key, is_above = chosen(_KEYS, rng), number % 2 == 1
    lowest = 55 if is_above else 65  # both staves stand in the treble clef
    tonic = lowest + (key[0] - lowest) % 12
    cantus = draw_cantus(tonic, key[1], chosen(_N_NOTES, rng), rng)
    task = Task(cantus, species, is_above, key)
    found = _best(task, rng)
    if found is None:
        return None
    side = say("exercises", "counterpoint.above" if is_above else "counterpoint.below")
    question = say("exercises", "counterpoint.name", species=species, side=side, key=key_words(*key))
    return Item(
        question,
        "counterpoint",
        say("exercises", "four_part.answer"),
        say("exercises", "counterpoint.why", species=species),
        (found[:1], task.part),
        species + len(cantus) / 10,
        (found, task.part),
        key=key,
        n_bars=len(cantus),
        qpm=100.0,
        demands={"species": species, "is_above": is_above},
    )


def _best(task: Task, rng: np.random.Generator) -> Part | None:
    """Of several counterpoints the one with the fewest soft faults."""
    found: list[Part] = []
    for _ in range(_TRIES):
        part = seek_counterpoint(task, rng)
        found += [] if part is None else [part]
        if len(found) == _ENOUGH:
            break
    return min(found, key=lambda part: len(counterpoint_faults(task, part)), default=None)
