"""Drawing tokens: rows written side by side, each under a guide that says what may follow.

Conventions: a *guide* knows a row's state. `forced()` names the next token where there is no choice, `allowed()` is a mask over
the vocabulary, `take(token)` moves on; neither of the first two changes it. A row's tokens depend on the prompt, its guide and
its own random numbers, and not on how many rows are written or what they say. Which number a bar has is not drawn but counted:
what a model gives to bars of all numbers, it gives to the bar that comes next. A model learns from pasts that people wrote; in
its own, what should come again has strayed a little, and it comes back too rarely: `returning` makes up for that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boya.errors import ModelError, RequestError
from boya.representation.stream.vocabulary import VOCABULARY

__all__ = ["Guide", "Reader", "Rows", "drawn", "write"]

BARS = VOCABULARY.span("bar")
FAR = slice(VOCABULARY.id("same:8"), VOCABULARY.span("same").stop)
LONG_RUN = 4  # forced tokens that a row reads at once, apart from the others; shorter runs go along with their steps

Listener = Callable[[int, NDArray[np.int16]], None]


class Guide(Protocol):
    """What may follow in one row."""

    @property
    def is_done(self) -> bool:
        """Whether nothing follows."""

    def allowed(self) -> NDArray[np.bool_]:
        """Which tokens may follow; at least one. [shape=(vocabulary,)]"""

    def forced(self) -> int | None:
        """The only token that may follow, if that is known without a look at `allowed`."""

    def take(self, token: int) -> None:
        """Move on by a token."""


class Rows(Protocol):
    """Rows with their pasts, such as a `Session`."""

    def feed(self, tokens: ArrayLike, /) -> NDArray[np.float32]:
        """Read a token into each row; score what follows. [shape=(rows, 1)] -> [shape=(rows, vocabulary)]"""

    def feed_row(self, row: int, tokens: ArrayLike, /) -> NDArray[np.float32]:
        """Read tokens into one row; score what follows. [shape=(time,)] -> [shape=(vocabulary,)]"""

    def keep(self, rows: Sequence[int], /) -> None:
        """Go on with some of the rows."""


class Reader(Protocol):
    """What reads a prompt, such as a `Composer`."""

    @property
    def context(self) -> int:
        """Most tokens of a row, prompt included."""

    def read(self, prompt: ArrayLike, n: int, /) -> tuple[Any, NDArray[np.float32]]:
        """Return `n` Rows that have read a prompt, and their scores of what follows."""


@dataclass
class _Row:
    """One row while it is written."""

    number: int
    guide: Guide
    rng: np.random.Generator
    room: int
    draw: Callable[[NDArray[np.float32], NDArray[np.intp], float], int]
    listen: Listener | None
    written: list[int] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    choices: NDArray[np.intp] | None = None
    n_heard: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to write, or no room to write it."""
        return self.guide.is_done or len(self.written) >= self.room

    def choose(self, logits: NDArray[np.float32]) -> None:
        """Draw a token where there is a choice, then take all that follow without one."""
        if self.choices is not None:
            self._take(self.draw(logits, self.choices, self.rng.random()))
            self.choices = None
        while not self.is_over:
            token = self.guide.forced()
            if token is None:
                (choices,) = self.guide.allowed().nonzero()
                if len(choices) > 1:
                    self.choices = choices
                    return
                if not len(choices):
                    raise RequestError(f"a guide must allow a token until it is done; row {self.number} has none")
                token = int(choices[0])
            self._take(token)
        self._tell()

    def _take(self, token: int) -> None:
        """Write a token down; a bar that begins ends the one before."""
        if BARS.start <= token < BARS.stop:
            self._tell()
        self.guide.take(token)
        self.written.append(token)
        self.unread.append(token)

    def _tell(self) -> None:
        """Let be heard what was written since the last time."""
        if self.listen is not None and self.n_heard < len(self.written):
            self.listen(self.number, np.array(self.written[self.n_heard :], dtype=np.int16))
            self.n_heard = len(self.written)


