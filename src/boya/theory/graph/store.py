"""Turtle files in a SPARQL store: the only module that knows pyoxigraph.

Conventions: every name of ours is `urn:boya:` and then a class or property (`Style`, `usesProgression`) or a kind and a local
name (`style:bossa-nova`); what leaves this module has that beginning cut off, so a style is the text `style:bossa-nova`. Other
names keep their prefix (`wd:Q8355`, `rdfs:label`) or stay whole. Literals become `str`, `int`, `float` or `bool`; what a query
leaves unbound, None. Queries know all `PREFIXES` without declaring them.

Source: SPARQL 1.1 Query Language and RDF 1.1 Turtle, W3C Recommendations, 2013 and 2014.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

import pyoxigraph as ox

from boya.errors import InputError

__all__ = ["KINDS", "PREFIXES", "Value", "ask", "load", "package_files", "triples"]

Value = str | int | float | bool | None
Store = ox.Store

BASE = "urn:boya:"
KINDS: Mapping[str, str] = {
    "style": "Style",
    "instrument": "Instrument",
    "family": "Family",
    "scale": "Scale",
    "progression": "Progression",
    "quality": "Quality",
    "form": "Form",
    "mood": "Mood",
    "rhythm": "Rhythm",
    "tempo": "TempoTerm",
    "rule": "Rule",
    "role": "Role",
    "section": "Section",
    "drum": "DrumKey",
    "source": "Source",
}
_FOREIGN: Mapping[str, str] = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "wd": "http://www.wikidata.org/entity/",
}
PREFIXES: Mapping[str, str] = {"b": BASE, **{kind: f"{BASE}{kind}:" for kind in KINDS}, **_FOREIGN}
_LONGEST_REASON = 120  # the parser goes on to list every letter that it would have taken
_XSD = _FOREIGN["xsd"]
_QUOTED = re.compile(r"""\"[^"\n]*\"|'[^'\n]*'""")
_SERVICE = re.compile(r"\bSERVICE\b", re.IGNORECASE)
_READ: Mapping[str, Callable[[str], Value]] = {
    f"{_XSD}integer": int,
    f"{_XSD}decimal": float,
    f"{_XSD}double": float,
    f"{_XSD}float": float,
    f"{_XSD}boolean": lambda text: text in ("true", "1"),
}


def package_files() -> list[Traversable]:
    """Return the Turtle files of the package, by name.

    >>> "tables.ttl" in [file.name for file in package_files()]
    True
    """
    folder = files("boya.theory.graph") / "data"
    return sorted((file for file in folder.iterdir() if file.name.endswith(".ttl")), key=lambda file: file.name)


def load(texts: Mapping[str, bytes]) -> tuple[Store, dict[str, str]]:
    """Return a store with the triples of some Turtle texts, and what is wrong with those that cannot be read.

    A text is taken whole or not at all, so one broken file takes no other with it.

    Parameters
    ----------
    texts
        name of a file -> what it holds

    Examples
    --------
    >>> store, faults = load({"a.ttl": b"@prefix b: <urn:boya:> . b:x a b:Style .", "b.ttl": b"no turtle"})
    >>> len(store), list(faults)
    (1, ['b.ttl'])
    """
    store, faults = Store(), {}
    for name, text in texts.items():
        try:
            store.load(text, ox.RdfFormat.TURTLE)
        except (SyntaxError, ValueError) as error:
            faults[name] = str(error)
    return store, faults


def ask(store: Store, sparql: str) -> list[dict[str, Value]]:
    """Return the answers of a query: a row for each solution of SELECT, for each triple of CONSTRUCT, one row for ASK.

    Parameters
    ----------
    store
        from `load`
    sparql
        SPARQL 1.1; `PREFIXES` need no declaration

    Raises
    ------
    InputError
        if the text is no query, or one that would ask other computers.

    Examples
    --------
    >>> store, _ = load({"a.ttl": b'@prefix b: <urn:boya:> . <urn:boya:style:x> b:metre "4/4" ; b:slowest 90 .'})
    >>> ask(store, "SELECT ?slowest WHERE { style:x b:slowest ?slowest }")
    [{'slowest': 90}]
    >>> ask(store, 'ASK { style:x b:metre "3/4" }')
    [{'answer': False}]
    """
    if _SERVICE.search(_QUOTED.sub("", sparql)):
        raise InputError("a query must stay on this computer; SERVICE asks others. Leave it out")
    try:
        found = store.query(sparql, prefixes=dict(PREFIXES))
        if isinstance(found, ox.QueryBoolean):
            return [{"answer": bool(found)}]
        if isinstance(found, ox.QueryTriples):
            rows = ((triple.subject, triple.predicate, triple.object) for triple in found)
            return [dict(zip(("subject", "property", "value"), map(_plain, row), strict=True)) for row in rows]
        names = [variable.value for variable in found.variables]
        return [{name: _plain(solution[name]) for name in names} for solution in found]
    except (SyntaxError, ValueError, OSError) as error:
        hint = "such as SELECT ?style WHERE { ?style b:typicalInstrument instrument:flute }"
        why = " ".join(str(error).split())[:_LONGEST_REASON]
        raise InputError(f"a query must be SPARQL, {hint}; {why}") from error


def triples(
    store: Store, subject: str | None = None, predicate: str | None = None
) -> Iterator[tuple[str, str, Value, str | None]]:
    """Yield subject, property, value and language of the triples with that subject and property.

    The language of text without one, and of numbers, is ""; that of a thing is None, which tells a thing from text.

    Parameters
    ----------
    subject, predicate
        short names such as `style:bossa-nova` and `metre` or `rdfs:label`; None means any

    Examples
    --------
    >>> store, _ = load({"a.ttl": b'@prefix b: <urn:boya:> . <urn:boya:style:x> b:metre "4/4", "waltz"@en .'})
    >>> sorted(triples(store, "style:x", "metre"))
    [('style:x', 'metre', '4/4', ''), ('style:x', 'metre', 'waltz', 'en')]
    """
    of, about = (None if name is None else ox.NamedNode(_whole(name)) for name in (subject, predicate))
    for quad in store.quads_for_pattern(of, about, None):
        language = (quad.object.language or "") if isinstance(quad.object, ox.Literal) else None
        yield _short(quad.subject), _short(quad.predicate), _plain(quad.object), language


def _plain(term: object) -> Value:
    """A node or literal as a plain value."""
    if term is None:
        return None
    if isinstance(term, ox.Literal):
        return _READ.get(term.datatype.value, str)(term.value)
    return _short(term)


def _short(term: object) -> str:
    """The short name of a node."""
    if not isinstance(term, ox.NamedNode):
        return str(term)
    name = term.value
    if name.startswith(BASE):
        return name[len(BASE) :]
    for prefix, start in _FOREIGN.items():
        if name.startswith(start):
            return f"{prefix}:{name[len(start) :]}"
    return str(name)


def _whole(name: str) -> str:
    """The full name of a short one."""
    prefix, colon, local = name.partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + local
    return name if colon and prefix in ("urn", "http", "https") else BASE + name
