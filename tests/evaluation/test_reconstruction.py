"""Reconstruction figures by hand, and the copying baseline against brute force."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from boya.errors import InputError
from boya.evaluation import reconstruction as rec

tokens = arrays(np.int64, (3, 8), elements=st.integers(0, 9))


def test_a_written_line_by_hand():
    original = [[62, 1, 64, 1, 0, 0, 65, 1]]
    written = [[62, 1, 64, 64, 0, 66, 66, 1]]
    assert rec.step_accuracy(written, original) == 5 / 8
    assert rec.onset_accuracy(written, original) == pytest.approx(2 / 3)
    assert rec.note_f1(written, original) == pytest.approx(2 * 2 / (5 + 3))


def test_drum_sets_are_compared_stroke_by_stroke():
    assert rec.drum_f1([[0b101, 0b010]], [[0b100, 0b010]]) == pytest.approx(2 * 2 / 5)
    table = rec.track_accuracies({"drums": [[5, 0]]}, {"drums": [[4, 0]]})
    assert table == {"drums": {"steps": 0.5, "onsets": 0.0, "notes": pytest.approx(2 / 3)}}
    with pytest.raises(InputError, match="same tracks"):
        rec.track_accuracies({"bass": [[0]]}, {"drums": [[0]]})


@settings(max_examples=25, deadline=None)
@given(tokens, tokens)
def test_figures_are_shares_and_perfect_on_itself(one, other):
    for figure in (rec.step_accuracy, rec.onset_accuracy, rec.note_f1, rec.drum_f1):
        assert math.isnan(figure(one, other)) or 0 <= figure(one, other) <= 1
        assert math.isnan(figure(one, one)) or figure(one, one) == 1


def test_smoothness_of_an_even_walk_and_of_a_jump():
    even = [[[0] * (8 - k) + [5] * k for k in range(0, 9, 2)]]
    assert rec.smoothness(even) == rec.Smoothness(0.25, 0.25)
    jump = [[[0] * 8] * 3 + [[5] * 8] * 2]
    assert rec.smoothness(jump) == rec.Smoothness(0.25, 1.0)
    assert math.isnan(rec.smoothness([[[1, 2], [3, 4], [1, 2]]]).mean)
    with pytest.raises(InputError, match="morphs must be"):
        rec.smoothness([[1, 2]])


@settings(max_examples=25, deadline=None)
@given(tokens, arrays(np.int64, (5, 8), elements=st.integers(0, 9)), st.booleans())
def test_no_training_phrase_is_nearer(asked, training, transpose):
    copies = rec.nearest_training_phrase(asked, training, transpose=transpose, chunk=2)
    moves = range(-6, 6) if transpose else [0]
    for row, copied in zip(asked, copies.tokens, strict=True):
        best = max((np.where(t >= 2, t + m, t) == row).sum() for t in training for m in moves)
        assert (copied == row).sum() == best


def test_own_training_phrase_is_found_in_another_key():
    tune = np.array([[62, 1, 64, 0, 66, 1, 1, 0]])
    copies = rec.nearest_training_phrase(np.where(tune >= 2, tune + 3, tune), np.concatenate([tune * 0, tune]), transpose=True)
    assert (copies.index.tolist(), copies.shift.tolist()) == ([1], [3])


def test_shapes_must_agree():
    with pytest.raises(InputError, match="one shape"):
        rec.step_accuracy([[0, 1]], [[0]])
    with pytest.raises(InputError, match="equal steps"):
        rec.nearest_training_phrase([[0, 1]], np.zeros((0, 2)))
