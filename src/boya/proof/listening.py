"""The area `listening`: search of tunes by notes, with wrong ones among them, and what pieces share with the corpus."""

from collections.abc import Iterator

from boya.evaluation.scoreboard import Row
from boya.proof import listening_audio, listening_originality, listening_recognition, listening_search
from boya.proof.setup import Setup

__all__ = ["rows"]


def rows(setup: Setup) -> Iterator[Row]:
    """Measure what listens."""
    for part in (listening_audio, listening_recognition, listening_originality, listening_search):
        yield from part.rows(setup)
