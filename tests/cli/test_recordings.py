"""Recordings in `boya index`, and `boya search --recording`."""

import json

import numpy as np
import pytest

from boya.cli import COMMANDS, main
from boya.files import write
from boya.score import Score, Track, note_array
from boya.sound import write_wav

RATE = 16000


@pytest.fixture(autouse=True)
def listed(monkeypatch):
    for name in ("index", "search"):
        monkeypatch.setitem(COMMANDS, name, name)


def hiss(seed: int, seconds: int = 8) -> np.ndarray:
    return np.random.default_rng(seed).normal(scale=0.1, size=seconds * RATE).astype(np.float32)


def record(path, audio) -> None:
    path.parent.mkdir(exist_ok=True)
    write_wav(np.asarray(audio, np.float32)[:, None].repeat(2, axis=1), path, RATE)


@pytest.fixture
def music(tmp_path, monkeypatch):
    """A folder with a score, two recordings and two that cannot be kept; and a clip beside it."""
    monkeypatch.chdir(tmp_path)
    record(tmp_path / "music" / "rain.wav", hiss(1))
    record(tmp_path / "music" / "live" / "sea.wav", hiss(2))
    record(tmp_path / "music" / "silence.wav", np.zeros(3 * RATE))
    (tmp_path / "music" / "broken.wav").write_bytes(b"RIFF????")
    write(Score((Track(note_array([(at * 480, 480, 60 + at, 80) for at in range(8)])),)), tmp_path / "music" / "up.mid")
    record(tmp_path / "clip.wav", 0.2 * hiss(2)[3 * RATE : 6 * RATE])
    return tmp_path


def run(*words):
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return left.value.code


def told(capsys, *words):
    assert run(*words, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_recordings_are_indexed_once_and_known_again(music, capsys):
    first = told(capsys, "index", "music")
    assert (first["n_pieces"], first["n_recordings"], first["n_recordings_added"]) == (1, 2, 2)
    assert sorted(first["rejected"]) == ["music/broken.wav", "music/silence.wav"]
    record(music / "music" / "rain.wav", hiss(3))
    again = told(capsys, "index", "music")
    assert (again["n_recordings"], again["n_recordings_added"], again["n_recordings_unchanged"]) == (2, 1, 1)
    answer = told(capsys, "search", "clip.wav", "--recording")
    assert answer["n_searched"] == 2
    [found] = answer["recordings"]
    assert found["recording"] == "music/live/sea.wav"
    assert abs(found["at_second"] - 3) < 0.05
    assert (found["sure"] > 0.9, found["speed"], found["length_second"]) == (True, 1.0, 8.0)


def test_text_says_which_and_from_where(music, capsys):
    run("index", "music")
    assert "index: 2 recordings (2 added, 0 unchanged)" in capsys.readouterr().out
    assert run("search", "clip.wav", "--recording") == 0
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["sure", "recording", "from"]
    assert row.split()[1:] == ["music/live/sea.wav", "0:03.0"]
    record(music / "clip.wav", hiss(9, 3))
    assert run("search", "clip.wav", "--recording") == 0
    assert capsys.readouterr().out == "none of the recordings (2 searched)\n"


def test_recordings_are_forgotten_and_checked(music, capsys):
    run("index", "music")
    capsys.readouterr()
    counts = told(capsys, "index", "--forget", "music/rain.wav", "--forget", "music/up.mid", "--check")
    assert counts == {"index": "index", "n_forgotten": 2, "is_whole": True, "n_pieces": 0, "n_recordings": 1}
    path = music / "index" / "recordings.sqlite"
    path.write_bytes(path.read_bytes()[:8192] + bytes(4096) + path.read_bytes()[12288:])
    assert run("index", "--check") == 4
    assert "damaged" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("clip.wav", "--recording"), 4, "boya index"),
        (("--recording",), 2, "needs a sound file"),
        (("clip.wav", "--recording", "--text", "sea"), 2, "no --text"),
        (("nothing.wav", "--recording"), 3, "cannot be read"),
        (("C4 D4 E4 F4", "--recording"), 3, "cannot be read"),
        (("music/up.mid", "--recording"), 2, "is MIDI, not sound"),
        (("music/silence.wav", "--recording"), 2, "is silent"),
    ],
)
def test_what_cannot_be_done_is_one_line(music, capsys, words, code, why):
    if code != 4:
        run("index", "music")
        capsys.readouterr()
    assert run("search", *words) == code
    streams = capsys.readouterr()
    assert (streams.out, streams.err.count("\n")) == ("", 1)
    assert why in streams.err
