"""Sound as notes, and as a question for the search."""

import struct
import wave

import numpy as np
import pytest

from boya.errors import FileError, FormatError, InputError, LimitError, MissingExtraError
from boya.listening.audio import audio_queries, has_network, network, transcribe
from boya.listening.search import Index, entry_of
from boya.score import Score, Track, note_array
from boya.sound import render, write_wav

TUNE = "67 64 65 62 60 64 67 72 71 69 67 65"


def record(score: Score, path, program: int = 73, rate: int = 22050):
    tracks = [Track(track.notes, program=program) for track in score.tracks]
    write_wav(render(Score(tuple(tracks)), sample_rate=rate, voices="live", preset="dry", tail=0.2), path, rate)
    return path


def sound(path, samples, rate: int = 22050):
    write_wav(np.asarray(samples, np.float32)[:, None].repeat(2, axis=1), path, rate)
    return path


def pitches(score: Score) -> list[int]:
    return score.tracks[0].notes["pitch"].tolist()


@pytest.fixture(scope="module")
def flute(tmp_path_factory, music):
    return record(music.melody(TUNE, quarter=360), tmp_path_factory.mktemp("sound") / "flute.wav", rate=32000)


def test_a_flute_is_written_down(flute):
    heard = transcribe(flute)
    assert pitches(heard) == [int(word) for word in TUNE.split()]
    assert np.abs(heard.tracks[0].notes["onset"] - 360 * np.arange(12)).max() < 96
    assert "tempo" in heard.timeline.assumed


def test_one_voice_is_told_from_noise_and_silence(tmp_path):
    rng = np.random.default_rng(0)
    with pytest.raises(InputError, match="silent"):
        transcribe(sound(tmp_path / "silence.wav", np.zeros(44100)))
    with pytest.raises(InputError, match="no note is heard"):
        transcribe(sound(tmp_path / "silence.wav", np.zeros(44100)), how="one")
    with pytest.raises(InputError, match="4 notes"):
        audio_queries(sound(tmp_path / "noise.wav", rng.normal(0, 0.1, 44100)), how="one")
    with pytest.raises(InputError, match="one of auto, one, many"):
        transcribe(tmp_path / "noise.wav", how="loud")


def test_a_flac_is_read_as_its_wav(tmp_path, flute):
    soundfile = pytest.importorskip("soundfile", reason="FLAC needs soundfile")
    data, rate = soundfile.read(flute)
    soundfile.write(tmp_path / "a.flac", data, rate)
    assert pitches(transcribe(tmp_path / "a.flac", how="one")) == pitches(transcribe(flute, how="one"))


def floats(path, values) -> None:
    data = np.asarray(values, "<f4").tobytes()
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, 1, 22050, 88200, 4, 32)
    path.write_bytes(b"RIFF" + struct.pack("<I", 28 + len(data)) + b"WAVE" + form + b"data" + struct.pack("<I", len(data)) + data)


def test_bad_files_are_told_in_one_line(tmp_path):
    path = tmp_path / "bad.wav"
    with pytest.raises(FileError, match="cannot be read"):
        transcribe(path)
    floats(path, [0.1, np.nan, 0.2] * 999)
    with pytest.raises(FormatError, match="NaN"):
        transcribe(path)
    for whole in (
        b"",
        b"RIFF",
        b"RIFF\x00\x00\x00\x00WAVE",
        b"RIFF\xff\xff\xff\xffWAVEfmt \x02\x00\x00\x00ab",
        b"MThd",
        b"\x00" * 99,
    ):
        path.write_bytes(whole)
        with pytest.raises((FormatError, InputError)):
            transcribe(path)


def test_a_wav_cut_anywhere_is_heard_or_refused(tmp_path, music):
    whole = record(music.melody("60 64 67 72"), tmp_path / "whole.wav").read_bytes()
    for cut in [*range(0, 60, 3), len(whole) // 2 + 1]:
        (tmp_path / "cut.wav").write_bytes(whole[:cut])
        try:
            assert pitches(transcribe(tmp_path / "cut.wav", how="one"))[0] == 60
        except (FormatError, InputError):
            assert cut < 60


def test_what_lasts_too_long_is_refused_unread(tmp_path):
    with wave.open(str(tmp_path / "long.wav"), "wb") as file:
        file.setparams((1, 1, 1, 0, "NONE", ""))
        file.writeframes(b"\x80" * 20_000)
    with pytest.raises(LimitError, match="5 hours"):
        transcribe(tmp_path / "long.wav")


def test_several_voices_need_the_network(tmp_path, music, monkeypatch):
    monkeypatch.setattr(network, "_file", lambda: None)
    network._graph.cache_clear()
    with pytest.raises(MissingExtraError, match="pip install --no-deps basic-pitch"):
        transcribe(record(music.melody("60 64 67 72"), tmp_path / "a.wav"), how="many")


@pytest.mark.skipif(not has_network(), reason="needs: pip install --no-deps basic-pitch")
def test_chords_are_heard_by_the_network(tmp_path):
    rows = [(at * 960, 900, pitch, 90) for at, chord in enumerate([(48, 64, 67), (53, 65, 69)]) for pitch in chord]
    heard = transcribe(record(Score((Track(note_array(rows)),)), tmp_path / "a.wav", program=0), how="many")
    assert set(pitches(heard)) >= {48, 64, 67, 53, 65, 69}
    assert heard.n_notes <= 8


def test_a_played_tune_is_found_in_another_key(tmp_path, music, flute):
    lower = " ".join(str(int(word) - 5) for word in f"62 60 {TUNE} 64 60".split())
    with Index(tmp_path / "index", create=True) as index:
        index.add([*(music.piece(seed) for seed in range(20)), entry_of(music.melody(lower), "hummed")])
        first = index.search(audio_queries(flute))[0]
    assert (first.piece, abs(first.transposition)) == ("hummed", 5)


def test_a_choir_that_repeats_its_notes_is_found(tmp_path, music):
    tune = "67 67 67 64 64 65 65 62 60 60 60 64 67 67 72 72"
    others = ["67 67 64 64 64 65 62 62 60 64 64 69 67 72 72 72", "60 60 64 64 67 67 72 72 67 67 64 64 60 60 60 60"]
    with Index(tmp_path / "index", create=True) as index:
        index.add([*(music.piece(seed) for seed in range(20)), entry_of(music.melody(tune), "sung")])
        index.add([entry_of(music.melody(words), words) for words in others])
        first = index.search(audio_queries(record(music.melody(tune, quarter=300), tmp_path / "choir.wav", program=52)))[0]
    assert (first.piece, first.transposition) == ("sung", 0)


def test_a_voice_on_three_pitches_is_asked_for_by_its_notes(tmp_path, music):
    tune = music.melody("60 60 64 67 67", quarter=480)
    asked = audio_queries(record(tune, tmp_path / "piano.wav", program=0), how="one")
    assert any(query.pitches.tolist() == [60, 60, 64, 67, 67] for query in asked)
