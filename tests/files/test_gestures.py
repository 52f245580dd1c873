"""Pedal and wheel of MIDI files: read beside the notes, track by track; hostile files as `read` takes them."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from boya import files
from boya.errors import FileError, FormatError
from boya.files import Gestures, read_gestures


@pytest.fixture
def gestures_of(tmp_path: Path) -> Any:
    def read(data: bytes) -> tuple[Gestures, ...]:
        path = tmp_path / "a.mid"
        path.write_bytes(data)
        found = read_gestures(path)
        assert len(found) == len(files.read(path).tracks)
        return found

    return read


def control(delta: int, number: int, value: int, channel: int = 0) -> bytes:
    return bytes([delta, 0xB0 | channel, number, value])


def wheel(delta: int, value: int, channel: int = 0) -> bytes:
    place = value + 8192
    return bytes([delta, 0xE0 | channel, place & 0x7F, place >> 7])


def test_a_foot_and_a_wheel_belong_to_their_track(one_track: Any, smf: Any, gestures_of: Any) -> None:
    down, up = control(0, 64, 127), control(100, 64, 0)
    one, other = gestures_of(one_track(down, wheel(10, 4096), smf.note(60, 96), wheel(0, 0), up, b"\0\x91\x32\x50\x60\x81\x32\0"))
    assert one.pedals.tolist() == [[0, 10 + 96 + 100]]
    assert one.bends.tolist() == [[10, 1.0], [106, 0.0]]
    assert other.pedals.shape == other.bends.shape == (0, 2)


def test_the_reach_of_the_wheel_is_read_where_it_is_said(one_track: Any, smf: Any, gestures_of: Any) -> None:
    reach = control(5, 101, 0) + control(0, 100, 0) + control(0, 6, 12) + control(0, 38, 50)
    tuning = control(0, 100, 1) + control(0, 6, 99)
    (one,) = gestures_of(one_track(wheel(0, -8192), reach, wheel(10, -8192), tuning, wheel(10, 4096), smf.note(60, 96)))
    assert one.bends.tolist() == [[0, -2.0], [15, -12.5], [25, 6.25]]


def test_ticks_are_ours(one_track: Any, smf: Any, gestures_of: Any) -> None:
    (one,) = gestures_of(one_track(control(0, 64, 127), smf.note(60, 96), control(0, 64, 0), division=96))
    assert one.pedals.tolist() == [[0, 480]] == [[0, int(96 * Fraction(480, 96))]]


def test_what_holds_no_gestures_has_none_and_what_is_broken_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.abc").write_text("X:1\nK:C\nC4|\n")
    assert read_gestures(tmp_path / "a.abc") == ()
    (tmp_path / "b.mid").write_bytes(b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk\0\0\0\x08\0\xb0\x40")
    with pytest.raises((FormatError, FileError), match=r"b\.mid"):
        read_gestures(tmp_path / "b.mid")
    with pytest.raises(FileError, match="does not exist"):
        read_gestures(tmp_path / "none.mid")
