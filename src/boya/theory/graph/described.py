"""Put a thing of the graph in words: its facts, and the chords that a scale holds.

Conventions: chords of a scale are spelled on C, for each of its notes the triads and seventh chords all of whose notes are in the
scale. Source: the facts of the graph; degrees of chords as in `boya.theory.chords`.
"""

from boya.theory.chords import chord_pitch_classes
from boya.theory.graph.store import Value, triples
from boya.theory.graph.terms import Graph, Term

__all__ = ["chords_in", "facts"]

_DEGREES = ("I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII")
_ROOTS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_CHORDS = ("maj", "min", "dim", "aug", "sus4", "maj7", "7", "min7", "hdim7", "dim7", "minmaj7")
_PITCHES = {"lowest", "highest", "comfortableLowest", "comfortableHighest"}
_KIND = {"en": ("kind", "names"), "zh": ("种类", "名称")}
_LEFT_OUT = {"rdf:type", "rdfs:label", "skos:altLabel", "dct:source", "semitone", "numeral", "degree"}


def facts(graph: Graph, thing: Term, language: str = "en") -> tuple[list[tuple[str, str]], list[str]]:
    """Return what the graph says of a thing, property by property, and the ids of its sources.

    Parameters
    ----------
    thing
        from `Graph.find`
    language
        of labels and texts: "en" or "zh"

    Examples
    --------
    >>> from boya.theory.graph import graph
    >>> told = dict(facts(graph(), graph().find("erhu"))[0])
    >>> told["kind"], told["lowest note"], told["played by"]
    ('Instrument', 'D4 (62)', 'Fiddle')
    """
    found: dict[str, list[str]] = {}
    for _, name, value, spoken in sorted(triples(graph.store, thing.id), key=lambda row: (row[1], str(row[2]))):
        if name not in _LEFT_OUT and spoken in (None, "", language):
            found.setdefault(name, []).append(_word(graph, name, value, language))
    first = list(zip(_KIND[language], (thing.kind, ", ".join(thing.names)), strict=True))
    told = [(_property(graph, name, language), ", ".join(values)) for name, values in found.items()]
    return first + told, [str(source) for source in graph.values(thing.id, "dct:source")]


def chords_in(graph: Graph, scale: Term) -> list[tuple[str, str]]:
    """Return degree and chord symbols on C for each note of a scale on which a chord of the scale stands.

    >>> from boya.theory.graph import graph
    >>> chords_in(graph(), graph().find("dorian", "Scale"))[:2]
    [('I', 'Cm Csus4 Cm7'), ('II', 'Dm Dsus4 Dm7')]
    """
    notes = {int(str(semitone)) for semitone in graph.values(scale.id, "semitone")}
    found = []
    for root in sorted(notes):
        held = [quality for quality in _CHORDS if notes >= set(chord_pitch_classes(root, quality))]
        symbols = [f"{_ROOTS[root]}{_lead(graph, quality)}" for quality in held]
        found += [(_DEGREES[root], " ".join(symbols))] if symbols else []
    return found


def _lead(graph: Graph, quality: str) -> str:
    """How a lead sheet writes a quality."""
    return str(graph.values(f"quality:{quality}", "leadSheet")[0])


def _property(graph: Graph, name: str, language: str) -> str:
    """What people call a property."""
    labels = {spoken: str(text) for _, _, text, spoken in triples(graph.store, name, "rdfs:label")}
    return labels.get(language, name.partition(":")[2] or name)


def _word(graph: Graph, name: str, value: Value, language: str) -> str:
    """A value as people read it."""
    if name in _PITCHES:
        pitch = int(str(value))
        return f"{_ROOTS[pitch % 12]}{pitch // 12 - 1} ({pitch})"
    return graph.label(value, language) if isinstance(value, str) else str(value)
