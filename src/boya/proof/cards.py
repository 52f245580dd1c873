"""The figures on the models' cards: what `boya evaluate` measured on `valid`, taken from the scoreboard.

Conventions: a card is `<name>.json` beside the weights; `figures.valid` on it lists the rows of the model, with FIELDS, in their
order. Two kinds of rows are left out: speed and memory, which belong to a computer rather than to a model, and rows older than
the weights, which were measured on other ones.
"""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from boya.evaluation.scoreboard import Row
from boya.files.atomic import write_atomic
from boya.models.runtime import available, read_card

__all__ = ["CARDS", "FIELDS", "figures_of", "update_cards"]

CARDS = Path("src/boya/models/weights")
"""the cards of a copy of the repository"""
FIELDS = ("metric", "value", "unit", "bar", "holds", "command", "date")
OF_A_COMPUTER = ("s", "MB", "notes a second", "tokens a second")
PLACE = "figures of valid"


def figures_of(card: Mapping[str, Any], rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Return what a scoreboard says of a card's model.

    >>> row = Row("gan", "two-sample accuracy", "gan", 76.65, "%", 75.0, False, "boya evaluate", "2 cores", "2026-11-22")
    >>> figures_of({"name": "gan", "date": "2026-11-21"}, [row])[0]["value"]
    76.65
    >>> figures_of({"name": "gan", "date": "2026-11-23"}, [row])
    []
    """
    mine = [row for row in rows if row.model == card["name"] and row.unit not in OF_A_COMPUTER and row.date >= card["date"]]
    return [{field: getattr(row, field) for field in FIELDS} for row in mine]


def update_cards(rows: Iterable[Row], folder: str | Path = CARDS) -> list[Path]:
    """Write the figures of a scoreboard's rows on the cards in a folder; return the cards that changed.

    Raises
    ------
    ModelError
        if a card cannot be read.
    FileError
        if a card cannot be written.
    """
    rows, changed = tuple(rows), []
    for name in available(Path(folder)):
        path = Path(folder) / f"{name}.json"
        card = read_card(name, Path(folder))
        others = {key: value for key, value in card.get("figures", {}).items() if key != "valid"}
        text = _text(card | {"figures": others}, figures_of(card, rows))
        if text != path.read_text(encoding="utf-8"):
            write_atomic(path, text.encode())
            changed.append(path)
    return changed


def _text(card: dict[str, Any], figures: list[dict[str, Any]]) -> str:
    """A card as JSON, a line for each figure."""
    card["figures"]["valid"] = PLACE
    lines = ",\n      ".join(json.dumps(figure, ensure_ascii=False, allow_nan=False) for figure in figures)
    shown = f"[\n      {lines}\n    ]" if figures else "[]"
    return json.dumps(card, indent=2, ensure_ascii=False).replace(json.dumps(PLACE), shown) + "\n"
