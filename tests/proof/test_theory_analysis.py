"""What the rows of analysis are made of; the rows themselves need music21's corpus and minutes."""

from dataclasses import replace

from boya.proof.annotated import CHORALES, Annotated
from boya.proof.theory_analysis import compared, right_chords, rows
from boya.score import Chord, Score, Track, note_array
from boya.theory.analysis.roman_text import parse_roman_text

BAR = 1920
PROGRESSION = ((48, 64, 67, 72), (41, 65, 69, 72), (43, 62, 67, 71), (48, 64, 67, 72))


def music():
    rows_of_notes = [(i * BAR, BAR, pitch, 80) for i, chord in enumerate(PROGRESSION) for pitch in chord]
    return Score((Track(note_array(rows_of_notes)),))


def piece(text):
    labels = tuple(((label.measure - 1) * BAR, label) for label in parse_roman_text(text))
    return Annotated("one", CHORALES, 2, music(), labels)


def test_agreement_is_counted_in_time():
    same = compared(piece("m1 C: I\nm2 IV\nm3 V\nm4 I"))
    assert same["key"] == same["root"] == same["full numeral"] == same["time"] == 4 * BAR // 60
    other = compared(piece("m1 C: I\nm2 IV6\nm3 V\nm4 G: IV"))
    assert (other["root"], other["key"], other["full numeral"]) == (128, 96, 64)


def test_chords_are_compared_in_each_quarter_that_has_one():
    true = (Chord(0, BAR, 0, "maj7"), Chord(BAR, BAR, 9, "min"), Chord(2 * BAR, BAR, None, ""))
    score = replace(music(), chords=true)
    named = (Chord(0, BAR, 0, "maj"), Chord(BAR, BAR // 2, 9, "maj"), Chord(BAR + BAR // 2, 5 * BAR // 2, 5, "maj"))
    assert right_chords(score, named) == {"beats": 8, "root": 6, "triad": 4}


def test_what_cannot_be_measured_here_is_said(setup, heard):
    assert list(rows(replace(setup, quick=False))) == []
    assert any("pop909" in note for note in heard)
    assert any("--slow" in note for note in heard)
