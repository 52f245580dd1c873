"""How alike bars are: equal ones, silent ones, bars of other lengths."""

import math

import numpy as np
import pytest

from boya.errors import InputError
from boya.evaluation.repetition import bar_likeness, bar_notes, repetition
from boya.score import Metre, Score, Timeline, Track, note_array

BAR = 1920


def piece(*bars: str, timeline: Timeline | None = None) -> Score:
    """Bars of letters, a quarter each; a dot is a rest."""
    notes = [
        (bar * BAR + beat * 480, 480, 60 + ord(letter) - ord("a"), 80)
        for bar, letters in enumerate(bars)
        for beat, letter in enumerate(letters)
        if letter != "."
    ]
    return Score((Track(note_array(notes)),), timeline or Timeline())


def test_what_comes_again_at_a_distance():
    aaba = piece("abcd", "efgh", "ijkl", "mnop", "abcd", "efgh", "ijkl", "xxxx")
    assert repetition(aaba, 4) == pytest.approx(3 / 4)
    assert repetition(aaba, 1) == 0
    assert bar_likeness(bar_notes(aaba), 4).tolist() == [1, 1, 1, 0]


def test_half_a_bar_is_a_third_of_what_both_have():
    assert repetition(piece("abcd", "abxy"), 1) == pytest.approx(2 / 6)


def test_lengths_places_and_tracks_matter():
    one, other = (0, 480, 60, 80), (BAR, 240, 60, 80)
    assert repetition(Score((Track(note_array([one, other])),)), 1) == 0
    assert repetition(Score((Track(note_array([one])), Track(note_array([(BAR, 480, 60, 80)])))), 1) == 0
    assert repetition(Score((Track(note_array([one, (BAR + 9, 470, 60, 20)])),)), 1) == 1  # within a step, however loud


def test_silent_bars_are_left_out():
    assert repetition(piece("abcd", "....", "abcd"), 2) == 1
    assert math.isnan(repetition(piece("abcd", "....", "abcd"), 1))
    assert math.isnan(repetition(piece("abcd"), 1))
    assert math.isnan(repetition(Score(), 4))


def test_bars_of_another_length_are_unlike():
    changing = Timeline.of(metres=[Metre(0, 4, 4), Metre(BAR, 3, 4)])
    assert repetition(piece("a...", "a...", timeline=changing), 1) == 0


def test_a_bar_is_not_compared_with_itself():
    with pytest.raises(InputError, match="at least 1"):
        bar_likeness([np.zeros(1, dtype=np.int64)], 0)
