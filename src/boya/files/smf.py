"""The bytes of a Standard MIDI File: chunks and events, checked and repaired.

Source: MIDI Manufacturers Association, "Standard MIDI Files 1.0", RP-001, 1996. A track chunk is taken apart only where that is
needed (damage, texts that are no UTF-8, suspiciously large times); `boya.files.midi` reads sound chunks with symusic.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from boya.errors import FormatError, LimitError
from boya.files.limits import Limits
from boya.files.sniff import looks_like

__all__ = ["Event", "Smf", "events", "join_chunks", "meta", "repair", "split_chunks", "text_of", "vlq"]

END_OF_TRACK = b"\x00\xff\x2f\x00"
MAX_DELTA = 2**28 - 1
_FORMATS = 3
_LENGTHS = {0x80: 2, 0x90: 2, 0xA0: 2, 0xB0: 2, 0xC0: 1, 0xD0: 1, 0xE0: 2}
_META_LENGTHS = {0x51: 3, 0x58: 4, 0x59: 2}
_SYSTEM_LENGTHS = {0xF1: 1, 0xF2: 2, 0xF3: 1}


@dataclass(frozen=True)
class Smf:
    """A file taken apart: its kind (0, 1, 2), ticks of 1/480 quarter per tick of the file, and the track chunks' contents."""

    kind: int
    scale: Fraction
    is_timecode: bool
    chunks: tuple[bytes, ...]
    is_damaged: bool


@dataclass(frozen=True)
class Event:
    """An event: absolute tick of the file, status byte (0xFF for meta), meta type (or -1) and its data."""

    tick: int
    status: int
    kind: int
    data: bytes


def split_chunks(data: bytes, limits: Limits) -> Smf:
    """Check the header, collect the track chunks; a last chunk that is cut short is marked as damage.

    Raises
    ------
    FormatError
        if the bytes are no MIDI file, or the header makes no sense.
    LimitError
        if there are too many tracks.
    """
    if data[:4] == b"RIFF" and data[8:12] == b"RMID":
        data = data[max(data.find(b"MThd", 0, 64), 0) :]
    if not data.startswith(b"MThd"):
        raise FormatError(f"a MIDI file begins with MThd; this looks like {looks_like(data)}. Check the suffix.")
    if len(data) < 14:
        raise FormatError(f"a MIDI header has 14 bytes; the file ends after {len(data)}. It is cut off: get it again.")
    length, kind, _, division = struct.unpack(">IHHH", data[4:14])
    if length < 6 or kind >= _FORMATS:
        raise FormatError(f"a MIDI header has at least 6 bytes and type 0, 1 or 2; found {length} bytes and type {kind}")
    chunks, is_damaged = _track_chunks(data, 8 + length, limits)
    if not chunks:
        raise FormatError("a MIDI file has at least one track; this one has none. It is cut off or empty.")
    return Smf(kind, _scale(division), division >= 0x8000, tuple(chunks), is_damaged)


def _track_chunks(data: bytes, at: int, limits: Limits) -> tuple[list[bytes], bool]:
    """Contents of the MTrk chunks from `at` on, and whether the last one is cut short; alien chunks are passed over."""
    chunks: list[bytes] = []
    while at + 8 <= len(data):
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        at += 8
        if name == b"MTrk":
            chunks.append(data[at : at + length])
            if len(chunks) > limits.tracks + 1:  # one may hold no notes
                raise LimitError(f"a score may have {limits.tracks} tracks; it has more")
            if at + length > len(data):
                return chunks, True
        elif not name.isalnum():
            return chunks, False
        at += length
    return chunks, False


def _scale(division: int) -> Fraction:
    """Ticks of 1/480 quarter per tick of the file; timecode (SMPTE) counts seconds, which last two quarters at 120 qpm."""
    if division == 0:
        raise FormatError("a MIDI file needs at least 1 tick per quarter; found 0")
    if division < 0x8000:
        return Fraction(480, division)
    frames, ticks = 256 - (division >> 8), division & 0xFF
    if frames not in (24, 25, 29, 30) or ticks == 0:
        raise FormatError(f"SMPTE timing needs 24, 25, 29 or 30 frames of at least 1 tick; found {frames} of {ticks}")
    rate = Fraction(30000, 1001) if frames == 29 else Fraction(frames)
    return Fraction(960) / (rate * ticks)


