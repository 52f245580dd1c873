"""Measuring commands: time, memory, failure; and what the area makes of it."""

import sys
from pathlib import Path

import pytest

from boya.files import write
from boya.proof import speed
from boya.proof.process import CommandError, Ran, run_measured
from boya.proof.setup import Setup
from boya.score import Score, Track, note_array


def python(code):
    return [sys.executable, "-c", code]


def test_memory_is_that_of_the_command_alone():
    ballast = bytearray(200_000_000)
    small = run_measured(python("pass")).peak_megabyte
    large = run_measured(python("x = bytearray(100_000_000)")).peak_megabyte
    assert small < 100 < len(ballast) / 1e6
    assert 80 < large - small < 120


def test_children_count():
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'x = bytearray(100_000_000)'])"
    assert run_measured(python(code)).peak_megabyte > 100


def test_time_and_output():
    ran = run_measured(python("import time; time.sleep(0.2); print('done')"))
    assert ran.second >= 0.2
    assert ran.stdout == "done\n"


@pytest.mark.parametrize("words", [python("import sys; print('so it is', file=sys.stderr); sys.exit(5)"), ["no-such-program"]])
def test_failures_are_told(words):
    with pytest.raises(CommandError, match=r"so it is|no-such-program"):
        run_measured(words)


def test_other_exit_codes_can_be_accepted():
    assert run_measured(python("print(1); exit(3)"), accepted=(0, 3)).stdout == "1\n"


@pytest.fixture
def commands(monkeypatch, tmp_path):
    """Fake commands: `boya compose` writes two tracks; times fall from run to run."""
    said = []

    def fake(words, folder=None, accepted=(0,)):
        said.append(words)
        for out in [Path(words[i + 1]) for i, word in enumerate(words) if word == "--out" and words[i + 1].endswith(".mid")]:
            write(Score(tuple(Track(note_array([(0, 480, 60, 80)]), name=n) for n in "ab")), out)
        return Ran(10.0 / len(said), 100.0 * len(said), "")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(speed, "run_measured", fake)
    return said


def test_rows(commands, monkeypatch, tmp_path, heard):
    monkeypatch.setattr(speed, "available", lambda: ["gan"])
    (tmp_path / "weights").mkdir()
    (tmp_path / "weights" / "gan.step.onnx").write_bytes(b"x" * 3_000_000)
    monkeypatch.setattr(speed, "weights_folder", lambda: tmp_path / "weights")
    (tmp_path / "weights" / "composer.decoder.onnx").write_bytes(b"x" * 1_000_000)
    listed = list(speed.rows(Setup("speed", quick=True, note=heard.append)))
    rows = {row.metric: row for row in listed}
    weights = {row.model: row.value for row in listed if row.metric == "weights in the package"}
    assert rows["boya --help"].value == 5.0
    assert rows["boya --help"].holds is False
    assert rows["compose, cold, 16 bars to MIDI and WAV"].value == 2.5
    assert rows["compose, cold, 16 bars to MIDI and WAV, peak memory"].value == 400
    assert rows["compose, cold, 16 bars to MIDI and WAV, tracks"].holds is False
    assert weights == {"gan, seq2seq": 3.0, "composer": 1.0}
    assert any("light install" in line for line in heard)
    assert [words[3] for words in commands] == ["--help"] * 2 + ["compose"] * 2
    (tmp_path / "weights" / "encoder.hear.onnx").write_bytes(b"x" * 2_000_000)
    again = {row.model: row.value for row in speed.rows(Setup("speed", quick=True)) if row.metric == "weights in the package"}
    assert again == weights | {"encoder": 2.0}


def test_without_weights_only_help_is_measured(commands, monkeypatch, heard):
    monkeypatch.setattr(speed, "available", list)
    assert [row.metric for row in speed.rows(Setup("speed", quick=True, note=heard.append))] == ["boya --help"]


def test_the_light_install_is_weighed(commands, monkeypatch, tmp_path):
    monkeypatch.setattr(speed, "available", list)
    (tmp_path / ".venv").mkdir()
    with (tmp_path / ".venv" / "installed").open("wb") as file:
        file.truncate(401_000_000)
    row = list(speed.rows(Setup("speed", quick=True)))[-1]
    assert (row.metric, row.value, row.holds) == ("light install", 401.0, False)
