"""Commands of the composer: what is passed on, what is written, what is told; and that a work stopped midway leaves nothing."""

import json
import sys
from types import SimpleNamespace

import pytest

from boya.cli import main
from boya.errors import CancelledError, RequestError
from boya.files import read
from boya.score import Score, Track, note_array


class FakePiece:
    """A piece that writes its name."""

    def __init__(self, name):
        self.report = {"said": ["the nearest bars were heard"], "key": "C major", "chords": ["C", "G7"]}
        self.name = name
        self.score = Score((Track(note_array([(0, 1920, 60, 80)])),))

    def save(self, path):
        path.write_text(self.name)


@pytest.fixture
def calls(monkeypatch):
    """Replace the works; gather how they were called, and tell their progress."""
    gathered = []

    def maker(name):
        def make(*given, listen=None, **wishes):
            gathered.append((name, given, wishes))
            if listen is not None:
                listen(1, 2)
                listen(2, 2)
            return [FakePiece(f"{name} {n}") for n in range(wishes["alternatives"])] if name == "rewrite" else FakePiece(name)

        return make

    names = ("compose", "vary", "continue_", "accompany", "rewrite", "add", "arrange", "harmonise")
    monkeypatch.setitem(sys.modules, "boya.composing", SimpleNamespace(**{name: maker(name) for name in names}))
    return gathered


def run(*words):
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return left.value.code


def names(folder):
    return sorted(path.name for path in folder.iterdir() if path.name != "tune.mid")


@pytest.mark.parametrize(
    ("words", "name", "given", "wishes", "files"),
    [
        (
            ["rewrite", "--bars", "5-8", "--tracks", "melody,2"],
            "rewrite",
            ("5-8", "melody,2"),
            {"alternatives": 1},
            ["tune-rewritten.mid"],
        ),
        (
            ["rewrite", "--locked", "drums", "--alternatives", 2, "--limit", "bass: leap=5", "--limit", "voices=2"],
            "rewrite",
            (None, None),
            {"alternatives": 2, "locked": "drums", "limits": ["bass: leap=5", "voices=2"]},
            ["tune-rewritten-1.mid", "tune-rewritten-2.mid"],
        ),
        (
            ["add", "--track", "bass=electric bass", "--track", "drums"],
            "add",
            ("bass=electric bass, drums",),
            {},
            ["tune-added.mid"],
        ),
        (
            ["arrange", "--band", "flute, piano", "--style", "jig", "--control", "density=high"],
            "arrange",
            (),
            {"band": "flute, piano", "style": "jig", "controls": ["density=high"]},
            ["tune-arranged.mid"],
        ),
        (
            ["harmonise", "--style", "jazz", "--track", "piano", "--surprise", "0.5", "--key", "C", "--melody", "1"],
            "harmonise",
            (),
            {"style": "jazz", "track": "piano", "surprise": 0.5, "key": "C", "melody": "1"},
            ["tune-harmonised.mid"],
        ),
        (
            ["continue", "--model", "composer", "--chords", "I IV", "--chord-tones", "all", "--scale", "key"],
            "continue_",
            (),
            {"model": "composer", "chords": "I IV", "chord_tones": "all", "scale": "key"},
            ["tune-continued.mid"],
        ),
        (
            ["accompany", "--model", "composer", "--band", "piano", "--candidates", 2],
            "accompany",
            (),
            {"model": "composer", "band": "piano", "candidates": 2},
            ["tune-accompanied.mid"],
        ),
        (
            ["vary", "--amount", "0.2", "--model", "composer", "--locked", "1"],
            "vary",
            (0.2,),
            {"model": "composer", "locked": "1"},
            ["tune-varied.mid"],
        ),
    ],
)
def test_commands_on_a_score(calls, here, capsys, words, name, given, wishes, files):
    assert run(words[0], "tune.mid", *words[1:], "--seed", 3) == 0
    (called, passed, said), = calls  # fmt: skip
    assert called == name
    assert passed[0].n_notes == 1
    assert passed[1:] == given
    assert said == {"seed": 3, **wishes}
    assert names(here) == files
    streams = capsys.readouterr()
    assert "the nearest bars were heard" in streams.err
    assert "wrote" in streams.out
    assert ("2 of 2 bars" in streams.err) == (name != "harmonise")


