"""The knowledge graph: ask it in SPARQL, and find its things by the names people use.

Conventions: a thing has a short id such as `style:bossa-nova` and a kind such as `Style` (`boya.theory.graph.store.KINDS` pairs
them); names are folded as in `boya.theory.tables`, in English and Chinese. Where several things have one name, the main label
counts before other names, and the order of `KINDS` decides between kinds. Source: the Turtle files in `data`, each fact with its
own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from boya.errors import InputError
from boya.theory.graph.store import KINDS, Store, Value, ask, load, package_files, triples
from boya.theory.tables import folded, resolve

__all__ = ["LANGUAGES", "Graph", "Term", "graph", "read_graph"]

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Term:
    """A thing of the graph: id, kind, main label in each language ("" where it has none), and all names, main ones first."""

    id: str
    kind: str
    label_en: str
    label_zh: str
    names: tuple[str, ...]

    def label(self, language: str = "en") -> str:
        """Return the label in a language; in the other one, or the id, where there is none."""
        first, second = (self.label_zh, self.label_en) if language == "zh" else (self.label_en, self.label_zh)
        return first or second or self.id


@dataclass(frozen=True, eq=False)
class Graph:
    """Facts, and the names of their things.

    Attributes
    ----------
    store
        of `boya.theory.graph.store`
    faults
        file that could not be read -> why
    """

    store: Store = field(repr=False)
    faults: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.store)

    def query(self, sparql: str) -> list[dict[str, Value]]:
        """Return the answers of a SPARQL query as rows of plain values.

        Raises
        ------
        InputError
            if the text is no query.

        Examples
        --------
        >>> graph().query("SELECT ?lowest WHERE { instrument:violin b:lowest ?lowest }")
        [{'lowest': 55}]
        """
        return ask(self.store, sparql)

    def terms(self, kind: str) -> tuple[Term, ...]:
        """Return all things of a kind, by id.

        Parameters
        ----------
        kind
            such as "Style", or as ids begin: "style"

        Raises
        ------
        InputError
            if there is no such kind.

        Examples
        --------
        >>> [term.id for term in graph().terms("Role")]
        ['role:bass', 'role:chords', 'role:drums', 'role:melody', 'role:pad']
        """
        wanted = _kind(kind)
        return tuple(term for term in self._by_id.values() if term.kind == wanted)

    def term(self, identity: str) -> Term:
        """Return the thing with that id.

        Raises
        ------
        InputError
            if there is none.
        """
        found = self._by_id.get(identity)
        if found is None:
            raise InputError(f"an id must be one of the graph, such as style:bossa-nova; got {identity!r}; try find")
        return found

    def find(self, name: str, kind: str | None = None) -> Term:
        """Return the thing with that name.

        Parameters
        ----------
        name
            English or Chinese, upper or lower case; or an id
        kind
            look only among these, such as "Instrument"; None means all

        Raises
        ------
        InputError
            if there is none; the message offers the nearest names.

        Examples
        --------
        >>> graph().find("古筝").id, graph().find("Bossa-Nova", "style").label("zh")
        ('instrument:guzheng', '波萨诺瓦')
        """
        found = self.get(name, kind)
        if found is not None:
            return found
        kinds = list(KINDS.values()) if kind is None else [_kind(kind)]
        what = "a name" if kind is None else kinds[0].lower()
        return resolve(name, {}, what, known=[term.label_en or term.id for k in kinds for term in self.terms(k)])

    def get(self, name: str, kind: str | None = None) -> Term | None:
        """Return the thing with that name as `find` does, or None where there is none.

        >>> graph().get("no such thing") is None
        True
        """
        wanted = None if kind is None else _kind(kind)
        direct = self._by_id.get(str(name).strip().casefold())
        if direct is not None and wanted in (None, direct.kind):
            return direct
        return self._by_name[wanted or ""].get(folded(str(name)))

    def label(self, identity: str, language: str = "en") -> str:
        """Return the label of a thing in a language; the id itself where it is none of ours.

        >>> graph().label("role:bass", "zh")
        '低音'
        """
        found = self._by_id.get(identity)
        return found.label(language) if found else identity

    def values(self, identity: str, name: str) -> tuple[Value, ...]:
        """Return all values that a thing has for a property, sorted; ids of things as text.

        Parameters
        ----------
        identity
            such as "instrument:violin"
        name
            such as "lowest", "b:lowest" or "skos:altLabel"

        Examples
        --------
        >>> graph().values("instrument:violin", "lowest")
        (55,)
        """
        found = [value for _, _, value, _ in triples(self.store, identity, name)]
        return tuple(sorted(found, key=lambda value: (isinstance(value, str), value)))

    @cached_property
    def _by_id(self) -> Mapping[str, Term]:
        """Id -> thing, by id; things without a name of ours (edges) are left out."""
        kinds = {
            subject: str(kind) for subject, _, kind, _ in triples(self.store, predicate="rdf:type") if kind in KINDS.values()
        }
        labels: dict[str, dict[str, str]] = {subject: {} for subject in kinds}
        others: dict[str, list[str]] = {subject: [] for subject in kinds}
        for subject, _, text, language in triples(self.store, predicate="rdfs:label"):
            if subject in labels:
                labels[subject][language or ""] = str(text)
        for subject, _, text, _ in triples(self.store, predicate="skos:altLabel"):
            if subject in others:
                others[subject].append(str(text))
        found = {}
        for subject in sorted(kinds):
            main = labels[subject]
            en, zh = main.get("en", main.get("", "")), main.get("zh", "")
            names = tuple(dict.fromkeys(filter(None, (en, zh, *sorted(others[subject])))))
            found[subject] = Term(subject, kinds[subject], en, zh, names)
        return found

    @cached_property
    def _by_name(self) -> Mapping[str, Mapping[str, Term]]:
        """Kind ("" for all) -> folded name -> thing."""
        order = list(KINDS.values())
        ranked = sorted(self._by_id.values(), key=lambda term: (order.index(term.kind), term.id))
        tables: dict[str, dict[str, Term]] = {kind: {} for kind in ("", *order)}
        for kind, table in tables.items():
            own = [term for term in ranked if kind in ("", term.kind)]
            _enter(table, ((name, term) for term in own for name in (term.label_en, term.label_zh)))
            _enter(table, ((name, term) for term in own for name in (*term.names, term.id.partition(":")[2])))
        return tables


def read_graph(texts: Mapping[str, bytes]) -> Graph:
    """Return a graph of some Turtle texts.

    >>> small = read_graph({"a.ttl": b'@prefix b: <urn:boya:> . <urn:boya:style:x> a b:Style ; b:metre "4/4" .'})
    >>> small.values("style:x", "metre"), small.terms("style")[0].label()
    (('4/4',), 'style:x')
    """
    return Graph(*load(texts))


@cache
def graph() -> Graph:
    """Return the graph of this package, read once.

    >>> graph().find("dorian", "scale").label("zh")
    '多利亚'
    """
    return read_graph({file.name: file.read_bytes() for file in package_files()})


def _enter(table: dict[str, Term], names: Iterable[tuple[str, Term]]) -> None:
    """Add names that are not taken."""
    for name, term in names:
        if name:
            table.setdefault(folded(name), term)


def _kind(name: str) -> str:
    """The kind of a word such as "Style" or "style"."""
    words = {folded(word): kind for prefix, kind in KINDS.items() for word in (prefix, kind)}
    return resolve(name, words, "kind", known=KINDS.values())
