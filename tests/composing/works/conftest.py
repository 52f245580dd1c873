"""A composer that finds all tokens alike, under the real engine; and what several tests ask of scores."""

import numpy as np
import pytest

from boya.composing.filling import fill, violations
from boya.representation.stream import VOCABULARY


class Uniform:
    """Reads anything, and finds all tokens alike."""

    context = 1024

    def read(self, prompt, n):
        self.rows = n
        return self, self.feed(None)

    def feed(self, tokens):
        return np.zeros((self.rows, len(VOCABULARY)), dtype=np.float32)

    def feed_row(self, row, tokens):
        return self.feed(None)[0]

    def keep(self, rows):
        self.rows = len(rows)


@pytest.fixture
def real(monkeypatch):
    """Let the real engine write, for a composer that knows nothing; every call is looked at for broken limits."""
    seen = []

    def watched(sheet, selection, rng, **settings):
        filled = fill(sheet, selection, rng, composer=Uniform(), **settings)
        seen.extend(violations(sheet, selection, score) for score in filled.scores)
        return filled

    monkeypatch.setattr("boya.composing.works.engine.fill", watched)
    yield seen
    assert seen
    assert not any(seen)
