"""Files of sound: FLAC, OGG, loop points, and nothing half-written."""

import builtins
import importlib.util
import io
import struct
import wave

import numpy as np
import pytest

from boya.errors import FileError, InputError, MissingExtraError
from boya.sound import save_audio, wav_bytes
from boya.sound.out import saving
from boya.sound.out.whole import whole_file

TIME = np.arange(9000) / 8000
AUDIO = (0.5 * np.stack([np.sin(2 * np.pi * 440 * TIME), np.cos(2 * np.pi * 330 * TIME)], axis=1)).astype(np.float32)
BLOCKS = [AUDIO[:4000], AUDIO[4000:4001], AUDIO[4001:]]


@pytest.mark.parametrize(("name", "bits", "slack"), [("a.flac", 16, 1e-4), ("a.flac", 24, 3e-7), ("a.ogg", 16, 0.1)])
def test_packed_files_read_back(tmp_path, name, bits, slack):
    soundfile = pytest.importorskip("soundfile")
    path = save_audio(iter(BLOCKS), tmp_path / name, 8000, bits=bits)
    audio, rate = soundfile.read(path, dtype="float32")
    assert rate == 8000
    assert audio.shape == AUDIO.shape
    assert np.abs(audio - AUDIO).max() < slack
    assert [found.name for found in tmp_path.iterdir()] == [name]


def test_a_packed_loop_says_so(tmp_path):
    soundfile = pytest.importorskip("soundfile")
    with soundfile.SoundFile(save_audio(AUDIO, tmp_path / "a.flac", 8000, is_loop=True)) as file:
        assert file.comment == "LOOPSTART=0 LOOPLENGTH=9000"


@pytest.mark.parametrize("bits", [16, 24, 32])
def test_blocks_give_the_bytes_of_the_whole(tmp_path, bits):
    path = save_audio(iter(BLOCKS), tmp_path / "a.wav", 8000, bits=bits, n_frames=9000)
    assert path.read_bytes() == wav_bytes(AUDIO, 8000, bits=bits)


def test_loop_points_stand_in_a_chunk_of_their_own():
    content = wav_bytes(AUDIO[:101, :1], 8000, bits=24, is_loop=True)  # an odd number of bytes
    with wave.open(io.BytesIO(content)) as file:
        assert file.getnframes() == 101
    assert len(content) == struct.unpack("<I", content[4:8])[0] + 8
    at = content.index(b"smpl")
    assert at % 2 == 0
    assert struct.unpack("<I", content[at + 4 : at + 8])[0] == len(content) - at - 8 == 60
    assert struct.unpack("<6I", content[-24:]) == (0, 0, 0, 100, 0, 0)
    assert struct.unpack("<I", content[at + 16 : at + 20])[0] == 125000  # nanoseconds of a frame


def test_without_soundfile_the_way_out_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(saving, "find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'boya\[sound\]'"):
        save_audio(AUDIO, tmp_path / "a.flac")
    assert save_audio(AUDIO, tmp_path / "a.wav").exists()


@pytest.mark.parametrize(
    ("name", "settings", "words"),
    [
        ("a.mp3", {}, "must end in one of .wav .flac .ogg"),
        ("a.wav", {"bits": 8}, "bits must be"),
        ("a.flac", {"bits": 32}, "16 or 24 bits"),
    ],
)
def test_what_no_file_can_hold_is_refused(tmp_path, name, settings, words):
    with pytest.raises(InputError, match=words):
        save_audio(AUDIO, tmp_path / name, **settings)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("blocks", "n_frames", "words"),
    [
        (BLOCKS, None, "give n_frames"),
        (BLOCKS[:1], 9000, "9000 frames together; they have 4000"),
        ([np.full((4, 2), np.nan)], 4, "finite"),
    ],
)
def test_blocks_that_break_their_word_leave_nothing(tmp_path, blocks, n_frames, words):
    with pytest.raises(InputError, match=words):
        save_audio(iter(blocks), tmp_path / "a.wav", n_frames=n_frames)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_full_disk_or_ctrl_c_leaves_what_was_there(tmp_path, error):
    def blocks():
        yield AUDIO
        raise error

    path = tmp_path / "a.wav"
    path.write_bytes(b"before")
    with pytest.raises((FileError, KeyboardInterrupt)):
        save_audio(blocks(), path, n_frames=18000)
    assert [found.read_bytes() for found in tmp_path.iterdir()] == [b"before"]


def test_a_disk_that_fills_up_is_told_by_name(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("boya.sound.out.whole.os.fsync", full)
    with pytest.raises(FileError, match=r"a\.wav cannot be written: No space left"):
        save_audio(AUDIO, tmp_path / "a.wav")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
def test_a_device_without_room(suffix, tmp_path):
    """/dev/full takes nothing, from Python as from libsndfile."""
    if suffix != ".wav" and importlib.util.find_spec("soundfile") is None:
        pytest.skip("needs soundfile")
    real = builtins.open
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builtins.open", lambda path, mode: real("/dev/full", "r+b", buffering=0))
        with pytest.raises(FileError, match="cannot be written"):
            save_audio(np.tile(AUDIO, (40, 1)), tmp_path / f"a{suffix}", 8000)
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_one_clear_error(tmp_path):
    with pytest.raises(FileError, match="cannot be written"), whole_file(tmp_path / "no" / "a.bin"):
        pass
