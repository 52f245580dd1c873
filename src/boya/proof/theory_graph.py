"""The knowledge graph: how much it holds, how fast it opens and answers, and whether it is sound.

The query of four hops goes from a style to its family, to the progressions the family uses, to their chord qualities, to the
degrees of those chords; its bar and that of the whole load are those of issue 4.
"""

from collections import Counter
from collections.abc import Iterator

from boya.evaluation.scoreboard import Row
from boya.proof.setup import Setup, median_second
from boya.theory.graph import graph, read_graph
from boya.theory.graph.lint import CHECKS, lint
from boya.theory.graph.store import KINDS, package_files

__all__ = ["FOUR_HOPS", "rows"]

FEWEST_TRIPLES = 6000
LOAD_MS, QUERY_MS = 100, 1
FOUR_HOPS = """SELECT DISTINCT ?degree WHERE {
  style:bossa-nova b:broader ?family . ?family b:usesProgression ?progression .
  ?progression b:usesQuality ?quality . ?quality b:degree ?degree
}"""


def rows(setup: Setup) -> Iterator[Row]:
    """Measure the knowledge graph of the package."""
    whole = graph()
    yield setup.row("triples", "graph", float(len(whole)), "triples", at_least=FEWEST_TRIPLES)
    for kind in KINDS.values():
        yield setup.row("subjects", kind, float(len(whole.terms(kind))), "subjects")
    edges = whole.query("SELECT ?count WHERE { ?use a b:Use OPTIONAL { ?use b:count ?count } }")
    yield setup.row("edges with a weight", "graph", float(len(edges)), "edges")
    yield setup.row("edges counted in a corpus", "graph", float(sum(row["count"] is not None for row in edges)), "edges")
    load = median_second(lambda: read_graph({file.name: file.read_bytes() for file in package_files()}), setup.pick(25, 3))
    yield setup.row("whole load", "graph", 1000 * load, "ms", at_most=LOAD_MS)
    query = median_second(lambda: whole.query(FOUR_HOPS), setup.pick(200, 3))
    yield setup.row("query of four hops", "graph", 1000 * query, "ms", at_most=QUERY_MS)
    found = Counter(finding.check for finding in lint(whole))
    yield setup.row("lint findings", "graph", float(sum(found.values())), "findings", at_most=0)
    for check in CHECKS:
        if found[check]:
            yield setup.row("lint findings", check, float(found[check]), "findings", at_most=0)
