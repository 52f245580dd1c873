"""The part of the knowledge graph that is lifted, counted or written for the tables alone."""

import pytest

from boya.theory.graph import read_graph
from boya.theory.graph.store import package_files

OWN = ("tables.ttl", "instruments.ttl", "names.ttl", "schema.ttl", "statistics.ttl")


@pytest.fixture(scope="session")
def own():
    return read_graph({file.name: file.read_bytes() for file in package_files() if file.name in OWN})


@pytest.fixture
def small():
    """Build a graph of a few Turtle lines, all prefixes declared."""
    from boya.theory.graph.turtle import header

    return lambda *lines: read_graph({"small.ttl": (header("") + "\n".join(lines)).encode()})
