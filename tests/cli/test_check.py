"""`boya check`: what it tells, what it writes, how it ends."""

import json

import pytest

import boya.cli
from boya.cli import main
from boya.files import read, write
from boya.score import Key, Score, Timeline, Track, note_array


@pytest.fixture(autouse=True)
def _is_listed(monkeypatch):
    monkeypatch.setitem(boya.cli.COMMANDS, "check", "check")


def run(*words):
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return left.value.code


def duet(*pitches):
    """Two voices in quarters."""
    voices = zip(*pitches, strict=True)
    tracks = [
        Track(note_array([(480 * n, 480, p, 80) for n, p in enumerate(line)]), 52, name=f"Voice {v}")
        for v, line in enumerate(voices)
    ]
    return Score(tuple(tracks), Timeline(keys=(Key(0, 0),)))


@pytest.fixture
def fifths(here):
    """Two voices in parallel fifths in their second bar."""
    write(duet(*[(67, 64)] * 4, (67, 60), (69, 62), (67, 64), (67, 64)), here / "fifths.mid")
    return here


def test_a_fault_is_told_with_its_repair(fifths, capsys):
    assert run("check", "fifths.mid") == 1
    text = capsys.readouterr().out
    assert text.startswith("hard parallel-fifths: bar 2, beat 2: voice 1 G4 to A4, voice 2 C4 to D4; two voices may not move")
    assert text.rstrip().endswith("]")


def test_chinese(fifths, capsys):
    assert run("check", "fifths.mid", "--language", "zh") == 1
    assert "第2小节第2拍" in capsys.readouterr().out


def test_json_is_for_machines(fifths, capsys):
    assert run("check", "fifths.mid", "--json") == 1
    about = json.loads(capsys.readouterr().out)
    (fault,) = about["faults"]
    assert (fault["rule"], fault["bar"], fault["beat"], fault["severity"]) == ("parallel-fifths", 2, 2, "hard")
    assert len(fault["repair"]) == 1
    assert about["left"] == 1


def test_fix_writes_the_piece_and_leaves_other_bars(fifths, capsys):
    assert run("check", "fifths.mid", "--fix", "mended.mid") == 0
    assert "wrote mended.mid" in capsys.readouterr().out
    before, after = read(fifths / "fifths.mid"), read(fifths / "mended.mid")
    assert before.slice_bars(0, 1) == after.slice_bars(0, 1)
    assert before.slice_bars(1, 2) != after.slice_bars(1, 2)
    assert run("check", "mended.mid") == 0
    assert "no faults found" in capsys.readouterr().out


def test_what_cannot_be_repaired_ends_with_one(here):
    rows = [[(0, 3840, p, 80), (3840, 3840, p + 2, 80)] for p in (67, 60)]
    write(Score(tuple(Track(note_array(row), 52) for row in rows)), here / "long.mid")
    assert run("check", "long.mid", "--fix", "mended.mid", "--rules", "parallel-fifths") == 1


def test_rules_are_chosen(fifths):
    assert run("check", "fifths.mid", "--rules", "crossing") == 0
    assert run("check", "fifths.mid", "--rules", "crossing, parallel fifths") == 1


def test_species(here, capsys):
    voices = [[(0, 1920, 69), (1920, 1920, 71), (3840, 1920, 74)], [(0, 1920, 62), (1920, 1920, 65), (3840, 1920, 62)]]
    write(Score(tuple(Track(note_array([(*row, 80) for row in voice]), 52) for voice in voices)), here / "fux.mid")
    assert run("check", "fux.mid", "--rules", "species 1", "--key", "D dorian", "--cantus", "lower") == 1
    assert "strong-consonance: bar 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["fifths.mid", "--rules", "paralel fifths"], 2, "parallel-fifths"),
        (["fifths.mid", "--cantus", "middle"], 2, "upper or lower"),
        (["fifths.mid", "--language", "fr"], 2, "en or zh"),
        (["tune.mid"], 2, "2 to 8 voices"),
        (["absent.mid"], 3, "absent.mid"),
        (["fifths.mid", "--fix", "mended.txt"], 2, "must end in"),
        (["fifths.mid", "--fix", "nowhere/mended.mid"], 3, "nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(fifths, capsys, words, code, told):
    assert run("check", *words) == code
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert told in lines[0]
    assert not (fifths / "mended.mid").exists()
