"""Which voice plays which General MIDI program, Chinese instrument and drum key, read from `sound/data/*.toml`.

Programs are 0-127, drum keys are MIDI pitches. A Chinese instrument has no program: it is found by its name (in English, pinyin
or Chinese) in the name of a track.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from boya.errors import InputError
from boya.sound.voices import VOICES
from boya.sound.voices.drums import Drum
from boya.sound.voices.layers import Layer

__all__ = ["Patch", "chinese", "drum", "drums", "patch", "patches"]


@dataclass(frozen=True)
class Patch:
    """A voice with its settings, level, reverb and release."""

    voice: str
    settings: Any
    gain: float = 1.0
    send: float = 0.25  # share into the reverb
    release: float = 0.15  # seconds to fade after the key is up
    is_pitched: bool = True  # noises are not
    comfortable: tuple[int, int] = (36, 96)  # pitches of an instrument that has no program


@lru_cache(maxsize=1)
def patches() -> tuple[Patch, ...]:
    """Return the patch of every program. `[length 128]`

    Examples
    --------
    >>> len(patches()), patches()[40].voice
    (128, 'bow')
    """
    table: list[Patch | None] = [None] * 128
    for row in _read("patches.toml")["patch"]:
        first, last = row.get("programs") or (row["program"],) * 2
        table[first : last + 1] = [_patch(row)] * (last + 1 - first)
    missing = [program for program, entry in enumerate(table) if entry is None]
    if missing:
        raise InputError(f"patches.toml must cover programs 0-127; {missing} have no voice")
    return tuple(entry for entry in table if entry is not None)


def patch(program: int, name: str = "") -> Patch:
    """Return the patch of a program 0-127, or of the Chinese instrument that a track's name speaks of.

    Parameters
    ----------
    program
        General MIDI program, counted from 0.
    name
        The track's name; one that names no Chinese instrument changes nothing.

    Raises
    ------
    InputError
        if the program is not 0-127.

    Examples
    --------
    >>> patch(110, "Erhu 1").voice, patch(110, "二胡").release == patch(110, "erhu").release, patch(0, "Piano").voice
    ('bow', True, 'piano')
    """
    if not 0 <= program <= 127:
        raise InputError(f"program must be 0-127; got {program}")
    return (_chinese_in(name) if name else None) or patches()[program]


@lru_cache(maxsize=1)
def chinese() -> dict[str, Patch]:
    """Return the Chinese instruments by their name in pinyin, without tones.

    >>> sorted(chinese())[:3]
    ['bangdi', 'banhu', 'bianzhong']
    """
    return {key: _patch(row) for key, row in _read("chinese.toml")["instrument"].items()}


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


@lru_cache(maxsize=256)
def _chinese_in(name: str) -> Patch | None:
    """Return the instrument with the longest name that stands in a track's name."""
    plain = _plain(name)
    words = " ".join(re.findall(r"[a-z]+", plain))
    found = [(len(said), key) for said, key in _names() if (f" {said} " in f" {words} " if said.isascii() else said in plain)]
    return chinese()[max(found)[1]] if found else None


@lru_cache(maxsize=1)
def _names() -> tuple[tuple[str, str], ...]:
    """Return every name and the key of its instrument."""
    rows = _read("chinese.toml")["instrument"].items()
    return tuple((_plain(said), key) for key, row in rows for said in (key, *row["names"]))


def _plain(name: str) -> str:
    """Return a name in small letters without accents."""
    return "".join(c for c in unicodedata.normalize("NFKD", name.lower()) if not unicodedata.combining(c))


@lru_cache(maxsize=1)
def _fallback() -> Drum:
    return _drum(_read("drums.toml")["drum"]["fallback"])


@lru_cache(maxsize=3)
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files("boya.sound").joinpath("data", name).read_text(encoding="utf-8"))


def _patch(row: dict[str, Any]) -> Patch:
    settings = _settings(row["voice"], row.get("settings", {}))
    low, high = row.get("comfortable", (36, 96))
    level = (row["gain"], row["send"], row["release"])
    return Patch(row["voice"], settings, *level, is_pitched=row.get("pitched", True), comfortable=(low, high))


def _settings(voice: str, values: dict[str, Any]) -> Any:
    """Return the settings of a voice, and of the voices it layers."""
    frozen = {name: _frozen(value) for name, value in values.items() if name != "parts"}
    if "parts" in values:
        frozen["parts"] = tuple(_layer(part) for part in values["parts"])
    return VOICES[voice].settings(**frozen)


def _layer(part: dict[str, Any]) -> Layer:
    where = {name: part[name] for name in ("level", "semitones", "delay", "pan") if name in part}
    return Layer(VOICES[part["voice"]].tone, _settings(part["voice"], part.get("settings", {})), **where)


def _drum(row: dict[str, Any]) -> Drum:
    values = {("drum_class" if name == "class" else name): _frozen(value) for name, value in row.items()}
    return Drum(**values)


def _frozen(value: Any) -> Any:
    """Turn lists into tuples, at any depth."""
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value
