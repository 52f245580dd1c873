"""Which voice plays which General MIDI program and drum key, read from `sound/data/*.toml`.

Programs are 0-127, drum keys are MIDI pitches.
"""

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from boya.errors import InputError
from boya.sound.voices import VOICES
from boya.sound.voices.drums import Drum

__all__ = ["Patch", "drum", "drums", "patch", "patches"]


@dataclass(frozen=True)
class Patch:
    """A voice with its settings, level, reverb and release."""

    voice: str
    settings: Any
    gain: float = 1.0
    send: float = 0.25  # share into the reverb
    release: float = 0.15  # seconds to fade after the key is up


@lru_cache(maxsize=1)
def patches() -> tuple[Patch, ...]:
    """Return the patch of every program. `[length 128]`

    Examples
    --------
    >>> len(patches()), patches()[40].voice
    (128, 'bowed')
    """
    table: list[Patch | None] = [None] * 128
    for row in _read("patches.toml")["patch"]:
        first, last = row["programs"]
        table[first : last + 1] = [_patch(row)] * (last + 1 - first)
    missing = [program for program, entry in enumerate(table) if entry is None]
    if missing:
        raise InputError(f"patches.toml must cover programs 0-127; {missing} have no voice")
    return tuple(entry for entry in table if entry is not None)


def patch(program: int) -> Patch:
    """Return the patch of a program 0-127."""
    return patches()[program]


@lru_cache(maxsize=1)
def drums() -> dict[int, Drum]:
    """Return the drums by MIDI pitch; other keys sound like `drum(key)`'s fallback.

    Examples
    --------
    >>> drums()[38].name, drum(3).name
    ('Acoustic Snare', 'Percussion')
    """
    return {int(key): _drum(row) for key, row in _read("drums.toml")["drum"].items() if key != "fallback"}


def drum(key: int) -> Drum:
    """Return the drum of a MIDI pitch."""
    return drums().get(key) or _fallback()


@lru_cache(maxsize=1)
def _fallback() -> Drum:
    return _drum(_read("drums.toml")["drum"]["fallback"])


@lru_cache(maxsize=2)
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("boya.sound").joinpath("data", name).read_text(encoding="utf-8"))


def _patch(row: dict[str, Any]) -> Patch:
    voice = VOICES[row["voice"]]
    settings = voice.settings(**{name: _frozen(value) for name, value in row.get("settings", {}).items()})
    return Patch(row["voice"], settings, row["gain"], row["send"], row["release"])


def _drum(row: dict[str, Any]) -> Drum:
    values = {("drum_class" if name == "class" else name): _frozen(value) for name, value in row.items()}
    return Drum(**values)


def _frozen(value: Any) -> Any:
    """Turn lists into tuples, at any depth."""
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value
