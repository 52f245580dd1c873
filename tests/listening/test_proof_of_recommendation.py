"""The figures of recommendation, in small: a corpus of two styles that anybody can tell apart."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from boya.listening.content import Content
from boya.listening.recommendation import Library
from boya.proof import listening_likeness, listening_recommendation
from boya.proof.listeners import by_chance, by_nearness, by_order, by_taste, made_listener, precision, walk
from boya.proof.setup import Setup
from boya.score import Score, Track, note_array

N = 80


def entry(number: int) -> dict:
    """Twos are waltzes, and of two sources; tens share a work."""
    style = ("waltz", "march")[number % 2]
    names = {"style": style, "substyle": "", "composer": f"C{number % 4}", "work": f"w{number // 10}", "title": ""}
    return {"id": f"p/{number}", "notes": 24, "source": f"s{number // 40}", **names}


def score(number: int) -> Score:
    """Waltzes for a high flute, marches for a low trombone."""
    rng = np.random.default_rng(number)
    is_waltz = number % 2 == 0
    pitches = rng.integers(70, 90, 24) if is_waltz else rng.integers(35, 55, 24)
    rows = [(480 * at, 480 if is_waltz else 120, int(pitch), 80) for at, pitch in enumerate(pitches)]
    return Score((Track(note_array(rows), program=73 if is_waltz else 57),))


@pytest.fixture(scope="module")
def found():
    packed = SimpleNamespace(pieces=[entry(n) for n in range(N)], score=score, split=lambda name: np.arange(N))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Setup, "corpus", lambda self: packed)
        return list(listening_recommendation.rows(Setup("listening", quick=True)))


def test_rows_are_whole(found):
    assert len({row.key for row in found}) == len(found)
    assert all(math.isfinite(row.value) for row in found)


def test_what_anybody_can_tell_apart_is_found(found):
    by = {(row.metric, row.model): row for row in found}
    for question in ("style", "style within its source", "style, its own source aside"):
        assert by[f"more like this, same {question}, precision at 10", "similar"].value == 1
    assert by["more like this, same style, precision at 10", "random"].value == pytest.approx(29 / 59)
    assert by["listeners with a trace of a piece that was liked and forgotten", "taste"].value == 0
    alike = [by[f"likeness of ten suggestions to each other, diversity {d}", "similar"].value for d in ("0", "0.7")]
    assert alike[1] < alike[0]


def test_precision_counts_at_most_what_is_there():
    right = np.array([[False, True, True, False], [True, False, False, False]])
    near = np.array([[0.0, 1.0, -1.0, 0.5], [-1.0, 0.0, 1.0, 0.5]])
    every = np.ones_like(right)
    assert listening_likeness.precision_at_ten(near, right, every).tolist() == [1.0, 1.0]
    assert listening_likeness.precision_at_ten(near, right, ~right).tolist() == [0.0, 0.0]


def library() -> Library:
    vectors = np.random.default_rng(0).standard_normal((N, 4)).astype(np.float32)
    facets = [("instrument:flute",) if number % 2 else ("instrument:violin",) for number in range(N)]
    return Library.of((f"p/{n}", "", "", Content(facets[n], v / np.linalg.norm(v))) for n, v in enumerate(vectors))


@pytest.mark.parametrize("suggest", [by_taste, by_chance, lambda of: by_order(of, np.arange(N)), lambda of: by_nearness(of, 1)])
def test_a_walk_hears_each_piece_once_and_the_same_with_the_same_seed(suggest):
    pieces = library()
    rng = np.random.default_rng(1)
    made = made_listener([f"style {n % 3}" for n in range(N)], pieces.facets, rng.random((N, 5)), rng)
    once, again = (walk(pieces, made, suggest(pieces), 12, 5, np.random.default_rng(2)) for _ in range(2))
    assert [(e.piece, e.done) for e in once.events] == [(e.piece, e.done) for e in again.events]
    assert len({event.piece for event in once.events}) == len(once.events) == len(once.regrets) == 12
    assert once.regrets.min() >= 0


def test_who_knows_the_taste_regrets_nothing():
    pieces = library()
    rng = np.random.default_rng(1)
    made = made_listener([f"style {n % 3}" for n in range(N)], pieces.facets, rng.random((N, 5)), rng)
    known = walk(pieces, made, by_order(pieces, made.chances), 10, 1, rng)
    assert known.regrets.max() == 0
    assert precision(made, by_order(pieces, made.chances)([], 4, rng)) == 1
