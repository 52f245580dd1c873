"""Steps of one role: what notes become on the grid, and that steps and notes are two spellings of one thing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.representation.grid import (
    LINE_WINDOWS,
    N_DRUM_CLASSES,
    ROLL_BASE,
    bits_of,
    drum_notes,
    drum_steps,
    line_notes,
    line_steps,
    roll_of,
    set_notes,
    set_steps,
)
from boya.score import note_array

STEP = 120


def notes_of(rows):
    """Notes from (onset step, steps, pitch)."""
    return note_array([(on * STEP, n * STEP, pitch, 80) for on, n, pitch in rows])


def tokens(role):
    """Any tokens of a line: rests, holds, and onsets in the role's window."""
    low, high = LINE_WINDOWS[role]
    return st.lists(st.sampled_from([0, 1, 1, *range(2 + low, 2 + high, 5)]), min_size=1, max_size=40)


@pytest.mark.parametrize("role", LINE_WINDOWS)
@given(st.data())
@settings(max_examples=40, deadline=None)
def test_a_line_is_its_notes(role, data):
    line = np.array(data.draw(tokens(role)), np.uint8)
    notes = line_notes(line)
    again = line_steps(notes_of(notes), len(line), 0, role)
    assert line_notes(again) == notes
    assert again[line > 1].tolist() == line[line > 1].tolist()
    assert ((again > 0) <= (line > 0)).all()  # only a hold that holds nothing is lost


@given(st.lists(st.tuples(st.integers(0, 2**48 - 1), st.integers(0, 2**48 - 1)), min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_sets_are_their_notes(steps):
    sounding = np.array([one for one, _ in steps], np.uint64)
    onset = sounding & np.array([other for _, other in steps], np.uint64)
    notes = set_notes(sounding, onset)
    again = set_steps(notes_of(notes), len(steps), 0)
    assert again[0].tolist() == sounding.tolist()
    assert set_notes(*again) == notes


@given(st.lists(st.integers(0, 2**N_DRUM_CLASSES - 1), min_size=1, max_size=20))
@settings(max_examples=40, deadline=None)
def test_drums_are_their_strokes(struck):
    notes = drum_notes(np.array(struck, np.uint16))
    assert drum_steps([notes_of(notes)], len(struck)).tolist() == struck


@pytest.mark.parametrize("shift", [-6, 5])
def test_the_shift_is_added_on_the_way_in(shift):
    note = notes_of([(0, 2, 60)])
    assert line_steps(note, 2, shift, "melody").tolist() == [62 + shift, 1]
    assert [int(bits[0]) for bits in set_steps(note, 2, shift)] == [1 << (60 + shift - ROLL_BASE)] * 2


@given(st.lists(st.lists(st.booleans(), min_size=48, max_size=48), min_size=1, max_size=4))
@settings(max_examples=30, deadline=None)
def test_sets_of_pitches_and_rows_are_the_same_thing(rows):
    roll = np.array(rows)
    bits = bits_of(roll)
    assert bits.dtype == np.uint64
    assert bits.tolist() == [sum(1 << n for n in range(48) if row[n]) for row in rows]
    assert np.array_equal(roll_of(bits), roll)
    assert np.array_equal(bits_of(roll_of(bits)), bits)
    assert np.array_equal(roll_of(bits & np.uint64(511), 9), roll[:, :9])
