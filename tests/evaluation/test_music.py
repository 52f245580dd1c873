"""Figures of scores, by hand."""

import math

import pytest

from boya.errors import InputError
from boya.evaluation import music
from boya.score import Score, Track, note_array


def score(*notes: tuple[float, float, int], drums: tuple[tuple[float, float, int], ...] = ()) -> Score:
    """(onset, duration) in quarters, pitch."""
    rows = [[(int(on * 480), int(length * 480), pitch, 80) for on, length, pitch in part] for part in (notes, drums)]
    return Score((Track(note_array(rows[0])), Track(note_array(rows[1]), is_drum=True)))


def test_entropy_counts_notes_not_octaves():
    assert music.pitch_class_entropy(score((0, 1, 60), (1, 1, 72))) == 0
    assert music.pitch_class_entropy(score(*((i, 1, 60 + i) for i in range(12)))) == pytest.approx(math.log2(12))


def test_scale_consistency_of_a_scale_with_one_foreign_note():
    major = [(i, 1, 60 + p) for i, p in enumerate((0, 2, 4, 5, 7, 9, 11))]
    assert music.scale_consistency(score(*major)) == pytest.approx(1)
    assert music.scale_consistency(score(*major, (7, 1, 61))) == pytest.approx(7 / 8)


def test_groove_of_equal_and_of_shifted_bars():
    same = score((0, 1, 60), (4, 1, 67), drums=((2, 1, 38), (6, 1, 38)))
    assert music.groove_consistency(same) == 1
    shifted = score((0, 1, 60), (5, 1, 60))
    assert music.groove_consistency(shifted, steps_per_quarter=4) == pytest.approx(1 - 2 / 16)
    assert math.isnan(music.groove_consistency(score((0, 1, 60))))


def test_voices():
    piece = score((0, 2, 60), (1, 2, 64), (1, 1, 60), (6, 1, 60))
    assert music.polyphony(piece, steps_per_quarter=1) == pytest.approx((1 + 2 + 1 + 1) / 4)
    assert music.polyphony_rate(piece, steps_per_quarter=1) == pytest.approx(1 / 7)
    assert music.pitch_range(piece) == 4


def test_empty_beats():
    piece = score((0, 0.5, 60), (2.5, 1, 60), drums=((5, 0.25, 38),))
    assert music.empty_beat_rate(piece) == pytest.approx(2 / 6)


def test_an_odd_grid_is_refused():
    for figure in (music.groove_consistency, music.polyphony):
        with pytest.raises(InputError, match="must divide 480"):
            figure(score((0, 1, 60)), steps_per_quarter=7)
