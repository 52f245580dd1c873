"""`boya corpus`: build a small corpus and tell what is in it."""

import json

import numpy as np
import pytest

from boya.cli import main
from boya.files import write
from boya.score import Score, Track, note_array


@pytest.fixture
def folder(tmp_path):
    """Three different tunes of eight bars with a bass, and a file that is no music."""
    music = tmp_path / "music"
    music.mkdir()
    for number in range(3):
        rng = np.random.default_rng(number)
        pitches = 60 + rng.choice([0, 2, 4, 5, 7, 9, 11], size=64)
        tune = note_array([(i * 240, 240, int(pitch), 80) for i, pitch in enumerate(pitches)])
        bass = note_array([(i * 960, 960, int(36 + rng.choice([0, 5, 7])), 80) for i in range(16)])
        write(Score((Track(tune), Track(bass, program=32))), music / f"tune-{number}.mid")
    (music / "broken.mid").write_bytes(b"not music")
    return music


def run(*words):
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return left.value.code


def test_build_then_summary(folder, tmp_path, capsys):
    packed = tmp_path / "packed"
    assert run("corpus", "build", folder, "--out", packed, "--workers", 1, "--json") == 0
    streams = capsys.readouterr()
    built = json.loads(streams.out)
    assert built["pieces"] == 3
    assert sum(built["rejected"].values()) == 1
    assert "4 of 4 pieces" in streams.err
    assert run("corpus", "summary", packed, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {name: value for name, value in built.items() if name != "folder"}


def test_summary_as_text(folder, tmp_path, capsys):
    run("corpus", "build", folder, "--out", tmp_path / "packed", "--workers", 1)
    assert "pieces: 3" in capsys.readouterr().out


def test_summary_of_a_folder_that_is_no_corpus(tmp_path, capsys):
    assert run("corpus", "summary", tmp_path) == 4
    assert "boya corpus build" in capsys.readouterr().err


def test_build_of_a_missing_folder(tmp_path, capsys):
    assert run("corpus", "build", tmp_path / "nowhere", "--out", tmp_path / "packed") in (2, 3, 4)
    assert capsys.readouterr().err.count("\n") == 1
