"""The network that hears foreign notes."""

from dataclasses import replace

import numpy as np
import pytest

from boya.theory.voices import faults, realise, voices_of
from boya.theory.voices.foreign import all_notes, features, strangeness
from boya.theory.voices.planting import is_found, moved_note, plant

from .conftest import piece

PHRASE = "I V6 I IV V I6 ii6/5 V I IV V7 vi ii6 V7 I I"


@pytest.fixture(scope="module")
def chorale():
    return realise(PHRASE, "C").score


def test_plain_harmony_has_no_foreign_notes(chorale):
    assert faults(chorale, "foreign-note") == ()


def test_wrong_notes_are_heard(chorale):
    """Notes that make no chord and pass for nothing, one at a time."""
    planted = [plant(chorale, "wrong note", np.random.default_rng(seed)) for seed in range(20)]
    heard = [is_found(wrong, faults(wrong.score, "foreign-note")) for wrong in planted]
    assert sum(heard) >= 17


def test_transposed_music_is_equally_strange(chorale):
    voices, other = voices_of(chorale), voices_of(chorale.transpose(-2))
    owner, row = all_notes(voices)
    assert features(voices, owner, row) == pytest.approx(features(other, owner, row), abs=1e-5)


def test_a_note_heard_elsewhere_is_the_note_moved(chorale):
    """All but the note itself stays as it is, so hearing it moved and moving it is one."""
    voices = voices_of(chorale)
    owner, row = np.array([2]), np.array([6])
    moved = voices_of(moved_note(chorale, (2, 6), int(chorale.tracks[2].notes["pitch"][6]) + 1))
    assert strangeness(voices, owner, row, 1) == pytest.approx(strangeness(moved, owner, row), abs=1e-4)


def test_repeated_notes_are_as_strange_as_a_long_one():
    long = piece("C5:2 B4:2 C5:4", "G4:8", "E4:2 D4:2 E4:4", "C3:2 G3:2 C3:4")
    short = piece("C5 C5 B4 B4 C5 C5:3", "G4 " * 8, "E4:2 D4:2 E4:4", "C3:2 G3:2 C3:4")
    first, second = (faults(moved_note(score, (3, 1), 56), "foreign-note") for score in (long, short))
    assert [(f.tick, f.voices) for f in first] == [(f.tick, f.voices) for f in second]
    assert first


def test_instruments_are_not_judged(chorale):
    wrong = plant(chorale, "wrong note", np.random.default_rng(0)).score
    strings = wrong.with_tracks([replace(t, program=p) for t, p in zip(wrong.tracks, (40, 40, 41, 42), strict=True)])
    assert faults(strings, "foreign-note") == ()


def test_other_numbers_of_voices_are_not_judged():
    assert faults(piece("C5 C#5", "E4 E4", "C4 F#4"), "foreign-note") == ()
