"""Interpolated back-off over any context: the engine of the n-gram baseline. NumPy only.

A table learns p(token | context), where a context is a row of integer columns, the most telling first. Level k of the table
knows the first k columns; each level keeps part of its mass for the one below, down to the uniform distribution, so no token is
impossible. Counts are smoothed after Witten and Bell (1991, method C): a context seen N times with T different tokens hands T /
(N + T) down. All lookups are binary searches over sorted arrays and run for many contexts at once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boya.errors import InputError, ModelError

__all__ = ["BackoffTable", "Level"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Level:
    """What one context length knows.

    `context_keys` are sorted keys (parent node, column value), a node's number is its place; `row_keys` are sorted keys (node,
    token) with `mass`, the probability this level itself gives; `kept` sums the mass of a node, the rest (1 - kept) goes to the
    level below.
    """

    base: int
    context_keys: Ints
    row_keys: Ints
    mass: Floats
    kept: Floats


@dataclass(frozen=True, eq=False)
class BackoffTable:
    """Smoothed p(token | context) for tokens 0..n_tokens-1.

    Examples
    --------
    >>> table = BackoffTable.fit([[0], [0], [0], [1]], [2, 2, 1, 0], n_tokens=3)
    >>> table.probabilities([[0]]).round(3).tolist()
    [[0.114, 0.314, 0.571]]
    >>> table.draw([[0]] * 4, np.random.default_rng(1)).shape
    (4,)
    """

    n_tokens: int
    levels: tuple[Level, ...]

    @classmethod
    def fit(cls, contexts: ArrayLike, targets: ArrayLike, n_tokens: int) -> "BackoffTable":
        """Count and smooth.

        Parameters
        ----------
        contexts
            integers >= 0 `[shape=(n, columns)]`, most telling column first.
        targets
            the token that followed each context, 0 to n_tokens - 1 `[shape=(n,)]`.

        Raises
        ------
        InputError
            if shapes or values do not fit.
        """
        context_table, tokens = _checked(contexts, targets, n_tokens)
        node = np.zeros(len(tokens), dtype=np.int64)
        levels = [_level(1, np.zeros(1, dtype=np.int64), node, tokens, n_tokens)]
        for column in context_table.T:
            base = int(column.max(initial=0)) + 1
            context_keys, node = np.unique(node * base + column, return_inverse=True)
            levels.append(_level(base, context_keys, node.reshape(-1), tokens, n_tokens))
        return cls(n_tokens, tuple(levels))

    @property
    def n_columns(self) -> int:
        """Number of context columns."""
        return len(self.levels) - 1

    def probabilities(self, contexts: ArrayLike) -> Floats:
        """Return p(token) for each context; rows sum to 1 and hold no zero. `[shape=(n, n_tokens)]`"""
        table = self._contexts(contexts)
        result = np.full((len(table), self.n_tokens), 1 / self.n_tokens)
        for level, node, known in self._walk(table):
            result[known] *= (1 - level.kept[node])[:, None]
            starts = np.searchsorted(level.row_keys, node * self.n_tokens)
            stops = np.searchsorted(level.row_keys, (node + 1) * self.n_tokens)
            widths = stops - starts
            where = np.repeat(starts - np.cumsum(widths) + widths, widths) + np.arange(widths.sum())
            result[np.repeat(np.flatnonzero(known), widths), level.row_keys[where] % self.n_tokens] += level.mass[where]
        return result

    def log_prob(self, contexts: ArrayLike, targets: ArrayLike) -> Floats:
        """Return the natural logarithm of p(target | context), in nats. `[shape=(n,)]`"""
        table = self._contexts(contexts)
        tokens = np.asarray(targets, dtype=np.int64)
        if tokens.shape != (len(table),) or (len(tokens) and (tokens.min() < 0 or tokens.max() >= self.n_tokens)):
            raise InputError(f"targets must be one token 0-{self.n_tokens - 1} for each of {len(table)} contexts")
        result = np.full(len(table), 1 / self.n_tokens)
        for level, node, known in self._walk(table):
            result[known] *= 1 - level.kept[node]
            place, found = _find(level.row_keys, node * self.n_tokens + tokens[known])
            result[known] += np.where(found, level.mass[place], 0.0)
        return np.log(result)

    def draw(self, contexts: ArrayLike, rng: np.random.Generator) -> Ints:
        """Draw one token for each context, without writing out the distribution. `[shape=(n,)]`"""
        table = self._contexts(contexts)
        drawn = np.floor(rng.random(len(table)) * self.n_tokens).astype(np.int64)
        for level, node, known in self._walk(table):
            total = np.concatenate([[0.0], np.cumsum(level.mass)])
            start = np.searchsorted(level.row_keys, node * self.n_tokens)
            stop = np.searchsorted(level.row_keys, (node + 1) * self.n_tokens)
            point = rng.random(len(node))
            place = np.searchsorted(total, total[start] + point, side="right") - 1
            own = np.where(point < level.kept[node], level.row_keys[np.clip(place, start, stop - 1)] % self.n_tokens, -1)
            drawn[known] = np.where(own >= 0, own, drawn[known])
        return drawn

    def arrays(self, prefix: str = "") -> dict[str, NDArray[Any]]:
        """Return the table as plain arrays, to be kept in an `.npz`; the inverse of `from_arrays`."""
        saved: dict[str, NDArray[Any]] = {f"{prefix}shape": np.array([self.n_tokens, *(v.base for v in self.levels)])}
        for depth, level in enumerate(self.levels):
            for name in ("context_keys", "row_keys", "mass", "kept"):
                saved[f"{prefix}{name}{depth}"] = getattr(level, name)
        return saved

    @classmethod
    def from_arrays(cls, saved: dict[str, NDArray[Any]], prefix: str = "") -> "BackoffTable":
        """Read back what `arrays` wrote.

        Raises
        ------
        ModelError
            if arrays are missing or do not fit together.
        """
        try:
            n_tokens, *bases = (int(v) for v in saved[f"{prefix}shape"])
            names = ("context_keys", "row_keys", "mass", "kept")
            found: list[list[Any]] = [[saved[f"{prefix}{name}{depth}"] for name in names] for depth in range(len(bases))]
            levels = [Level(base, *arrays) for base, arrays in zip(bases, found, strict=True)]
        except (KeyError, TypeError, ValueError) as error:
            raise ModelError(f"an n-gram file must hold every level; {error} is missing or broken. Fit it again") from error
        if not levels or any(len(v.row_keys) != len(v.mass) or len(v.context_keys) != len(v.kept) for v in levels):
            raise ModelError("the arrays of an n-gram level must have equal lengths; the file is damaged. Fit it again")
        return cls(n_tokens, tuple(levels))

    def _contexts(self, contexts: ArrayLike) -> Ints:
        """Check the width of contexts."""
        table = np.asarray(contexts, dtype=np.int64)
        if table.ndim != 2 or table.shape[1] != self.n_columns:
            raise InputError(f"contexts must have the shape (n, {self.n_columns}); got {table.shape}")
        return table

    def _walk(self, table: Ints) -> Iterator[tuple[Level, Ints, NDArray[np.bool_]]]:
        """Yield each level with the nodes of the contexts it knows, shortest first."""
        known = np.ones(len(table), dtype=bool)
        node = np.zeros(len(table), dtype=np.int64)
        for depth, level in enumerate(self.levels):
            if depth:
                value = table[known, depth - 1]
                place, found = _find(level.context_keys, node * level.base + value)
                found &= (value >= 0) & (value < level.base)
                known = known.copy()
                known[known] = found
                node = place[found]
            yield level, node, known


def _level(base: int, context_keys: Ints, node: Ints, tokens: Ints, n_tokens: int) -> Level:
    """Smooth the counts of one context length (Witten-Bell)."""
    row_keys, counts = np.unique(node * n_tokens + tokens, return_counts=True)
    owner = row_keys // n_tokens
    seen = np.bincount(owner, weights=counts, minlength=len(context_keys))
    distinct = np.bincount(owner, minlength=len(context_keys))
    return Level(base, context_keys, row_keys, counts / (seen + distinct)[owner], seen / np.maximum(seen + distinct, 1))


def _find(keys: Ints, wanted: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the place of each wanted key, and whether it is there."""
    place = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    found = keys[place] == wanted if len(keys) else np.zeros(len(wanted), dtype=bool)
    return place, found


def _checked(contexts: ArrayLike, targets: ArrayLike, n_tokens: int) -> tuple[Ints, Ints]:
    """Check what a table is fitted on."""
    table, tokens = np.asarray(contexts, dtype=np.int64), np.asarray(targets, dtype=np.int64)
    if n_tokens < 1 or table.ndim != 2 or tokens.shape != (len(table),):
        raise InputError(f"fit needs contexts (n, columns) and n targets; got {table.shape} and {tokens.shape}")
    if len(tokens) and (tokens.min() < 0 or tokens.max() >= n_tokens or table.min(initial=0) < 0):
        raise InputError(f"targets must be 0-{n_tokens - 1} and contexts >= 0; got tokens {tokens.min()}-{tokens.max()}")
    if len(tokens) * max(n_tokens, int(table.max(initial=0)) + 1) >= 2**62:
        raise InputError("too many contexts times tokens for 64-bit keys; use a smaller vocabulary")
    return table, tokens
