"""The text of ABC tunes, put in order for music21.

music21 mixes up voices that alternate line by line, passes over keys and tempos that change inside a line or stand alone, and
drops chord symbols it does not know. So each voice becomes a text of its own, inline fields stand on lines, and every chord
symbol is replaced by a simple one that stands for it. Lyrics, decorations of the page and comments are left out.

Source: C. Walshaw et al., "The ABC Music standard 2.1", 2011.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from boya.errors import FormatError, InputError, LimitError
from boya.files.limits import Limits
from boya.files.smf import text_of
from boya.theory.chords import parse_chord

__all__ = ["Tune", "Voice", "tune_of", "tunes"]

_MAX_LINE = 20_000
_FIELD = re.compile(r"^([A-Za-z]):(?![|:])(.*)")
_INLINE = re.compile(r"\[([KLMQV]:[^\]]*)\]")
_NAME = re.compile(r"\b(?:name|nm)\s*=\s*\"([^\"]*)\"")
_PROGRAM = re.compile(r"^%%MIDI\s+program\s+(?:\d+\s+)?(\d{1,3})\s*$")
_DRUMS = re.compile(r"^%%MIDI\s+channel\s+10\s*$")
_QUOTED = re.compile(r'"([^"]*)"')
_INNER_TIES = re.compile(r"\[([^\]\[]*-[^\]\[]*)\]([\d/]*)-?")
_STAND_INS = [
    root + kind
    for kind in ("", "m", "7", "m7", "maj7", "6", "m6", "dim", "+", "9")
    for root in ("C", "D-", "D", "E-", "E", "F", "F#", "G", "A-", "A", "B-", "B")
]


@dataclass
class Voice:
    """A voice: what is known of its instrument, and its lines."""

    name: str = ""
    program: int = 0
    is_drum: bool = False
    lines: list[str] = field(default_factory=list)


@dataclass
class Tune:
    """A tune: texts, the fields that hold for all voices, the voices, and what its chord symbols stand for."""

    title: str = ""
    composer: str = ""
    fields: list[str] = field(default_factory=list)
    voices: dict[str, Voice] = field(default_factory=dict)
    chords: dict[str, str] = field(default_factory=dict)

    def text_of(self, voice: Voice) -> str:
        """One voice as a tune of its own."""
        return "\n".join(["X:1", *self.fields, *_never_alone(voice.lines, self.fields)]) + "\n"


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


def tune_of(text: str, limits: Limits) -> Tune:
    """Read the text of a tune.

    Raises
    ------
    FormatError
        if a length has more than three digits.
    LimitError
        if it has too many notes, voices or chord symbols.
    """
    tune = Tune()
    current = ""
    in_body = False
    n_notes = 0
    for line in text.split("\n"):
        if len(line) > _MAX_LINE:
            raise LimitError(f"a line of ABC may have {_MAX_LINE} characters; one has {len(line)}")
        for piece in _unfolded(line):
            kind = _FIELD.match(piece)
            if kind and kind[1] == "V":
                current = _named(tune, kind[2])
            elif kind or piece.startswith("%"):
                _keep_field(tune, current, piece, in_body)
            elif in_body:
                tune.voices.setdefault(current, Voice()).lines.append(_music(piece, tune.chords))
                n_notes += sum(map(piece.count, "ABCDEFGabcdefgzxZ|"))
            in_body = in_body or bool(kind and kind[1] == "K")
        if n_notes > limits.text_notes or len(tune.voices) > limits.tracks + 1:
            raise LimitError(f"a tune may have {limits.text_notes} notes and bars and {limits.tracks} voices; this one has more")
    tune.voices = {name: voice for name, voice in tune.voices.items() if voice.lines}
    if not any(line.startswith(("L:", "M:")) for line in tune.fields):
        tune.fields.insert(0, "L:1/8")
    return tune


def _unfolded(line: str) -> list[str]:
    """A line, and its inline fields as lines of their own."""
    pieces = [line] if _FIELD.match(line) or line.startswith("%") else _INLINE.split(line.partition("%")[0].removesuffix("\\"))
    return [piece for piece in pieces if piece.strip()]


def _named(tune: Tune, text: str) -> str:
    """The voice a V: field switches to."""
    name, _, rest = text.strip().partition(" ")
    voice = tune.voices.setdefault(name, Voice())
    found = _NAME.search(rest)
    voice.name = found[1] if found else voice.name
    return name


def _keep_field(tune: Tune, current: str, line: str, in_body: bool) -> None:
    """Keep a field or directive that says something about the sound."""
    kind, text = line[:2], line[2:].strip()
    program = _PROGRAM.match(line)
    if program and int(program[1]) < 128:
        tune.voices.setdefault(current, Voice()).program = int(program[1])
    elif _DRUMS.match(line):
        tune.voices.setdefault(current, Voice()).is_drum = True
    elif kind == "T:":
        tune.title = tune.title or text
    elif kind == "C:":
        tune.composer = tune.composer or text
    elif kind in ("M:", "L:", "Q:", "K:"):
        (tune.voices.setdefault(current, Voice()).lines if in_body else tune.fields).append(line)


def _music(line: str, chords: dict[str, str]) -> str:
    """A line of music with simple chord symbols, ties behind chords, and no annotations."""

    def stand_in(match: re.Match[str]) -> str:
        try:
            parse_chord(match[1])
        except InputError:
            return ""
        known = {symbol: simple for simple, symbol in chords.items()}
        if match[1] not in known and len(known) == len(_STAND_INS):
            raise LimitError(f"a tune may have {len(_STAND_INS)} different chord symbols; this one has more")
        simple = known.get(match[1]) or _STAND_INS[len(known)]
        chords[simple] = match[1]
        return f'"{simple}"'

    if re.search(r"\d{4}", _QUOTED.sub("", line)):
        raise FormatError(f"a length in ABC has at most three digits; found {line[:40]!r}")
    line = _INNER_TIES.sub(lambda tied: f"[{tied[1].replace('-', '')}]{tied[2]}-", _QUOTED.sub(_hidden, line))
    return _QUOTED.sub(stand_in, _shown(line))


def _hidden(quoted: re.Match[str]) -> str:
    """A quoted text whose hyphens are no ties."""
    return quoted[0].replace("-", "\x01").replace("[", "\x02").replace("]", "\x03")


def _shown(line: str) -> str:
    """The line with its hyphens back."""
    return line.replace("\x01", "-").replace("\x02", "[").replace("\x03", "]")


def _never_alone(lines: Iterable[str], fields: Iterable[str]) -> Iterator[str]:
    """The metre in force before each key or tempo inside the tune: music21 passes over those that stand alone."""
    metre = next((line for line in fields if line.startswith("M:")), "")
    before = ""
    for line in lines:
        if line.startswith("M:"):
            metre = line
        if metre and line.startswith(("K:", "Q:")) and not before.startswith(("M:", "K:", "Q:")):
            yield metre
        yield line
        before = line
