"""ABC notation (`.abc`): read through music21 behind a guard, written by ourselves.

Read: the first tune of the file (`tunes` gives all): pitch, onset, duration, voices with names and `%%MIDI program`, tempo,
metre, key, chord symbols; repeats are played out. Written: ABC 2.1, one voice per line of music, from the grid of
1/12 quarter; a track that needs several voices becomes several. Velocities, roles, sections and the licence are not kept.

music21 cannot write ABC. Source: C. Walshaw et al., "The ABC Music standard 2.1", 2011.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from boya.errors import FormatError, InputError, LimitError
from boya.files.abc_writer import tune
from boya.files.limits import Limits
from boya.files.smf import text_of
from boya.files.sniff import looks_like
from boya.files.streams import music21, no_foreign_errors, score_of, track_of
from boya.score import Score, Track
from boya.theory.chords import parse_chord

__all__ = ["decode", "encode", "tunes"]

_MAX_LINE = 20_000
_FIELD = re.compile(r"^[A-Za-z]:")
_VOICE = re.compile(r"^V:\s*(\S+)(.*)")
_NAME = re.compile(r"\b(?:name|nm)\s*=\s*\"([^\"]*)\"")
_PROGRAM = re.compile(r"^%%MIDI\s+program\s+(?:\d+\s+)?(\d{1,3})\s*$")
_QUOTED = re.compile(r'"([^"]*)"')
_STAND_INS = [
    root + kind
    for kind in ("", "m", "7", "m7", "maj7", "6", "m6", "dim", "+", "9")
    for root in ("C", "D-", "D", "E-", "E", "F", "F#", "G", "A-", "A", "B-", "B")
]
_DRUMS = re.compile(r"^%%MIDI\s+channel\s+10\s*$")


def decode(data: bytes, limits: Limits) -> Score:
    """Read the first tune of an ABC file.

    Raises
    ------
    FormatError
        if there is no tune in it.
    LimitError
        if it is too large.
    MissingExtraError
        if music21 is not installed.
    """
    found = tunes(data)
    if not found:
        raise FormatError(f"an ABC file holds a tune with a K: field; this looks like {looks_like(data)}. Check the suffix.")
    text, chords = _with_stand_ins(_checked(found[0], limits))
    abc, translate = music21("abcFormat"), music21("abcFormat.translate")
    with no_foreign_errors("ABC"):
        stream = translate.abcToStreamScore(abc.ABCFile((2, 1, 0)).readstr(text))
        voices = _voices(text)
        return score_of(
            stream, limits, lambda part, number: _track(part, voices[number] if number < len(voices) else Track()), chords
        )


def encode(score: Score) -> bytes:
    """Write one tune.

    Raises
    ------
    InputError
        if a chord has an unknown quality.

    Examples
    --------
    >>> encode(Score(title="Silence")).decode().splitlines()[:2]
    ['X:1', 'T:Silence']
    """
    return tune(score).encode("utf-8", "replace")


def tunes(data: bytes) -> list[str]:
    """Return the texts of the tunes in an ABC file, each with the file's common header.

    >>> len(tunes(b"X:1\\nK:C\\nC|\\n\\nX:2\\nK:D\\nD|\\n"))
    2
    """
    if b"\0" in data[:4096] or data.startswith((b"MThd", b"PK", b"<")):
        return []
    text = text_of(data.removeprefix(b"\xef\xbb\xbf")).replace("\r\n", "\n").replace("\r", "\n")
    common, *bodies = re.split(r"(?m)^(?=X:)", text)
    if not bodies:
        common, bodies = "", [common]
    return [common + body for body in bodies if re.search(r"(?m)^K:", body)]


def _checked(text: str, limits: Limits) -> str:
    """The tune without what music21 need not see."""
    lines: list[str] = []
    n_notes = 0
    for line in text.split("\n"):
        if len(line) > _MAX_LINE:
            raise LimitError(f"a line of ABC may have {_MAX_LINE} characters; one has {len(line)}")
        music = "" if _FIELD.match(line) or line.startswith("%") else re.sub(r'"[^"]*"|![^!]*!|%.*', "", line)
        if re.search(r"\d{4}", music):
            raise FormatError(f"a length in ABC has at most three digits; found {music[:40]!r}")
        n_notes += sum(map(music.count, "ABCDEFGabcdefgzxZ|"))
        if line.strip():
            lines += _unfolded(line) if music else [line]
    if n_notes > limits.text_notes:
        raise LimitError(f"a tune may have {limits.text_notes} notes and bars; this one has {n_notes}")
    if not any(line.startswith(("L:", "M:")) for line in lines):
        lines.insert(next((i for i, line in enumerate(lines) if line.startswith("K:")), 0), "L:1/8")
    return "\n".join(_never_alone(lines))


def _with_stand_ins(text: str) -> tuple[str, dict[str, str]]:
    """The tune with simple chord symbols for those in it, and what they stand for: music21 drops those it does not know."""
    known: dict[str, str] = {}

    def stand_in(match: re.Match[str]) -> str:
        try:
            parse_chord(match[1])
        except InputError:
            return ""  # an annotation
        if match[1] not in known and len(known) == len(_STAND_INS):
            raise LimitError(f"a tune may have {len(_STAND_INS)} different chord symbols; this one has more")
        return f'"{known.setdefault(match[1], _STAND_INS[min(len(known), len(_STAND_INS) - 1)])}"'

    lines = [line if _FIELD.match(line) or line.startswith("%") else _QUOTED.sub(stand_in, line) for line in text.split("\n")]
    return "\n".join(lines), {simple: symbol for symbol, simple in known.items()}


def _never_alone(lines: Sequence[str]) -> Iterator[str]:
    """The metre in force before each key or tempo inside the tune: music21 passes over those that stand alone."""
    metre, in_body, before = "", False, ""
    for line in lines:
        if line.startswith("M:"):
            metre = line
        if in_body and metre and line.startswith(("K:", "Q:")) and not before.startswith(("M:", "K:", "Q:")):
            yield metre
        yield line
        in_body = in_body or line.startswith("K:")
        before = line


def _unfolded(line: str) -> list[str]:
    """A line of music with its inline fields on lines of their own, where music21 understands them."""
    pieces = re.split(r"\[([KLMQV]:[^\]]*)\]", line)
    return [piece for piece in pieces if piece.strip()]


def _voices(text: str) -> list[Track]:
    """Name, program and drums of the voices in the order they appear."""
    found: dict[str, Track] = {}
    current = ""
    for line in text.split("\n"):
        voice, program = _VOICE.match(line), _PROGRAM.match(line)
        if voice:
            current = voice[1]
            name = _NAME.search(voice[2])
            found.setdefault(current, Track(name=name[1] if name else ""))
        elif program and int(program[1]) < 128:
            found[current] = Track(program=int(program[1]), is_drum=_of(found, current).is_drum, name=_of(found, current).name)
        elif _DRUMS.match(line):
            found[current] = Track(program=_of(found, current).program, is_drum=True, name=_of(found, current).name)
    return list(found.values())


def _of(found: dict[str, Track], voice: str) -> Track:
    """What is known of a voice."""
    return found.get(voice, Track())


def _track(part: Any, about: Track) -> Track:
    """A voice with what the header says about it."""
    return track_of(part, about.program, about.is_drum, about.name)
