"""Scales and modes as sets of pitch classes.

Conventions: a scale is a tuple of semitones above its tonic, ascending from 0; a pitch class is 0-11 with 0 = C. Names are read
in English and Chinese. Source: `data/scales.toml`, where each group of scales names its book.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from boya.theory.tables import folded, load_table, resolve

__all__ = ["Scale", "find_scale", "scale_names", "scale_pitch_classes"]


@dataclass(frozen=True)
class Scale:
    """A scale: English name, Chinese name, semitones above the tonic."""

    name: str
    zh: str
    semitones: tuple[int, ...]


def scale_names() -> tuple[str, ...]:
    """Return the English names of all scales, in the order of the table.

    >>> scale_names()[:3]
    ('major', 'minor', 'harmonic minor')
    """
    return tuple(row["name"] for row in load_table("scales")["scale"])


def find_scale(name: str) -> Scale:
    """Return the scale of that name.

    Parameters
    ----------
    name
        English or Chinese, upper or lower case

    Raises
    ------
    InputError
        if there is none; the message offers the nearest names.

    Examples
    --------
    >>> find_scale("羽调式").semitones == find_scale("Minor pentatonic").semitones
    True
    """
    return resolve(name, _by_name(), "scale", known=scale_names())


def scale_pitch_classes(tonic: int, name: str) -> tuple[int, ...]:
    """Return the pitch classes of a scale from its tonic upwards.

    Parameters
    ----------
    tonic
        pitch class 0-11
    name
        name of the scale or mode

    Examples
    --------
    >>> scale_pitch_classes(9, "minor")
    (9, 11, 0, 2, 4, 5, 7)
    """
    return tuple((tonic + semitone) % 12 for semitone in find_scale(name).semitones)


@cache
def _by_name() -> Mapping[str, Scale]:
    """Folded name -> scale."""
    found: dict[str, Scale] = {}
    for row in load_table("scales")["scale"]:
        scale = Scale(row["name"], row["zh"], tuple(row["semitones"]))
        for name in (row["name"], row["zh"], *row["also"]):
            found.setdefault(folded(name), scale)
    return found
