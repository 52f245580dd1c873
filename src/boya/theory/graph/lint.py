"""Check the knowledge graph: nothing dangling, inverted, unsourced, unlabelled or named twice.

Conventions: a finding names the check, the subject and what is wrong; a sound graph has none, and a test says so of the graph of
this package. Two things of one kind may share a name where one of them says so (`b:namesake`).
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from boya.theory.graph.store import KINDS, Value, triples
from boya.theory.graph.terms import LANGUAGES, Graph
from boya.theory.tables import folded

__all__ = ["CHECKS", "Finding", "lint"]

ASCENDING = (
    ("lowest", "comfortableLowest", "comfortableHighest", "highest"),
    ("lowest", "highest"),
    ("slowest", "usualTempo", "fastest"),
    ("slowest", "fastest"),
)
BOUNDS = {
    **dict.fromkeys(("lowest", "highest", "comfortableLowest", "comfortableHighest", "pitch", "program"), (0, 127)),
    **dict.fromkeys(("slowest", "usualTempo", "fastest"), (10, 400)),
    **dict.fromkeys(("valence", "energy", "drumShare"), (0, 1)),
    "semitone": (0, 11),
    "transposition": (-48, 48),
    "largestLeap": (0, 60),
    "polyphony": (1, 16),
    "weight": (0, 1_000_000),
    "count": (1, 1_000_000_000),
    "tempoFactor": (0.25, 4),
}
REQUIRED = {"Style": ("composesAs",), "Progression": ("roman", "scale"), "Scale": ("semitones",), "Use": ("of", "what", "weight")}
FOREIGN = ("wd", "rdfs", "skos", "dct", "xsd", "http", "https")
_OWN = {*KINDS.values(), "Use", "Property"}
_UNLABELLED = {"Source", "Use", "Property"}


@dataclass(frozen=True)
class Finding:
    """What is wrong: which check, of which subject, in words."""

    check: str
    subject: str
    text: str

    def __str__(self) -> str:
        return f"{self.subject}: {self.text} ({self.check})"


def lint(graph: Graph) -> tuple[Finding, ...]:
    """Return what is wrong with a graph, check by check; empty for a sound one.

    Parameters
    ----------
    graph
        from `boya.theory.graph.graph` or `read_graph`

    Examples
    --------
    >>> from boya.theory.graph import read_graph
    >>> turtle = b'@prefix b: <urn:boya:> . <urn:boya:role:x> a b:Role ; b:lowest 60 ; b:highest 50 .'
    >>> [finding.check for finding in lint(read_graph({"a.ttl": turtle}))]
    ['property', 'property', 'range', 'source', 'label', 'label']
    """
    facts = _Facts(graph)
    return tuple(finding for check in CHECKS.values() for finding in check(facts))


class _Facts:
    """A graph by subject and property."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.values: dict[str, dict[str, list[Value]]] = defaultdict(lambda: defaultdict(list))
        self.labels: dict[str, list[str]] = defaultdict(list)
        self.named: list[tuple[str, str, str]] = []
        for subject, name, value, language in triples(graph.store):
            self.values[subject][name].append(value)
            if name == "rdfs:label":
                self.labels[subject].append(language or "")
            if language is None and name != "rdf:type":
                self.named.append((subject, name, str(value)))
        self.kinds = {subject: str(of["rdf:type"][0]) for subject, of in self.values.items() if "rdf:type" in of}

    def numbers(self, subject: str, name: str) -> list[float]:
        """The numbers that a subject has for a property."""
        return [float(value) for value in self.values[subject].get(name, ()) if isinstance(value, int | float)]


def _readable(facts: _Facts) -> Iterator[Finding]:
    """Every file is Turtle."""
    return (Finding("file", name, why) for name, why in facts.graph.faults.items())


