"""Templates, names and spelling."""

import re
import string
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boya.errors import InputError
from boya.teaching.names import interval_words, key_words, note_words, quality_words
from boya.teaching.spelling import Note, chord_notes, note_of, parse_note, scale_notes, writable
from boya.teaching.wording import Words, check_language, joined, listed, load, say, with_article
from boya.theory.chords import chord_pitch_classes, qualities
from boya.theory.scales import find_scale, scale_names

TABLES = ("terms", "explain", "exercises")
notes = st.builds(Note, st.integers(-8, 13), st.integers(1, 6))


def templates(row, path=()):
    if isinstance(row, dict) and "en" in row:
        yield ".".join(path), row
    elif isinstance(row, dict):
        yield from chain.from_iterable(templates(value, (*path, name)) for name, value in row.items())


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("table", TABLES)
def test_every_template_speaks_both_languages(table):
    found = list(templates(load(table)))
    assert found
    for name, row in found:
        assert row["zh"], name
        assert fields(row["zh"]) <= fields(row["en"]) | {"of", "key"}, name
        assert not re.search(r"[\u4e00-\u9fff]", row["en"]), name
        if not fields(row["zh"]) and len(row["en"]) > 3:
            assert re.search(r"[\u4e00-\u9fff]", row["zh"]), name


def test_a_missing_template_or_value_is_told():
    with pytest.raises(InputError, match=r"terms\.toml.*no_such"):
        say("terms", "no_such")
    with pytest.raises(InputError, match="number"):
        say("terms", "bar")
    with pytest.raises(InputError, match="en or zh"):
        check_language("fr")


def test_words_are_joined_as_each_language_does():
    assert joined([Words("A.", "甲。"), Words("", ""), Words("B.", "乙。")]) == Words("A. B.", "甲。乙。")
    assert listed(["A"]) == Words("A", "A")
    assert with_article(Words("octave", "八度")).en == "an octave"


@given(notes, st.integers(-9, 9), st.integers(-14, 14))
def test_up_and_down_is_home(note, steps, semitones):
    there = note.up(steps, semitones)
    assert there.pitch == note.pitch + semitones
    assert there.place == note.place + steps
    assert there.up(-steps, -semitones) == note


@given(st.integers(12, 120), st.integers(-6, 6))
def test_what_notation_writes_is_writable_and_reads_back(pitch, sharps):
    note = note_of(pitch, sharps)
    assert note.pitch == pitch
    assert writable(note, sharps)
    assert parse_note(note.name) == note


@pytest.mark.parametrize("name", [name for name in qualities() if name != "maj(b7)"])
def test_chords_are_spelled_as_they_sound(name):
    for root in (Note(0, 4), Note(-3, 4), Note(4, 4)):
        spelled = chord_notes(root, name)
        assert {note.pitch_class for note in spelled} == set(chord_pitch_classes(root.pitch_class, name))


@pytest.mark.parametrize("name", [name for name in scale_names() if 5 <= len(find_scale(name).semitones) <= 7])
def test_scales_rise_to_the_octave(name):
    spelled = scale_notes(Note(0, 4), find_scale(name))
    assert [note.pitch - 60 for note in spelled] == [*find_scale(name).semitones, 12]


@pytest.mark.parametrize("text", ["", "H4", "C44", "Cbbb", "c sharp", "4C"])
def test_what_is_no_note_is_refused(text):
    with pytest.raises(InputError, match="a note looks like"):
        parse_note(text)


def test_names_in_both_languages():
    assert note_words(parse_note("F#3")) == Words("F#3", "升F3")
    assert key_words(3, "minor") == Words("Eb minor", "降E小调")
    assert quality_words("hdim7").zh == "半减七和弦"
    assert interval_words("d7") == Words("diminished seventh", "减七度")
    with pytest.raises(InputError, match="an interval must be one of"):
        interval_words("P6")


def test_the_table_of_intervals_is_right():
    for name, row in load("terms")["interval"].items():
        low = Note(0, 3)
        high = low.up(row["steps"], row["semitones"])
        quality = {"P": 0, "M": 0, "m": -1, "A": 1, "d": -1 if row["steps"] % 7 in (0, 3, 4) else -2}[name[0]]
        assert int(name[1:]) == row["steps"] + 1
        assert high.alter == quality, name
