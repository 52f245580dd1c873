"""Commands that make music, against a scripted composer: what is passed on, what is written, what is told."""

import json
import sys
from types import SimpleNamespace

import pytest

from boya.cli import main
from boya.score import Score, Track, note_array


class FakePiece:
    """A piece that writes its name."""

    def __init__(self, name):
        self.report = {"critic": 0.5, "attribute": "density", "before": 4.0, "after": 6.5, "unit": "notes a bar"}
        self.name = name
        self.score = Score((Track(note_array([(0, 1920, 60, 80)])),))

    def save(self, path):
        path.write_text(self.name)


@pytest.fixture
def calls(monkeypatch):
    """Replace the composer; gather how it was called."""
    gathered = []

    def maker(name):
        def make(*given, listen=None, **wishes):
            gathered.append((name, given, wishes))
            return [FakePiece(f"{name} {n}") for n in range(given[0])] if name == "loops" else FakePiece(name)

        return make

    names = ("compose", "loops", "vary", "change", "morph", "continue_", "accompany", "replay")
    monkeypatch.setitem(sys.modules, "boya.composing", SimpleNamespace(**{name: maker(name) for name in names}))
    return gathered


def run(*words):
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return left.value.code


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != "tune.mid")


def test_compose_passes_on_only_what_was_asked(calls, here, capsys):
    assert run("compose", "--style", "bossa nova", "--bars", 8, "--seed", 7) == 0
    assert calls == [("compose", (), {"style": "bossa nova", "bars": 8, "seed": 7})]
    assert names(here) == ["boya-7.mid", "boya-7.wav"]
    assert "wrote boya-7.mid" in capsys.readouterr().out


def test_compose_draws_and_tells_a_seed(calls, here, capsys):
    assert run("compose", "--json") == 0
    streams = capsys.readouterr()
    told = json.loads(streams.out)
    assert told["seed"] == calls[0][2]["seed"]
    assert f"--seed {told['seed']}" in streams.err
    assert told["report"]["critic"] == 0.5
    assert told["length_bar"] == 1


def test_compose_checks_files_before_it_works(calls, here):
    assert run("compose", "--out", "a.mp3") == 2
    assert run("compose", "--out", "no/a.mid") == 3
    assert calls == []
    assert names(here) == []


def test_compose_refuses_no_bars(calls, here):
    assert run("compose", "--bars", 0) == 2
    assert calls == []


@pytest.mark.parametrize(
    ("words", "name", "wishes", "file"),
    [
        (["vary", "tune.mid", "--amount", "0.5"], "vary", {"seed": 3}, "tune-varied.mid"),
        (["change", "tune.mid", "--attribute", "register"], "change", {"seed": 3}, "tune-changed.mid"),
        (["morph", "tune.mid", "tune.mid", "--steps", "4"], "morph", {"seed": 3}, "tune-to-tune.mid"),
        (["continue", "tune.mid", "--bars", "2"], "continue_", {"seed": 3, "bars": 2}, "tune-continued.mid"),
        (["accompany", "tune.mid", "--style", "rock"], "accompany", {"seed": 3, "style": "rock"}, "tune-accompanied.mid"),
    ],
)
def test_commands_on_a_score(calls, here, words, name, wishes, file):
    assert run(*words, "--seed", 3) == 0
    (called, given, passed), = calls  # fmt: skip
    assert called == name
    assert given[0].n_notes == 1
    assert passed == wishes
    assert names(here) == [file]


def test_vary_keeps_amount_between_0_and_1(calls, here):
    assert run("vary", "tune.mid", "--amount", "1.5") == 2
    assert calls == []


def test_change_passes_on_the_wish_and_tells_what_came_of_it(calls, here, capsys):
    assert run("change", "tune.mid", "--attribute", "density", "--by", "-1.5", "--seed", 3, "--out", "x.mid", "--json") == 0
    (name, given, wishes), = calls  # fmt: skip
    assert (name, given[1:], wishes) == ("change", ("density", -1.5), {"seed": 3})
    assert names(here) == ["x.mid"]
    streams = capsys.readouterr()
    assert json.loads(streams.out)["seed"] == 3
    assert json.loads(streams.out)["report"]["after"] == 6.5
    assert streams.err == "density: 4 -> 6.5 notes a bar\n"


@pytest.mark.parametrize(
    "words", [["--by", "1"], ["--attribute", "density", "--by", "5"], ["--attribute", "density", "--by", "x"]]
)
def test_change_refuses_what_it_cannot_do_before_it_reads(calls, here, words):
    assert run("change", "tune.mid", *words) == 2
    assert calls == []


def test_a_missing_score_is_a_file_error(calls, here, capsys):
    assert run("vary", "no.mid") == 3
    assert "no.mid" in capsys.readouterr().err
    assert calls == []


def test_loops_fill_a_folder(calls, here, capsys):
    assert run("loops", "--count", 3, "--style", "funk", "--seed", 1, "--suffix", ".mid", "--suffix", ".wav", "--json") == 0
    assert calls == [("loops", (3,), {"seed": 1, "style": "funk"})]
    assert len(json.loads(capsys.readouterr().out)["files"]) == 6
    assert names(here / "loops")[:2] == ["loop-001.mid", "loop-001.wav"]
    assert (here / "loops" / "loop-003.mid").read_text() == "loops 2"


def test_replay_names_its_file(calls, here):
    (here / "piece.json").write_text("{}")
    assert run("replay", "piece.json") == 0
    assert names(here) == ["piece-again.mid", "piece.json"]


def test_train_without_torch_names_the_extra(here, monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert run("train", "gan", "packed") == 6
    assert "boya[train]" in capsys.readouterr().err
