"""What a mix consists of, read from `sound/data/stage.toml`: a strip for each role, a room, an echo, and the finish.

Levels are linear gains, pans -1 (left) to 1 (right), loudness in LUFS, peaks in dBTP; see the head of the table.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from boya.errors import InputError
from boya.score import Track
from boya.sound.mix.equaliser import Filter

__all__ = ["Compressor", "Echo", "Mix", "Room", "Strip", "mix_of", "places", "preset_names"]

SIDE_STEPS = (0.0, 0.35, -0.35, 0.18, -0.18, 0.5, -0.5)
CENTRED = ("drums", "bass")
MIN_LUFS, MAX_LUFS = -50.0, -5.0


@dataclass(frozen=True)
class Strip:
    """What happens to one track on its way into the mix."""

    level: float
    pan: float = 0.0
    reverb: float = 1.0  # factor on the instrument's own send
    echo: float = 0.0
    eq: tuple[Filter, ...] = ()


@dataclass(frozen=True)
class Room:
    """A reverb; see `boya.sound.mix.reverb`."""

    predelay: float
    level: float
    bands: tuple[tuple[float, float, float], ...]
    early: tuple[tuple[float, float, float], ...]


@dataclass(frozen=True)
class Echo:
    """A ping-pong delay in quarters of the first tempo; `share` is sent by every melody."""

    quarters: float
    feedback: float
    level: float
    share: float


@dataclass(frozen=True)
class Compressor:
    """From `above` LU over the piece's own loudness on, levels grow `ratio` times slower. Times in seconds."""

    above: float
    ratio: float
    attack: float
    release: float


@dataclass(frozen=True)
class Mix:
    """Everything that turns tones into a finished piece."""

    strips: dict[str, Strip]
    room: Room | None
    wet: float
    echo: Echo
    compressor: Compressor
    lufs: float = -16.0
    ceiling: float = -1.0
    limiting: float = 10.0


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(files("boya.sound").joinpath("data", "stage.toml").read_text(encoding="utf-8"))


def preset_names() -> list[str]:
    """Return the names of the finishes.

    >>> preset_names()[:3]
    ['default', 'dry', 'hall']
    """
    return list(_table()["preset"])


def mix_of(preset: str = "default", *, lufs: float | None = None) -> Mix:
    """Return the mix of a preset, at another loudness if one is given.

    Parameters
    ----------
    preset
        One of `preset_names()`.
    lufs
        Loudness to reach in LUFS, -50 to -5; None takes the preset's.

    Raises
    ------
    InputError
        if there is no such preset, or the loudness is out of range.

    Examples
    --------
    >>> mix_of("loud").lufs, mix_of("dry").room, mix_of(lufs=-23).lufs
    (-11.0, None, -23.0)
    """
    if preset not in _table()["preset"]:
        raise InputError(f"preset must be one of {', '.join(preset_names())}; got {preset!r}")
    mix = _mix(preset)
    if lufs is None:
        return mix
    if not MIN_LUFS <= lufs <= MAX_LUFS:
        raise InputError(f"lufs must be {MIN_LUFS:g} to {MAX_LUFS:g}; got {lufs:g}. Music on the web is about -14 to -16.")
    return replace(mix, lufs=float(lufs))


@lru_cache(maxsize=16)
def _mix(preset: str) -> Mix:
    """Build a preset from its row and the default one."""
    table = _table()
    row = {**table["preset"]["default"], **table["preset"][preset]}
    echo = Echo(**row["echo"])
    strips = {role: Strip(**{**fields, "eq": _filters(fields["eq"])}) for role, fields in table["role"].items()}
    if echo.share:
        strips["melody"] = replace(strips["melody"], echo=max(strips["melody"].echo, echo.share))
    room = _room(table["room"][row["room"]]) if row["room"] else None
    limits = {name: float(row[name]) for name in ("lufs", "ceiling", "limiting")}
    return Mix(strips, room, float(row["wet"]), echo, Compressor(**row["compressor"]), **limits)


def _filters(rows: Iterable[Any]) -> tuple[Filter, ...]:
    return tuple(Filter(*row) for row in rows)


def _room(row: dict[str, Any]) -> Room:
    return Room(row["predelay"], row["level"], tuple(map(tuple, row["bands"])), tuple(map(tuple, row["early"])))


def places(tracks: Iterable[Track], mix: Mix) -> list[Strip]:
    """Return the strip of each track; tracks that share a role step aside in turn, bass and drums stay in the middle.

    >>> [round(strip.pan, 2) for strip in places([Track(role="pad"), Track(role="pad")], mix_of())]
    [0.22, 0.57]
    """
    seen: dict[str, int] = {}
    strips = []
    for track in tracks:
        role = track.role or ("drums" if track.is_drum else "other")
        strip = mix.strips[role]
        if role not in CENTRED:
            strip = replace(strip, pan=strip.pan + SIDE_STEPS[seen.get(role, 0) % len(SIDE_STEPS)])
        seen[role] = seen.get(role, 0) + 1
        strips.append(strip)
    return strips
