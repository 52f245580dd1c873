"""Commands on sound: render to FLAC, stems and loops, and effects."""

import json
import wave

import pytest

from boya.cli import main
from boya.files import write
from boya.score import Score, Track, note_array

QUICK = ("--sample-rate", 8000)


def run(*words):
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    return left.value.code


@pytest.fixture
def song(tmp_path):
    parts = (
        Track(note_array([(480 * i, 480, 60 + i, 90) for i in range(4)]), role="melody"),
        Track(note_array([(0, 1920, 36, 80)]), program=32, role="bass"),
    )
    return write(Score(parts), tmp_path / "song.mid")


def test_stems_lie_in_a_folder_beside_the_mix(song, tmp_path, capsys):
    assert run("render", song, "--out", tmp_path / "mix.wav", "--stems", "--bits", 24, *QUICK, "--json") == 0
    told = json.loads(capsys.readouterr().out)["files"]
    assert told == [str(tmp_path / name) for name in ("mix.wav", "mix/01-melody.wav", "mix/02-bass.wav")]
    with wave.open(told[1]) as file:
        assert (file.getsampwidth(), file.getframerate(), file.getnframes()) == (3, 8000, 28000)


def test_a_loop_has_the_length_of_its_bars(song, tmp_path):
    assert run("render", song, "--out", tmp_path / "loop.wav", "--loop", "--swing", 0.5, "--humanise", 0.3, *QUICK) == 0
    with wave.open(str(tmp_path / "loop.wav")) as file:
        assert file.getnframes() == 16000
    assert b"smpl" in (tmp_path / "loop.wav").read_bytes()


def test_settings_reach_the_sound(song, tmp_path):
    for name, words in {"a": (), "b": ("--lufs", -20), "c": ("--preset", "hall"), "d": ("--humanise", 1, "--seed", 2)}.items():
        assert run("render", song, "--out", tmp_path / f"{name}.wav", *words, *QUICK) == 0
    assert len({(tmp_path / f"{name}.wav").read_bytes() for name in "abcd"}) == 4
    assert run("render", song, "--out", tmp_path / "e.wav", "--tail", 0.5, *QUICK) == 0
    with wave.open(str(tmp_path / "e.wav")) as file:
        assert file.getnframes() == 20000


def test_flac_is_written_where_soundfile_is(song, tmp_path):
    soundfile = pytest.importorskip("soundfile")
    assert run("render", song, "--out", tmp_path / "a.flac", "--out", tmp_path / "a.ogg", *QUICK) == 0
    assert soundfile.info(str(tmp_path / "a.flac")).frames == soundfile.info(str(tmp_path / "a.ogg")).frames == 28000


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("--preset", "cave"), 2, "preset must be one of default"),
        (("--swing", 2), 2, "swing must be 0-1"),
        (("--bits", 12), 2, "bits must be"),
        (("--loop", "--stems"), 2, "one at a time"),
        (("--voices", "kazoo"), 2, "voices must be one of"),
    ],
)
def test_what_cannot_be_is_one_line_and_no_file(song, tmp_path, capsys, words, code, told):
    assert run("render", song, "--out", tmp_path / "a.wav", *words) == code
    assert told in capsys.readouterr().err
    assert not (tmp_path / "a.wav").exists()


def test_a_long_piece_tells_how_far_it_is(tmp_path, capsys):
    long = write(Score((Track(note_array([(0, 480 * 130, 60, 90)])),)), tmp_path / "long.mid")
    assert run("render", long, "--out", tmp_path / "long.wav", *QUICK) == 0
    assert "66 of 66 s of sound" in capsys.readouterr().err


def test_effects_are_listed_made_and_mutated(song, tmp_path, capsys):
    assert run("effect", "list", "--json") == 0
    assert "coin" in json.loads(capsys.readouterr().out)
    words = (
        "--seed",
        3,
        "--mutate",
        2,
        "--lock",
        "pitch, room",
        "--like",
        song,
        "--out",
        tmp_path / "coin.wav",
        "--sample-rate",
        22050,
    )
    assert run("effect", "coin", *words, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["files"] == [str(tmp_path / name) for name in ("coin.wav", "coin-1.wav", "coin-2.wav")]
    assert len({(tmp_path / name).read_bytes() for name in ("coin.wav", "coin-1.wav", "coin-2.wav")}) == 3


@pytest.mark.parametrize(("words", "told"), [(("kazoo",), "an effect must be"), (("coin", "--lock", "x"), "a lock must be")])
def test_an_unknown_effect_writes_nothing(words, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run("effect", *words) == 2
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_the_folder_of_an_effect_must_exist(tmp_path, capsys):
    assert run("effect", "coin", "--out", tmp_path / "no" / "coin.wav") == 3
    assert "mkdir" in capsys.readouterr().err
