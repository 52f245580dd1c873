"""Answer keys: all that marking needs, as one JSON file that also answers its own sheet.

Conventions: `items` hold questions and answers in both languages; parts are rows of `[onset, duration, pitch]` in ticks from the
start of the item; `solution` is the filled-in sheet as Boya's own JSON; `answers` are the canonical texts.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from boya.errors import FileError, FormatError, InputError
from boya.files import read_bytes, write_bytes
from boya.score import Score
from boya.teaching.exercises.item import TASKS, Item, Player, Sheet
from boya.teaching.exercises.reading import READERS
from boya.teaching.wording import Words

__all__ = ["AnswerKey", "answer_key", "key_text", "read_key"]

_FORMAT, _VERSION = "boya exercise key", 1
_MOST_BYTES = 8_000_000
_WORDS = ("question", "answer", "why")


@dataclass(frozen=True)
class AnswerKey:
    """A sheet with its answers: the sheet, and the filled-in score."""

    sheet: Sheet
    solution: Score

    @property
    def answers(self) -> dict[int, str]:
        """The canonical text of every item that has one."""
        return {item.number: item.accepts[0] for item in self.sheet.items if item.accepts}


def answer_key(sheet: Sheet, language: str = "en") -> AnswerKey:
    """Return the key of a sheet.

    >>> from boya.teaching.exercises import exercise_sheet
    >>> answer_key(exercise_sheet("intervals", level=2, seed=7, count=2)).answers
    {1: 'P4', 2: 'P1'}
    """
    return AnswerKey(sheet, sheet.solution(language))


def key_text(key: AnswerKey) -> str:
    """Return a key as JSON."""
    sheet = key.sheet
    about = {"format": _FORMAT, "version": _VERSION, "kind": sheet.kind, "level": sheet.level, "seed": sheet.seed}
    items = [asdict(item) for item in sheet.items]
    rest = {
        "title": asdict(sheet.title),
        "players": [asdict(player) for player in sheet.players],
        "answers": {str(number): text for number, text in key.answers.items()},
        "items": items,
        "solution": json.loads(write_bytes(key.solution, ".json")),
    }
    return json.dumps(about | rest, ensure_ascii=False, indent=1) + "\n"


def read_key(path: str | Path) -> AnswerKey:
    """Read a key from its file.

    Raises
    ------
    FileError
        if it cannot be read.
    FormatError
        if it is no key.
    """
    path = Path(path)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise FileError(f"{path} must have at most {_MOST_BYTES} bytes; it has {path.stat().st_size}")
        row = json.loads(path.read_text(encoding="utf-8"))
        return _key(row)
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}; check the name") from error
    except (FormatError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(f"{path}: not an answer key ({error}); write one with: boya exercises KIND") from error


def _key(row: Mapping[str, Any]) -> AnswerKey:
    """The key of a JSON object."""
    if row["format"] != _FORMAT or row["version"] != _VERSION:
        raise InputError(f"its format must be {_FORMAT} {_VERSION}")
    players = tuple(Player(Words(**player["name"]), int(player["program"])) for player in row["players"])
    items = tuple(_item(item) for item in row["items"])
    if not items or not players or any(len(part) != len(players) for item in items for part in (item.given, item.filled)):
        raise InputError("it must have items, with a part for each player")
    sheet = Sheet(str(row["kind"]), int(row["level"]), int(row["seed"]), Words(**row["title"]), players, items)
    return AnswerKey(sheet, read_bytes(json.dumps(row["solution"]).encode(), ".json"))


def _item(row: Mapping[str, Any]) -> Item:
    """An item of a JSON object."""
    values = {field.name: row[field.name] for field in fields(Item)}
    values |= {name: Words(**row[name]) for name in _WORDS}
    for name in ("given", "solution"):
        values[name] = tuple(tuple((int(a), int(b), int(c)) for a, b, c in part) for part in row[name])
    for name in ("accepts", "key", "metre"):
        values[name] = tuple(row[name])
    values["labels"] = tuple((int(tick), str(text)) for tick, text in row["labels"])
    item = Item(**values)
    if item.task not in TASKS or item.reader not in READERS or not 1 <= item.n_bars <= 512:
        raise InputError(f"item {item.number} must have a known task and reader")
    return item
