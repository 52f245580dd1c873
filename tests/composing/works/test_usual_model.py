"""Who writes where no model is named: what the models of the grid can write they write, the composer the rest."""

from dataclasses import replace

import pytest

from boya.composing import accompany, compose, continue_, vary
from boya.composing.request import Request
from boya.composing.which_model import EITHER, USUAL_MODEL, writer_named
from boya.score import Metre


@pytest.fixture(autouse=True)
def _either(fakes, monkeypatch):
    """Scripts write, and no model is preferred."""
    monkeypatch.setattr("boya.composing.which_model.USUAL_MODEL", EITHER)


def test_the_constant_is_one_of_three():
    assert USUAL_MODEL in ("hybrid", "composer", EITHER)


@pytest.mark.parametrize(
    ("wishes", "writer"),
    [
        ({}, None),
        ({"style": "bossa nova", "metre": "4/4", "band": "flute, piano, bass", "seconds": 30}, None),
        ({"style": "waltz"}, "composer"),
        ({"style": "jazz waltz"}, "composer"),
        ({"style": "string quartet"}, "composer"),
        ({"metre": "7/8"}, "composer"),
        ({"band": "melody=flute, melody=oboe"}, "composer"),
        ({"controls": "density=high"}, "composer"),
        ({"limits": "voices=1"}, "composer"),
        ({"chord_tones": "off"}, "composer"),
        ({"vary_repeats": 0.0}, "composer"),
        ({"model": "gan"}, "gan"),
        ({"model": "hybrid"}, None),
        ({"model": "composer"}, "composer"),
    ],
)
def test_a_wish_finds_its_writer(wishes, writer):
    assert Request(**wishes).writer == writer
    piece = compose(bars=2, seed=1, **wishes) if "seconds" not in wishes else compose(seed=1, **wishes)
    assert piece.request["wishes"].get("model") == writer


def test_a_plan_finds_its_writer():
    four, three = compose(style="rock", bars=2, seed=1).plan, compose(style="waltz", bars=2, seed=1).plan
    assert "model" not in compose(plan=four).request["wishes"]
    assert compose(plan=three).request["wishes"]["model"] == "composer"


def test_a_score_finds_its_writer(band):
    four = band.score_of(band.tune(4))
    three = band.score_of(band.tune(4), metres=((0, 3, 4),))
    turning = band.score_of(band.tune(8), metres=((0, 4, 4), (4 * 1920, 3, 4)))
    for job in (continue_, accompany, vary):
        assert "model" not in job(four).request["wishes"]
        assert job(three).request["wishes"]["model"] == "composer"
    assert continue_(turning).request["wishes"]["model"] == "composer"
    assert "model" not in accompany(turning).request["wishes"]
    assert accompany(four, style="waltz").request["wishes"]["model"] == "composer"
    assert continue_(four, chord_tones="all").request["wishes"]["model"] == "composer"
    odd = replace(four, timeline=replace(four.timeline, metres=(Metre(0, 5, 8),)))
    assert vary(odd).request["wishes"]["model"] == "composer"


def test_names_of_models():
    assert [writer_named(name) for name in ("GAN", "Seq2Seq", "hybrid", None)] == ["gan", "seq2seq", None, None]
    assert writer_named(None, needs_composer=True) == "composer"
