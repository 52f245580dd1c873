"""The rows on changed melodies, against a model that follows every wish, and one that is deaf to them."""

import numpy as np
import pytest

from boya.proof import changes
from boya.proof.setup import Setup

TUNE = [26, 1, 1, 1, 28, 1, 30, 1, 1, 1, 31, 1, 33, 1, 1, 1] * 2


class Follower:
    """A vector is a phrase; only the register follows, exactly."""

    def __init__(self, is_deaf=False):
        self.is_deaf = is_deaf

    def encode(self, phrases):
        return phrases[:, 0].astype(float)

    def vary(self, vectors, amount, rng):
        return vectors

    def change(self, vectors, attribute, amount):
        step = 0 if self.is_deaf or attribute != "register" else round(9 * amount)
        return np.where(vectors > 1, np.clip(vectors + step, 2, 49), vectors)

    def decode(self, vectors):
        return np.rint(vectors).astype(np.int64)[:, None]


def measured(model, phrases, heard=None):
    setup = Setup("seq2seq", quick=True, note=(heard if heard is not None else []).append)
    rows = list(changes.rows(setup, model, np.array(phrases), "mine"))
    assert len({row.key for row in rows}) == len(rows)
    return {(row.metric, row.model): row for row in rows}


def test_who_follows_and_how_far():
    rows = measured(Follower(), [TUNE, np.roll(TUNE, 4)])
    for sign, by in (("-", -9), ("+", 9)):
        for model in ("mine", "direction alone"):
            assert rows[f"2 bars, register changed by {sign}1, phrases that follow", model].value == 100
            move = rows[f"2 bars, register changed by {sign}1, mean move", model]
            assert (move.value, move.unit) == (by, f"MIDI pitch; {by:+d} asked")
    assert rows["2 bars, density changed by +1, phrases that follow", "mine"].value == 0


def test_a_deaf_model_does_not_follow():
    rows = measured(Follower(is_deaf=True), [TUNE])
    assert {row.value for row in rows.values()} == {0.0}
    assert all(row.bar is None for row in rows.values())


def test_less_of_nothing_is_not_asked():
    heard = []
    rows = measured(Follower(), [[26, 1, 1, 1] * 8], heard)
    assert not [metric for metric, _ in rows if metric.startswith("2 bars, syncopation changed by -1")]
    assert heard == ["seq2seq: no phrase of valid has any syncopation to lose"]


def test_a_phrase_that_falls_silent_does_not_follow():
    class Silent(Follower):
        def change(self, vectors, attribute, amount):
            return np.zeros_like(vectors)

    rows = measured(Silent(), [TUNE])
    assert rows["2 bars, register changed by -1, phrases that follow", "direction alone"].value == 0
    assert rows["2 bars, register changed by -1, mean move", "direction alone"].value == pytest.approx(0)