def _read_vlq(data: bytes, at: int) -> tuple[int, int]:
    """A number of up to four bytes and the place after it; the place is -1 when it is cut short or too long."""
    value = 0
    for place in range(at, min(at + 4, len(data))):
        value = value << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return value, place + 1
    return 0, -1


def vlq(value: int) -> bytes:
    """Return a variable-length quantity.

    >>> vlq(480).hex()
    '8360'
    """
    out = bytes([value & 0x7F])
    while value := value >> 7:
        out = bytes([value & 0x7F | 0x80]) + out
    return out


def events(chunk: bytes) -> Iterator[Event | None]:
    """Yield the complete events of a track up to its end mark; a last None says that damage was met."""
    at = tick = running = 0
    while at < len(chunk):
        delta, at = _read_vlq(chunk, at)
        if at < 0 or at >= len(chunk):
            yield None
            return
        tick += delta
        status = chunk[at]
        if status >= 0x80:
            at += 1
        else:
            status = running
        event, at = _read_event(chunk, at, tick, status)
        if event is None:
            yield None
            return
        if event.kind == 0x2F:
            return
        if status < 0xF0:
            running = status
        yield event


def _read_event(chunk: bytes, at: int, tick: int, status: int) -> tuple[Event | None, int]:
    """The event whose data begin at `at`, and the place after it; None when it is damaged."""
    kind = -1
    if status < 0x80:
        return None, at
    if status in (0xF0, 0xF7, 0xFF):
        if status == 0xFF:
            kind = chunk[at] if at < len(chunk) else -1
            at += 1
        length, at = _read_vlq(chunk, at)
        if at < 0 or at + length > len(chunk) or (status == 0xFF and kind < 0):
            return None, at
    else:
        length = _SYSTEM_LENGTHS.get(status, 0) if status >= 0xF0 else _LENGTHS[status & 0xF0]
        if at + length > len(chunk) or any(byte >= 0x80 for byte in chunk[at : at + length]):
            return None, at
    return Event(tick, status, kind, chunk[at : at + length]), at + length


def repair(chunk: bytes, limit: int) -> tuple[bytes, bool]:
    """Rebuild a track from its complete events, texts as UTF-8; say whether damage was met.

    Raises
    ------
    LimitError
        if it is longer than `limit` ticks of the file.
    """
    out, last, is_damaged = [], 0, False
    for event in events(chunk):
        if event is None:
            is_damaged = True
            break
        if event.tick > limit:
            raise LimitError(f"a track may last {limit} ticks of its file; one goes on to {event.tick}")
        if event.status == 0xFF and event.kind < 0x80 and len(event.data) == _META_LENGTHS.get(event.kind, len(event.data)):
            out.append(meta(event.tick - last, event.kind, text_of(event.data).encode() if event.kind < 0x10 else event.data))
        elif event.status < 0xF0:
            out.append(vlq(event.tick - last) + bytes([event.status]) + event.data)
        else:
            continue
        last = event.tick
    return b"".join(out) + END_OF_TRACK, is_damaged


def text_of(data: bytes) -> str:
    """Decode a text: UTF-8, else Latin-1."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def meta(delta: int, kind: int, data: bytes) -> bytes:
    """Return the bytes of a meta event."""
    return vlq(delta) + bytes([0xFF, kind]) + vlq(len(data)) + data


def join_chunks(chunks: Sequence[bytes], division: int) -> bytes:
    """Return a file of type 1 with these track chunks."""
    header = b"MThd" + struct.pack(">IHHH", 6, 1, min(len(chunks), 0xFFFF), division)
    return header + b"".join(b"MTrk" + struct.pack(">I", len(chunk)) + chunk for chunk in chunks)
