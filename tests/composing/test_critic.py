"""The critic prefers what is like real phrases, and hears only who plays."""

import numpy as np
import pytest

from boya.composing.critic import FEATURES, features, rank
from boya.representation.frames import FRAME_DTYPE
from boya.representation.grid import FIRST_PITCH, HOLD
from boya.score import ROLES


def phrase_of(melody, chords_every=0):
    """One phrase over C major."""
    made = np.zeros((1, len(melody)), dtype=FRAME_DTYPE)
    made["melody"] = melody
    made["chroma"] = 1 << 0 | 1 << 4 | 1 << 7
    if chords_every:
        made["chords"] = 7
        made["chords_onset"][:, ::chords_every] = 7
    return made


def measured(phrase):
    return dict(zip(FEATURES, features(phrase)[0].tolist(), strict=True))


C, D, E, G = (FIRST_PITCH + pitch for pitch in (60, 62, 64, 67))
PLAIN = [C, HOLD, HOLD, HOLD, D, HOLD, E, HOLD, G, HOLD, HOLD, HOLD, 0, 0, 0, 0] * 4


def test_features_are_what_their_names_say():
    found = measured(phrase_of(PLAIN, chords_every=8))
    assert found["melody onsets a bar"] == 4
    assert found["melody rests"] == 0.25
    assert found["melody chord tones on beats"] == pytest.approx(2 / 3)
    assert found["melody mean leap"] == pytest.approx((4 * (2 + 2 + 3) + 3 * 7) / 15)
    assert found["melody range"] == 7
    assert found["melody repeated pitches"] == 0
    assert found["melody bars alike"] == 1
    assert found["chords onsets a bar"] == 2
    assert found["bass onsets a bar"] == found["drums strokes a bar"] == 0


def test_drums_are_counted_stroke_by_stroke():
    made = phrase_of(PLAIN)
    made["drums"][:, ::4] = 0b101
    assert measured(made)["drums strokes a bar"] == 8


@pytest.mark.parametrize("n_bars", [1, 2, 4, 9])
def test_any_number_of_bars_and_phrases(n_bars):
    made = np.concatenate([phrase_of(np.resize(PLAIN, 16 * n_bars)), phrase_of([0] * 16 * n_bars)])
    assert features(made).shape == (2, len(FEATURES))
    assert np.isfinite(features(made)).all()
    assert np.isfinite(rank(made, ROLES)).all()


def test_a_tune_beats_silence_noise_and_a_single_note():
    rng = np.random.default_rng(0)
    noise = [int(FIRST_PITCH + p) for p in rng.integers(48, 96, 64)]
    tune = [
        C,
        HOLD,
        HOLD,
        HOLD,
        E,
        HOLD,
        D,
        HOLD,
        C,
        HOLD,
        HOLD,
        HOLD,
        E,
        HOLD,
        G,
        HOLD,
        *[FIRST_PITCH + 69, *[HOLD] * 7] * 2,
    ] * 2
    phrases = np.concatenate([phrase_of(line) for line in (tune, [0] * 64, noise, [C] + [HOLD] * 63)])
    scores = rank(phrases, ("melody",))
    assert scores.argmin() == 0
    assert (scores >= 0).all()
    assert (scores <= 4).all()


def test_only_roles_that_play_are_heard():
    quiet, busy = phrase_of(PLAIN, chords_every=8), phrase_of(PLAIN, chords_every=1)
    assert rank(quiet, ("melody",))[0] == rank(busy, ("melody",))[0]
    assert rank(quiet, ("chords",))[0] < rank(busy, ("chords",))[0]
    assert rank(busy, ("pad",)).tolist() == [0.0]


def test_a_phrase_is_ranked_alone():
    one, other = phrase_of(PLAIN), phrase_of(PLAIN, chords_every=1)
    assert rank(np.concatenate([one, other]), ROLES).tolist() == [rank(one, ROLES)[0], rank(other, ROLES)[0]]
