"""Notation: bars, voices, signs, spelling, and what a MusicXML note looks like."""

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boya import files
from boya.files.notation import LENGTHS, Bar, Sign, bars_of, grid_score, in_key, spelled, voices_of
from boya.files.xml_looks import beams
from boya.score import Metre, Score, Timeline, Track, note_array

FOUR = Metre(0, 4, 4)
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def line(*lengths: int, rests: tuple[int, ...] = ()) -> list[Sign]:
    """A bar of signs of these units; those numbered in `rests` are silent."""
    onsets = [sum(lengths[:i]) for i in range(len(lengths))]
    return [
        Sign(onset, length, () if i in rests else (60,)) for i, (onset, length) in enumerate(zip(onsets, lengths, strict=True))
    ]


@pytest.mark.parametrize(
    ("signs", "metre", "expected"),
    [
        (line(6, 6, 6, 6), FOUR, [["begin"], ["end"], ["begin"], ["end"]]),
        (line(6, 6, 6), Metre(0, 3, 8), [["begin"], ["continue"], ["end"]]),
        (line(12, 12), FOUR, [[], []]),
        (line(6, 6, rests=(0,)), FOUR, [[], []]),
        (line(3, 3, 6), FOUR, [["begin", "begin"], ["continue", "end"], ["end"]]),
        (line(9, 3), FOUR, [["begin"], ["end", "backward hook"]]),
        (line(3, 9), FOUR, [["begin", "forward hook"], ["end"]]),
        (line(4, 4, 4), FOUR, [["begin"], ["continue"], ["end"]]),
        (line(6, 12, 6), FOUR, [[], [], []]),
    ],
)
def test_beams_join_a_beat(signs: list[Sign], metre: Metre, expected: list[list[str]]) -> None:
    assert beams(signs, metre) == expected


@given(st.integers(0, 127), st.integers(-7, 7))
def test_a_spelled_pitch_is_the_pitch(pitch: int, sharps: int) -> None:
    letter, alter, octave = spelled(pitch, sharps)
    assert 12 * (octave + 1) + STEPS[letter] + alter == pitch
    assert abs(alter) <= 2


@given(st.integers(-7, 7))
def test_pitches_of_the_key_need_no_accidental(sharps: int) -> None:
    tonic = sharps * 7 % 12
    for step in (0, 2, 4, 5, 7, 9, 11):
        letter, alter, _ = spelled(60 + (tonic + step) % 12, sharps)
        assert alter == in_key(letter, sharps)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 60), st.integers(40, 80)), min_size=1, max_size=15))
def test_voices_fill_every_bar_and_lose_nothing(rows: list[tuple[int, int, int]]) -> None:
    score = grid_score(Score((Track(note_array([(a * 40, b * 40, p, 80) for a, b, p in rows])),)))
    bars = bars_of(score)
    voices = voices_of(score.tracks[0], bars)
    begun = []
    for voice in voices:
        for bar, signs in zip(bars, voice, strict=True):
            assert sum(sign.duration for sign in signs) == bar.duration
            assert all(sign.duration in LENGTHS for sign in signs)
            begun += [((bar.onset + s.onset) * 40, p) for s in signs if not s.is_tied_before for p in s.pitches]
    assert sorted(begun) == sorted((onset, pitch) for onset, _, pitch, _ in score.tracks[0].notes.tolist())


def test_a_note_over_the_bar_line_is_tied() -> None:
    first, second = voices_of(Track(note_array([(1440, 960, 60, 80)])), [Bar(0, 48, 0, 1920), Bar(48, 48, 1920, 3840)])[0]
    assert [(s.onset, s.duration, s.is_tied_before, s.is_tied_after) for s in (first[-1], second[0])] == [
        (36, 12, False, True),
        (0, 12, True, False),
    ]


def test_equal_pitches_do_not_overlap_on_paper() -> None:
    score = grid_score(Score((Track(note_array([(0, 960, 60, 80), (480, 960, 60, 80)])),)))
    assert score.tracks[0].notes.tolist() == [(0, 480, 60, 80), (480, 960, 60, 80)]


def test_bars_cut_short_and_off_the_grid_have_whole_units() -> None:
    score = Score(
        (Track(note_array([(0, 5000, 60, 80)])),), Timeline.of(metres=[Metre(0, 4, 4), Metre(1000, 3, 32), Metre(1300, 3, 4)])
    )
    bars = bars_of(score)
    assert all(a.onset + a.duration == b.onset and a.end_tick == b.tick for a, b in pairwise(bars))


def test_accidentals_are_written_once_a_bar() -> None:
    score = Score((Track(note_array([(i * 480, 480, p, 80) for i, p in enumerate([61, 61, 60, 60, 61])])),))
    notes = ElementTree.fromstring(files.write_bytes(score, ".musicxml")).iter("note")
    assert [note.findtext("accidental") for note in notes if note.find("pitch") is not None] == [
        "sharp",
        None,
        "natural",
        None,
        "sharp",
    ]


def test_the_document_follows_the_order_of_the_schema() -> None:
    order = [
        "chord",
        "pitch",
        "unpitched",
        "rest",
        "duration",
        "tie",
        "instrument",
        "voice",
        "type",
        "dot",
        "accidental",
        "time-modification",
        "beam",
        "notations",
    ]
    score = Score(
        (
            Track(note_array([(0, 700, 61, 80), (0, 700, 64, 80), (80, 3000, 66, 80)])),
            Track(note_array([(0, 160, 38, 80)]), is_drum=True),
        )
    )
    for note in ElementTree.fromstring(files.write_bytes(score, ".musicxml")).iter("note"):
        places = [order.index(child.tag) for child in note]
        assert places == sorted(places)
