"""A piece comes to rest in its last bar, on notes that may begin there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.composing.ending import with_ending
from boya.representation.grid import FIRST_PITCH, HOLD, bits_of, roll_of

C_CHORD = 1 << 0 | 1 << 4 | 1 << 7
EVERYTHING = {"melody": 48, "chords": 48, "bass": 48, "pad": 48, "drums": 9}


def mask_of(n_steps, **limits):
    mask = {role: np.ones((n_steps, width), dtype=bool) for role, width in EVERYTHING.items()}
    for role, allowed in limits.items():
        mask[role][:] = np.isin(np.arange(mask[role].shape[1]), allowed)
    return mask


def rows(bits):
    return np.flatnonzero(roll_of(np.uint64(bits))).tolist()


def test_lines_hold_their_first_note_and_breathe(band):
    piece = band.frames(2)
    piece["melody"][16:] = [0, 1, 74, 1, 76, 1, 78, 0] + [80] * 8
    piece["bass"][10:] = [40, *[HOLD] * 21]
    ended = with_ending(piece, mask_of(32))
    assert ended["melody"][16:].tolist() == [0, 1, 74, *[HOLD] * 11, 0, 0]
    assert ended["bass"][16:].tolist() == [HOLD] * 14 + [0, 0]
    assert np.array_equal(ended[:16], piece[:16])
    assert piece["melody"][24] == 80


def test_broken_chords_are_struck_together_as_far_as_they_belong(band):
    piece = band.frames(2)
    for step, row in ((16, 0), (18, 4), (20, 2), (22, 7), (26, 9)):
        piece["chords"][step : step + 2] = piece["chords_onset"][step] = 1 << row
    ended = with_ending(piece, mask_of(32, chords=[0, 4, 7, 12, 16, 19]))
    assert rows(ended["chords_onset"][16]) == [0, 4, 7]
    assert not ended["chords_onset"][17:].any()
    assert (ended["chords"][16:] == ended["chords_onset"][16]).all()


def test_a_chord_that_rings_over_is_not_struck_again(band):
    piece = band.frames(2)
    piece["pad"] = 1 << 12 | 1 << 14  # C, and D that is foreign to the chord
    piece["pad_onset"][0] = piece["pad"][0]
    ended = with_ending(piece, mask_of(32))
    assert not ended["pad_onset"][16:].any()
    assert rows(ended["pad"][20]) == [12]


def test_the_rest_is_the_last_chord_of_the_piece(band):
    piece = band.frames(3)
    piece["root"][40:], piece["chroma"][40:] = 7, 1 << 7 | 1 << 11 | 1 << 2
    piece["drums"] = 5
    piece["melody"][32:] = [74, 1, 76, 1] * 4
    ended = with_ending(piece, mask_of(48))
    assert np.array_equal(ended[:40], piece[:40])
    assert ended["melody"][40:].tolist() == [74, *[HOLD] * 5, 0, 0]
    assert ended["drums"][40:].tolist() == [1 | 1 << 7, *[0] * 7]


def test_silent_roles_stay_silent_and_forbidden_drums_too(band):
    assert np.array_equal(with_ending(band.frames(4), mask_of(64)), band.frames(4))
    piece = band.frames(2)
    piece["drums"] = 1
    assert with_ending(piece, mask_of(32, drums=[0, 1]))["drums"][16:].tolist() == [1, *[0] * 15]


@pytest.mark.parametrize("n_bars", [0, 1])
def test_a_bar_is_too_short_to_rest(band, n_bars):
    piece = band.frames(n_bars)
    piece["melody"] = FIRST_PITCH + 60
    assert np.array_equal(with_ending(piece, mask_of(16 * n_bars)), piece)


@given(st.integers(0, 2**32), st.booleans())
@settings(max_examples=60, deadline=None)
def test_nothing_begins_that_the_mask_forbids(seed, changes):
    rng = np.random.default_rng(seed)
    mask = {role: rng.random((32, width)) < 0.4 for role, width in EVERYTHING.items()}
    from boya.representation.frames import FRAME_DTYPE

    piece = np.zeros(32, dtype=FRAME_DTYPE)
    piece["chroma"] = C_CHORD
    if changes:
        piece["chroma"][24:] = C_CHORD << 2
    for role, low in (("melody", 48), ("bass", 24)):
        legal = [rng.choice(np.append(np.flatnonzero(row) + FIRST_PITCH + low, [0, 1, 1])) for row in mask[role]]
        piece[role] = legal
    for role in ("chords", "pad"):
        onset = bits_of(mask[role] & (rng.random((32, 48)) < 0.1))
        piece[f"{role}_onset"] = onset
        piece[role] = onset | np.append(np.uint64(0), onset[:-1])
    ended = with_ending(piece, mask)
    for role, low in (("melody", 48), ("bass", 24)):
        begins = ended[role] >= FIRST_PITCH
        assert mask[role][begins, ended[role][begins] - FIRST_PITCH - low].all()
    for role in ("chords", "pad"):
        onset = ended[f"{role}_onset"]
        assert not (roll_of(onset) & ~mask[role]).any()
        appear = ended[role][1:] & ~ended[role][:-1] & ~onset[1:]
        assert not appear.any()
