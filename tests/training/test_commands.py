"""Training from the shell, as on a bare machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from boya.training.__main__ import main

HOUSE = Path(__file__).parents[2]


def run(*words, **environment):
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHON": sys.executable, "PYTHONPATH": str(HOUSE / "src")} | environment
    return subprocess.run([str(w) for w in words], capture_output=True, text=True, timeout=100, env=environment, check=False)


def test_the_script_trains_recipe_after_recipe_and_stops_at_a_mistake(packed, tmp_path):
    done = run(HOUSE / "scripts" / "train_all.sh", packed, tmp_path, "seq2seq-smoke", "none", "gan-smoke")
    assert done.returncode == 5
    assert done.stdout.split() == [str(tmp_path / "seq2seq-smoke" / "weights.safetensors")]
    assert " left  dev/accuracy" in done.stderr
    assert "there is no recipe 'none'" in done.stderr
    assert not (tmp_path / "gan-smoke").exists()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("seq2seq-smok", "packed"), 5, "did you mean 'seq2seq-smoke'"),
        (("seq2seq-smoke", "nowhere"), 4, "must hold manifest.json"),
    ],
)
def test_mistakes_are_one_line(tmp_path, monkeypatch, capsys, words, code, message):
    monkeypatch.setattr("sys.argv", ["training", words[0], str(tmp_path / words[1]), str(tmp_path / "out")])
    assert main() == code
    errors = capsys.readouterr().err
    assert message in errors
    assert errors.startswith("error: ")
    assert errors.count("\n") == 1


def test_the_script_says_how_it_is_called():
    done = run(HOUSE / "scripts" / "train_all.sh")
    assert done.returncode == 2
    assert "PACKED OUT" in done.stderr
