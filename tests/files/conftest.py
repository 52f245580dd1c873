"""MIDI files built byte by byte."""

import struct
from collections.abc import Callable

import pytest


class Smf:
    """Events, tracks and files of the Standard MIDI File format, as bytes."""

    END = b"\x00\xff\x2f\x00"

    @staticmethod
    def vlq(value: int) -> bytes:
        out = bytes([value & 127])
        while value := value >> 7:
            out = bytes([value & 127 | 128]) + out
        return out

    @classmethod
    def on(cls, delta: int, pitch: int, velocity: int = 80, channel: int = 0) -> bytes:
        return cls.vlq(delta) + bytes([0x90 | channel, pitch, velocity])

    @classmethod
    def off(cls, delta: int, pitch: int, channel: int = 0) -> bytes:
        return cls.vlq(delta) + bytes([0x80 | channel, pitch, 0])

    @classmethod
    def note(cls, pitch: int, length: int = 480, delta: int = 0) -> bytes:
        return cls.on(delta, pitch) + cls.off(length, pitch)

    @classmethod
    def meta(cls, delta: int, kind: int, data: bytes) -> bytes:
        return cls.vlq(delta) + bytes([0xFF, kind]) + cls.vlq(len(data)) + data

    @classmethod
    def marker(cls, delta: int, text: str) -> bytes:
        return cls.meta(delta, 6, text.encode())

    @staticmethod
    def track(*events: bytes, length: int | None = None, name: bytes = b"MTrk") -> bytes:
        body = b"".join(events)
        return name + struct.pack(">I", len(body) if length is None else length) + body

    @staticmethod
    def file(*tracks: bytes, kind: int = 1, division: int = 480, n_tracks: int | None = None) -> bytes:
        return b"MThd" + struct.pack(">IHHH", 6, kind, len(tracks) if n_tracks is None else n_tracks, division) + b"".join(tracks)


@pytest.fixture
def smf() -> type[Smf]:
    """The builder."""
    return Smf


@pytest.fixture
def one_track(smf: type[Smf]) -> Callable[..., bytes]:
    """A file with one track of these events and an end mark."""
    return lambda *events, **header: smf.file(smf.track(*events, smf.END), **header)
