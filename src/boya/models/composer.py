"""The composer as its users meet it: a decoder that reads the bar stream and scores what may follow, on ONNX Runtime.

Conventions: tokens are ids of the stream's vocabulary, integers of any kind; a *row* is one sequence with a past of its own, and
rows may be of different lengths. Scores are logits, float32 `[shape=(rows, vocabulary)]`. A row's scores are the same bits
whatever rows stand beside it. They do depend on how the row was cut: tokens read one by one and tokens read together go through
different kernels, whose results differ by rounding. Where the cuts fall therefore depends on a row's own tokens only.
"""

from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boya.errors import ModelError, RequestError
from boya.models.drawing import Guide, write
from boya.models.runtime import Bound, Graph, graphs, read_card, require
from boya.representation.stream.vocabulary import VOCABULARY

__all__ = ["Composer", "Guide", "Session", "write"]

STRIDE = 64  # tokens read at once: attention over longer pieces computes the future as well, and drops it
FIRST_CAPACITY = 256  # tokens that new memory holds; it doubles when it is full, since all of it is cleared when it is made
SETTINGS = {"width", "layers", "heads", "kv_heads", "feed_forward", "context", "vocabulary"}

Logits = NDArray[np.float32]
Arrays = dict[str, NDArray[Any]]


class Composer:
    """A causal decoder with its weights loaded.

    Parameters
    ----------
    name, folder
        the model's; the shipped one by default
    threads
        1, or 2 on a machine that does nothing else

    Raises
    ------
    ModelError
        if there is no such model, it is of another family or vocabulary, or its files are missing or damaged.
    """

    def __init__(self, name: str = "composer", folder: Path | None = None, threads: int = 1) -> None:
        self.card = read_card(name, folder)
        if self.card.get("family") != "composer":
            raise ModelError(f"{name!r} is a {self.card.get('family')} model, not a composer")
        self.settings: dict[str, Any] = self.card["settings"]
        if not set(self.settings) >= SETTINGS:
            raise ModelError(f"the card of {name!r} must name its settings; install Boya again or export the model again")
        if self.card.get("vocabulary_hash") != VOCABULARY.hash:
            raise ModelError(f"{name!r} was trained on another vocabulary than this Boya's; install the two that belong together")
        require(self.card.get("onnxruntime", "1.22"))
        self.context = int(self.settings["context"])
        self._memory: str = self.card.get("memory", "float32")
        self._graph: Graph = graphs(name, folder, threads, parts=("decoder",))["decoder"]
        self._past: deque[tuple[NDArray[np.int64], Session]] = deque(maxlen=1)

    def session(self, n: int = 1) -> "Session":
        """Return `n` rows that have read nothing."""
        return Session(self._graph, self.settings, n, self._memory)

    def read(self, prompt: ArrayLike, n: int = 1) -> tuple["Session", Logits]:
        """Return `n` rows that have read a prompt, and the scores of what follows it.

        What the prompt shares with the one before, as when a passage of the same piece is written again, is not read again.

        Raises
        ------
        RequestError
            if the prompt is empty, no row of tokens, or longer than the context.
        """
        tokens = _checked(prompt, self.settings["vocabulary"])
        if tokens.ndim != 1 or not len(tokens):
            raise RequestError(f"a prompt must be one row of tokens; got shape {tokens.shape}")
        try:
            before, session = self._past.pop()  # one reader has it at a time
        except IndexError:
            before, session = tokens[:0], self.session()
        session.truncate(_shared(before, tokens[:-1]) // STRIDE * STRIDE)
        logits = session.feed(tokens[None, session.length :])
        self._past.append((tokens, session))
        return session.spread(n), np.repeat(logits, n, axis=0)


class Session:
    """Rows with their pasts, in memory that each step extends in place.

    Attributes
    ----------
    lengths
        tokens read by each row `[shape=(rows,)]`
    """

    def __init__(self, graph: Graph, settings: dict[str, Any], n: int, memory: str = "float32") -> None:
        if n < 1:
            raise RequestError(f"a session needs at least 1 row; got {n}")
        s, capacity = settings, min(FIRST_CAPACITY, settings["context"])
        self._graph, self._settings = graph, settings
        self._memory = np.zeros((s["layers"], 2, n, s["kv_heads"], capacity, s["width"] // s["heads"]), dtype=memory)
        self.lengths = np.zeros(n, dtype=np.int32)
        self._tie()

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def length(self) -> int:
        """Tokens read by the longest row."""
        return int(self.lengths.max())

    @property
    def ranges(self) -> NDArray[np.float32]:
        """The largest key and value of each channel so far. [shape=(layers, 2, kv_heads, head)]"""
        return np.asarray(np.abs(self._memory[:, :, : len(self), :, : self.length]).max((2, 4)))

    def feed(self, tokens: ArrayLike) -> Logits:
        """Read as many tokens into every row, and score what follows. [shape=(rows, time)] -> [shape=(rows, vocabulary)]

        Raises
        ------
        RequestError
            if a token is outside the vocabulary, rows are missing, or the context is full.
        """
        given = self._fitting(tokens)
        if given.shape[1] > 1:
            return np.concatenate([self._read(row, of_row, is_all=False) for row, of_row in enumerate(given)])
        self._tokens[:] = given
        self._last[:] = self.lengths
        self._total[...] = self.lengths.max() + 1
        self._step()
        self.lengths += 1
        return self._logits[:, 0].copy()

    def feed_row(self, row: int, tokens: ArrayLike) -> Logits:
        """Read tokens into one row, and score what follows. [shape=(time,)] -> [shape=(vocabulary,)]"""
        given = self._fitting(np.asarray(tokens)[None], row)
        return np.asarray(self._read(row, given[0], is_all=False)[0])

    def score(self, tokens: ArrayLike) -> Logits:
        """Read tokens into every row, and score what follows each. [shape=(rows, time)] -> [shape=(rows, time, vocabulary)]"""
        return np.stack([self._read(row, of_row, is_all=True) for row, of_row in enumerate(self._fitting(tokens))])

    def spread(self, n: int) -> "Session":
        """Return a session of `n` rows with the past of this one's only row."""
        if len(self) != 1:
            raise RequestError(f"a session of one row can be spread; this one has {len(self)}")
        session, length = Session(self._graph, self._settings, n, self._memory.dtype.name), self.length
        session._grow(length)
        session._memory[..., :length, :] = self._memory[..., :length, :]
        session.lengths[:] = length
        return session

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with some of the rows, named in rising order; the others are forgotten."""
        if not rows or list(rows) != sorted(set(rows)) or not 0 <= rows[0] <= rows[-1] < len(self):
            raise RequestError(f"rows must be some of 0-{len(self) - 1} in rising order; got {list(rows)}")
        for place, row in enumerate(rows):
            if place != row:
                self._memory[:, :, place, :, : self.lengths[row]] = self._memory[:, :, row, :, : self.lengths[row]]
        if len(rows) < len(self):
            self.lengths = self.lengths[list(rows)]
            self._tie()

    def truncate(self, length: int) -> None:
        """Forget what was read after the first `length` tokens of each row."""
        if length < 0:
            raise RequestError(f"a length must be 0 or more; got {length}")
        np.minimum(self.lengths, length, out=self.lengths)

    def _read(self, row: int, tokens: NDArray[np.int64], *, is_all: bool) -> Logits:
        """Read tokens into one row, cut where the memory's strides begin; score the last, or all. [shape=(scored, vocabulary)]"""
        found: list[Logits] = []
        if row not in self._alone:
            self._alone[row] = self._graph.bound(*self._memories(slice(row, row + 1)))
        bound = self._alone[row]
        while len(tokens):
            length = int(self.lengths[row])
            part, tokens = np.split(tokens, [STRIDE - length % STRIDE])
            places = np.arange(0 if is_all else len(part) - 1, len(part), dtype=np.int64)
            logits = np.empty((1, len(places), self._settings["vocabulary"]), dtype=np.float32)
            last = np.array([length + len(part) - 1], dtype=np.int32)
            total = np.array(length + len(part), dtype=np.int32)
            bound.tie({"tokens": part[None], "places": places, "last": last, "total": total}, {"logits": logits})
            bound()
            self.lengths[row] += len(part)
            found.append(logits[0])
        return np.concatenate(found) if is_all else found[-1]

    def _grow(self, length: int) -> None:
        """Make room for rows of a length."""
        *others, capacity, head = self._memory.shape
        if length <= capacity:
            return
        memory = np.zeros((*others, min(max(length, 2 * capacity), self._settings["context"]), head), dtype=self._memory.dtype)
        memory[..., :capacity, :] = self._memory
        self._memory = memory
        self._tie()

    def _tie(self) -> None:
        """Prepare the step of all rows together; that of a row alone is prepared when it is needed."""
        rows = len(self.lengths)
        self._alone: dict[int, Bound] = {}
        self._tokens, self._last = np.zeros((rows, 1), dtype=np.int64), np.zeros(rows, dtype=np.int32)
        self._total = np.zeros((), dtype=np.int32)
        self._logits = np.zeros((rows, 1, self._settings["vocabulary"]), dtype=np.float32)
        memory, after = self._memories(slice(rows))
        inputs: Arrays = {"tokens": self._tokens, "places": np.zeros(1, dtype=np.int64), "last": self._last, "total": self._total}
        self._step: Bound = self._graph.bound(inputs | memory, {"logits": self._logits} | after)

    def _memories(self, rows: slice) -> tuple[Arrays, Arrays]:
        """The memory of some rows, by the names of the graph's inputs and outputs."""
        parts: Arrays = {
            f"{part}.{layer}": self._memory[layer, index, rows]
            for layer in range(len(self._memory))
            for index, part in enumerate(("key", "value"))
        }
        return parts, {f"{name}.after": array for name, array in parts.items()}

    def _fitting(self, tokens: ArrayLike, row: int | None = None) -> NDArray[np.int64]:
        """Tokens for all rows, or for one, after looking that they can be read."""
        given = _checked(tokens, self._settings["vocabulary"])
        rows = len(self) if row is None else 1
        if given.ndim != 2 or len(given) != rows or not given.shape[1]:
            raise RequestError(f"tokens must be shaped ({rows}, 1 or more); got {given.shape}")
        length = self.length if row is None else int(self.lengths[row])
        if length + given.shape[1] > self._settings["context"]:
            raise RequestError(
                f"the context holds {self._settings['context']} tokens; {length} are read and {given.shape[1]} more were given"
            )
        self._grow(length + given.shape[1])
        return given


def _checked(tokens: ArrayLike, vocabulary: int) -> NDArray[np.int64]:
    """Tokens as the graph takes them, after looking that the vocabulary has them."""
    given = np.asarray(tokens)
    if given.dtype.kind not in "iu":
        raise RequestError(f"a token must be a whole number, 0-{vocabulary - 1}; got an array of {given.dtype}")
    if given.size and not 0 <= (lowest := given.min()) <= (highest := given.max()) < vocabulary:
        raise RequestError(f"a token must be a whole number, 0-{vocabulary - 1}; got {lowest if lowest < 0 else highest}")
    return given.astype(np.int64)


def _shared(first: NDArray[np.int64], second: NDArray[np.int64]) -> int:
    """How many tokens two rows begin with in common."""
    length = min(len(first), len(second))
    different = np.flatnonzero(first[:length] != second[:length])
    return int(different[0]) if len(different) else length
