"""Where commands are run."""

import pytest

from boya.files import write
from boya.score import Score, Track, note_array


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder to stand in, with one score."""
    monkeypatch.chdir(tmp_path)
    write(Score((Track(note_array([(0, 480, 60, 80)])),)), tmp_path / "tune.mid")
    return tmp_path
