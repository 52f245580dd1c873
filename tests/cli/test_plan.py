"""`boya plan` and `boya compose` of requests in words."""

import json

import pytest

from boya.cli import COMMANDS, main
from boya.composing.plan_text import read_plan


@pytest.fixture(autouse=True)
def listed(monkeypatch):
    monkeypatch.setitem(COMMANDS, "plan", "plan")


def run(*words):
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return left.value.code


def test_a_plan_is_printed_and_what_was_understood_is_told(capsys):
    assert run("plan", "a sad waltz in A minor for flute and piano, 16 bars, vocoder", "--seed", 7) == 0
    streams = capsys.readouterr()
    plan = read_plan(streams.out)
    assert (plan.style, plan.tonic, plan.mode, plan.n_bars, plan.program("melody")) == ("waltz", 9, "minor", 16, 73)
    assert 'mood: sad ("sad")' in streams.err
    assert 'not understood: "vocoder"' in streams.err


def test_a_plan_in_chinese_as_json_and_as_a_file(here, capsys):
    assert run("plan", "一首欢快的江南丝竹，一分钟", "--seed", 7, "--json", "--out", "plan.toml", "--language", "en") == 0
    streams = capsys.readouterr()
    told = json.loads(streams.out)
    assert read_plan((here / "plan.toml").read_text(encoding="utf-8")) == read_plan(told["plan"])
    assert [one["words"] for one in told["understood"]] == ["欢快", "江南丝竹", "一分钟"]
    assert {"field", "value", "because"} == set(told["filled"][0])
    assert "mood: happy" in streams.err


@pytest.mark.parametrize("words", [("plan", ""), ("plan", "in C, in D"), ("plan", "rock", "--language", "fr"), ("plan",)])
def test_what_cannot_be_planned_is_refused(words, capsys):
    assert run(*words) == 2
    assert capsys.readouterr().err.count("\n") <= 4


def test_compose_takes_words_and_options_together(monkeypatch, here, capsys):
    asked = []

    def compose(request, *, listen, candidates=4, **wishes):
        asked.append((request, wishes, candidates))
        raise KeyboardInterrupt

    monkeypatch.setattr("boya.composing.compose", compose)
    assert run("compose", "a calm bossa nova for flute", "--bars", 8, "--seed", 7, "--candidates", 2) == 130
    assert asked == [("a calm bossa nova for flute", {"bars": 8, "seed": 7}, 2)]
    assert 'style: Bossa Nova ("bossa nova")' in capsys.readouterr().err
    assert run("compose", "a waltz, 16 bars", "--bars", 8) == 2
