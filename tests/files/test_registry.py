"""What holds for every format: suffixes, limits, missing files, whole writing, messages."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from boya import files
from boya.errors import BoyaError, FileError, FormatError, InputError, LimitError, MissingExtraError
from boya.files import FORMATS, Limits
from boya.score import Score, Track, note_array

SCALE = Score((Track(note_array([(i * 480, 480, 60 + i, 80) for i in range(8)]), program=40, name="Violin"),), title="Scale")
SUFFIXES = sorted(FORMATS)


def needs_music21(suffix: str) -> None:
    if FORMATS[suffix] in ("musicxml", "mxl", "abc"):
        pytest.importorskip("music21")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_keeps_the_notes(suffix: str, tmp_path: Path) -> None:
    needs_music21(suffix)
    path = files.write(SCALE, tmp_path / f"scale{suffix}")
    again = files.read(path)
    assert again.tracks == SCALE.tracks
    assert again.title == "Scale"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_writes_the_same_bytes_twice(suffix: str) -> None:
    assert files.write_bytes(SCALE, suffix) == files.write_bytes(SCALE, suffix)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_every_format_writes_and_reads_silence(suffix: str) -> None:
    needs_music21(suffix)
    assert files.read_bytes(files.write_bytes(Score(), suffix), suffix).n_notes == 0


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_upper_case_suffix_is_the_same(suffix: str, tmp_path: Path) -> None:
    assert files.write(SCALE, tmp_path / f"scale{suffix.upper()}").stat().st_size > 0


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("wrong", SUFFIXES)
def test_another_format_behind_the_suffix_is_named(suffix: str, wrong: str, tmp_path: Path) -> None:
    if FORMATS[suffix] == FORMATS[wrong]:
        return
    needs_music21(wrong)
    path = tmp_path / f"scale{wrong}"
    path.write_bytes(files.write_bytes(SCALE, suffix))
    looks = {"midi": "MIDI", "musicxml": "MusicXML", "mxl": "zip", "abc": "ABC", "native": "JSON"}[FORMATS[suffix]]
    with pytest.raises(FormatError, match=looks) as caught:
        files.read(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    "data", [b"", b"\0", b"\0" * 1000, b"\xff" * 1000, b"hello", b"\xff\xfe\0\0", b"MThd", b"PK\x03\x04", b"<", b"{"]
)
def test_rubbish_is_refused(suffix: str, data: bytes) -> None:
    needs_music21(suffix)
    with pytest.raises(FormatError, match=r"\w"):
        files.read_bytes(data, suffix)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_limits_hold(suffix: str) -> None:
    needs_music21(suffix)
    data = files.write_bytes(SCALE, suffix)
    assert files.read_bytes(data, suffix, limits=Limits(notes=8, tracks=1, length_quarter=8)).n_notes == 8
    for limits in (Limits(n_bytes=len(data) - 1), Limits(notes=7), Limits(tracks=0), Limits(length_quarter=7)):
        with pytest.raises(LimitError, match=r"may have|may last"):
            files.read_bytes(data, suffix, limits=limits)


def test_the_size_limit_holds_before_a_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "big.mid"
    with open(path, "wb") as out:
        out.truncate(2**40)
    with pytest.raises(LimitError, match="bytes"):
        files.read(path)


def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path) -> None:
    for act in (files.read, lambda p: files.write(SCALE, p)):
        with pytest.raises(InputError, match=r"\.mid"):
            act(tmp_path / "a.wav")
    with pytest.raises(InputError, match="no suffix"):
        files.read(tmp_path / "a")


def test_missing_files_folders_and_devices_are_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="does not exist"):
        files.read(tmp_path / "a.mid")
    (tmp_path / "b.mid").mkdir()
    with pytest.raises(FileError, match="must be a file"):
        files.read(tmp_path / "b.mid")
    os.mkfifo(tmp_path / "c.mid")
    with pytest.raises(FileError, match="must be a file"):
        files.read(tmp_path / "c.mid")
    with pytest.raises(FileError, match=r"does not exist|cannot be opened"):
        files.read(tmp_path / "d\0.mid")


def test_writing_replaces_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = files.write(SCALE, tmp_path / "a.mid")
    before = path.read_bytes()
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(FileError, match="No space left"):
        files.write(SCALE.transpose(1), path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.mid"]


def test_a_score_that_cannot_be_written_leaves_no_file(tmp_path: Path) -> None:
    long = Score((Track(note_array([(2**29, 1, 60, 80)])),))
    with pytest.raises(InputError, match="Slice it"):
        files.write(long, tmp_path / "a.mid")
    assert not list(tmp_path.iterdir())


def test_writing_into_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be written"):
        files.write(SCALE, tmp_path / "none" / "a.mid")


def test_a_file_written_is_readable_by_others(tmp_path: Path) -> None:
    old = os.umask(0o022)
    try:
        assert files.write(SCALE, tmp_path / "a.mid").stat().st_mode & 0o777 == 0o644
    finally:
        os.umask(old)


@pytest.mark.parametrize("suffix", [".musicxml", ".mxl", ".abc"])
def test_without_music21_reading_says_what_to_install(suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = files.write_bytes(SCALE, suffix)
    monkeypatch.setattr("boya.files.streams.import_module", lambda name: (_ for _ in ()).throw(ModuleNotFoundError(name)))
    with pytest.raises(MissingExtraError, match=r"boya\[scores\]"):
        files.read_bytes(data, suffix)


def test_importing_files_imports_no_reader() -> None:
    code = "import sys, boya.files; print([m for m in ('symusic', 'music21', 'zipfile') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_error_of_a_reader_is_ours() -> None:
    assert all(issubclass(error, BoyaError) for error in (FileError, FormatError, LimitError, InputError, MissingExtraError))
