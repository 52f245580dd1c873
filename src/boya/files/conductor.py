"""The part of a MIDI file that is not notes: title, composer, licence, tempo, metre, key, markers, and roles of tracks.

Boya writes it as the first track, without notes: sequence name = title, text `composer=...`, copyright `licence=...`, tempo, time
and key signatures (text `mode=dorian` beside one that is neither major nor minor), markers. A track's role is the text
`role=bass` before its first note.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from boya.files.smf import END_OF_TRACK, Event, events, meta, text_of
from boya.files.spans import marker_texts
from boya.score import MODES, ROLES, Key, Metre, Score, Tempo

__all__ = ["Heading", "conductor_chunk", "heading_of", "key_from", "role_of", "signature_of", "with_role"]

TEXT, COPYRIGHT, NAME, MARKER, TEMPO, METRE, KEY = 0x01, 0x02, 0x03, 0x06, 0x51, 0x58, 0x59
_ABOVE_MAJOR = {"major": 0, "dorian": 2, "phrygian": 4, "lydian": 5, "mixolydian": 7, "minor": 9, "locrian": 11}
_SHARPS = {sharps * 7 % 12: sharps for sharps in range(-5, 7)}
_SLOWEST = 2**24 - 1


@dataclass(frozen=True)
class Heading:
    """What the first track says; `is_alone` when it holds no notes or controls, so that its name is the title."""

    title: str = ""
    composer: str = ""
    licence: str = ""
    modes: dict[int, str] = field(default_factory=dict)
    is_alone: bool = False


def signature_of(key: Key) -> tuple[int, bool]:
    """Return sharps (flats negative) and whether the key is minor.

    >>> signature_of(Key(0, 9, "minor")), signature_of(Key(0, 2, "dorian")), signature_of(Key(0, 3))
    ((0, True), (0, False), (-3, False))
    """
    sharps = _SHARPS[(key.tonic - _ABOVE_MAJOR[key.mode]) % 12]
    return -6 if sharps == 6 and key.mode == "minor" else sharps, key.mode == "minor"


def key_from(tick: int, sharps: int, mode: str) -> Key | None:
    """Return the key with this signature and mode; None when there is none.

    >>> key_from(0, -3, "minor")
    Key(tick=0, tonic=0, mode='minor')
    """
    if not -7 <= sharps <= 7 or mode not in _ABOVE_MAJOR:
        return None
    return Key(tick, (sharps * 7 + _ABOVE_MAJOR[mode]) % 12, mode)


def heading_of(chunks: Sequence[bytes], scale: Fraction) -> Heading:
    """Read the first track up to its first note or control; `scale` is ticks of 1/480 quarter per tick of the file."""
    found: dict[str, str] = {}
    modes: dict[int, str] = {}
    for event in events(chunks[0]):
        if event is None or event.status < 0xF0:
            return Heading("", found.get("composer", ""), found.get("licence", ""), modes)
        if event.status == 0xFF and event.kind in (TEXT, COPYRIGHT, NAME):
            _note_text(event, found, modes, scale)
    return Heading(found.get("title", ""), found.get("composer", ""), found.get("licence", ""), modes, is_alone=True)


def _note_text(event: Event, found: dict[str, str], modes: dict[int, str], scale: Fraction) -> None:
    """Keep a text of the first track where it belongs."""
    text = text_of(event.data)
    if event.kind == NAME:
        found.setdefault("title", text)
    for word in ("composer", "licence"):
        if event.kind != NAME and text.startswith(f"{word}="):
            found.setdefault(word, text.removeprefix(f"{word}="))
    if text.removeprefix("mode=") in MODES and text.startswith("mode="):
        modes[round(event.tick * scale)] = text.removeprefix("mode=")


def role_of(chunk: bytes) -> str:
    """Return the role written at the head of a track, or nothing."""
    for event in events(chunk):
        if event is None or event.tick or 0x80 <= event.status < 0xB0:
            return ""
        if event.status == 0xFF and event.kind == TEXT and event.data.startswith(b"role="):
            role = text_of(event.data).removeprefix("role=")
            return role if role in ROLES else ""
    return ""


def with_role(chunk: bytes, role: str) -> bytes:
    """Return the track with its role at its head."""
    return meta(0, TEXT, f"role={role}".encode()) + chunk if role else chunk


def conductor_chunk(score: Score) -> bytes:
    """Return the first track of a file: everything but notes."""
    timed = [
        (0, NAME, score.title),
        (0, TEXT, _worded("composer", score.composer)),
        (0, COPYRIGHT, _worded("licence", score.licence)),
    ]
    rows = [(tick, kind, text.encode("utf-8", "replace")) for tick, kind, text in timed if text]
    line = score.timeline
    if "tempo" not in line.assumed or line.tempos != (Tempo(0, 120.0),):
        rows += [(t.tick, TEMPO, min(round(60e6 / t.qpm), _SLOWEST).to_bytes(3, "big")) for t in line.tempos]
    if "metre" not in line.assumed or line.metres != (Metre(0, 4, 4),):
        rows += [(m.tick, METRE, bytes([m.numerator, m.denominator.bit_length() - 1, 24, 8])) for m in line.metres]
    if "key" not in line.assumed or line.keys != (Key(0, 0),):
        for key in line.keys:
            rows += _key_rows(key)
    rows += [(tick, MARKER, text.encode("utf-8", "replace")) for tick, text in marker_texts(score)]
    return _chunk(rows)


def _worded(word: str, text: str) -> str:
    """`composer=Bach`, or nothing."""
    return f"{word}={text}" if text else ""


def _key_rows(key: Key) -> list[tuple[int, int, bytes]]:
    """A key signature, and its mode where the signature cannot say it."""
    sharps, is_minor = signature_of(key)
    signature = (key.tick, KEY, bytes([sharps & 0xFF, is_minor]))
    return [signature] if key.mode in ("major", "minor") else [(key.tick, TEXT, f"mode={key.mode}".encode()), signature]


def _chunk(rows: Sequence[tuple[int, int, bytes]]) -> bytes:
    """Meta events in order of time."""
    out, last = [], 0
    for tick, kind, data in sorted(rows, key=lambda row: row[0]):
        out.append(meta(tick - last, kind, data))
        last = tick
    return b"".join(out) + END_OF_TRACK
