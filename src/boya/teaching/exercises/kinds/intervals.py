"""Intervals to name, and every third one to write.

Difficulty: log2 of the number of intervals that the level knows, and a half for each accidental of the notes and for an interval
that is counted downwards.
"""

from dataclasses import replace
from math import log2

import numpy as np

from boya.teaching.exercises.drawing import BAR, chosen, different, draw_note, draw_sharps, is_natural_in, tonic_note
from boya.teaching.exercises.item import Item, Player
from boya.teaching.names import interval_words, note_words
from boya.teaching.spelling import Note, writable
from boya.teaching.wording import Words, counted, load, say, with_article

__all__ = ["PLAYERS", "items"]

PLAYERS = (Player(Words("Piano", "钢琴")),)
_LOWEST, _HIGHEST = 57, 81
_WRITTEN = 3


def items(level: int, count: int, rng: np.random.Generator) -> tuple[Item, ...]:
    """Draw intervals of a level in one signature."""
    sharps = draw_sharps(level, rng)
    return different(lambda number: _item(level, number, sharps, rng), count)


def _item(level: int, number: int, sharps: int, rng: np.random.Generator) -> Item | None:
    """One interval, if the draw can be written down."""
    known = [name for names in load("exercises")["intervals"]["levels"][:level] for name in names]
    name, is_down = chosen(known, rng), level >= 4 and rng.random() < 0.5
    row = load("terms")["interval"][name]
    first = draw_note(sharps, _LOWEST, _HIGHEST, rng, is_diatonic=level < 5)
    sign = -1 if is_down else 1
    second = first.up(sign * row["steps"], sign * row["semitones"])
    accidentals = sum(not is_natural_in(note, sharps) for note in (first, second))
    is_in_reach = _LOWEST <= second.pitch <= _HIGHEST and writable(second, sharps)
    if not is_in_reach or accidentals > max(level - 2, 0):
        return None
    difficulty = log2(len(known)) + 0.5 * (accidentals + is_down)
    key = (tonic_note(sharps).pitch_class, "major")
    empty = Item(Words("", ""), "name", Words("", ""), _why(name, first, second), (), difficulty, key=key)
    if number % _WRITTEN == 0 and name != "P1":
        return _to_write(empty, name, first, second)
    return _to_name(empty, name, (first, second), is_together=level >= 2 and name != "P1" and rng.random() < 0.5)


def _why(name: str, first: Note, second: Note) -> Words:
    """How an interval is counted."""
    row = load("terms")["interval"][name]
    low, high = sorted((first, second), key=lambda note: (note.place, note.pitch))
    return say(
        "exercises",
        "intervals.why",
        low=note_words(low),
        high=note_words(high),
        letters=counted("letter", row["steps"] + 1),
        semitones=counted("semitone", row["semitones"]),
        a_name=with_article(interval_words(name)),
    )


def _to_name(item: Item, name: str, notes: tuple[Note, Note], *, is_together: bool) -> Item:
    """Both notes are shown, one after the other or together, and the name is asked for."""
    spans = ((0, BAR), (0, BAR)) if is_together else ((0, BAR // 2), (BAR // 2, BAR // 2))
    given = tuple((onset, ticks, note.pitch) for (onset, ticks), note in zip(spans, notes, strict=True))
    row = load("terms")["interval"][name]
    accepts = (name, row["en"], row["zh"], *row["also"])
    question = say("exercises", "intervals.name")
    return replace(item, question=question, answer=interval_words(name), given=(given,), accepts=accepts, reader="interval")


def _to_write(item: Item, name: str, first: Note, second: Note) -> Item:
    """The first note is given and the second to be written."""
    given = ((0, BAR // 2, first.pitch),)
    direction = say("exercises", "intervals.down" if second.place < first.place else "intervals.up")
    named = {"name": with_article(interval_words(name)), "direction": direction, "note": note_words(first)}
    return replace(
        item,
        question=say("exercises", "intervals.write", **named),
        task="write",
        answer=note_words(second),
        given=(given,),
        solution=((*given, (BAR // 2, BAR // 2, second.pitch)),),
        accepts=(second.class_name,),
        reader="notes",
    )