def test_compose_takes_what_the_composer_takes(calls, here):
    (here / "plan.toml").write_text("style = 'pop'")
    words = ["--metre", "7/8", "--seconds", 45, "--chord-tones", "all", "--vary-repeats", "0.2", "--control", "B: density=high"]
    assert run("compose", *words, "--plan", "plan.toml", "--seed", 1, "--out", "a.mid", "--out", "a.toml") == 0
    assert calls[0][2] == {
        "metre": "7/8", "seconds": 45.0, "chord_tones": "all", "vary_repeats": 0.2, "controls": ["B: density=high"],
        "plan": "style = 'pop'", "seed": 1,
    }  # fmt: skip
    assert names(here) == ["a.mid", "a.toml", "plan.toml"]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None, b"a" * 4_000_001])
def test_a_plan_that_cannot_be_read_is_a_file_error(calls, here, content, capsys):
    if content is not None:
        (here / "plan.toml").write_bytes(content)
    assert run("compose", "--plan", "plan.toml", "--seed", 1) == 3
    assert "plan.toml" in capsys.readouterr().err
    assert calls == []


def test_json_tells_of_every_alternative(calls, here, capsys):
    assert run("rewrite", "tune.mid", "--alternatives", 3, "--seed", 1, "--json", "--out", "x.mid", "--out", "x.json") == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["alternatives"]) == 3
    assert told["files"] == [f"x-{n}{end}" for n in (1, 2, 3) for end in (".mid", ".json")]


def test_chords_are_told(calls, here, capsys):
    assert run("harmonise", "tune.mid") == 0
    assert "C major: C G7" in capsys.readouterr().err
    assert calls[0][2] == {"seed": 0}


@pytest.mark.parametrize(
    "words",
    [
        ["add", "tune.mid"],
        ["rewrite", "tune.mid", "--alternatives", 0],
        ["rewrite", "tune.mid", "--alternatives", 17],
        ["harmonise", "tune.mid", "--surprise", 2],
        ["rewrite", "tune.mid", "--out", "x.mp3"],
        ["vary", "tune.mid", "--out", "x.toml"],
        ["compose", "--seconds", "soon"],
    ],
)
def test_wrong_words_are_told_before_any_work(calls, here, words):
    assert run(*words) == 2
    assert calls == []
    assert names(here) == []


@pytest.mark.parametrize("name", ["rewrite", "add", "arrange", "harmonise", "accompany", "continue", "vary"])
@pytest.mark.parametrize(("content", "code"), [(b"MThd nonsense", 3), (b"", 3), (None, 3)])
def test_a_prompt_that_cannot_be_read(calls, here, capsys, name, content, code):
    if content is not None:
        (here / "bad.mid").write_bytes(content)
    more = ["--track", "bass=bass"] if name == "add" else []
    assert run(name, "bad.mid", *more, "--seed", 1) == code
    streams = capsys.readouterr()
    assert streams.err.count("\n") == 1
    assert "bad.mid" in streams.err
    assert calls == []
    assert set(names(here)) <= {"bad.mid"}


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (CancelledError("called off"), 130), (RequestError("no"), 2)]
)
def test_a_work_that_stops_leaves_nothing(calls, here, capsys, monkeypatch, error, code):
    def stopped(*given, listen=None, **wishes):
        listen(1, 8)
        raise error

    for name in ("compose", "rewrite", "arrange"):
        monkeypatch.setattr(sys.modules["boya.composing"], name, stopped)
        assert run(name, *(["tune.mid"] if name != "compose" else []), "--seed", 1) == code
        assert names(here) == []
    assert "Traceback" not in capsys.readouterr().err


def test_a_work_stopped_while_files_are_written_leaves_whole_files_only(here, monkeypatch):
    from boya.cli.saving import deliver
    from boya.composing import Piece
    from boya.files import atomic

    piece = Piece(Score((Track(note_array([(0, 1920, 60, 80)])),)))
    replaced = atomic.os.replace

    def stop(source, target):
        if str(target).endswith("b.mid"):
            raise KeyboardInterrupt
        replaced(source, target)

    monkeypatch.setattr(atomic.os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        deliver([(piece, [here / "a.mid", here / "b.mid"])], {}, False)
    assert names(here) == ["a.mid"]
    assert read(here / "a.mid").n_notes == 1
