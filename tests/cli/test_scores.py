"""Commands on score files: info, render."""

import json

import numpy as np
import pytest

from boya.cli import main
from boya.files import write
from boya.score import Chord, Key, Metre, Score, Section, Tempo, Timeline, Track, note_array


@pytest.fixture
def waltz(tmp_path):
    """Two bars of 3/4 in A minor: melody and drums."""
    melody = Track(
        note_array([(i * 480, 480, pitch, 80) for i, pitch in enumerate((69, 72, 76, 69, 68, 69))]), program=40, name="Violin"
    )
    drums = Track(note_array([(0, 120, 36, 90), (1440, 120, 36, 90)]), is_drum=True, name="Drums")
    timeline = Timeline((Tempo(0, 150.0),), (Metre(0, 3, 4),), (Key(0, 9, "minor"),))
    score = Score((melody, drums), timeline, (Chord(0, 1440, 9, "min"), Chord(1440, 1440, 4, "7")), (Section(0, 2880, "A"),))
    path = tmp_path / "waltz.mid"
    write(score, path)
    return path


def run(*words):
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return left.value.code


def test_info_json(waltz, capsys):
    assert run("info", waltz, "--json") == 0
    about = json.loads(capsys.readouterr().out)
    assert about["length_bar"] == 2
    assert about["tempo_qpm"] == [150.0]
    assert about["metre"] == ["3/4"]
    assert about["key"] == ["A minor"]
    assert about["n_notes"] == 8
    assert about["length_second"] == pytest.approx(2.4, abs=0.01)
    violin, drums = about["tracks"]
    assert (violin["lowest"], violin["highest"], violin["program"]) == (68, 76, 40)
    assert drums["is_drum"]


def test_info_text_tells_key_and_tracks(waltz, capsys):
    assert run("info", waltz) == 0
    text = capsys.readouterr().out
    assert "key: A minor" in text
    assert "Violin" in text
    assert "68-76" in text
    assert "assumed" not in text


def test_info_says_what_a_silent_file_leaves_open(tmp_path, capsys):
    write(Score((Track(note_array([(0, 480, 60, 80)])),)), tmp_path / "one.mid")
    assert run("info", tmp_path / "one.mid") == 0
    assert "C major" in capsys.readouterr().out


def test_info_of_no_notes(tmp_path, capsys):
    write(Score((Track(),)), tmp_path / "none.mid")
    assert run("info", tmp_path / "none.mid", "--json") == 0
    assert json.loads(capsys.readouterr().out)["key_heard"] is None


def test_info_of_a_missing_or_broken_file(tmp_path, capsys):
    assert run("info", tmp_path / "no.mid") == 3
    (tmp_path / "broken.mid").write_bytes(b"MThd nonsense")
    assert run("info", tmp_path / "broken.mid") == 3
    assert "broken.mid" in capsys.readouterr().err


def test_render_writes_sound(waltz, tmp_path, capsys):
    out = tmp_path / "w.wav"
    assert run("render", waltz, "--out", out, "--sample-rate", 16000, "--json") == 0
    assert json.loads(capsys.readouterr().out)["files"] == [str(out)]
    data = out.read_bytes()
    assert data[:4] == b"RIFF"
    frames = np.frombuffer(data[44:], dtype="<i2").reshape(-1, 2)
    assert 2.4 < len(frames) / 16000 < 6
    assert np.abs(frames).max() > 1000


def test_render_without_out_writes_a_wav_where_you_are(waltz, tmp_path, monkeypatch):
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    assert run("render", waltz, "--sample-rate", 16000) == 0
    assert [path.name for path in folder.iterdir()] == ["waltz.wav"]


def test_render_draws_a_piano_roll(waltz, tmp_path):
    assert run("render", waltz, "--out", tmp_path / "w.svg") == 0
    text = (tmp_path / "w.svg").read_text(encoding="utf-8")
    assert text.startswith("<svg")
    assert text.count("<rect") >= 6


def test_render_to_midi_keeps_the_notes(waltz, tmp_path, capsys):
    assert run("render", waltz, "--out", tmp_path / "again.mid") == 0
    capsys.readouterr()
    run("info", tmp_path / "again.mid", "--json")
    assert json.loads(capsys.readouterr().out)["n_notes"] == 8


def test_render_refuses_a_wrong_ending_before_it_reads(tmp_path, capsys):
    assert run("render", tmp_path / "no.mid", "--out", tmp_path / "a.mp3") == 2
    assert "a.mp3" in capsys.readouterr().err


def test_render_with_a_wrong_rate(waltz, tmp_path, capsys):
    assert run("render", waltz, "--out", tmp_path / "a.wav", "--sample-rate", 3) == 2
    assert not (tmp_path / "a.wav").exists()
