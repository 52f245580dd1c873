"""boya originality."""

import importlib
import json

import numpy as np
import pytest
import typer
from typer.main import get_command

from boya.cli import COMMANDS, main
from boya.errors import CorpusError, FileError, InputError
from boya.files import write
from boya.listening.originality import build_fingerprints, write_fingerprints
from boya.score import Score, Track, note_array


def alone():
    """Return the command without the others."""
    app = typer.Typer()
    app.command()(importlib.import_module("boya.cli.originality").command)
    return app


def run(*words):
    """Run the command: by `boya` where it is wired, else by itself."""
    texts = [str(word) for word in words]
    call = get_command(alone()).main
    if "originality" in COMMANDS:
        call, texts = main, ["originality", *texts]
    with pytest.raises(SystemExit) as left:
        call(texts)
    return left.value.code


@pytest.fixture
def song(here):
    pitches = np.random.default_rng(0).integers(50, 80, 60).tolist()
    score = Score((Track(note_array([(240 * i, 200, pitch, 80) for i, pitch in enumerate(pitches)]), name="Flute"),))
    prints = build_fingerprints([(score, {"id": "a", "title": "Song", "source": "mine", "licence": "CC0-1.0"})])
    return write(score.transpose(2), here / "song.mid"), write_fingerprints(prints, here / "mine.npz")


def test_it_names_what_is_copied_in_english_and_chinese(song, capsys):
    score, prints = song
    assert run(score, "--against", prints) == 0
    assert "Flute" in (text := capsys.readouterr().out)
    assert "Song (mine, CC0-1.0)" in text
    assert run(score, "--against", prints, "--language", "zh") == 0
    assert "小节" in capsys.readouterr().out


def test_what_ships_is_what_it_compares_with(song, capsys):
    assert run(song[0], "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["pieces"] > 4000
    assert told["is_copied"] is False
    assert told["typical"]["split"] == "valid"
    assert told["figures"]["unknown"]["real_median"] > 0.5


def test_one_note_is_too_short(here, capsys):
    assert run(here / "tune.mid") == 0
    assert "no line has more than 9 notes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("song.mid", "--language", "fr"), InputError),
        (("song.mid", "--against", "bad.npz"), CorpusError),
        (("none.mid",), FileError),
    ],
)
def test_mistakes_are_told(song, here, words, error):
    (here / "bad.npz").write_bytes(b"PK nothing")
    if "originality" in COMMANDS:
        assert run(*words) == error.exit_code
    else:
        with pytest.raises(error):
            get_command(alone()).main(list(words))
