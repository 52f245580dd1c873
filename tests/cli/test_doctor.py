"""`boya doctor`: what it finds and how it ends."""

import json

import pytest

from boya.cli import doctor, main
from boya.errors import ModelError


def run(*words):
    with pytest.raises(SystemExit) as left:
        main(list(words))
    return left.value.code


@pytest.fixture
def healthy(monkeypatch):
    monkeypatch.setattr(doctor, "_weights", lambda home: {"models/gan.onnx": 2_000_000})
    monkeypatch.setattr(doctor, "_compose_one_bar", lambda: "works: composed 4 bars")


@pytest.mark.usefixtures("healthy")
def test_all_is_well(capsys):
    assert run("doctor") == 0
    text = capsys.readouterr().out
    assert text.startswith(f"boya {boya_version()}")
    assert "models/gan.onnx 2.0 MB" in text
    assert text.endswith("all is well\n")


@pytest.mark.usefixtures("healthy")
def test_json_names_every_part(capsys):
    assert run("doctor", "--json") == 0
    about = json.loads(capsys.readouterr().out)
    assert about["healthy"] is True
    assert about["parts"]["numpy"]["version"]
    assert about["parts"]["torch"]["extra"] == "train"


@pytest.mark.usefixtures("healthy")
def test_a_missing_optional_part_is_no_fault(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "torch" else "1.0")
    assert run("doctor") == 0
    assert "pip install 'boya[train]'" in capsys.readouterr().out


@pytest.mark.usefixtures("healthy")
def test_a_missing_needed_part_is_one(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "_version", lambda name: None if name == "numpy" else "1.0")
    assert run("doctor") == 1
    assert "MISSING" in capsys.readouterr().out


def test_missing_weights_are_told(monkeypatch, capsys):
    monkeypatch.setattr(doctor, "_weights", lambda home: {})
    assert run("doctor") == 1
    assert "weights: none" in capsys.readouterr().out


@pytest.mark.usefixtures("healthy")
def test_models_tell_what_was_measured(monkeypatch, capsys):
    figures = [
        {"metric": m, "value": 1.0, "bar": bar, "holds": holds}
        for m, bar, holds in (("a", 1, True), ("b", 2, False), ("c", None, None))
    ]
    cards = {
        "gan": {"family": "gan", "parameters": 2_506_171, "date": "2026-01-02", "figures": {"valid": figures}},
        "new": {"family": "gan", "parameters": 1_000_000, "date": "2026-01-03"},
    }
    monkeypatch.setattr("boya.models.runtime.available", lambda: list(cards))
    monkeypatch.setattr("boya.models.runtime.read_card", cards.__getitem__)
    assert run("doctor") == 0
    text = capsys.readouterr().out
    assert "gan: 2.5 million parameters, 2026-01-02, reaches 1 of 2 bars on valid\n" in text
    assert "new: 1.0 million parameters, 2026-01-03, not measured on valid\n" in text
    assert run("doctor", "--json") == 0
    assert json.loads(capsys.readouterr().out)["models"]["gan"]["figures"] == figures


@pytest.mark.usefixtures("healthy")
def test_a_damaged_card_is_a_fault(monkeypatch, capsys):
    def read_card(name):
        raise ModelError(f"the card {name}.json is not valid JSON")

    monkeypatch.setattr("boya.models.runtime.read_card", read_card)
    assert run("doctor") == 1
    assert "gan: the card gan.json is not valid JSON" in capsys.readouterr().out


def boya_version():
    import boya

    return boya.__version__
