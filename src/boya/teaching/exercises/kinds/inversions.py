"""Triads and sevenths whose inversion is to be named, by its figures or in words.

Difficulty: log2 of the number of positions that the level knows, half of log2 of its qualities, a quarter for each accidental,
and a half for open position.
"""

from math import log2

import numpy as np

from boya.teaching.exercises.drawing import BAR, chosen, different, draw_note, draw_sharps, is_natural_in, tonic_note
from boya.teaching.exercises.item import Item, Player
from boya.teaching.exercises.kinds.chords import opened
from boya.teaching.exercises.steps import FIGURES
from boya.teaching.names import note_words
from boya.teaching.spelling import Note, chord_notes, writable
from boya.teaching.wording import Words, load, say
from boya.theory.chords import chord_name

__all__ = ["PLAYERS", "items"]

PLAYERS = (Player(Words("Piano", "钢琴")),)
_LOWEST, _HIGHEST = 55, 67


def items(level: int, count: int, rng: np.random.Generator) -> tuple[Item, ...]:
    """Draw chords in inversion in one signature."""
    sharps = draw_sharps(level, rng)
    return different(lambda _: _item(level, sharps, rng), count)


def _item(level: int, sharps: int, rng: np.random.Generator) -> Item | None:
    """One chord in a position, if the draw can be written down."""
    known = [tuple(row) for row in load("exercises")["inversions"]["levels"][level - 1]]
    quality, inversion = chosen(known, rng)
    root = draw_note(sharps, _LOWEST, _HIGHEST, rng)
    notes = _inverted(chord_notes(root, quality), inversion)
    accidentals = sum(not is_natural_in(note, sharps) for note in notes)
    if not all(writable(note, sharps) for note in notes) or accidentals > max(level - 2, 0):
        return None
    is_open = level == 5
    tones = tuple((0, BAR, note.pitch) for note in (opened(notes) if is_open else notes))
    figure = FIGURES[len(notes)][inversion]
    position = load("terms")["inversion"][str(inversion)]
    difficulty = log2(len({row[1] for row in known})) + log2(len({row[0] for row in known})) / 2 + accidentals / 4 + is_open / 2
    symbol = root.class_name + chord_name(0, quality)[1:]
    answer = say("exercises", "inversions.answer", figure=figure, position=Words(position["en"], position["zh"]))
    why = say(
        "exercises",
        "inversions.why",
        symbol=symbol,
        bass=note_words(notes[0]),
        root=note_words(root, has_octave=False),
        position=Words(position["en"], position["zh"]),
        figure=figure,
    )
    accepts = (figure, position["en"], position["zh"], *(("root",) if inversion == 0 else (str(position["en"]).split()[0],)))
    question = say("exercises", "inversions.name", symbol=symbol)
    key = (tonic_note(sharps).pitch_class, "major")
    return Item(question, "name", answer, why, (tones,), difficulty, accepts=accepts, key=key)


def _inverted(notes: tuple[Note, ...], inversion: int) -> tuple[Note, ...]:
    """A chord with its lowest notes an octave higher."""
    return (*notes[inversion:], *(note.up(7, 12) for note in notes[:inversion]))
