import io
import wave

import numpy as np
import pytest

from boya.errors import FileError, InputError
from boya.sound import wav_bytes, write_wav

SINE = (0.5 * np.sin(np.linspace(0, 60, 1000))).astype(np.float32)
AUDIO = np.stack([SINE, -SINE], axis=1)


@pytest.mark.parametrize(("bits", "slack"), [(16, 2 / 32768), (24, 2 / 2**23)])
def test_integers_read_back_as_what_was_written(bits, slack):
    with wave.open(io.BytesIO(wav_bytes(AUDIO, 48000, bits=bits))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes(), file.getsampwidth()) == (2, 48000, 1000, bits // 8)
        raw = np.frombuffer(file.readframes(1000), dtype=np.uint8).reshape(1000, 2, bits // 8)
    wide = np.zeros((1000, 2, 4), dtype=np.uint8)
    wide[:, :, -(bits // 8) :] = raw
    assert np.abs(wide.reshape(1000, 8).view("<i4") / 2**31 - AUDIO).max() < slack


def test_floats_are_exact():
    content = wav_bytes(AUDIO, bits=32)
    assert np.array_equal(np.frombuffer(content[58:], dtype="<f4").reshape(-1, 2), AUDIO)
    assert int.from_bytes(content[4:8], "little") == len(content) - 8


def test_silence_stays_silent_and_dither_is_repeatable():
    assert not any(wav_bytes(np.zeros((100, 2), np.float32))[44:])
    assert wav_bytes(AUDIO) == wav_bytes(AUDIO)
    assert wav_bytes(AUDIO, rng=np.random.default_rng(1)) != wav_bytes(AUDIO, rng=np.random.default_rng(2))


def test_loud_audio_is_clipped_not_wrapped():
    loud = np.array([[2.0, -2.0]], dtype=np.float32)
    values = np.frombuffer(wav_bytes(loud)[44:], dtype="<i2")
    assert values[0] > 32700
    assert values[1] < -32700


def test_a_file_is_written_and_replaced(tmp_path):
    path = tmp_path / "声音.wav"
    write_wav(AUDIO, path)
    write_wav(AUDIO[:10], path, 8000)
    with wave.open(str(path)) as file:
        assert (file.getnframes(), file.getframerate()) == (10, 8000)
    assert [p.name for p in tmp_path.iterdir()] == ["声音.wav"]


@pytest.mark.parametrize("where", ["missing/a.wav", "a\0.wav"])
def test_a_bad_place_is_one_clear_error(tmp_path, where):
    with pytest.raises(FileError, match="cannot be written"):
        write_wav(AUDIO, f"{tmp_path}/{where}")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("audio", "settings", "words"),
    [
        (np.zeros(4, np.float32), {}, "shape"),
        (np.zeros((4, 9), np.float32), {}, "channels"),
        (np.full((4, 2), np.nan, np.float32), {}, "finite"),
        (AUDIO, {"bits": 12}, "bits must be"),
        (AUDIO, {"sample_rate": 0}, "sample_rate must be"),
    ],
)
def test_what_does_not_fit_a_wav_file_is_refused(audio, settings, words):
    with pytest.raises(InputError, match=words):
        wav_bytes(audio, **settings)
