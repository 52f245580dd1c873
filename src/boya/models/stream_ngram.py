"""An n-gram over the bar stream: what the composer must beat. It reads and writes the same windows, under the same guides.

Conventions: the number of a bar is not guessed, since it is always the one after the last: all tokens of the kind `bar` count as
one, so the baseline does not pay for an address that a grammar knows. A *row* is one sequence with a past of its own, as in
`boya.models.composer`; its past is only `order - 1` tokens long, so there is no limit to what it reads.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boya.errors import RequestError
from boya.models.kneser_ney import BEGIN, KneserNey
from boya.representation.stream.vocabulary import VOCABULARY

__all__ = ["NgramRows", "StreamNgram"]

ORDER = 5
ENDLESS = 2**30
BARS = VOCABULARY.span("bar")


class StreamNgram:
    """p(token | the 4 tokens before), after Kneser and Ney.

    Examples
    --------
    >>> tune = VOCABULARY.read("bar:0 slot:0 at:0 vel:4 dur:12 pitch:60 bar:1 slot:0 at:0 vel:4 dur:12 pitch:60")
    >>> model = StreamNgram.fit([tune])
    >>> VOCABULARY.names[model.read(tune[:5])[1][0].argmax()]
    'pitch:60'
    """

    context = ENDLESS

    def __init__(self, table: KneserNey) -> None:
        self.table = table

    @classmethod
    def fit(cls, windows: Iterable[ArrayLike], order: int = ORDER) -> "StreamNgram":
        """Learn from windows of the stream, each `[shape=(n,)]`."""
        return cls(KneserNey.fit(map(collapsed, windows), order, len(VOCABULARY)))

    def log_prob(self, tokens: ArrayLike) -> NDArray[np.float64]:
        """Return the log-probability of every token of a window, in nats. `[shape=(n,)]`"""
        return self.table.log_prob(collapsed(tokens))

    def session(self, n: int = 1) -> "NgramRows":
        """Return `n` rows that have read nothing."""
        return NgramRows(self.table, n)

    def read(self, prompt: ArrayLike, n: int = 1) -> tuple["NgramRows", NDArray[np.float32]]:
        """Return `n` rows that have read a prompt, and the scores of what follows it."""
        rows = self.session(n)
        return rows, rows.feed(np.tile(np.asarray(prompt), (n, 1)))


class NgramRows:
    """Rows with their pasts."""

    def __init__(self, table: KneserNey, n: int) -> None:
        if n < 1:
            raise RequestError(f"a session needs at least 1 row; got {n}")
        self._table = table
        self._past = np.full((n, table.order - 1), BEGIN, dtype=np.int64)

    def __len__(self) -> int:
        return len(self._past)

    def feed(self, tokens: ArrayLike) -> NDArray[np.float32]:
        """Read as many tokens into every row, and score what follows. [shape=(rows, time)] -> [shape=(rows, vocabulary)]"""
        self._past = self._after(self._past, np.asarray(tokens))
        return self._scores(self._past)

    def feed_row(self, row: int, tokens: ArrayLike) -> NDArray[np.float32]:
        """Read tokens into one row, and score what follows. [shape=(time,)] -> [shape=(vocabulary,)]"""
        self._past[row] = self._after(self._past[row : row + 1], np.asarray(tokens)[None])[0]
        return np.asarray(self._scores(self._past[row : row + 1])[0])

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the rows."""
        self._past = self._past[list(rows)]

    def _after(self, past: NDArray[np.int64], tokens: NDArray[np.integer]) -> NDArray[np.int64]:
        """The past of rows that have read more."""
        both = np.concatenate([past, collapsed(tokens)], axis=1)
        return np.asarray(both[:, both.shape[1] - past.shape[1] :])

    def _scores(self, past: NDArray[np.int64]) -> NDArray[np.float32]:
        """Log-probabilities; bars of all numbers are alike."""
        scores = np.log(self._table.probabilities(past)).astype(np.float32)
        scores[:, BARS] = scores[:, BARS.start, None] - np.log(BARS.stop - BARS.start)
        return scores


def collapsed(tokens: ArrayLike) -> NDArray[np.int64]:
    """Return tokens with one number for all bars; shape as given."""
    found = np.asarray(tokens, dtype=np.int64)
    return np.where((found >= BARS.start) & (found < BARS.stop), BARS.start, found)
