"""`boya ask`: plain questions and SPARQL."""

import json

import pytest

from boya.cli import COMMANDS, main
from boya.corpus import write_packed
from boya.score import Chord, Key, Score, Timeline, Track, note_array


@pytest.fixture(autouse=True)
def listed(monkeypatch):
    monkeypatch.setitem(COMMANDS, "ask", "ask")


def run(*words):
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return left.value.code


def test_a_question_in_words(capsys):
    assert run("ask", "instruments for jazz", "--most", 5) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "instruments of a style: jazz (style:jazz)"
    assert any(line.startswith("Acoustic Bass") and "pieces" in line for line in lines)
    assert any(line.startswith("... ") and "--most" in line for line in lines)
    assert any(line.startswith("source: ") for line in lines)


def test_a_question_in_chinese_as_json(capsys):
    assert run("ask", "什么是古琴", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["about"]["id"] == "instrument:guqin"
    assert {"label": "最低音", "detail": "C2 (36)"}.items() <= next(a for a in told["answers"] if a["label"] == "最低音").items()
    assert told["sources"]


def test_sparql_as_a_table_and_as_json(capsys):
    query = "SELECT ?i ?low WHERE { ?i b:program 40 ; b:lowest ?low ; b:family family:bowed-strings }"
    assert run("ask", query) == 0
    assert capsys.readouterr().out.splitlines()[:2] == ["i                  low", "instrument:violin  55"]
    assert run("ask", query, "--json") == 0
    assert json.loads(capsys.readouterr().out)["answers"][0] == {"i": "instrument:violin", "low": 55}
    assert run("ask", "SELECT ?x WHERE { ?x b:program 999 }") == 0
    assert capsys.readouterr().out == "no answer\n"


@pytest.mark.parametrize("question", ["will it rain", "SELECT ?x", "instruments for jaz"])
def test_what_cannot_be_answered_is_one_line(question, capsys):
    assert run("ask", question) == 2
    streams = capsys.readouterr()
    assert (streams.out, streams.err.count("\n")) == ("", 1)


def test_pieces_of_a_corpus_that_use_a_progression(tmp_path, capsys):
    chords = tuple(
        Chord(i * 960, 960, (2 + degree) % 12, q) for i, (degree, q) in enumerate([(0, "maj"), (7, "7"), (9, "min"), (5, "maj")])
    )
    score = Score((Track(note_array([(0, 960, 62, 80)])),), timeline=Timeline.of(keys=[Key(0, 2, "major")]), chords=chords)
    write_packed(tmp_path / "packed", [(score, {"id": "songs/one", "split": "train"})])
    assert run("ask", "what uses the axis", "--packed", tmp_path / "packed") == 0
    assert "1 pieces have axis: songs/one" in capsys.readouterr().out
    assert run("ask", "what is a flute", "--packed", tmp_path / "packed") == 2
    assert "--packed looks for progressions" in capsys.readouterr().err
    assert run("ask", "what uses the axis", "--packed", tmp_path) == 4
