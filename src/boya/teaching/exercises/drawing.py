"""What the kinds of exercises draw alike: a signature for a level, notes in it, items that differ.

Source of every draw is a `numpy.random.Generator`; a signature is a number of sharps, flats negative.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from boya.errors import InputError
from boya.teaching.exercises.item import Item
from boya.teaching.spelling import Note, writable

__all__ = ["BAR", "chosen", "different", "draw_key", "draw_note", "draw_sharps", "is_natural_in", "tonic_note"]

BAR = 1920
_TRIES, _OTHER_TRIES = 60, 200
_MINOR_TONIC = 3  # fifths from the major to the minor tonic of one signature
Drawn = TypeVar("Drawn")


def chosen(what: Sequence[Drawn], rng: np.random.Generator) -> Drawn:
    """Return one of several.

    >>> chosen("a", np.random.default_rng(0))
    'a'
    """
    return what[int(rng.integers(len(what)))]


def draw_sharps(level: int, rng: np.random.Generator) -> int:
    """Return a signature: none at level 1, one accidental or none at level 2, up to four at level 5."""
    count = int(rng.integers(max(level - 2, 0), level))
    return count if rng.random() < 0.5 else -count


def draw_key(level: int, rng: np.random.Generator, *, minor_from: int = 4) -> tuple[int, tuple[int, str]]:
    """Return a signature and a key with it, from `minor_from` on also a minor one."""
    sharps = draw_sharps(level, rng)
    mode = "minor" if level >= minor_from and rng.random() < 0.5 else "major"
    return sharps, (tonic_note(sharps, mode).pitch_class, mode)


def tonic_note(sharps: int, mode: str = "major", octave: int = 4) -> Note:
    """Return the tonic of a signature.

    >>> tonic_note(-3).class_name, tonic_note(-3, "minor").class_name
    ('Eb', 'C')
    """
    return Note(sharps + _MINOR_TONIC * (mode == "minor"), octave)


def is_natural_in(note: Note, sharps: int) -> bool:
    """Return whether a note needs no accidental in a signature."""
    return sharps - 1 <= note.fifth <= sharps + 5


def draw_note(sharps: int, lowest: int, highest: int, rng: np.random.Generator, *, is_diatonic: bool = True) -> Note:
    """Return a note between two pitches that the signature holds, or that notation can write in it."""
    reach = range(sharps - 1, sharps + 6) if is_diatonic else range(sharps - 3, sharps + 9)
    notes = [Note(fifth, octave) for fifth in reach for octave in range(1, 7)]
    return chosen([note for note in notes if lowest <= note.pitch <= highest and writable(note, sharps)], rng)


def different(make: Callable[[int], Item | None], count: int) -> tuple[Item, ...]:
    """Return `count` items, numbered and in their bars, none like another while there is a choice.

    Parameters
    ----------
    make
        makes an item for a number, from 1, or None where a draw led nowhere
    """
    items: list[Item] = []
    seen: set[object] = set()
    bar = 0
    for number in range(1, count + 1):
        item = _fresh(make, number, seen)
        seen |= {(item.question, item.answer), (item.question, item.answer, item.given)}
        items.append(_placed(item, number, bar))
        bar += item.n_bars
    return tuple(items)


def _fresh(make: Callable[[int], Item | None], number: int, seen: set[object]) -> Item:
    """An item with an answer that is not yet on the sheet; after some tries with other notes; at last any."""
    found: Item | None = None
    for turn in range(_OTHER_TRIES):
        item = make(number)
        found = item or found
        is_new = item is not None and (item.question, item.answer) not in seen
        if item is not None and (is_new or (turn >= _TRIES and (item.question, item.answer, item.given) not in seen)):
            return item
    if found is None:
        raise InputError(f"no exercise could be drawn for item {number}; use another seed or level")
    return found


def _placed(item: Item, number: int, bar: int) -> Item:
    """An item in its place."""
    return replace(item, number=number, bar=bar)
