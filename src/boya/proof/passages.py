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

__all__ = ["Passage", "composer_nats", "costs", "ngram_nats", "passages"]

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
    paid = costs(session.score(window[None, :-1])[0], window[1:])
    start = int(_lines(window)[passage.begin - passage.first]) + (passage.begin == 0)
    return float(paid[start - 1 :].sum())


def costs(scores: NDArray[np.float32], following: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the nats of each token that came, by the scores before it; a bar costs what bars of any number do.

    Parameters
    ----------
    scores
        `[shape=(time, vocabulary)]`
    following
        the tokens that came `[shape=(time,)]`

    Examples
    --------
    >>> free = costs(np.zeros((2, len(VOCABULARY)), dtype=np.float32), np.array([BARS.start + 9, BARS.stop]))
    >>> np.exp(-free).round(4).tolist() == [round(64 / len(VOCABULARY), 4), round(1 / len(VOCABULARY), 4)]
    True
    """
    exact = scores.astype(np.float64)
    is_bar = (following >= BARS.start) & (following < BARS.stop)
    own = np.where(is_bar, np.logaddexp.reduce(exact[:, BARS], axis=1), exact[np.arange(len(exact)), following])
    return np.asarray(np.logaddexp.reduce(exact, axis=1) - own)


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
