"""Chords are named from the notes that sound."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import InputError
from boya.score import Metre, Score, Timeline, Track, note_array
from boya.theory.chord_naming import name_chords
from boya.theory.chords import chord_pitch_classes, parse_chord
from boya.theory.tables import load_table

BAR = 1920


def played(symbols, length=BAR, timeline=None):
    rows = []
    for i, symbol in enumerate(symbols):
        root, quality, bass = parse_chord(symbol)
        rows.append((i * length, length, 36 + (root if bass is None else bass), 80))
        rows += [(i * length, length, 60 + pc, 80) for pc in chord_pitch_classes(root, quality)]
    return Score((Track(note_array(rows)),), timeline or Timeline())


def names(chords):
    return [(c.root, c.quality) for c in chords]


def expected(symbols):
    return [parse_chord(symbol)[:2] for symbol in symbols]


@pytest.mark.parametrize("text", ["C Am F G", "Dm7 G7 Cmaj7 Am7", "Em C G D", "Bb Gm Eb F", "F#m D A E"])
def test_plain_progressions(text):
    assert names(name_chords(played(text.split()))) == expected(text.split())


def test_bars_and_beats():
    symbols = ["C", "F", "G", "C"]
    by_bar = name_chords(played(symbols), unit="bar")
    assert names(by_bar) == expected(symbols)
    assert [c.onset for c in by_bar] == [0, BAR, 2 * BAR, 3 * BAR]
    assert names(name_chords(played(symbols, 960))) == expected(symbols)


def test_a_chord_may_change_inside_a_bar_of_three():
    score = played(["C", "G", "C"], 1440, Timeline.of(metres=[Metre(0, 3, 4)]))
    assert [c.duration for c in name_chords(score)] == [1440] * 3


@given(st.lists(st.sampled_from(["C", "Dm", "Em", "F", "G", "Am"]), min_size=2, max_size=6), st.integers(-5, 6))
@settings(max_examples=20, deadline=None)
def test_transposed_music_has_transposed_chords(symbols, shift):
    score = played(symbols)
    moved = [c.transpose(shift) for c in name_chords(score)]
    assert names(name_chords(score.transpose(shift))) == names(moved)


@given(st.lists(st.tuples(st.integers(0, 9000), st.integers(1, 4000), st.integers(0, 127), st.integers(1, 127)), max_size=30))
@settings(max_examples=40, deadline=None)
def test_chords_fill_any_music_without_gaps(rows):
    score = Score((Track(note_array(rows)),))
    chords = name_chords(score)
    assert bool(chords) == bool(rows)
    if chords:
        assert chords[0].onset == 0
        assert chords[-1].end == score.bar_bounds[-1]
        assert all(a.end == b.onset for a, b in itertools.pairwise(chords))
        assert all((a.root, a.quality) != (b.root, b.quality) for a, b in itertools.pairwise(chords))


def test_long_silence_has_no_chord_and_drums_are_not_heard():
    rows = [(0, BAR, p, 80) for p in (48, 60, 64, 67)] + [(3 * BAR, BAR, p, 80) for p in (43, 59, 62, 67)]
    drums = Track(note_array([(480 * i, 120, 38, 90) for i in range(16)]), is_drum=True)
    chords = name_chords(Score((Track(note_array(rows)), drums)))
    assert names(chords) == [(0, "maj"), (None, ""), (7, "maj")]
    assert names(name_chords(Score((drums,)))) == [(None, "")]


def test_an_unknown_unit_is_refused():
    with pytest.raises(InputError, match="beat or bar"):
        name_chords(Score(), unit="measure")


def test_the_profiles_are_odds():
    table = load_table("chord_profiles")
    assert sum(row["share"] for row in table["profile"]) == pytest.approx(1, abs=0.01)
    for row in table["profile"]:
        assert sum(row["notes"]) == pytest.approx(1, abs=0.01)
        assert sum(row["bass"]) == pytest.approx(1, abs=0.01)
        assert min(row["notes"] + row["bass"]) > 0
        assert chord_pitch_classes(0, row["quality"])
