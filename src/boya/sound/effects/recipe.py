"""What an effect is made of: values drawn from the ranges of `sound/data/effects.toml`.

Every value has its own generator, named by seed, kind and place in the table; so a lock keeps it whatever else changes, and a new
field in the table changes nothing else. Mutation moves a value within its range.
"""

import tomllib
import zlib
from collections.abc import Collection
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from boya.errors import InputError

__all__ = ["LOCKS", "Layer", "Recipe", "draw", "effect_kinds"]

MUTATION = 0.15  # spread of a mutated value, as a share of its range
CHANGED_CHOICE = 0.25  # how often a mutation chooses again

# What can be locked, and the fields it keeps.
LOCKS: dict[str, tuple[str, ...]] = {
    "pitch": ("pitch", "ratio", "slide", "bend", "steps", "vibrato", "vibrato_hz"),
    "length": ("start", "attack", "hold", "decay"),
    "rhythm": ("step", "times", "gap", "fade", "scatter", "pulse", "pulse_hz"),
    "tone": ("source", "duty", "index", "modulator", "calm", "crush"),
    "filter": ("low", "high", "open", "q"),
    "level": ("level", "pan"),
    "room": ("room", "wet"),
}


@dataclass(frozen=True)
class Layer:
    """One sound of an effect, with the units of effects.toml."""

    source: str
    ratio: float = 1.0
    level: float = 1.0
    pan: float = 0.0
    start: float = 0.0
    slide: float = 0.0
    bend: float = 1.0
    steps: tuple[float, ...] = (0.0,)
    step: float = 0.0
    vibrato: float = 0.0
    vibrato_hz: float = 6.0
    pulse: float = 0.0
    pulse_hz: float = 8.0
    duty: float = 0.5
    index: float = 1.0
    modulator: float = 1.0
    calm: float = 1.0
    attack: float = 0.002
    hold: float = 0.0
    decay: float = 0.1
    low: float = 0.0
    high: float = 0.0
    open: float = 0.0
    q: float = 0.7
    times: int = 1
    gap: float = 0.1
    fade: float = 1.0
    scatter: float = 0.0
    crush: float = 0.0


@dataclass(frozen=True)
class Recipe:
    """A whole effect, all of it decided."""

    kind: str
    pitch: float
    layers: tuple[Layer, ...]
    room: str = ""
    wet: float = 0.0
    lufs: float = 0.0


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(files("boya.sound").joinpath("data", "effects.toml").read_text(encoding="utf-8"))


def effect_kinds() -> dict[str, str]:
    """Return the kinds of effects, and what each is.

    >>> effect_kinds()["coin"]
    'a bright two-tone pling'
    """
    return {kind: row["about"] for kind, row in _table().items()}


@dataclass(frozen=True)
class Drawing:
    """Draws the values of one effect."""

    kind: str
    seed: int
    mutation: int
    kept: frozenset[str]

    def value(self, place: str, name: str, told: Any) -> Any:
        """Return a value within what the table tells."""
        if not isinstance(told, list):
            return told
        rng = np.random.default_rng([self.seed, *_words(self.kind, place, name)])
        again = np.random.default_rng([self.seed, self.mutation, *_words(self.kind, place, name, "again")])
        is_moved = self.mutation > 0 and name not in self.kept
        if len(told) == 2 and all(isinstance(value, int | float) for value in told):
            where = float(rng.random())
            if is_moved:
                where = abs((where + MUTATION * float(again.standard_normal()) + 1) % 2 - 1)  # reflected at both ends
            return _between(told, where)
        choice = int(rng.integers(len(told)))
        if is_moved and again.random() < CHANGED_CHOICE:
            choice = int(again.integers(len(told)))
        return told[choice]


def draw(kind: str, seed: int = 0, mutation: int = 0, lock: Collection[str] = ()) -> Recipe:
    """Return the recipe of an effect.

    Raises
    ------
    InputError
        if the kind or a lock is unknown, or a number is negative.

    Examples
    --------
    >>> draw("coin", 3) == draw("coin", 3) != draw("coin", 4)
    True
    >>> draw("coin", 3, mutation=1, lock=["pitch"]).pitch == draw("coin", 3).pitch
    True
    """
    if kind not in _table():
        raise InputError(f"an effect must be one of {', '.join(_table())}; got {kind!r}")
    unknown = [name for name in lock if name not in LOCKS]
    if unknown:
        raise InputError(f"a lock must be one of {', '.join(LOCKS)}; got {unknown[0]!r}")
    if seed < 0 or mutation < 0:
        raise InputError(f"seed and mutation must be 0 or more; got {seed}, {mutation}")
    row = _table()[kind]
    drawing = Drawing(kind, seed, mutation, frozenset(name for group in lock for name in LOCKS[group]))
    values = {name: drawing.value("", name, row[name]) for name in ("pitch", "room", "wet", "lufs") if name in row}
    layers = [
        Layer(**{name: _typed(name, drawing.value(str(at), name, told)) for name, told in layer.items()})
        for at, layer in enumerate(row["layer"])
    ]
    return Recipe(kind, layers=tuple(layers), **values)


def _between(told: list[float], where: float) -> float:
    """Return a point of a range: in octaves where both ends are above 0, whole where both are whole."""
    low, high = told
    if all(isinstance(value, int) for value in told):
        return int(low + where * (high - low + 1 - 1e-9))
    return float(low * (high / low) ** where) if low > 0 and high > 0 else float(low + where * (high - low))


_KINDS = {field.name: field.type for field in fields(Layer)}


def _typed(name: str, value: Any) -> Any:
    """Return a value as its field has it."""
    if name not in _KINDS:
        raise InputError(f"effects.toml: a layer has no field {name!r}")
    return tuple(map(float, value)) if name == "steps" else value


def _words(*names: str) -> list[int]:
    """Return numbers for names, the same on every machine."""
    return [zlib.crc32(name.encode()) for name in names]
