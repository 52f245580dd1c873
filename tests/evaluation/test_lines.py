"""Density, height and syncopation of melodies whose values are known."""

import numpy as np
import pytest

from boya.errors import InputError
from boya.evaluation.lines import mean_height, onset_density, syncopation


def line(*notes, n_bars=1):
    """Tokens of notes as (step, steps, pitch). [shape=(1, steps)]"""
    tokens = np.zeros((1, 16 * n_bars), np.uint8)
    for step, length, pitch in notes:
        tokens[0, step : step + length] = 1
        tokens[0, step] = 2 + pitch
    return tokens


def test_density_counts_what_begins_in_a_bar():
    assert onset_density(line((0, 4, 60), (6, 20, 62), n_bars=2)).tolist() == [1.0]
    assert onset_density(np.ones((1, 16), np.int64)).tolist() == [0.0]


def test_height_counts_notes_and_not_their_length():
    assert mean_height(line((0, 12, 60), (12, 1, 66))).tolist() == [63.0]
    assert np.isnan(mean_height(line())).all()
    assert mean_height(line((0, 1, 127))).tolist() == [127.0]  # a token of 129 is no byte too many


@pytest.mark.parametrize(
    ("notes", "points"),
    [
        ([], 0),
        ([(0, 16, 60)], 0),  # nothing is heavier than the first step
        ([(0, 4, 60), (4, 4, 60), (8, 4, 60), (12, 4, 60)], 0),
        ([(4, 8, 60)], 1),  # a half note on the second quarter, over the middle of the bar
        ([(4, 2, 60)], 1),  # a rest there counts as a tie does
        ([(2, 4, 60), (6, 4, 60), (10, 4, 60)], 1 + 2 + 1),  # eighths before quarter, half, quarter
        ([(7, 9, 60)], 3),  # a sixteenth before the middle
        ([(7, 1, 60), (8, 8, 60)], 0),  # what begins there takes the point away
    ],
)
def test_points_of_syncopation(notes, points):
    assert syncopation(line(*notes)).tolist() == [points]


def test_a_note_before_the_bar_line_counts_most():
    assert syncopation(line((15, 17, 60), n_bars=2)).tolist() == [4 / 2]
    assert syncopation(line((15, 1, 60), (16, 16, 60), n_bars=2)).tolist() == [0.0]


def test_phrases_are_measured_one_by_one():
    both = np.concatenate([line((0, 4, 60)), line((7, 9, 72))])
    for measure in (onset_density, mean_height, syncopation):
        assert measure(both).tolist() == [*measure(both[:1]).tolist(), *measure(both[1:]).tolist()]
        assert measure(both[:0]).tolist() == []


@pytest.mark.parametrize("shape", [(16,), (2, 15), (2, 0), (1, 2, 16)])
@pytest.mark.parametrize("measure", [onset_density, mean_height, syncopation])
def test_lines_are_whole_bars(measure, shape):
    with pytest.raises(InputError, match=r"lines must be shaped \(phrases, bars \* 16\)"):
        measure(np.zeros(shape, np.int64))
