"""Interpolated back-off over any context: the engine of the n-gram baseline. NumPy only.

A table learns p(token | context), where a context is a row of integer columns, the most telling first. Level k of the table
knows the first k columns; each level keeps part of its mass for the one below, down to the uniform distribution, so no token is
impossible. Counts are smoothed after Witten and Bell (1991, method C): a context seen N times with T different tokens hands T /
(N + T) down. All lookups are binary searches over sorted arrays and run for many contexts at once.
"""

from collections.abc import Iterator, Mapping
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
    token) with their `counts`; `mass` is the probability this level itself gives to a row; `kept` sums the mass of a node, the
    rest (1 - kept) goes to the level below.
    """

    base: int
    context_keys: Ints
    row_keys: Ints
    counts: Ints
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
    strength: float
    levels: tuple[Level, ...]

    @classmethod
    def fit(cls, contexts: ArrayLike, targets: ArrayLike, n_tokens: int, strength: float = 1.0) -> "BackoffTable":
        """Count and smooth.

        Parameters
        ----------
        contexts
            integers >= 0 `[shape=(n, columns)]`, most telling column first.
        targets
            the token that followed each context, 0 to n_tokens - 1 `[shape=(n,)]`.
        strength
            how readily a context hands mass to shorter ones, > 0.

        Raises
        ------
        InputError
            if shapes or values do not fit.
        """
        context_table, tokens = _checked(contexts, targets, n_tokens, strength)
        node = np.zeros(len(tokens), dtype=np.int64)
        root = np.zeros(1, dtype=np.int64)
        levels = [_level(1, root, *_counted(node, tokens, n_tokens), n_tokens=n_tokens, strength=strength)]
        for column in context_table.T:
            base = int(column.max(initial=0)) + 1
            context_keys, node = np.unique(node * base + column, return_inverse=True)
            node = node.reshape(-1)
            levels.append(_level(base, context_keys, *_counted(node, tokens, n_tokens), n_tokens=n_tokens, strength=strength))
        return cls(n_tokens, strength, tuple(levels))

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
        return np.asarray(np.log(result))

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
        """Return the counts as plain arrays for an `.npz`, keys as steps so that they compress; the inverse of `from_arrays`."""
        saved: dict[str, NDArray[Any]] = {
            f"{prefix}shape": np.array([self.n_tokens, *(level.base for level in self.levels)]),
            f"{prefix}strength": np.array(self.strength),
        }
        for depth, level in enumerate(self.levels):
            saved[f"{prefix}context_keys{depth}"] = np.diff(level.context_keys, prepend=0)
            saved[f"{prefix}row_keys{depth}"] = np.diff(level.row_keys, prepend=0)
            saved[f"{prefix}counts{depth}"] = level.counts.astype(np.uint32)
        return saved

    @classmethod
    def from_arrays(cls, saved: Mapping[str, NDArray[Any]], prefix: str = "") -> "BackoffTable":
        """Read back what `arrays` wrote.

        Raises
        ------
        ModelError
            if arrays are missing or do not fit together.
        """
        try:
            n_tokens, *bases = (int(v) for v in saved[f"{prefix}shape"])
            strength = float(saved[f"{prefix}strength"])
            levels = []
            for depth, base in enumerate(bases):
                keys = [np.cumsum(saved[f"{prefix}{name}{depth}"], dtype=np.int64) for name in ("context_keys", "row_keys")]
                counts = saved[f"{prefix}counts{depth}"].astype(np.int64)
                levels.append(_level(base, keys[0], keys[1], counts, n_tokens=n_tokens, strength=strength))
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ModelError(f"an n-gram file must hold every level; {error} is missing or broken. Fit it again") from error
        return cls(n_tokens, strength, tuple(levels))

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


def _counted(node: Ints, tokens: Ints, n_tokens: int) -> tuple[Ints, Ints]:
    """Return the sorted keys of (node, token) and how often each was seen."""
    keys, counts = np.unique(node * n_tokens + tokens, return_counts=True)
    return keys, counts.astype(np.int64)


def _level(base: int, context_keys: Ints, row_keys: Ints, counts: Ints, *, n_tokens: int, strength: float) -> Level:
    """Smooth the counts of one context length (Witten-Bell)."""
    owner = row_keys // n_tokens
    if len(counts) != len(row_keys) or (len(owner) and (owner.min() < 0 or owner.max() >= len(context_keys) or counts.min() < 1)):
        raise ValueError("a level")
    seen = np.bincount(owner, weights=counts, minlength=len(context_keys))
    total = seen + strength * np.bincount(owner, minlength=len(context_keys))
    return Level(base, context_keys, row_keys, counts, counts / total[owner], seen / np.where(total > 0, total, 1))


def _find(keys: Ints, wanted: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the place of each wanted key, and whether it is there."""
    place = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
    found = keys[place] == wanted if len(keys) else np.zeros(len(wanted), dtype=bool)
    return place, found


def _checked(contexts: ArrayLike, targets: ArrayLike, n_tokens: int, strength: float) -> tuple[Ints, Ints]:
    """Check what a table is fitted on."""
    table, tokens = np.asarray(contexts, dtype=np.int64), np.asarray(targets, dtype=np.int64)
    if strength <= 0:
        raise InputError(f"strength must be positive; got {strength:g}")
    if n_tokens < 1 or table.ndim != 2 or tokens.shape != (len(table),):
        raise InputError(f"fit needs contexts (n, columns) and n targets; got {table.shape} and {tokens.shape}")
    if len(tokens) and (tokens.min() < 0 or tokens.max() >= n_tokens or table.min(initial=0) < 0):
        raise InputError(f"targets must be 0-{n_tokens - 1} and contexts >= 0; got tokens {tokens.min()}-{tokens.max()}")
    if len(tokens) * max(n_tokens, int(table.max(initial=0)) + 1) >= 2**62:
        raise InputError("too many contexts times tokens for 64-bit keys; use a smaller vocabulary")
    return table, tokens
