"""What learners hand in: texts by item, notes as a score, and how a text is read.

Conventions: a reader turns a text into tokens that are compared one by one; texts of one meaning give equal tokens (`min7` and
`m7`, `纯五度` and `P5`, `V65` and `V6/5`).
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from boya.errors import FileError, FormatError, InputError
from boya.files import FORMATS, read, read_bytes
from boya.score import Score
from boya.teaching.exercises.steps import same_numeral
from boya.teaching.spelling import parse_note
from boya.teaching.wording import load
from boya.theory.chords import parse_chord
from boya.theory.keys import parse_key
from boya.theory.tables import folded

__all__ = ["READERS", "Answers", "read_answers", "read_texts"]

_MOST_BYTES = 8_000_000
_LONGEST = 400
_MODE = re.compile(r"[\s-]*(major|minor|dorian|phrygian|lydian|mixolydian|大调|小调|\S*调式|m|maj|min)\s*$")


@dataclass(frozen=True)
class Answers:
    """Texts by the number of the item, and a score in which notes were written."""

    texts: Mapping[int, str] = field(default_factory=dict)
    score: Score | None = None


def read_answers(paths: Sequence[str | Path]) -> Answers:
    """Read answers from files: a JSON object of texts, a score in any format, or an answer key; several add up.

    Raises
    ------
    FileError
        if a file cannot be read.
    FormatError
        if it is neither answers nor a score.
    """
    texts: dict[int, str] = {}
    score: Score | None = None
    for path in map(Path, paths):
        if path.suffix.lower() in FORMATS and path.suffix.lower() != ".json":
            score = read(path)
            continue
        found = _json_of(path)
        if "notes" in found or "tracks" in found:
            score = read(path)
            continue
        texts |= read_texts(found.get("answers", found if "items" not in found else {}), str(path))
        if "solution" in found:
            score = read_bytes(json.dumps(found["solution"]).encode(), ".json")
    if not texts and score is None:
        raise FormatError('no answers were found; they are a score, or JSON such as {"answers": {"1": "P5", "2": "m3"}}')
    return Answers(texts, score)


def read_texts(found: Any, where: str) -> dict[int, str]:
    """Return texts by item from a JSON object, or from a list in the order of the items.

    >>> read_texts({"1": "P5"}, "here"), read_texts(["P5", "m3"], "here")
    ({1: 'P5'}, {1: 'P5', 2: 'm3'})
    """
    if isinstance(found, list):
        found = {str(number): text for number, text in enumerate(found, start=1)}
    if not isinstance(found, Mapping) or not all(str(number).isascii() and str(number).isdigit() for number in found):
        raise FormatError(f'{where}: answers must be texts by the number of the item, as {{"1": "P5"}}')
    if not all(isinstance(text, str | int | float) and not isinstance(text, bool) for text in found.values()):
        raise FormatError(f"{where}: every answer must be a text; one is not")
    return {int(number): str(text)[:_LONGEST] for number, text in found.items() if str(text).strip()}


def _json_of(path: Path) -> dict[str, Any]:
    """A JSON object, or a list of answers in one."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise FileError(f"{path} must have at most {_MOST_BYTES} bytes; it has {path.stat().st_size}")
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}; check the name") from error
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{path}: answers must be JSON or a score; {error}") from error
    if isinstance(found, list):
        return {"answers": found}
    if not isinstance(found, dict):
        raise FormatError(f"{path}: answers must be a JSON object or a list")
    return found


def _plain(text: str) -> tuple[str, ...]:
    """One name, without case, spaces and slashes."""
    return (folded(text),)


def _interval(text: str) -> tuple[str, ...]:
    """An interval by its name in the table: P5, perfect fifth, 纯五度; of m3 and M3 the case counts."""
    table = load("terms")["interval"]
    if text.strip() in table:
        return (text.strip(),)
    for name, row in table.items():
        if folded(text) in {folded(word) for word in (row["en"], row["zh"], *row["also"])}:
            return (name,)
    raise InputError("an interval looks like P5, m3 or perfect fifth")


def _chord(text: str) -> tuple[str, ...]:
    """A chord symbol, in any spelling of its quality."""
    root, quality, bass = parse_chord(text)
    return (f"{root}:{quality}/{bass}",)


def _tonic(text: str) -> tuple[str, ...]:
    """The tonic of a key, spelled; its mode is asked for by the question."""
    head = _MODE.sub("", text.strip())
    parse_key(head)
    return (parse_note(head).class_name,)


def _number(text: str) -> tuple[str, ...]:
    """A number: 2.5, 2 1/2, 5/2; to two places, so that 4/3 is 1.333."""
    try:
        return (f"{float(sum(Fraction(word) for word in text.replace(',', '.').split())):.2f}",)
    except (ValueError, ZeroDivisionError, OverflowError) as error:
        raise InputError("a beat looks like 2, 2.5 or 5/2") from error


def _notes(text: str) -> tuple[str, ...]:
    """Names of notes, without their octaves."""
    return tuple(parse_note(word).class_name for word in text.replace(",", " ").split())


def _numerals(text: str) -> tuple[str, ...]:
    """Roman numerals."""
    return tuple(same_numeral(word) for word in text.replace(",", " ").replace("-", " ").split())


READERS: Mapping[str, Callable[[str], tuple[str, ...]]] = {
    "plain": _plain,
    "interval": _interval,
    "chord": _chord,
    "tonic": _tonic,
    "number": _number,
    "notes": _notes,
    "numerals": _numerals,
}
