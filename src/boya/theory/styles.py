"""Style families and their habits: tempo, keys, instruments of each role, forms, substyles.

Conventions: weights are counts or odds, not normalised; tempo in quarters per minute; programs are General MIDI, zero-based.
Names of families and substyles are read in English and Chinese. Source: `data/styles.toml`, most of it counted on the `train`
split of the shared band collection.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from boya.theory.tables import folded, load_table, resolve

__all__ = ["Form", "Style", "Substyle", "find_style", "style_names", "styles"]

Weighted = tuple[tuple[Any, float], ...]


@dataclass(frozen=True)
class Substyle:
    """A groove of a family: `id` as in the band collection, readable name, Chinese name, metre ("4/4")."""

    id: str
    name: str
    zh: str
    metre: str
    pieces: int


@dataclass(frozen=True)
class Form:
    """Labels of sections, the bars that a lettered section may have, and a weight."""

    sections: tuple[str, ...]
    units: tuple[int, ...]
    weight: float


@dataclass(frozen=True)
class Style:
    """A style family.

    Attributes
    ----------
    tempo
        low, usual and high quarters per minute
    modes
        share of "major" and "minor"
    keys
        mode -> names of tonics with weights
    programs
        role -> programs with weights, without drums
    drums
        share of pieces that have drums
    """

    name: str
    zh: str
    metre: str
    tempo: tuple[float, float, float]
    modes: Mapping[str, float]
    keys: Mapping[str, Weighted]
    programs: Mapping[str, Weighted]
    drums: float
    forms: tuple[Form, ...]
    substyles: tuple[Substyle, ...]


def styles() -> tuple[Style, ...]:
    """Return all style families in the order of the table.

    >>> len(styles())
    13
    """
    return _table()[0]


def style_names(metre: str | None = None) -> tuple[str, ...]:
    """Return the names of the families, all or those in one metre.

    >>> style_names("3/4")
    ('waltz',)
    """
    return tuple(style.name for style in styles() if metre in (None, style.metre))


def find_style(name: str) -> tuple[Style, Substyle | None]:
    """Return the family of a name, and the substyle if the name is that of one.

    Parameters
    ----------
    name
        family, substyle or another name of either, in English or Chinese

    Raises
    ------
    InputError
        if there is none; the message offers the nearest names.

    Examples
    --------
    >>> style, substyle = find_style("bossa nova")
    >>> style.name, substyle.id
    ('latin', 'BossaNova')
    >>> find_style("爵士")[0].name, find_style("ska")[1]
    ('jazz', None)
    """
    known = [*style_names(), *(s.name for style in styles() for s in style.substyles)]
    return resolve(name, _table()[1], "style", known=list(dict.fromkeys(known)))


@cache
def _table() -> tuple[tuple[Style, ...], Mapping[str, tuple[Style, Substyle | None]]]:
    """All families; folded name -> family and substyle. Names of families come first, then of substyles, then other names."""
    rows = load_table("styles")["style"]
    families = tuple(_style(row) for row in rows)
    names: dict[str, tuple[Style, Substyle | None]] = {}
    for style in families:
        names |= {folded(style.name): (style, None), folded(style.zh): (style, None)}
    for style in families:
        for substyle in style.substyles:
            for name in (substyle.id, substyle.name, substyle.zh):
                names.setdefault(folded(name), (style, substyle))
    for style, row in zip(families, rows, strict=True):
        for name in row["also"]:
            names.setdefault(folded(name), (style, None))
        for substyle, line in zip(style.substyles, row["substyles"], strict=True):
            for name in line["also"]:
                names.setdefault(folded(name), (style, substyle))
    return families, names


def _style(row: Mapping[str, Any]) -> Style:
    """One family from its table row."""
    programs = {role: _weighted(pairs) for role, pairs in row["programs"].items()}
    programs["pad"] += _weighted(row["pad_usual"])
    return Style(
        name=row["name"],
        zh=row["zh"],
        metre=row["metre"],
        tempo=(row["tempo"]["low"], row["tempo"]["usual"], row["tempo"]["high"]),
        modes=row["modes"],
        keys={mode: _weighted(pairs) for mode, pairs in row["keys"].items()},
        programs=programs,
        drums=row["band"]["drums"],
        forms=tuple(Form(tuple(f["sections"].split()), tuple(f["unit"]), f["weight"]) for f in row["forms"]),
        substyles=tuple(Substyle(s["id"], s["name"], s["zh"], s["metre"], s["pieces"]) for s in row["substyles"]),
    )


def _weighted(pairs: list[list[Any]]) -> Weighted:
    """TOML pairs as tuples."""
    return tuple((value, float(weight)) for value, weight in pairs)
