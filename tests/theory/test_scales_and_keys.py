"""Scales, keys and their names."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import InputError
from boya.score import MODES, Key, Score, Timeline, Track, note_array
from boya.theory.keys import find_key, has_sharps, key_name, name_key, parse_key, pitch_class_weights
from boya.theory.scales import find_scale, scale_names, scale_pitch_classes

tonics = st.integers(0, 11)
modes = st.sampled_from(MODES)


def scale_score(tonic, mode="major"):
    pitches = [60 + p for p in [(tonic + s) for s in find_scale(mode).semitones]] + [48 + tonic]
    return Score((Track(note_array([(480 * i, 480, p, 80) for i, p in enumerate(pitches)])),))


@pytest.mark.parametrize("name", scale_names())
def test_every_scale_ascends_from_its_tonic_inside_an_octave(name):
    semitones = find_scale(name).semitones
    assert semitones[0] == 0
    assert list(semitones) == sorted(set(semitones))
    assert semitones[-1] <= 11
    assert 5 <= len(semitones) <= 12


def test_names_of_scales_are_told_apart():
    assert len(set(scale_names())) == len(scale_names())
    assert all(find_scale(find_scale(name).zh).semitones == find_scale(name).semitones for name in scale_names())


@pytest.mark.parametrize(
    ("name", "notes"),
    [("gong", "C D E G A"), ("shang", "D E G A C"), ("jue", "E G A C D"), ("zhi", "G A C D E"), ("yu", "A C D E G")],
)
def test_the_five_chinese_modes_share_their_notes(name, notes):
    letters = dict(zip("CDEGA", (0, 2, 4, 7, 9), strict=True))
    expected = [letters[n] for n in notes.split()]
    assert list(scale_pitch_classes(expected[0], name)) == expected


def test_an_unknown_scale_offers_the_nearest():
    with pytest.raises(InputError, match="dorian"):
        find_scale("dorain")


@given(tonics, modes)
@settings(max_examples=60, deadline=None)
def test_a_key_is_read_back_from_its_name(tonic, mode):
    assert parse_key(key_name(tonic, mode)) == (tonic, mode)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("A minor", (9, "minor")),
        ("am", (9, "minor")),
        ("Bb", (10, "major")),
        ("B♭ major", (10, "major")),
        ("f# Dorian", (6, "dorian")),
        ("B- minor", (10, "minor")),
        ("升C小调", (1, "minor")),
        ("C大调", (0, "major")),
        ("E:min", (4, "minor")),
        ("CM", (0, "major")),
        ("D 多利亚调式", (2, "dorian")),
    ],
)
def test_keys_in_many_spellings(text, key):
    assert parse_key(text) == key


@pytest.mark.parametrize("text", ["", "H minor", "A minr", "12", "A minor please", "minor", None, 7])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(InputError):
        parse_key(text)


def test_a_misspelt_mode_offers_the_nearest():
    with pytest.raises(InputError, match="did you mean minor"):
        parse_key("A minr")


def test_signatures():
    assert [t for t in range(12) if has_sharps(t)] == [2, 4, 7, 9, 11]
    assert [t for t in range(12) if has_sharps(t, "minor")] == [1, 4, 6, 8, 11]


@given(tonics, st.sampled_from(["major", "minor"]))
@settings(max_examples=30, deadline=None)
def test_a_scale_with_its_tonic_at_the_end_is_in_its_key(tonic, mode):
    found = find_key(scale_score(tonic, mode))
    assert (found.tonic, found.mode) == (tonic, mode)


@given(st.lists(st.floats(0, 1e6), min_size=12, max_size=12), st.integers(0, 11))
@settings(max_examples=60, deadline=None)
def test_transposing_the_weights_transposes_the_key(weights, shift):
    if np.ptp(weights) < 1e-3:
        return
    first, second = find_key(weights), find_key(np.roll(weights, shift))
    unique = len(set(np.round(weights, 6))) == 12
    assert not unique or (second.tonic, second.mode) == ((first.tonic + shift) % 12, first.mode)


def test_louder_or_longer_music_has_the_same_key():
    weights = np.arange(12.0)
    assert find_key(weights) == find_key(weights * 1000)


@pytest.mark.parametrize("weights", [[1] * 11, [-1] * 12, [float("nan")] * 12, [[1] * 12]])
def test_weights_must_be_twelve_and_not_negative(weights):
    with pytest.raises(InputError, match="12 weights"):
        find_key(weights)


def test_silence_and_drums_have_no_key_but_c_major():
    drums = Score((Track(note_array([(0, 480, 38, 90)]), is_drum=True),))
    assert find_key(Score()) == find_key(drums) == Key(0, 0)
    assert not pitch_class_weights(drums).any()
    assert name_key(drums) is drums


def test_a_written_key_stays_and_a_missing_one_is_found():
    silent = scale_score(7)
    assert name_key(silent).timeline.keys == (Key(0, 7, "major"),)
    written = Score(silent.tracks, Timeline.of(keys=[Key(0, 3, "minor")]))
    assert name_key(written) is written
