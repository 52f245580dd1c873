"""How many recordings of an instrument a font holds, and how long: read from `sound/data/soundfont.toml`."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from importlib.resources import files
from itertools import pairwise
from typing import Any

from boya.errors import InputError

__all__ = ["SIZES", "Plan", "Size", "bounds", "size"]

SIZES = ("small", "full")


@dataclass(frozen=True)
class Plan:
    """The recordings of one instrument; see the head of the table."""

    forces: tuple[float, ...]
    attack: float
    loop: float
    step: int = 12
    margin: int = 0

    def keys(self, low: int, high: int) -> list[int]:
        """Return the recorded pitches of an instrument that plays `low` to `high`, evenly spread.

        >>> Plan((0.6,), 0.2, 0.1, step=10).keys(40, 60)
        [45, 55]
        """
        low, high = max(low - self.margin, 12), min(high + self.margin, 115)
        count = max(1, round((high - low) / self.step))
        return [round(low + (high - low) * (i + 0.5) / count) for i in range(count)]


@dataclass(frozen=True)
class Size:
    """A whole font: its rates, what may be lost, and the plan of each program, of the Chinese instruments and of the drums."""

    name: str
    most_bytes: int
    rates: tuple[int, ...]
    loss: float
    programs: tuple[Plan, ...]
    chinese: Plan
    drums: Plan


def size(name: str) -> Size:
    """Return a size by its name.

    Raises
    ------
    InputError
        if there is none of that name.

    Examples
    --------
    >>> size("small").most_bytes, len(size("full").programs)
    (6000000, 128)
    """
    if name not in SIZES:
        raise InputError(f"size must be one of {', '.join(SIZES)}; got {name!r}")
    table = tomllib.loads(files("boya.sound").joinpath("data", "soundfont.toml").read_text(encoding="utf-8"))[name]
    plans = tuple(_plan(_row(table["row"], program)) for program in range(128))
    rates = tuple(table["rates"])
    return Size(name, table["most_bytes"], rates, table["loss"], plans, _plan(table["chinese"]), _plan(table["drums"]))


def _row(rows: Sequence[dict[str, Any]], program: int) -> dict[str, Any]:
    """Return what the rows say of a program, the last one most."""
    found: dict[str, Any] = {}
    for row in rows:
        first, last = row["programs"]
        found |= row if first <= program <= last else {}
    return found


def _plan(row: dict[str, Any]) -> Plan:
    known = {field.name for field in fields(Plan)}
    values: dict[str, Any] = {name: value for name, value in row.items() if name in known}
    return Plan(**values | {"forces": tuple(row["forces"])})


def bounds(places: Sequence[float], low: int, high: int) -> list[tuple[int, int]]:
    """Return the range of whole numbers nearest to each of some rising places, from `low` to `high` without a gap.

    >>> bounds([45, 55], 0, 127)
    [(0, 50), (51, 127)]
    """
    cuts = [int((a + b) / 2) for a, b in pairwise(places)]
    return list(zip([low, *(cut + 1 for cut in cuts)], [*cuts, high], strict=True))
