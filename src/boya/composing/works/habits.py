"""Styles that the composer knows beside those of the bands: art song, string quartet, chorale, folk dances in their metres.

Conventions: as in `boya.theory.styles` and `boya.theory.progressions`; a metre comes from the substyle; a role without programs
stays silent. Source: `data/habits.toml`, each table with its own.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from boya.errors import InputError, RequestError
from boya.theory.progressions import Progression, bars_of, progressions_for
from boya.theory.styles import Form, Style, Substyle, find_style, style_names, styles
from boya.theory.tables import folded, resolve

__all__ = ["find_habits", "heard_as", "is_of_bands", "is_on_grid", "progressions_of", "styles_of_metre"]


def find_habits(name: str) -> tuple[Style, Substyle | None]:
    """Return the family of a style's name, and the substyle if the name is that of one.

    Raises
    ------
    RequestError
        if there is none; the message offers the nearest names.

    Examples
    --------
    >>> find_habits("jig")[0].name, find_habits("jig")[1].metre, find_habits("Bossa-Nova")[0].name
    ('folk dance', '6/8', 'latin')
    """
    if isinstance(name, str) and folded(name) in _names():
        return _names()[folded(name)]
    try:
        return find_style(name)
    except InputError:
        known = [*style_names(), *_families()]
        known += [s.name for style in (*styles(), *_families().values()) for s in style.substyles]
        resolve(name, {}, "style", RequestError, list(dict.fromkeys(known)))
        raise


def is_of_bands(style: str) -> bool:
    """Whether a family is one of the band collection, which every model has heard.

    >>> is_of_bands("jazz"), is_of_bands("chorale")
    (True, False)
    """
    return style in style_names()


def is_on_grid(style: str | None) -> bool:
    """Whether a style, or none, is one that the models of the grid write.

    >>> is_on_grid("swing"), is_on_grid("jazz waltz"), is_on_grid("jig"), is_on_grid(None)
    (True, False, False, True)
    """
    if style is None:
        return True
    family, substyle = find_habits(style)
    return is_of_bands(family.name) and (family.metre if substyle is None else substyle.metre) == "4/4"


def heard_as(style: str, substyle: str) -> tuple[str, str]:
    """Return the words of the bar stream for a family and a substyle.

    >>> heard_as("latin", "BossaNova"), heard_as("chorale", "Chorale")
    (('latin', 'BossaNova'), ('gospel', 'Hymn'))
    """
    row = next((row for row in _table()["style"] if row["name"] == style), None)
    return (style, substyle) if row is None else (row["heard_as"][0], row["heard_as"][1])


def styles_of_metre(metre: str) -> list[Style]:
    """Return the families that have a substyle in a metre; all those of bands if none has.

    >>> [style.name for style in styles_of_metre("6/8")], len(styles_of_metre("5/4"))
    (['art song', 'string quartet', 'folk dance'], 13)
    """
    every = (*styles(), *_families().values())
    return [style for style in every if any(s.metre == metre for s in style.substyles)] or list(styles())


def progressions_of(style: str, mode: str, kind: str) -> tuple[tuple[Progression, float], ...]:
    """Return the progressions of a family in a mode for a kind of section, with weights.

    >>> [p.bars[0] for p, weight in progressions_of("folk dance", "minor", "contrast")][:2]
    [('i',), ('i',)]
    """
    found = [p for p in _progressions() if style in p.styles and p.mode == mode]
    fitting = [p for p in found if kind in p.sections] or [p for p in found if "statement" in p.sections]
    return tuple((p, p.styles[style]) for p in fitting) or progressions_for(style, mode, kind)


@cache
def _table() -> Mapping[str, Any]:
    """The table as it is written."""
    return tomllib.loads((files("boya.composing.works") / "data" / "habits.toml").read_text(encoding="utf-8"))


@cache
def _families() -> dict[str, Style]:
    """Families by name."""
    return {row["name"]: _style(row) for row in _table()["style"]}


@cache
def _names() -> dict[str, tuple[Style, Substyle | None]]:
    """Folded name -> family and substyle."""
    names: dict[str, tuple[Style, Substyle | None]] = {}
    for row in _table()["style"]:
        style = _families()[row["name"]]
        names |= {folded(name): (style, None) for name in (row["name"], row["zh"], *row["also"])}
        for substyle, line in zip(style.substyles, row["substyles"], strict=True):
            for name in (substyle.id, substyle.name, substyle.zh, *line["also"]):
                names.setdefault(folded(name), (style, substyle))
    return names


@cache
def _progressions() -> tuple[Progression, ...]:
    """All progressions of the table."""
    return tuple(
        Progression(roman, row["mode"], bars_of(roman), tuple(kinds.split()), dict.fromkeys(row["styles"], 1.0), row["source"])
        for row in _table()["progression"]
        for kinds, roman in row["rows"]
    )


def _style(row: Mapping[str, Any]) -> Style:
    """One family from its table row."""
    return Style(
        name=row["name"],
        zh=row["zh"],
        metre=row["metre"],
        tempo=(row["tempo"]["low"], row["tempo"]["usual"], row["tempo"]["high"]),
        modes=row["modes"],
        keys={mode: _weighted(pairs) for mode, pairs in row["keys"].items()},
        programs={role: _weighted(pairs) for role, pairs in row["programs"].items()},
        drums=row["drums"],
        forms=tuple(Form(tuple(f["sections"].split()), tuple(f["unit"]), f["weight"]) for f in row["forms"]),
        substyles=tuple(Substyle(s["id"], s["name"], s["zh"], s["metre"], s["pieces"]) for s in row["substyles"]),
    )


def _weighted(pairs: list[list[Any]]) -> tuple[tuple[Any, float], ...]:
    """TOML pairs as tuples."""
    return tuple((value, float(weight)) for value, weight in pairs)
