"""Passages of real pieces as bar streams, and what a model pays for them in nats.

Conventions: a passage is some bars of a piece, told after the bars before it, as far back as half of the model's context. What is
paid for is every token of the passage's own bars; the head and the numbers of bars are given, as in training: a bar costs what
bars of any number do. A
quarter is a quarter of music, silent ones counted. Both models pay for the same tokens: the n-gram reads them in the whole piece.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.models.composer import Session
from boya.models.stream_ngram import StreamNgram
from boya.representation.stream import VOCABULARY, Encoded
from boya.representation.stream.vocabulary import MOST_BARS, STEPS_PER_QUARTER

__all__ = ["Passage", "composer_nats", "ngram_nats", "passages"]

BARS = VOCABULARY.span("bar")


@dataclass(frozen=True, eq=False)
class Passage:
    """Bars [begin, end) of a piece, read from bar `first` on."""

    piece: Encoded
    first: int
    begin: int
    end: int

    @property
    def window(self) -> NDArray[np.int16]:
        """What is read."""
        return self.piece.window(self.first, self.end, number=self.first % MOST_BARS)

    @property
    def quarters(self) -> float:
        """How long it lasts."""
        return float(self.piece.bars["length"][self.begin : self.end].sum()) / STEPS_PER_QUARTER

    def of(self, piece: Encoded) -> "Passage":
        """Return the same bars of another piece."""
        return Passage(piece, self.first, self.begin, self.end)


def passages(piece: Encoded, context: int) -> Iterator[Passage]:
    """Yield the passages of a piece, one after another; a bar that is too long for the context is left out."""
    end = 0
    while end < piece.n_bars:
        first = begin = end
        while first and begin - first < MOST_BARS // 2 and piece.fit(first - 1, context // 2) >= begin:
            first -= 1
        end = max(piece.fit(first, context), begin + 1)
        found = Passage(piece, first, begin, end)
        if len(found.window) <= context:
            yield found


def composer_nats(session: Session, passage: Passage) -> float:
    """Return what a composer pays for a passage; the session's one row forgets what it has read."""
    window = passage.window.astype(np.int64)
    session.truncate(0)
    scores = session.score(window[None, :-1])[0].astype(np.float64)
    scores[:, BARS] = np.logaddexp.reduce(scores[:, BARS], axis=1, keepdims=True) - np.log(BARS.stop - BARS.start)
    bar_saved = np.log(BARS.stop - BARS.start) * ((window[1:] >= BARS.start) & (window[1:] < BARS.stop))
    paid = np.logaddexp.reduce(scores, axis=1) - scores[np.arange(len(scores)), window[1:]] - bar_saved
    start = int(_lines(window)[passage.begin - passage.first]) + (passage.begin == 0)
    return float(paid[start - 1 :].sum())


def ngram_nats(model: StreamNgram, passage: Passage) -> float:
    """Return what an n-gram pays for a passage."""
    whole = passage.piece.whole()
    lines = np.append(_lines(whole), len(whole))
    paid = -model.log_prob(whole)
    stop = len(whole) if passage.end == passage.piece.n_bars else int(lines[passage.end])
    return float(paid[int(lines[passage.begin]) + (passage.begin == 0) : stop].sum())


def _lines(tokens: NDArray[np.integer]) -> NDArray[np.int64]:
    """Where bars begin."""
    return np.flatnonzero((tokens >= BARS.start) & (tokens < BARS.stop))
