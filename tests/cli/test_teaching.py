"""Commands for learners: explain, exercises."""

import importlib
import json

import pytest
import typer
from typer.main import get_command

from boya.cli import COMMANDS, main
from boya.files import write
from boya.score import Score, Track, note_array


def run(*words):
    """Run a command: by `boya` where it is wired, else by itself."""
    call, texts = main, [str(word) for word in words]
    if words[0] not in COMMANDS:
        alone = typer.Typer()
        alone.command()(importlib.import_module(f"boya.cli.{words[0]}").command)
        call, texts = get_command(alone).main, texts[1:]
    with pytest.raises(SystemExit) as left:
        call(texts)
    return left.value.code


@pytest.fixture
def chords(here):
    rows = [(48, 60, 64, 67), (53, 60, 65, 69), (43, 59, 65, 67), (48, 60, 64, 67)]
    tracks = tuple(Track(note_array([(i * 1920, 1920, row[v], 80) for i, row in enumerate(rows)])) for v in range(4))
    return write(Score(tracks), here / "chords.mid")


def test_explain_tells_chords_in_english_and_chinese(chords, capsys):
    assert run("explain", chords) == 0
    assert "V7 in C major" in capsys.readouterr().out
    assert run("explain", chords, "--bar", 2, "--language", "zh") == 0
    assert "C大调的IV" in capsys.readouterr().out


def test_explain_as_json(chords, capsys):
    assert run("explain", chords, "--bar", 3, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [bar["bar"] for bar in told["bars"]] == [3]
    assert told["bars"][0]["chords"][0]["symbol"] == "G7"


def test_exercises_write_sheet_key_and_text(here, capsys):
    assert run("exercises", "intervals", "--level", 2, "--seed", 7, "--count", 4, "--out", "sheet.musicxml", "--json") == 0
    about = json.loads(capsys.readouterr().out)
    assert about["files"] == ["sheet.musicxml", "sheet.md", "sheet.key.json", "sheet.key.md"]
    assert len(about["questions"]) == 4
    assert "Answer: " in (here / "sheet.key.md").read_text(encoding="utf-8")
    assert "Answer: " not in (here / "sheet.md").read_text(encoding="utf-8")


def test_dictation_is_written_as_sound(here):
    assert run("exercises", "melodic-dictation", "--seed", 1, "--count", 1, "--out", "sheet.mid", "--language", "zh") == 0
    assert (here / "sheet.wav").stat().st_size > 100_000
    assert "请听 sheet.wav" in (here / "sheet.md").read_text(encoding="utf-8")


def test_marking_names_the_bar(here, capsys):
    assert run("exercises", "intervals", "--level", 2, "--seed", 7, "--count", 2, "--out", "sheet.mid") == 0
    right = json.loads((here / "sheet.key.json").read_text(encoding="utf-8"))["answers"]
    (here / "answers.json").write_text(json.dumps({"answers": {"1": right["1"], "2": "d5"}}), encoding="utf-8")
    capsys.readouterr()
    assert run("exercises", "mark", "answers.json", "--key", "sheet.key.json", "--json") == 0
    marked = json.loads(capsys.readouterr().out)
    assert marked["share"] == 0.5
    assert [(remark["item"], remark["bar"]) for remark in marked["remarks"]] == [(2, 2)]
    assert run("exercises", "mark", "sheet.key.json", "--key", "sheet.key.json", "--language", "zh") == 0
    assert "100%" in capsys.readouterr().out


def test_kinds_are_listed(capsys):
    assert run("exercises", "list", "--language", "zh") == 0
    assert "figured-bass" in (text := capsys.readouterr().out)
    assert "数字低音" in text


@pytest.mark.skipif("exercises" not in COMMANDS, reason="not wired yet")
@pytest.mark.parametrize(
    "words",
    [
        ("exercises", "mark"),
        ("exercises", "mark", "a.json"),
        ("exercises", "intervals", "a.json"),
        ("exercises", "intervls"),
        ("exercises", "intervals", "--language", "fr"),
        ("exercises", "intervals", "--out", "sheet.pdf"),
        ("explain", "tune.mid", "--bar", 99),
    ],
)
def test_wrong_words_are_exit_code_2(words, here):
    assert run(*words) == 2


@pytest.mark.skipif("exercises" not in COMMANDS, reason="not wired yet")
def test_a_missing_key_is_exit_code_3(here):
    (here / "a.json").write_text('{"1": "P5"}', encoding="utf-8")
    assert run("exercises", "mark", "a.json", "--key", "none.key.json") == 3