def write(
    reader: Reader,
    prompt: ArrayLike,
    guides: Sequence[Guide],
    rng: np.random.Generator,
    *,
    temperature: float = 1.0,
    top_p: float = 1.0,
    min_p: float = 0.0,
    returning: float = 0.0,
    listen: Listener | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> list[NDArray[np.int16]]:
    """Write a row for each guide after a prompt.

    Parameters
    ----------
    reader
        a `Composer`.
    prompt
        what all rows begin with `[shape=(time,)]`; it is not written again.
    guides
        one for each row, each already past the prompt; they are moved on, and tell afterwards whether their row is done.
    rng
        each row draws from a generator of its own, spawned from this one.
    temperature
        1 draws as the model thinks, 0 takes the likeliest token.
    top_p
        only the likeliest tokens are drawn that together have this share of what is allowed.
    min_p
        only tokens are drawn that are at least so likely, as a share of the likeliest.
    returning
        added to the log-odds of saying again what a track said eight bars ago or earlier.
    listen
        called with a row's number and its new tokens whenever one of its bars is written, and at the row's end.
    is_cancelled
        asked before each step; where it says yes, what is written so far is returned.

    Returns
    -------
    list
        the tokens of each row after the prompt; a row without room in the context ends before its guide is done.

    Raises
    ------
    RequestError
        if the prompt leaves no room, a setting is out of range, or a guide allows nothing.
    """
    room = reader.context - len(np.asarray(prompt))
    _check(room, reader.context, temperature, top_p, min_p)
    if not guides:
        return []

    def draw(logits: NDArray[np.float32], choices: NDArray[np.intp], share: float) -> int:
        if returning:
            logits = logits.copy()
            logits[FAR] += np.float32(returning)
        return drawn(logits, choices, share, temperature=temperature, top_p=top_p, min_p=min_p)

    session, logits = reader.read(prompt, len(guides))
    spawned = rng.spawn(len(guides))
    rows = [_Row(i, guide, own, room, draw, listen) for i, (guide, own) in enumerate(zip(guides, spawned, strict=True))]
    going = rows
    while not (is_cancelled and is_cancelled()):
        for place, row in enumerate(going):
            _advance(row, place, session, logits[place])
        places = [place for place, row in enumerate(going) if not row.is_over]
        if not places:
            break
        if len(places) < len(going):
            session.keep(places)
            going = [going[place] for place in places]
        logits = session.feed(np.array([[row.unread.pop(0)] for row in going]))
    return [np.array(row.written, dtype=np.int16) for row in rows]


def _advance(row: _Row, place: int, session: Rows, logits: NDArray[np.float32]) -> None:
    """Let a row write until it waits for the next step of all rows, or is over."""
    while not row.is_over:
        while not row.unread and not row.is_over:
            row.choose(logits)
        if row.is_over or len(row.unread) < LONG_RUN:
            return
        logits = session.feed_row(place, row.unread)
        row.unread.clear()


def _check(room: int, context: int, temperature: float, top_p: float, min_p: float) -> None:
    """Raise unless tokens can be drawn so."""
    if room < 1:
        raise RequestError(f"a prompt must leave room in the context of {context} tokens; got {context - room}. Give fewer bars")
    if not (temperature >= 0 and 0 < top_p <= 1 and 0 <= min_p <= 1):
        raise RequestError(
            f"temperature must be 0 or more, top_p above 0 and up to 1, min_p 0-1; got {temperature:g}, {top_p:g}, {min_p:g}"
        )


def drawn(
    logits: NDArray[np.float32],
    choices: NDArray[np.intp],
    share: float,
    *,
    temperature: float = 1.0,
    top_p: float = 1.0,
    min_p: float = 0.0,
) -> int:
    """Return the token at a share of the way through the probabilities of some.

    Parameters
    ----------
    logits
        `[shape=(vocabulary,)]`
    choices
        the tokens to choose from, rising, at least one and at most one bar `[shape=(choices,)]`
    share
        0 or more and below 1: a uniform random number.

    Raises
    ------
    ModelError
        if the scores are not numbers.

    Examples
    --------
    >>> drawn(np.zeros(4, dtype=np.float32), np.array([0, 2, 3]), 0.5)
    2
    """
    scores = logits[choices].astype(np.float64)
    bar = int(choices.searchsorted(BARS.start))
    if bar < len(choices) and choices[bar] < BARS.stop:
        scores[bar] = np.logaddexp.reduce(logits[BARS], dtype=np.float64)
    highest = float(scores.max())
    if not isfinite(highest):
        raise ModelError("the model's scores are not numbers; its weights are damaged. Install Boya again or export it again")
    if temperature == 0:
        return int(choices[scores.argmax()])
    weights = np.exp((scores - highest) / temperature)
    if min_p > 0:
        weights[weights < min_p] = 0
    if top_p < 1:
        order = (-weights).argsort(kind="stable")
        choices, weights = choices[order], weights[order]
    sums = weights.cumsum()
    if top_p < 1:
        sums = sums[: sums.searchsorted(top_p * sums[-1]) + 1]
    place = sums.searchsorted(share * sums[-1], side="right")
    return int(choices[min(place, sums.searchsorted(sums[-1]))])  # rounding may carry a share to the end
