"""The area `listening`: search of tunes, recordings and recognition, recommendation, and what pieces share with the corpus."""

from collections.abc import Iterator

from boya.evaluation.scoreboard import Row
from boya.proof import (
    listening_audio,
    listening_originality,
    listening_recognition,
    listening_recommendation,
    listening_recordings,
    listening_search,
)
from boya.proof.setup import Setup

__all__ = ["rows"]


def rows(setup: Setup) -> Iterator[Row]:
    """Measure what listens."""
    for part in (
        listening_audio,
        listening_recordings,
        listening_recognition,
        listening_recommendation,
        listening_originality,
        listening_search,
    ):
        yield from part.rows(setup)
