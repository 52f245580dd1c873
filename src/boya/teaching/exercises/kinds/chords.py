"""Chords to name by root and quality, and every third one to write.

Difficulty: log2 of the number of qualities that the level knows, a quarter for each accidental, and a quarter for open position.
"""

from dataclasses import replace
from math import log2

import numpy as np

from boya.teaching.exercises.drawing import BAR, chosen, different, draw_note, draw_sharps, is_natural_in, tonic_note
from boya.teaching.exercises.item import Item, Player
from boya.teaching.names import note_words, quality_words
from boya.teaching.spelling import Note, chord_notes, writable
from boya.teaching.wording import Words, listed, load, say, with_article
from boya.theory.chords import chord_name, quality_degrees

__all__ = ["PLAYERS", "items", "opened"]

PLAYERS = (Player(Words("Piano", "钢琴")),)
_LOWEST, _HIGHEST = 55, 70
_WRITTEN = 3


def items(level: int, count: int, rng: np.random.Generator) -> tuple[Item, ...]:
    """Draw chords of a level in one signature."""
    sharps = draw_sharps(level, rng)
    return different(lambda number: _item(level, number, sharps, rng), count)


def _item(level: int, number: int, sharps: int, rng: np.random.Generator) -> Item | None:
    """One chord, if the draw can be written down."""
    known = [name for names in load("exercises")["chords"]["levels"][:level] for name in names]
    quality, root = chosen(known, rng), draw_note(sharps, _LOWEST, _HIGHEST, rng)
    notes = chord_notes(root, quality)
    accidentals = sum(not is_natural_in(note, sharps) for note in notes)
    if not all(writable(note, sharps) for note in notes) or accidentals > max(level - 1, 0):
        return None
    is_written = number % _WRITTEN == 0
    is_open = level >= 4 and not is_written and rng.random() < 0.5
    tones = tuple((0, BAR, note.pitch) for note in (opened(notes) if is_open else notes))
    key = (tonic_note(sharps).pitch_class, "major")
    difficulty = log2(len(known)) + accidentals / 4 + is_open / 4
    empty = Item(Words("", ""), "name", Words("", ""), _why(notes, quality), (tones,), difficulty, key=key)
    return _to_write(empty, notes, quality) if is_written else _to_name(empty, notes, quality)


def _why(notes: tuple[Note, ...], quality: str) -> Words:
    """How a chord is built."""
    return say(
        "exercises",
        "chords.why",
        symbol=_symbol(notes, quality),
        root=note_words(notes[0], has_octave=False),
        quality=with_article(quality_words(quality)),
        notes=listed([note_words(note, has_octave=False) for note in notes]),
        degrees=" ".join(quality_degrees(quality)),
    )


def _to_name(item: Item, notes: tuple[Note, ...], quality: str) -> Item:
    """The chord is shown and its name is asked for."""
    symbol = _symbol(notes, quality)
    answer = say("exercises", "chords.answer", symbol=symbol, quality=quality_words(quality))
    return replace(item, question=say("exercises", "chords.name"), answer=answer, accepts=(symbol,), reader="chord")


def _to_write(item: Item, notes: tuple[Note, ...], quality: str) -> Item:
    """The root is shown and the chord is to be written."""
    named = {"symbol": _symbol(notes, quality), "quality": with_article(quality_words(quality)), "note": note_words(notes[0])}
    return replace(
        item,
        question=say("exercises", "chords.write", **named),
        task="write",
        answer=listed([note_words(note) for note in notes]),
        given=(item.given[0][:1],),
        solution=item.given,
        accepts=(" ".join(note.class_name for note in notes),),
        reader="notes",
    )


def _symbol(notes: tuple[Note, ...], quality: str) -> str:
    """The chord symbol, spelled by its root."""
    return notes[0].class_name + chord_name(0, quality)[1:]


def opened(notes: tuple[Note, ...]) -> tuple[Note, ...]:
    """Return a chord in open position: the second note from below an octave higher."""
    return tuple(sorted((*notes[:1], *notes[2:], notes[1].up(7, 12)), key=lambda note: note.pitch))
