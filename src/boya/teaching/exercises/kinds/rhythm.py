"""Rhythms: on which beat a note begins, and by turns a rhythm to write from hearing.

Difficulty: log2 of the number of cells that the level knows, the share of notes that begin off the beat, and one for a metre of
eighths.
"""

from dataclasses import replace
from fractions import Fraction
from math import log2

import numpy as np

from boya.teaching.exercises.drawing import chosen, different
from boya.teaching.exercises.item import Item, Part, Player
from boya.teaching.wording import Words, counted, load, say

__all__ = ["PLAYERS", "items"]

PLAYERS = (Player(Words("Rhythm", "节奏"), 115),)
_PITCH, _QUARTER = 71, 480
_TRIES = 50


def items(level: int, count: int, rng: np.random.Generator) -> tuple[Item, ...]:
    """Draw rhythms; odd items are read, even ones heard."""
    return different(lambda number: _item(level, number, rng), count)


def _item(level: int, number: int, rng: np.random.Generator) -> Item | None:
    """One rhythm in a metre of the level."""
    table = load("exercises")["rhythm"]["level"][level - 1]
    numerator, denominator = chosen(table["metres"], rng)
    is_compound = denominator == 8
    is_heard = number % 2 == 0
    bar = numerator * 1920 // denominator
    cells = table["cells_compound" if is_compound else "cells"]
    bars = [_bar(cells, bar, rng) for _ in range(1 + is_heard)]
    if not all(bars):
        return None
    part: Part = tuple((i * bar + at, ticks, _PITCH) for i, row in enumerate(bars) for at, ticks in row)
    off = sum(at % _beat(denominator) != 0 for at, _, _ in part) / len(part)
    difficulty = log2(len(cells)) + off + is_compound
    empty = Item(Words("", ""), "name", Words("", ""), Words("", ""), (part,), difficulty, metre=(numerator, denominator))
    return _to_write(replace(empty, n_bars=len(bars)), part) if is_heard else _to_read(empty, part, rng)


def _to_write(item: Item, part: Part) -> Item:
    """The rhythm is heard and to be written."""
    lengths = " ".join(_quarters(ticks) for _, ticks, _ in part)
    return replace(
        item,
        question=say("exercises", "rhythm.write"),
        task="write",
        answer=Words(lengths, lengths),
        why=say("exercises", "rhythm.why_write", lengths=lengths),
        given=(part[:1],),
        solution=(part,),
        is_heard=True,
    )


def _to_read(item: Item, part: Part, rng: np.random.Generator) -> Item:
    """The rhythm is shown, and the beat of one of its notes is asked for."""
    place = int(rng.integers(1, len(part)))
    beat = _beat(item.metre[1])
    beats = f"{part[place][0] / beat + 1:.4g}"
    why = say(
        "exercises",
        "rhythm.why_read",
        lengths=counted("quarter", round(part[place][0] / 480, 3)),
        beat=say("exercises", "rhythm.quarters" if beat == _QUARTER else "rhythm.eighths"),
        answer=beats,
    )
    question = say("exercises", "rhythm.read", place=place + 1)
    return replace(item, question=question, answer=Words(beats, beats), why=why, accepts=(beats,), reader="number")


def _beat(denominator: int) -> int:
    """Ticks of what is counted: eighths in metres of eighths, else quarters."""
    return _QUARTER // 2 if denominator == 8 else _QUARTER


def _quarters(ticks: int) -> str:
    """A length in quarters: 1.5, 1/3."""
    length = Fraction(ticks, 480)
    return f"{float(length):g}" if length.denominator in (1, 2, 4) else str(length)


def _bar(cells: list[list[int]], length: int, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Onsets and lengths of a bar of cells; empty where the draw did not fill it. It begins with a note and holds two or more."""
    for _ in range(_TRIES):
        ticks: list[int] = []
        while sum(map(abs, ticks)) < length:
            left = length - sum(map(abs, ticks))
            fitting = [cell for cell in cells if sum(map(abs, cell)) <= left]
            ticks += chosen(fitting, rng) if fitting else [left]
        onsets = np.cumsum([0, *map(abs, ticks)]).tolist()
        notes = [(at, tick) for at, tick in zip(onsets, ticks, strict=False) if tick > 0]
        if ticks[0] > 0 and len(notes) > 1:
            return notes
    return []
