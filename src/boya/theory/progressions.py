"""Chord progressions that styles use, in Roman numerals.

Conventions: a progression is bars of one or two Roman numerals (`boya.theory.roman`); a section kind is one of `SECTION_KINDS`.
Source: `data/progressions.toml`, each row with its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from boya.theory.tables import load_table

__all__ = ["SECTION_KINDS", "Progression", "bars_of", "progressions", "progressions_for", "section_kind"]

SECTION_KINDS = ("statement", "contrast", "intro", "outro")


@dataclass(frozen=True)
class Progression:
    """One row of the table; `bars` holds one or two numerals a bar, `styles` the weight in each style family."""

    name: str
    mode: str
    bars: tuple[tuple[str, ...], ...]
    sections: tuple[str, ...]
    styles: Mapping[str, float]
    source: str


def bars_of(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the chords of each bar of a text such as "ii7 V7 | I".

    >>> bars_of("ii7 V7 | I")
    (('ii7', 'V7'), ('I',))
    """
    return tuple(tuple(bar.split()) for bar in text.strip().strip("|").split("|"))


def section_kind(label: str) -> str:
    """Return what a section does in the form: statement, contrast, intro or outro.

    >>> [section_kind(label) for label in ("A", "B", "intro", "chorus", "verse")]
    ['statement', 'contrast', 'intro', 'contrast', 'statement']
    """
    name = label.casefold().rstrip("'0123456789")
    if name in ("intro", "outro"):
        return name
    return "statement" if name in ("a", "verse") else "contrast"


def progressions_for(style: str, mode: str, kind: str) -> tuple[tuple[Progression, float], ...]:
    """Return the progressions of a style family in a mode for a kind of section, with weights.

    Where none is made for an intro or outro, those of a statement serve; where the style has none in this mode, those of all
    styles.

    Parameters
    ----------
    style
        name of a style family
    mode
        one of `boya.score.MODES`
    kind
        one of `SECTION_KINDS`

    Examples
    --------
    >>> [p.name for p, weight in progressions_for("tango", "minor", "statement")][:2]
    ['bolero', 'merengue']
    """
    in_mode = [p for p in progressions() if p.mode == mode]
    of_style = [(p, p.styles[style]) for p in in_mode if style in p.styles] or [(p, 1.0) for p in in_mode]
    for wanted in (kind, "statement"):
        found = tuple((p, weight) for p, weight in of_style if wanted in p.sections)
        if found:
            return found
    return tuple(of_style)


@cache
def progressions() -> tuple[Progression, ...]:
    """Return all progressions in the order of the table."""
    return tuple(
        Progression(row["name"], row["mode"], bars_of(row["roman"]), tuple(row["sections"]), row["styles"], row["source"])
        for row in load_table("progressions")["progression"]
    )
