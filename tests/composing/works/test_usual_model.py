"""Who writes where no model is named: the composer; the seq2seq varies a melody that it can read."""

from dataclasses import replace

import pytest

from boya.composing import accompany, compose, continue_, vary
from boya.composing.request import Request
from boya.composing.which_model import writer_named
from boya.score import Metre


@pytest.fixture(autouse=True)
def _as_shipped(fakes, monkeypatch):
    """Scripts write, and the usual model is the one of the package, not that of the other tests."""
    monkeypatch.setattr("boya.composing.which_model.USUAL_MODEL", "composer")


@pytest.mark.parametrize("wishes", [{}, {"style": "bossa nova", "metre": "4/4"}, {"style": "waltz"}, {"metre": "7/8"}])
def test_the_composer_composes(wishes):
    assert Request(**wishes).writer == "composer"
    assert compose(bars=2, seed=1, **wishes).request["wishes"]["model"] == "composer"


@pytest.mark.parametrize(("model", "writer"), [("gan", "gan"), ("hybrid", None), ("composer", "composer")])
def test_who_is_named_writes(model, writer):
    assert Request(model=model).writer == writer
    assert compose(bars=2, seed=1, style="rock", model=model).request["wishes"].get("model") == (model if writer else None)


def test_a_score_finds_its_writer(band):
    four = band.score_of(band.tune(4))
    for job in (continue_, accompany):
        assert job(four).request["wishes"]["model"] == "composer"
        assert job(four, model="gan").request["wishes"].get("model") != "composer"
    assert "model" not in vary(four).request["wishes"]
    assert vary(four, style="rock").request["wishes"]["model"] == "composer"
    odd = replace(four, timeline=replace(four.timeline, metres=(Metre(0, 5, 8),)))
    assert vary(odd).request["wishes"]["model"] == "composer"


def test_names_of_models():
    assert [writer_named(name) for name in ("GAN", "Seq2Seq", "hybrid", None)] == ["gan", "seq2seq", None, "composer"]
