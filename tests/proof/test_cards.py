"""The cards of the shipped models say what the scoreboard says, and are kept so by `boya evaluate`."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from boya.evaluation.scoreboard import read_rows
from boya.models.runtime import available, read_card, weights_folder
from boya.proof import evaluate
from boya.proof.cards import CARDS, FIELDS, figures_of, update_cards
from boya.proof.evaluate import AREAS
from boya.proof.setup import Setup

ROOT = Path(__file__).resolve().parents[2]
BOARD = ROOT / "docs" / "scoreboard.json"


def row(metric, value=1.0, unit="", model="mine", date="2026-02-02"):
    return replace(Setup("gan").row(metric, model, value, unit, at_least=0.5), date=date)


@pytest.fixture
def cards(tmp_path):
    """A folder with the card of one model, from the first of February."""
    card = {"name": "mine", "family": "gan", "settings": {"cell": "gru"}, "date": "2026-02-01", "figures": {"dev": {"nats": 3.5}}}
    (tmp_path / "mine.json").write_text(json.dumps(card))
    return tmp_path


def on_card(cards):
    return {figure["metric"]: figure["value"] for figure in read_card("mine", cards)["figures"]["valid"]}


# What ships


@pytest.mark.parametrize("name", available())
def test_a_shipped_card_agrees_with_the_scoreboard(name):
    card = read_card(name)
    expected = figures_of(card, read_rows(BOARD))
    assert expected, f"{name} was not measured since {card['date']}; run: boya evaluate --packed packed"
    assert card["figures"]["valid"] == expected, "run: python3 tasks.py docs"
    assert any(figure["bar"] is not None for figure in expected)
    assert all(figure["command"].startswith("boya evaluate") for figure in expected)


def test_the_cards_of_the_repository_are_those_that_ship(tmp_path):
    if not (ROOT / CARDS).samefile(weights_folder()):
        pytest.skip("this is not an editable install")
    for card in (ROOT / CARDS).glob("*.json"):
        shutil.copy(card, tmp_path)
    assert update_cards(read_rows(BOARD), tmp_path) == []


# What is written


def test_a_card_holds_its_own_rows_in_order(cards):
    rows = [row("b", 0.75, "%"), row("a"), row("c", model="yours")]
    assert update_cards(rows, cards) == [cards / "mine.json"]
    card = read_card("mine", cards)
    assert [figure["metric"] for figure in card["figures"]["valid"]] == ["b", "a"]
    assert card["figures"]["valid"][0] == {field: getattr(rows[0], field) for field in FIELDS}
    assert card["figures"]["dev"] == {"nats": 3.5}
    assert (card["settings"], card["date"]) == ({"cell": "gru"}, "2026-02-01")


def test_seconds_and_what_is_older_than_the_weights_are_left_out(cards):
    rows = [row("speed", unit="s"), row("old", date="2026-01-31"), row("same day", date="2026-02-01"), row("new")]
    update_cards(rows, cards)
    assert list(on_card(cards)) == ["same day", "new"]


def test_figures_are_replaced_and_go_with_their_rows(cards):
    update_cards([row("a", 1.0), row("b")], cards)
    text = (cards / "mine.json").read_text()
    assert update_cards([row("a", 1.0), row("b")], cards) == []
    assert (cards / "mine.json").read_text() == text
    update_cards([row("a", 2.0)], cards)
    assert on_card(cards) == {"a": 2.0}
    update_cards([], cards)
    assert on_card(cards) == {}


def test_a_figure_is_a_line(cards):
    update_cards([row("a"), row("figures of valid")], cards)
    lines = [line.strip().rstrip(",") for line in (cards / "mine.json").read_text().splitlines()]
    assert [json.loads(line)["metric"] for line in lines if line.startswith('{"metric"')] == ["a", "figures of valid"]


def test_evaluate_keeps_the_cards_with_the_scoreboard(cards, monkeypatch, tmp_path):
    before = (cards / "mine.json").read_text()
    monkeypatch.setitem(AREAS, "gan", lambda setup: iter([setup.row("a", "mine", 3.0)]))
    evaluate(["gan"], out=tmp_path / "docs")
    assert (cards / "mine.json").read_text() == before
    monkeypatch.setitem(AREAS, "speed", lambda setup: iter([setup.row("b", "mine", 4.0)]))
    evaluate(["speed"], out=tmp_path / "docs", cards=cards)
    assert on_card(cards) == {"a": 3.0, "b": 4.0}  # the whole scoreboard, not only what was measured now


def test_without_cards_nothing_is_written(tmp_path):
    assert update_cards([row("a")], tmp_path / "no") == []
