"""Nine classes of drum sound, and the General MIDI drum keys that belong to each.

Conventions: a class is its index in `DRUM_CLASSES`; `CLASS_PITCHES` holds the General MIDI key that stands for each class when
music is written. Every key from 27 to 87 (General MIDI 1 and 2) and the extra Roland keys of the Groove dataset have a class.
Source: `data/drums.toml`; the nine classes are those of Gillick et al., "Learning to Groove with Inverse Sequence
Transformations", 2019.
"""

from collections.abc import Mapping
from functools import cache

from boya.theory.tables import load_table

__all__ = ["CLASS_PITCHES", "DRUM_CLASSES", "canonical_pitch", "drum_class", "drum_name"]

DRUM_CLASSES = ("kick", "snare", "closed hat", "open hat", "low tom", "mid tom", "high tom", "crash", "ride")
CLASS_PITCHES = (36, 38, 42, 46, 43, 47, 50, 49, 51)


def drum_class(pitch: int) -> int | None:
    """Return the class 0-8 of a drum key, or None where the key has no drum.

    >>> DRUM_CLASSES[drum_class(40)], drum_class(100)
    ('snare', None)
    """
    return _classes().get(pitch)


def canonical_pitch(pitch: int) -> int | None:
    """Return the key that stands for the class of `pitch`, or None where the key has no drum.

    >>> canonical_pitch(35), canonical_pitch(57)
    (36, 49)
    """
    kind = drum_class(pitch)
    return None if kind is None else CLASS_PITCHES[kind]


def drum_name(pitch: int) -> str:
    """Return the General MIDI name of a drum key; empty where there is none.

    >>> drum_name(56)
    'Cowbell'
    """
    return _names().get(pitch, "")


@cache
def _classes() -> Mapping[int, int]:
    """Drum key -> class."""
    return {row["pitch"]: DRUM_CLASSES.index(row["class"]) for row in load_table("drums")["key"]}


@cache
def _names() -> Mapping[int, str]:
    """Drum key -> name."""
    return {row["pitch"]: row["name"] for row in load_table("drums")["key"]}
