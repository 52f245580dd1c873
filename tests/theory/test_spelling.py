"""Pitches have the names that the key gives them."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boya.errors import InputError
from boya.theory.chords import chord_pitch_classes, qualities
from boya.theory.scales import scale_pitch_classes
from boya.theory.spelling import NATURAL, spell, spell_pitch

pitch_classes = st.integers(0, 11)


def sounds(name):
    return (NATURAL[name[0]] + name.count("#") - name.count("b")) % 12


@pytest.mark.parametrize(
    ("tonic", "mode", "names"),
    [
        (0, "major", "C D E F G A B"),
        (3, "major", "Eb F G Ab Bb C D"),
        (4, "major", "E F# G# A B C# D#"),
        (9, "minor", "A B C D E F G"),
        (1, "minor", "C# D# E F# G# A B"),
        (2, "dorian", "D E F G A B C"),
        (6, "major", "Gb Ab Bb Cb Db Eb F"),
    ],
)
def test_scales_have_each_letter_once(tonic, mode, names):
    assert " ".join(spell(pc, tonic, mode) for pc in scale_pitch_classes(tonic, mode)) == names


@given(pitch_classes, pitch_classes, st.sampled_from(["major", "minor"]))
def test_a_name_sounds_as_the_pitch_it_names(pc, tonic, mode):
    assert sounds(spell(pc, tonic, mode)) == pc


@given(pitch_classes, pitch_classes, st.sampled_from(["major", "minor"]), st.sampled_from(sorted(qualities())))
def test_chord_tones_are_spelled_in_degrees_of_the_root(root, tonic, mode, quality):
    names = [spell(pc, tonic, mode, (root, quality)) for pc in chord_pitch_classes(root, quality)]
    assert [sounds(name) for name in names] == list(chord_pitch_classes(root, quality))
    if quality in ("maj", "min", "dim", "7", "maj7", "dim7"):
        letters = ["CDEFGAB".index(name[0]) for name in names]
        assert [(b - a) % 7 for a, b in itertools.pairwise(letters)] == [2] * (len(names) - 1)


def test_secondary_dominants_and_leading_notes():
    assert [spell(pc, 0, chord=(9, "7")) for pc in (9, 1, 4, 7)] == ["A", "C#", "E", "G"]
    assert [spell(pc, 0, "minor", (11, "dim7")) for pc in (11, 2, 5, 8)] == ["B", "D", "F", "Ab"]
    assert [spell(pc, 0, chord=(6, "dim")) for pc in (6, 9, 0)] == ["F#", "A", "C"]
    assert [spell(pc, 0, chord=(1, "maj")) for pc in (1, 5, 8)] == ["Db", "F", "Ab"]


def test_octaves_belong_to_the_letter():
    assert spell_pitch(71, 6) == "Cb5"
    assert spell_pitch(72, 1, "minor", (8, "maj")) == "B#4"


@pytest.mark.parametrize("wrong", [(12, 0), (0, -1)])
def test_what_is_no_pitch_class_is_refused(wrong):
    with pytest.raises(InputError, match="0-11"):
        spell(*wrong)
