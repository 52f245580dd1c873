"""Write Turtle: subjects with their properties, in a fixed order, so that the same facts are always the same bytes.

Conventions: a name is a short one such as `style:pop` or `b:metre`; a `Name` in the place of a value is such a name, a pair
`(text, language)` is text in a language, everything else is a literal. Source: RDF 1.1 Turtle, W3C Recommendation, 2014.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

from boya.theory.graph.store import PREFIXES
from boya.theory.tables import folded

__all__ = ["Facts", "Name", "header", "labels", "slug", "sources", "turtle", "use"]


class Name(str):
    """The short name of a thing, class or property."""

    __slots__ = ()


Literal = str | int | float | tuple[str, str]
Facts = Iterable[tuple[str, Literal | Name]]


def slug(name: str) -> str:
    """Return the local name of a thing from its English name: lower case, hyphens between words, sharps spelled out.

    >>> slug("Cha-cha"), slug("Pad 1 (new age)"), slug("7#9"), slug("Béla's")
    ('cha-cha', 'pad-1-new-age', '7sharp9', 'bela-s')
    """
    plain = unicodedata.normalize("NFKD", name.casefold().replace("#", "sharp"))
    return re.sub(r"[^a-z0-9]+", "-", "".join(c for c in plain if not unicodedata.combining(c))).strip("-")


def header(comment: str) -> str:
    """Return the beginning of a file: what it is, and the prefixes."""
    told = "".join(f"# {line}\n" for line in comment.strip().splitlines())
    return told + "".join(f"@prefix {prefix}: <{whole}> .\n" for prefix, whole in PREFIXES.items()) + "\n"


def turtle(subject: str, kind: str, facts: Facts) -> str:
    """Return one subject with its properties; equal facts are written once, in the order given.

    Parameters
    ----------
    subject
        short name, or "[]" for a thing without one
    kind
        its class, such as "Style"
    facts
        property and value

    Examples
    --------
    >>> print(turtle("style:x", "Style", [("rdfs:label", ("x", "en")), ("b:metre", "4/4"), ("b:scale", Name("scale:major"))]))
    style:x a b:Style ; rdfs:label "x"@en ; b:metre "4/4" ; b:scale scale:major .
    """
    told: dict[str, list[str]] = {}
    for name, value in facts:
        written = told.setdefault(name, [])
        if (text := _written(value)) not in written:
            written.append(text)
    return " ; ".join([f"{subject} a b:{kind}", *(f"{name} {', '.join(values)}" for name, values in told.items())]) + " ."


def labels(en: str, zh: str = "", also: Sequence[str] = (), taken: Collection[str] = ()) -> Facts:
    """Yield the names of a thing as facts, without the Chinese and other names that are taken.

    Parameters
    ----------
    en, zh
        main label in each language; "" where there is none in Chinese
    also
        other names, in either language
    taken
        folded names of other things

    Examples
    --------
    >>> list(labels("jazz", "爵士", ["Jazz", "swing"], taken={"swing"}))
    [('rdfs:label', ('jazz', 'en')), ('rdfs:label', ('爵士', 'zh'))]
    """
    yield "rdfs:label", (en, "en")
    if zh and folded(zh) not in taken:
        yield "rdfs:label", (zh, "zh")
    for name in also:
        if folded(name) not in (folded(en), folded(zh), *taken):
            yield "skos:altLabel", (name, "en" if name.isascii() else "zh")


def sources(*keys: str) -> Facts:
    """Return where a fact comes from, as facts."""
    return (("dct:source", Name(f"source:{key}")) for key in keys)


def use(style: str, aspect: str, what: str, weight: float, source: str, more: Facts = ()) -> str:
    """Return an edge with a weight: a thing of class `Use`.

    >>> print(use("style:pop", "key", "F major", 23, "band"))
    [] a b:Use ; b:of style:pop ; b:aspect "key" ; b:what "F major" ; b:weight 23 ; dct:source source:band .
    """
    facts: Facts = [("b:of", Name(style)), ("b:aspect", aspect), ("b:what", what), *more, ("b:weight", float(weight))]
    return turtle("[]", "Use", [*facts, *sources(source)])


def _written(value: Literal | Name) -> str:
    """A value as Turtle."""
    if isinstance(value, Name):
        return str(value)
    if isinstance(value, tuple):
        return f"{_quoted(value[0])}@{value[1]}"
    if isinstance(value, str):
        return _quoted(value)
    return f"{value:g}" if isinstance(value, float) and value != int(value) else str(int(value))


def _quoted(text: str) -> str:
    """A text between quotation marks."""
    for mark, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(mark, escaped)
    return f'"{text}"'
