"""What the tables say of a style, with weights and sources, so that a decision can be traced to its row.

Conventions: an edge is written as in the knowledge graph, `style:pop b:usesProgression progression:royal-road`, and told only
where the graph has it; weights are those of
the tables that plans are drawn from (`boya.theory.styles`, `boya.theory.progressions`, `boya.composing.works.habits`).
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from boya.composing.form import fit_form
from boya.composing.plan import PlanSection
from boya.composing.progressions import in_key
from boya.composing.works.habits import is_of_bands, progressions_of
from boya.errors import InputError
from boya.teaching.wording import Words
from boya.theory.graph import graph
from boya.theory.progressions import Progression, progressions_for, section_kind
from boya.theory.styles import Form, Style
from boya.theory.tables import load_table

__all__ = [
    "Used",
    "edge",
    "family_words",
    "form_of",
    "form_source",
    "progressions_in",
    "style_source",
    "term_words",
    "weighted_edge",
]

_COUNTED = "boya/theory/data/styles.toml, counted on the train split of the shared band collection"


@dataclass(frozen=True)
class Used:
    """Progressions that take turns in a section, with the weight of the first in its style and the sum of all weights."""

    progressions: tuple[Progression, ...]
    weight: float
    total: float


def edge(style: str, name: str, value: str | float, kind: str = "") -> str:
    """Return an edge of the graph from a style, to a value or to a thing of a kind; empty where the graph has no such edge.

    >>> edge("pop", "usesProgression", "royal road", "Progression"), edge("pop", "usualTempo", 89)
    ('style:pop b:usesProgression progression:royal-road', 'style:pop b:usualTempo 89')
    """
    try:
        of = graph().find(style, "Style").id
        to = graph().find(str(value), kind).id if kind else value
    except InputError:
        return ""
    return f"{of} b:{name} {to}" if to in graph().values(of, name) else ""


def weighted_edge(style: str, aspect: str, value: str, kind: str = "") -> str:
    """Return a weighted edge of the graph, a node of class `b:Use`; empty where the graph has none.

    >>> weighted_edge("pop", "form", "A A B A")
    'style:pop b:Use[form] "A A B A"'
    """
    try:
        of = graph().find(style, "Style").id
        to = graph().find(value, kind).id if kind else value
    except InputError:
        return ""
    rows = graph().query(f'SELECT ?what WHERE {{ ?use b:of {of} ; b:aspect "{aspect}" ; b:what ?what }}')
    shown = to if kind else f'"{to}"'
    return f"{of} b:Use[{aspect}] {shown}" if any(row["what"] == to for row in rows) else ""


def term_words(name: str, kind: str) -> Words:
    """Return a name in both languages, where the graph knows it.

    >>> term_words("latin", "Style").zh
    '拉丁'
    """
    try:
        term = graph().find(name, kind)
    except InputError:
        return Words(name, name)
    return Words(name, term.label("zh"))


def family_words(style: Style) -> Words:
    """Return the name of a family."""
    return Words(style.name, style.zh)


def style_source(style: Style) -> str:
    """Return where the habits of a family come from."""
    return (
        _COUNTED if is_of_bands(style.name) else str(_habits(style.name).get("source", "boya/composing/works/data/habits.toml"))
    )


def form_source(style: Style) -> str:
    """Return where the forms of a family come from."""
    if not is_of_bands(style.name):
        return style_source(style)
    row = next(row for row in load_table("styles")["style"] if row["name"] == style.name)
    return str(row["form_source"])


def form_of(style: Style, sections: Sequence[tuple[str, int]]) -> tuple[Form, float] | None:
    """Return the row of the style's forms that gives these sections, and the sum of all weights; None if none does.

    >>> from boya.composing.works.habits import find_habits
    >>> found = form_of(find_habits("pop")[0], (("A", 4), ("A", 4), ("B", 4), ("A", 4)))
    >>> found[0].weight, found[1]
    (3, 11)
    """
    bars = sum(size for _, size in sections)
    for form in style.forms:
        if any(fit_form(form.sections, unit, bars) == tuple(sections) for unit in form.units):
            return form, sum(row.weight for row in style.forms)
    return None


def progressions_in(style: str, tonic: int, mode: str, section: PlanSection) -> Used | None:
    """Return the progressions that give the chords of a section; its last bars may close otherwise. None if none do.

    The shortest way to say it counts: one progression over and over, or two of four bars that take turns.
    """
    known = progressions_for if is_of_bands(style) else progressions_of
    rows = known(style, mode, section_kind(section.label))
    total = sum(weight for _, weight in rows)
    chords = section.chords
    for tail in (0, 2, 3, 4):
        n_told = len(chords) - tail
        if n_told < 2:
            return None
        for one, weight in rows:
            if _gives((one,), chords, n_told, (tonic, mode)):
                return Used((one,), weight, total)
        if section.bars >= 8:
            for one, weight in rows:
                for other, _ in rows if len(one.bars) == 4 else ():
                    if other is not one and len(other.bars) == 4 and _gives((one, other), chords, n_told, (tonic, mode)):
                        return Used((one, other), weight, total)
    return None


def _gives(pair: Sequence[Progression], chords: Sequence[str], n_told: int, key: tuple[int, str]) -> bool:
    """Whether progressions in turn give the first chords, two a bar."""
    bars = [bar for progression in pair for bar in progression.bars]
    need = -(-n_told // 2)
    named = [chord for n in range(need) for chord in in_key(bars[n % len(bars)], *key)]
    return tuple(named[:n_told]) == tuple(chords[:n_told])


@cache
def _habits(name: str) -> Mapping[str, Any]:
    """The row of a family that only the composer knows."""
    table = tomllib.loads((files("boya.composing.works") / "data" / "habits.toml").read_text(encoding="utf-8"))
    return next((row for row in table["style"] if row["name"] == name), {})
