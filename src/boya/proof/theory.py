"""The area `theory`: analysis, voice leading, the knowledge graph, and what becomes of requests in words."""

from collections.abc import Iterator

from boya.evaluation.scoreboard import Row
from boya.proof import theory_analysis, theory_graph, theory_voices, theory_words
from boya.proof.setup import Setup

__all__ = ["rows"]


def rows(setup: Setup) -> Iterator[Row]:
    """Measure what Boya knows of music."""
    for part in (theory_graph, theory_analysis, theory_voices, theory_words):
        yield from part.rows(setup)
