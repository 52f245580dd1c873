"""The listener between a wish and a line: it takes what follows the wish and keeps the rest."""

import numpy as np
import pytest

from boya.composing.attributes import ATTRIBUTES, SHARES, VERSIONS, changed
from boya.representation.phrases import line_frames

TUNE = [26, 1, 28, 1, 30, 1, 31, 1, 33, 1, 1, 1, 30, 1, 1, 1, 31, 1, 28, 1, 30, 1, 26, 1, 28, 1, 1, 1, 1, 1, 0, 0]


class Scripted:
    """A vector is a phrase; a change replaces the phrase by what the script says for that share."""

    def __init__(self, script):
        self.script = script
        self.asked = []

    def encode(self, phrases):
        return phrases[:, 0].astype(float)

    def vary(self, vectors, amount, rng):
        return vectors

    def change(self, vectors, attribute, amount):
        self.asked.append((attribute, amount))
        return np.array([self.script(vector, amount) for vector in vectors])

    def decode(self, vectors):
        return np.rint(vectors).astype(np.int64)[:, None]


def moved(vector, semitones):
    return np.where(vector > 1, np.clip(vector + semitones, 2, 49), vector)


def heard(attribute, tokens):
    return ATTRIBUTES[attribute].measure(line_frames(np.array(tokens), "melody"))


def rng():
    return np.random.default_rng(0)


def test_of_several_ways_the_nearest_is_taken():
    model = Scripted(lambda vector, amount: moved(vector, round(18 * amount)))  # twice as far as asked
    written = changed(model, np.array([TUNE]), "register", 0.5, rng())
    assert heard("register", written) - heard("register", [TUNE]) == pytest.approx(0.5 * 9, abs=0.6)
    assert model.asked == [("register", share * 0.5) for share in SHARES] * VERSIONS


@pytest.mark.parametrize("attribute", ATTRIBUTES)
@pytest.mark.parametrize("by", [-1.0, 1.0])
def test_no_phrase_moves_away_from_the_wish(attribute, by):
    draws = rng()
    tunes = np.stack([np.roll(TUNE, 2 * n) for n in range(6)])
    model = Scripted(lambda vector, amount: np.where(draws.random(32) < 0.2, draws.choice([1, 15, 45], 32), vector))
    moves = heard(attribute, changed(model, tunes, attribute, by, rng())) - heard(attribute, tunes)
    assert (moves * by >= 0).all()
    assert (moves * by > 0).any()


def test_what_goes_the_wrong_way_is_left():
    model = Scripted(lambda vector, amount: moved(vector, round(-9 * amount)))
    assert changed(model, np.array([TUNE]), "register", 1.0, rng()).tolist() == [TUNE]


def test_silence_is_no_answer():
    model = Scripted(lambda vector, amount: np.zeros(32))
    for attribute in ATTRIBUTES:
        assert changed(model, np.array([TUNE]), attribute, -4.0, rng()).tolist() == [TUNE]


def test_the_version_that_leaves_more_as_it_was_is_taken():
    def script(vector, amount):
        return moved(vector, 9) if amount == 1.0 else np.concatenate([moved(vector, 9)[:16], moved(vector, 9)[16:][::-1]])

    assert changed(Scripted(script), np.array([TUNE]), "register", 1.0, rng()).tolist() == [moved(np.array(TUNE), 9).tolist()]


def test_phrases_do_not_wait_for_each_other():
    def script(vector, amount):
        return moved(vector, 9) if vector[0] == TUNE[0] else vector

    other = np.roll(TUNE, 2)
    written = changed(Scripted(script), np.stack([TUNE, other]), "register", 1.0, rng())
    assert written[0].tolist() == moved(np.array(TUNE), 9).tolist()
    assert written[1].tolist() == other.tolist()


def test_attributes_are_those_the_model_has_a_direction_for():
    from boya.models.runtime import available
    from boya.models.seq2seq import Seq2Seq

    if "seq2seq-melody-2" not in available():
        pytest.skip("seq2seq-melody-2 has not been exported yet")
    assert set(ATTRIBUTES) <= set(Seq2Seq("seq2seq-melody-2").attributes)
