"""The form of a piece: which sections follow one another, and how many bars each has.

Conventions: a section is (label, bars). Lettered sections and named ones (verse, chorus, bridge) are made of 4-bar phrases;
intro and outro have 4 bars; what no whole phrase fills goes to the end of the piece, so every number of bars from 1 up has a
form. Equal labels are equal music. Source of the forms of each style: `boya.theory.styles`.
"""

import re

import numpy as np

from boya.errors import RequestError
from boya.theory.styles import Style
from boya.theory.tables import nearest_names

__all__ = ["LABELS", "PHRASE_BARS", "draw_form", "fit_form", "parse_form", "share_bars"]

PHRASE_BARS = 4
LABELS = {
    **{name: name for name in ("intro", "verse", "chorus", "bridge", "solo", "outro")},
    **{"introduction": "intro", "coda": "outro", "ending": "outro", "refrain": "chorus"},
    **{
        "前奏": "intro",
        "主歌": "verse",
        "副歌": "chorus",
        "桥段": "bridge",
        "间奏": "solo",
        "独奏": "solo",
        "尾奏": "outro",
        "尾声": "outro",
    },
}
_EDGES = ("intro", "outro")
_LETTER = re.compile(r"[A-Z]'?$")
_INEXACT = 0.001

Sections = tuple[tuple[str, int], ...]
Wished = tuple[tuple[str, int | None], ...]


def parse_form(text: str) -> Wished:
    """Read the sections of a form, with their bars where they are written.

    Parameters
    ----------
    text
        such as "AABA", "intro A A B A outro", "A:8 B:8", "前奏 主歌 副歌"

    Raises
    ------
    RequestError
        if a label is unknown, or its bars are not 1-512.

    Examples
    --------
    >>> parse_form("AABA") == parse_form("A A B A")
    True
    >>> parse_form("intro:2 verse chorus:8")
    (('intro', 2), ('verse', None), ('chorus', 8))
    """
    words = re.split(r"[\s,|-]+", text.strip()) if text.strip() else []
    if len(words) == 1 and re.fullmatch(r"(?:[A-Z]'?){2,}", words[0]):
        words = re.findall(r"[A-Z]'?", words[0])
    if not 1 <= len(words) <= 128:
        raise RequestError(f"form must name 1-128 sections, as AABA or intro A A B A outro; got {text[:80]!r}")
    return tuple(_section(word) for word in words)


def draw_form(style: Style, bars: int, rng: np.random.Generator) -> Sections:
    """Draw a form of the style that lasts exactly `bars` bars; forms that fill them with whole sections come first.

    Examples
    --------
    >>> from boya.theory.styles import find_style
    >>> draw_form(find_style("blues")[0], 12, np.random.default_rng(0))
    (('A', 12),)
    """
    fitted = [(form, unit, fit_form(form.sections, unit, bars)) for form in style.forms for unit in form.units]
    weights = np.array([form.weight * (1 if _is_whole(form.sections, unit, bars) else _INEXACT) for form, unit, _ in fitted])
    return fitted[int(rng.choice(len(fitted), p=weights / weights.sum()))][2]


def fit_form(labels: tuple[str, ...], unit: int, bars: int) -> Sections:
    """Return sections of `unit` bars in the order of `labels`, again from the first if bars are left, for exactly `bars` bars.

    >>> fit_form(("A", "A", "B", "A"), 4, 18)
    (('A', 4), ('A', 4), ('B', 4), ('A', 4), ('outro', 2))
    >>> fit_form(("intro", "A", "B"), 8, 3)
    (('A', 3),)
    """
    inner = [label for label in labels if label not in _EDGES]
    edges = {edge for edge in _EDGES if edge in labels}
    if bars < PHRASE_BARS * len(edges) + unit:
        edges = set()
    room = bars - PHRASE_BARS * len(edges)
    sizes = [unit] * (room // unit)
    phrases, rest = divmod(room % unit, PHRASE_BARS)
    sizes += [phrases * PHRASE_BARS] if phrases else []
    if not sizes:
        return ((inner[0], bars),)
    sections = [(inner[i % len(inner)], size) for i, size in enumerate(sizes)]
    ending = rest + (PHRASE_BARS if "outro" in edges else 0)
    first = [("intro", PHRASE_BARS)] if "intro" in edges else []
    return tuple(first + sections + ([("outro", ending)] if ending else []))


def share_bars(wished: Wished, bars: int | None) -> Sections:
    """Give bars to the sections that a person named: written ones stay, the rest share what is left, whole phrases first.

    Parameters
    ----------
    wished
        as `parse_form` returns them
    bars
        length of the piece; None gives each section without bars 4

    Raises
    ------
    RequestError
        if the sections cannot last `bars` bars.

    Examples
    --------
    >>> share_bars(parse_form("AABA"), 18)
    (('A', 4), ('A', 4), ('B', 4), ('A', 6))
    """
    written = sum(size for _, size in wished if size is not None)
    free = [i for i, (_, size) in enumerate(wished) if size is None]
    left = PHRASE_BARS * len(free) if bars is None else bars - written
    if left < len(free) or (left and not free):
        named = " ".join(label if size is None else f"{label}:{size}" for label, size in wished)
        needed = f"{'at least ' if free else ''}{written + len(free)} bars"
        raise RequestError(
            f"form and bars contradict each other: {named!r} needs {needed}; got bars={bars}; change one of the two"
        )
    sizes = [size or 0 for _, size in wished]
    step = PHRASE_BARS if left >= PHRASE_BARS * len(free) else 1
    for turn in range(left // step if free else 0):
        sizes[free[turn % len(free)]] += step
    if free:
        sizes[free[-1]] += left % step
    return tuple((label, size) for (label, _), size in zip(wished, sizes, strict=True))


def _section(word: str) -> tuple[str, int | None]:
    """Label and bars of one word of a form."""
    name, colon, size = word.partition(":")
    label = name if _LETTER.match(name) else LABELS.get(name.casefold())
    if label is None:
        near = nearest_names(name, LABELS)
        hint = f"did you mean {' or '.join(near)}?" if near else f"use letters A-Z or {', '.join(sorted(set(LABELS.values())))}"
        raise RequestError(f"form must hold known sections; got {word[:40]!r}; {hint}")
    if colon and not (size.isascii() and size.isdigit() and 1 <= int(size[:6]) <= 512):
        raise RequestError(f"bars of a section must be 1-512, as {name}:8; got {word[:40]!r}")
    return label, int(size) if colon else None


def _is_whole(labels: tuple[str, ...], unit: int, bars: int) -> bool:
    """Whether the form fills the bars exactly once with whole sections."""
    edges = sum(label in _EDGES for label in labels)
    return bars == PHRASE_BARS * edges + unit * (len(labels) - edges)
