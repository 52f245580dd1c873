"""Recordings that are known again, and what their file promises."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest

from boya.errors import CorpusError, FileError, FormatError, InputError
from boya.listening.recordings import Clip, Fingerprint, Recordings, clip_of, fingerprint_of, open_recordings, store
from boya.listening.recordings.landmarks import landmarks
from boya.listening.recordings.peaks import RATE, peaks
from boya.sound import write_wav

SECONDS = 12


def song(seed: int, seconds: int = SECONDS) -> np.ndarray:
    """A made melody over chords: notes of five partials that ring off."""
    rng = np.random.default_rng(seed)
    audio, time = np.zeros((seconds + 2) * RATE, np.float32), np.arange(RATE) / RATE
    for second in np.arange(0, seconds, 0.25) + rng.uniform(0, 0.05, 4 * seconds):
        hertz, at = 110 * 2 ** (rng.integers(0, 36) / 12), int(second * RATE)
        partials = [np.sin(2 * np.pi * hertz * n * time) / n for n in range(1, 6)]
        audio[at : at + RATE] += (0.1 * np.sum(partials, axis=0) * np.exp(-4 * time)).astype(np.float32)
    return audio[: seconds * RATE]


def printed(seed: int, id: str = "") -> Fingerprint:
    return Fingerprint(id or f"song/{seed}", SECONDS, *landmarks([song(seed)]))


def clip(seed: int, first: int = 4, last: int = 9) -> np.ndarray:
    return song(seed)[first * RATE : last * RATE]


@pytest.fixture(scope="module")
def songs() -> list[Fingerprint]:
    return [printed(seed) for seed in range(6)]


@pytest.fixture
def known(tmp_path, songs) -> Recordings:
    with Recordings(tmp_path, create=True) as recordings:
        for one in songs:
            recordings.add(one)
        yield recordings


def ids(recordings: Recordings, audio: np.ndarray) -> list[str]:
    return [found.id for found in recordings.find(Clip(audio.astype(np.float32)))]


@pytest.mark.parametrize("seed", range(6))
def test_a_clip_tells_which_recording_and_where(known, seed):
    [found] = known.find(Clip(0.05 * clip(seed)))
    assert found.id == f"song/{seed}"
    assert abs(found.at_second - 4) < 0.05
    assert found.sure > 0.9
    assert (found.speed, found.length_second) == (1.0, SECONDS)


def test_noise_and_other_music_are_heard_through(known):
    noise = np.random.default_rng(0).normal(size=5 * RATE) * np.sqrt(np.square(clip(2)).mean())
    assert ids(known, clip(2) + 0.3 * noise) == ["song/2"]
    assert ids(known, clip(2) + 0.7 * clip(77)) == ["song/2"]
    assert set(ids(known, clip(2) + clip(3))) == {"song/2", "song/3"}


def test_a_faster_clip_says_how_fast(known):
    fast = np.interp(np.arange(0, 5 * RATE) * 1.02, np.arange(len(song(1))), song(1))
    [found] = known.find(Clip(fast.astype(np.float32)))
    assert (found.id, found.speed) == ("song/1", 1.02)


def test_none_of_these_is_an_answer(known):
    assert ids(known, clip(50)) == []
    assert ids(known, np.random.default_rng(0).normal(size=5 * RATE)) == []
    assert ids(known, np.zeros(5 * RATE)) == []
    assert ids(known, np.zeros(0)) == []


def test_a_clip_may_begin_before_its_recording(known, tmp_path):
    path = tmp_path / "late.wav"
    write_wav(np.concatenate([np.zeros(20 * RATE, np.float32), clip(4, 0, 5)])[:, None].repeat(2, axis=1), path, RATE)
    [found] = known.find(clip_of(path))
    assert found.id == "song/4"
    assert abs(found.at_second + 20) < 0.1


@pytest.mark.parametrize(
    ("samples", "why"), [(np.zeros(5 * RATE), "silent"), (np.ones(100), "at least|must last"), (np.zeros(0), "no samples")]
)
def test_clips_that_say_nothing_are_told(tmp_path, samples, why):
    path = tmp_path / "clip.wav"
    write_wav(np.asarray(samples, np.float32)[:, None].repeat(2, axis=1), path, RATE)
    with pytest.raises((InputError, FormatError), match=why):
        clip_of(path)
    with pytest.raises((InputError, FormatError), match="must hold sound"):
        fingerprint_of(path)


def test_blocks_do_not_matter():
    audio = song(7, 20)
    whole, parts = peaks([audio]), peaks(np.array_split(audio, 37))
    assert [column.tolist() for column in whole] == [column.tolist() for column in parts]


def test_hours_need_no_memory():
    block = np.random.default_rng(0).normal(size=10 * RATE).astype(np.float32)
    tracemalloc.start()
    hashes, _ = landmarks(block for _ in range(30))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(hashes) > 300 * 50
    assert most < 24e6  # the sound alone is 13 MB, its spectra 106 MB


def test_what_is_removed_was_never_added(known, songs, tmp_path):
    assert known.remove(["song/1", "song/1", "nobody"]) == 1
    assert ids(known, clip(1)) == []
    assert ids(known, clip(2)) == ["song/2"]
    known.add(songs[1])
    known.add(songs[1])
    assert ids(known, clip(1)) == ["song/1"]
    assert known.remove(list(known)) == len(songs)
    assert len(known) == 0
    with pytest.raises(CorpusError, match="boya index"):
        ids(known, clip(1))
    base = sqlite3.connect(tmp_path / store.FILE)
    assert base.execute("SELECT count(*) FROM landmark").fetchone() == (0,)
    base.close()
    known.verify()


def test_the_same_id_takes_the_place(known):
    known.add(printed(40, "song/0"))
    assert (ids(known, clip(40)), ids(known, clip(0)), len(known)) == (["song/0"], [], 6)


def test_an_error_in_the_middle_leaves_the_old_state(known, monkeypatch):
    monkeypatch.setattr(store.Store, "_clear", lambda self: (_ for _ in ()).throw(RuntimeError("broke")))
    with pytest.raises(RuntimeError, match="broke"):
        known.add(printed(40, "song/0"))
    assert (ids(known, clip(0)), len(known)) == (["song/0"], 6)
    known.verify()


WRITER = """
import sys, numpy as np
from boya.listening.recordings import Fingerprint, Recordings
rng = np.random.default_rng(1)
with Recordings(sys.argv[1], create=True) as known:
    for number in range(100000):
        print(len(known), flush=True)
        known.add(Fingerprint(f"song/{number}", 9.0, rng.integers(0, 1 << 22, 2000), np.arange(2000)))
