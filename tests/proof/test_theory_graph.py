"""The rows of the knowledge graph."""

from boya.proof.setup import Setup
from boya.proof.theory_graph import FOUR_HOPS, rows
from boya.theory.graph import graph


def test_every_figure_has_its_row_and_the_counts_hold():
    found = {(row.metric, row.model): row for row in rows(Setup("theory", quick=True))}
    assert found["triples", "graph"].holds
    assert found["lint findings", "graph"].value == 0
    assert found["whole load", "graph"].unit == found["query of four hops", "graph"].unit == "ms"
    least = {
        "Instrument": 130,
        "Scale": 80,
        "Quality": 60,
        "Progression": 120,
        "Rule": 40,
        "Form": 25,
        "Rhythm": 120,
        "Style": 70,
    }
    assert {kind: found["subjects", kind].value >= fewest for kind, fewest in least.items()} == dict.fromkeys(least, True)


def test_the_query_of_four_hops_has_answers():
    assert len(graph().query(FOUR_HOPS)) >= 6
