"""Phrases in their three forms: frames, layers for networks, rolls for measures."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.representation import Frames, cut_phrases, frames_of_layers, harmony_of, layers_of, line_tokens, rolls_of
from boya.representation.frames import FRAME_DTYPE
from boya.representation.grid import FIRST_PITCH, HOLD, LINE_WINDOWS, ROLL_BASE
from boya.score import ROLES
from boya.theory.drums import CLASS_PITCHES

FULL = (1 << 48) - 1
WIDTHS = {"melody": 50, "bass": 50, "chords": 96, "pad": 96, "drums": 9}


@st.composite
def phrases(draw, n_steps=8):
    """Any frames: every token of the windows, any sets, with onsets among what sounds."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    made = np.zeros((draw(st.integers(1, 3)), n_steps), dtype=FRAME_DTYPE)
    for role, (low, _) in LINE_WINDOWS.items():
        tokens = rng.integers(0, 50, made.shape)
        made[role] = np.where(tokens > HOLD, tokens + low, tokens)
    for role in ("chords", "pad"):
        made[role] = rng.integers(0, FULL, made.shape, dtype=np.uint64, endpoint=True)
        made[f"{role}_onset"] = made[role] & rng.integers(0, FULL, made.shape, dtype=np.uint64, endpoint=True)
    made["drums"] = rng.integers(0, 512, made.shape)
    made["root"], made["root_bass"] = rng.integers(-1, 12, (2, *made.shape))
    made["chroma"] = rng.integers(0, 4096, made.shape)
    return made


@given(phrases())
@settings(max_examples=40, deadline=None)
def test_layers_and_back(made):
    layers = layers_of(made)
    assert {role: layer.shape for role, layer in layers.items()} == {r: (*made.shape, n) for r, n in WIDTHS.items()}
    assert {layer.dtype for layer in layers.values()} == {np.dtype(np.float32)}
    assert np.array_equal(frames_of_layers(layers, made), made)
    silent = frames_of_layers(layers)
    assert np.array_equal(silent["chords_onset"], made["chords_onset"])
    assert (silent["root"] == -1).all()
    assert not silent["chroma"].any()


@given(phrases())
@settings(max_examples=40, deadline=None)
def test_rolls_say_silent_sustained_onset(made):
    rolls = rolls_of(made)
    assert rolls.shape == (len(made), 5, made.shape[1], 128)
    assert rolls.dtype == np.uint8
    for number, phrase in enumerate(made):
        for row, role in enumerate(ROLES):
            expected = {"drums": drums, "chords": pitches, "pad": pitches}.get(role, line)(phrase, role)
            assert np.array_equal(rolls[number, row], expected), role


def line(phrase, role):
    roll, pitch = np.zeros((len(phrase), 128), np.uint8), None
    for step, token in enumerate(phrase[role].tolist()):
        pitch = token - FIRST_PITCH if token >= FIRST_PITCH else pitch if token == HOLD else None
        if pitch is not None:
            roll[step, pitch] = 2 if token >= FIRST_PITCH else 1
    return roll


def pitches(phrase, role):
    roll = np.zeros((len(phrase), 128), np.uint8)
    for step in range(len(phrase)):
        for row in range(48):
            sounds, begins = (int(phrase[name][step]) >> row & 1 for name in (role, f"{role}_onset"))
            roll[step, ROLL_BASE + row] = 2 if begins else sounds
    return roll


def drums(phrase, role):
    roll = np.zeros((len(phrase), 128), np.uint8)
    for step, struck in enumerate(phrase[role].tolist()):
        roll[step, [key for kind, key in enumerate(CLASS_PITCHES) if struck >> kind & 1]] = 2
    return roll


@given(phrases())
@settings(max_examples=20, deadline=None)
def test_harmony_is_root_bass_and_pitch_classes(made):
    harmony = harmony_of(made)
    assert harmony.shape == (*made.shape, 38)
    assert harmony.dtype == np.float32
    assert (harmony[..., :13].argmax(-1) == made["root"] % 13).all()
    assert (harmony[..., 13:26].argmax(-1) == made["root_bass"] % 13).all()
    assert (harmony[..., :26].sum(-1) == 2).all()
    assert ((harmony[..., 26:] > 0) @ (1 << np.arange(12)) == made["chroma"]).all()


def test_line_tokens_stay_in_their_window():
    for role, (low, high) in LINE_WINDOWS.items():
        tokens = line_tokens(np.array([0, 1, FIRST_PITCH + low, FIRST_PITCH + high - 1], dtype=np.uint8), role)
        assert tokens.tolist() == [0, 1, 2, 49]


@pytest.mark.parametrize(("n_bars", "n", "hop", "count"), [(8, 4, 4, 2), (8, 4, 1, 5), (3, 4, 1, 0), (5, 2, 2, 2), (4, 4, 9, 1)])
def test_phrases_are_cut_at_bars(n_bars, n, hop, count):
    steps = np.zeros(16 * n_bars, dtype=FRAME_DTYPE)
    steps["drums"] = np.arange(len(steps)) // 16 + 1
    cut = cut_phrases(Frames(steps), n, hop)
    assert cut.shape == (count, 16 * n)
    assert cut["drums"][:, ::16].tolist() == [[hop * k + bar + 1 for bar in range(n)] for k in range(count)]


def test_a_phrase_begins_with_what_is_held_into_it():
    steps = np.zeros(32, dtype=FRAME_DTYPE)
    steps["melody"] = [74, *[HOLD] * 31]
    steps["chords"] = 5
    steps["chords_onset"][3] = 5
    cut = cut_phrases(Frames(steps), 1, 1)
    assert cut["melody"][:, 0].tolist() == [74, 74]
    assert cut["chords_onset"][:, 0].tolist() == [0, 5]
