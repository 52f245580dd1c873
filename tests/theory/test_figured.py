"""Numerals with figures are read and written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boya.errors import InputError
from boya.theory.chords import chord_pitch_classes, qualities
from boya.theory.figured import FIGURES, figured_name, parse_figured, plain_quality, with_figure
from boya.theory.tables import load_table

tonics, modes = st.integers(0, 11), st.sampled_from(["major", "minor"])
PLAIN = ("maj", "min", "dim", "aug", "7", "maj7", "min7", "dim7", "hdim7")


@pytest.mark.parametrize(
    ("text", "key", "chord"),
    [
        ("I", (0, "major"), (0, "maj", 0)),
        ("V6/5", (0, "major"), (7, "7", 11)),
        ("V65", (0, "major"), (7, "7", 11)),
        ("V2", (0, "major"), (7, "7", 5)),
        ("I7", (0, "major"), (0, "maj7", 0)),
        ("VII7", (9, "minor"), (7, "7", 7)),
        ("viio6", (9, "minor"), (8, "dim", 11)),
        ("vii/o7", (0, "major"), (11, "hdim7", 11)),
        ("iiø6/5", (9, "minor"), (11, "hdim7", 2)),
        ("VI", (9, "minor"), (5, "maj", 5)),
        ("bVI", (9, "minor"), (5, "maj", 5)),
        ("bVI", (0, "major"), (8, "maj", 8)),
        ("N6", (0, "minor"), (1, "maj", 5)),
        ("bII6", (0, "minor"), (1, "maj", 5)),
        ("V7/V", (0, "major"), (2, "7", 2)),
        ("viio7/ii", (0, "major"), (1, "dim7", 1)),
        ("V6/V/III", (9, "minor"), (2, "maj", 6)),
        ("III+6", (9, "minor"), (0, "aug", 4)),
        ("Ger6/5", (0, "minor"), (8, "7", 8)),
        ("Fr4/3", (0, "minor"), (2, "7(*5,b5)", 8)),
        ("It6", (0, "major"), (8, "7(*5)", 8)),
    ],
)
def test_numerals_are_chords(text, key, chord):
    found = parse_figured(text, *key)
    assert (found.root, found.quality, found.bass) == chord


@pytest.mark.parametrize("text", ["", "H", "V8", "I/", "VIII", "V7//V", "It/"])
def test_what_is_no_numeral_is_refused(text):
    with pytest.raises(InputError, match="figured numeral"):
        parse_figured(text, 0)


def test_a_mode_without_a_leading_note_is_refused():
    with pytest.raises(InputError, match="major or minor"):
        parse_figured("I", 0, "dorian")


@given(tonics, tonics, modes, st.sampled_from(PLAIN), st.integers(0, 3))
def test_a_chord_is_read_back_from_its_numeral(root, tonic, mode, quality, inversion):
    tones = chord_pitch_classes(root, quality)
    bass = tones[inversion % len(tones)]
    found = parse_figured(figured_name(root, quality, bass, tonic, mode), tonic, mode)
    assert (found.root, found.quality, found.bass) == (root, quality, bass)


@given(tonics, tonics, modes, st.integers(1, 11))
def test_numerals_do_not_depend_on_the_key(root, tonic, mode, shift):
    moved = figured_name((root + shift) % 12, "7", None, (tonic + shift) % 12, mode)
    assert moved == figured_name(root, "7", None, tonic, mode)


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_every_numeral_of_the_table_is_read_in_every_inversion(mode):
    for row in load_table("numerals")[mode]:
        chord = parse_figured(row["numeral"], 0, mode)
        tones = chord_pitch_classes(chord.root, chord.quality)
        for inversion, tone in enumerate(tones):
            found = parse_figured(with_figure(row["numeral"], inversion), 0, mode)
            assert (found.root, found.quality, found.bass, found.of) == (chord.root, chord.quality, tone, chord.of)
        assert row["function"] in ("tonic", "predominant", "dominant", "")


@pytest.mark.parametrize("quality", sorted(qualities()))
def test_every_quality_has_a_numeral(quality):
    assert plain_quality(plain_quality(quality)) == plain_quality(quality)
    assert parse_figured(figured_name(0, quality, None, 0), 0).root == 0


def test_figures_tell_inversion_and_seventh():
    assert FIGURES["6/5"] == FIGURES["65"] == (1, True)
    assert FIGURES["6/4"] == (2, False)
