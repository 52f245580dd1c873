"""Every name and word that a request may use, and what kind of word it is.

Conventions: names are folded (`boya.theory.tables.folded`); a kind is a word of `data/patterns.toml`; a value is text, for a
thing of the graph its id. Sources: the knowledge graph (instruments, styles, scales, progressions, forms, moods, tempo terms,
English and Chinese), and `data/lexicon.toml` for what it does not name, which goes before the graph.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from boya.score import MODES
from boya.theory.graph import Term, graph
from boya.theory.tables import folded

__all__ = ["Word", "lexicon", "longest_name", "look_up", "table"]

Word = tuple[str, str]
"""kind and value"""
KINDS = ("Instrument", "Style", "Scale", "Progression", "Form", "TempoTerm", "Mood")
LONGEST = 48
_NEEDED = {"Progression": "roman", "Form": "sections"}  # without it a name says nothing here
_NOT_NAMES = "not-a-name"
_LETTERS = re.compile(r"[A-H']+$")  # read by the grammar, not as a name


@cache
def table(name: str) -> Mapping[str, Any]:
    """Return the table `data/<name>.toml` of this package.

    >>> table("lexicon")["accidental"]["b"][0]
    'flat'
    """
    return tomllib.loads((files("boya.composing.words") / "data" / f"{name}.toml").read_text(encoding="utf-8"))


@cache
def lexicon() -> Mapping[str, Word]:
    """Return folded name -> kind and value.

    >>> lexicon()["trumpet"], lexicon()["小节"], lexicon()["minor"]
    (('instrument', 'instrument:trumpet'), ('unit-bar', ''), ('mode', 'minor'))
    """
    rows = table("lexicon")
    known = {
        folded(word) or word: (kind, value)
        for kind, values in rows.items()
        if kind != _NOT_NAMES
        for value, words in values.items()
        for word in words
    }
    left_out = {folded(word) for word in rows[_NOT_NAMES][""]}
    for name, word in _names():
        if name and name not in left_out and (len(name) > 1 or not name.isascii()):
            known.setdefault(name, word)
    return known


@cache
def longest_name() -> int:
    """Return the characters of the longest folded name, at most `LONGEST`.

    >>> 10 < longest_name() <= LONGEST
    True
    """
    return min(max(map(len, lexicon())), LONGEST)


def look_up(name: str) -> Word | None:
    """Return kind and value of a folded name, also of an English plural; None where there is none.

    >>> look_up("flutes"), look_up("nothingatall")
    (('instrument', 'instrument:flute'), None)
    """
    found = lexicon().get(name)
    if found is None and len(name) > 3 and name.isascii() and name.endswith("s"):
        found = lexicon().get(name[:-1])
        return found if found is not None and found[0] in ("instrument", "style", "section") else None
    return found


def _names() -> Iterator[tuple[str, Word]]:
    """Folded name, and kind and value, of everything the graph names; the main labels of a kind first."""
    for kind in KINDS:
        terms = graph().terms(kind)
        for term in terms:
            yield from ((folded(name), word) for name in (term.label_en, term.label_zh) for word in _words(term))
        for term in terms:
            yield from ((folded(name), word) for name in term.names if not _LETTERS.match(name) for word in _words(term))
            if kind == "Form":
                yield from ((folded(term.label_en.removesuffix(" form")), word) for word in _words(term))
            if kind == "Scale":
                yield from ((folded(f"{name} scale"), word) for name in (term.label_en,) for word in _words(term))


def _words(term: Term) -> Iterator[Word]:
    """Kind and value of a thing of the graph, if its names say something here."""
    if term.kind == "Scale" and term.label_en in MODES:
        yield "mode", term.label_en
    elif term.kind == "TempoTerm":
        yield ("tempo-change" if graph().values(term.id, "change") else "tempo"), term.id
    elif term.kind in _NEEDED and not graph().values(term.id, _NEEDED[term.kind]):
        return
    else:
        yield term.kind.casefold(), term.id
