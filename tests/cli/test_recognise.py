"""boya recognise."""

import json

import pytest
from typer.testing import CliRunner

from boya.cli import app
from boya.files import write
from boya.score import Score, Track, note_array


def run(*words):
    return CliRunner().invoke(app, ["recognise", *map(str, words)])


@pytest.fixture
def scale(tmp_path):
    """Twelve notes of a violin."""
    path = tmp_path / "scale.mid"
    write(Score((Track(note_array([(480 * n, 480, 60 + n, 80) for n in range(12)]), 40),)), path)
    return path


def test_it_tells_in_words_and_as_json(scale):
    assert "Violin" in run(scale).stdout
    assert json.loads(run(scale, "--json").stdout)["instruments"][0]["name"] == "Violin"


def test_a_file_without_notes_is_refused(tmp_path):
    write(Score(), tmp_path / "empty.json")
    done = run(tmp_path / "empty.json")
    assert done.exit_code == 2
    assert "no notes" in done.stderr
