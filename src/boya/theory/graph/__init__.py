"""What musicians know, as a graph: Turtle files with a source for every fact, asked in SPARQL or by name, in English and Chinese.

`graph()` opens it. `data/tables.ttl` is lifted from the tables of `boya.theory` (`python -m boya.theory.graph.lift`),
`data/statistics.ttl` is counted in a corpus, and the other files are written by hand.
"""

from boya.theory.graph.terms import Graph, Term, graph, read_graph

__all__ = ["Graph", "Term", "graph", "read_graph"]