def _known_properties(facts: _Facts) -> Iterator[Finding]:
    """Every property of ours is declared, and every class is known."""
    declared = {subject for subject, kind in facts.kinds.items() if kind == "Property"}
    for subject, of in facts.values.items():
        for name in of:
            if ":" not in name and name not in declared:
                yield Finding("property", subject, f"b:{name} must be declared as a b:Property")
        for kind in of.get("rdf:type", ()):
            if kind not in _OWN:
                yield Finding("class", subject, f"its class must be one of {', '.join(sorted(_OWN))}; it is {kind}")


def _defined(facts: _Facts) -> Iterator[Finding]:
    """Every thing of ours that is named somewhere, or has properties, is one of a class."""
    for subject in facts.values:
        if subject not in facts.kinds:
            yield Finding("dangling", subject, "has properties but no class")
    for subject, name, value in facts.named:
        if value not in facts.kinds and value.partition(":")[0] not in FOREIGN:
            yield Finding("dangling", subject, f"{name} names {value}, which is nowhere described")


def _in_range(facts: _Facts) -> Iterator[Finding]:
    """Numbers are within their bounds, and a lowest is not above a highest."""
    for subject in facts.values:
        for name, (low, high) in BOUNDS.items():
            for number in facts.numbers(subject, name):
                if not low <= number <= high:
                    yield Finding("range", subject, f"b:{name} must be {low:g}-{high:g}; it is {number:g}")
        for names in ASCENDING:
            found = [facts.numbers(subject, name) for name in names]
            if all(len(numbers) == 1 for numbers in found) and sorted(found) != found:
                shown = ", ".join(f"b:{name} {numbers[0]:g}" for name, numbers in zip(names, found, strict=True))
                yield Finding("range", subject, f"must rise: {shown}")
                break


def _sourced(facts: _Facts) -> Iterator[Finding]:
    """Every thing and every edge has a source."""
    for subject, kind in facts.kinds.items():
        if kind not in ("Source", "Property") and not facts.values[subject].get("dct:source"):
            yield Finding("source", subject, "must have a dct:source")


def _labelled(facts: _Facts) -> Iterator[Finding]:
    """Every thing has one label in each language, a source one citation."""
    for subject, kind in facts.kinds.items():
        if kind == "Source" and len(facts.labels[subject]) != 1:
            yield Finding("label", subject, f"must have one citation; it has {len(facts.labels[subject])}")
        for language in LANGUAGES if kind not in _UNLABELLED else ():
            count = facts.labels[subject].count(language)
            if count != 1:
                yield Finding("label", subject, f"must have one rdfs:label in {language}; it has {count}")


def _complete(facts: _Facts) -> Iterator[Finding]:
    """What a class cannot do without is there."""
    for subject, kind in facts.kinds.items():
        for name in REQUIRED.get(kind, ()):
            if not facts.values[subject].get(name):
                yield Finding("missing", subject, f"a {kind} must have b:{name}")


def _distinct(facts: _Facts) -> Iterator[Finding]:
    """No two things of one kind have one name, unless one of them says that it is meant."""
    owners: dict[tuple[str, str], list[str]] = defaultdict(list)
    for subject, kind in facts.kinds.items():
        if kind in _UNLABELLED:
            continue
        of = facts.values[subject]
        for name in {folded(str(text)) for key in ("rdfs:label", "skos:altLabel") for text in of.get(key, ())}:
            owners[kind, name].append(subject)
    for (_, name), subjects in sorted(owners.items()):
        meant = {str(other) for subject in subjects for other in (subject, *facts.values[subject].get("namesake", ()))}
        said = any(facts.values[subject].get("namesake") for subject in subjects)
        if len(subjects) > 1 and not (said and meant >= set(subjects)):
            yield Finding("name", subjects[0], f"the name {name!r} is also that of {', '.join(subjects[1:])}")


CHECKS = {
    "file": _readable,
    "property": _known_properties,
    "dangling": _defined,
    "range": _in_range,
    "source": _sourced,
    "label": _labelled,
    "missing": _complete,
    "name": _distinct,
}