"""


@pytest.mark.parametrize("wait", [0.0, 0.07, 0.2])
def test_a_kill_leaves_a_whole_file(tmp_path, wait):
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    last = [process.stdout.readline() for _ in range(3)][-1]
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    told = [int(word) for word in (last + process.stdout.read()).split()]
    process.wait()
    process.stdout.close()
    with open_recordings(tmp_path) as known:
        known.verify()
        assert len(known) in (told[-1], told[-1] + 1)
        known.add(printed(1))
        assert ids(known, clip(1)) == ["song/1"]


def test_a_second_writer_is_told(known, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "_BUSY_SECOND", 0.05)
    with open_recordings(tmp_path) as other, known._store._writing():
        with pytest.raises(FileError, match="another process"):
            other.remove(["song/1"])
        assert ids(other, clip(1)) == ["song/1"]


def test_asking_changes_nothing(known, tmp_path):
    before = (tmp_path / store.FILE).read_bytes()
    ids(known, clip(1))
    ids(known, clip(50))
    known.verify()
    assert (tmp_path / store.FILE).read_bytes() == before
    assert os.listdir(tmp_path) == [store.FILE]


def test_what_is_no_file_of_recordings_is_told_and_left_alone(tmp_path):
    with pytest.raises(CorpusError, match="boya index"):
        open_recordings(tmp_path)
    with pytest.raises(FileError, match="must exist"):
        Recordings(tmp_path / "nowhere", create=True)
    base = sqlite3.connect(tmp_path / "other.sqlite")
    base.execute("CREATE TABLE contact (name TEXT)")
    base.commit()
    base.close()
    for content in (b"no database at all" * 99, b"SQLite format 3\0" + bytes(200), (tmp_path / "other.sqlite").read_bytes()):
        (tmp_path / store.FILE).write_bytes(content)
        for make in (open_recordings, lambda folder: Recordings(folder, create=True)):
            with pytest.raises(CorpusError, match="another"):
                make(tmp_path)
        assert (tmp_path / store.FILE).read_bytes() == content


def test_a_torn_file_is_told_or_read(known, tmp_path):
    known.close()
    whole = (tmp_path / store.FILE).read_bytes()
    asked = Clip(clip(1))
    for at in range(0, len(whole), 4096 * max(len(whole) // 4096 // 12, 1)):
        (tmp_path / store.FILE).write_bytes(whole[:at] + b"\xa5" * 512 + whole[at + 512 :])
        with suppress(CorpusError), open_recordings(tmp_path) as opened:
            opened.find(asked)
        with pytest.raises(CorpusError, match=r"damaged|another"), open_recordings(tmp_path) as opened:
            opened.verify()


@pytest.mark.parametrize("change", ["frame = frame + 1", "frame = frame + 99000000", "frame = -1 - frame", "hash = hash + 1"])
def test_changed_landmarks_are_told(known, tmp_path, change):
    base = sqlite3.connect(tmp_path / store.FILE)
    base.execute(f"UPDATE landmark SET {change} WHERE recording = 2 AND frame BETWEEN 90 AND 150")
    base.commit()
    base.close()
    with suppress(CorpusError):
        ids(known, clip(1))
    with pytest.raises(CorpusError, match="recording 2 have changed"):
        known.verify()
