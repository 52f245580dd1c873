"""The kinds of exercises by name, and the one function that draws a sheet."""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Protocol, cast

import numpy as np

from boya.errors import InputError
from boya.teaching.exercises.item import Item, Player, Sheet
from boya.teaching.wording import say
from boya.theory.tables import folded, resolve

__all__ = ["KINDS", "LEVELS", "exercise_sheet"]

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "intervals": "intervals",
        "scales": "scales",
        "chords": "chords",
        "inversions": "inversions",
        "key-signatures": "key_signatures",
        "rhythm": "rhythm",
        "roman-numerals": "roman_numerals",
        "cadences": "cadences",
        "four-part": "four_part",
        "figured-bass": "figured_bass",
        "counterpoint": "counterpoint",
        "melodic-dictation": "melodic_dictation",
        "harmonic-dictation": "harmonic_dictation",
    }
)
"""Name of a kind -> its module in `boya.teaching.exercises.kinds`."""
LEVELS = range(1, 6)
_MOST_ITEMS = 64


class _Kind(Protocol):
    """What a module of a kind offers."""

    PLAYERS: tuple[Player, ...]

    def items(self, level: int, count: int, rng: np.random.Generator) -> tuple[Item, ...]:
        """Draw questions."""


def exercise_sheet(kind: str, *, level: int = 1, seed: int = 0, count: int = 8) -> Sheet:
    """Draw a sheet of exercises.

    Parameters
    ----------
    kind
        one of `KINDS`
    level
        1, for beginners, to 5; of counterpoint it is the species
    seed
        >= 0; the same seed gives the same sheet
    count
        how many questions, 1-64

    Raises
    ------
    InputError
        if the kind is unknown, or a number is out of its range.

    Examples
    --------
    >>> sheet = exercise_sheet("intervals", level=2, seed=7, count=4)
    >>> sheet.items[0].question.en, sheet.items[0].answer.en, sheet.score().n_bars
    ('Name the interval.', 'perfect fourth', 4)
    """
    name = resolve(kind, {folded(name): name for name in KINDS}, "kind of exercise", known=KINDS)
    for what, number, allowed in (("level", level, LEVELS), ("count", count, range(1, _MOST_ITEMS + 1))):
        if isinstance(number, bool) or number not in allowed:
            raise InputError(f"{what} must be {allowed[0]}-{allowed[-1]}; got {number!r:.40}")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise InputError(f"seed must be a whole number from 0; got {seed!r:.40}")
    module = cast(_Kind, import_module(f"boya.teaching.exercises.kinds.{KINDS[name]}"))
    rng = np.random.default_rng([seed, level, *name.encode()])
    items = module.items(level, count, rng)
    return Sheet(name, level, seed, say("exercises", f"{KINDS[name]}.title"), module.PLAYERS, items)
