"""Interpolated Kneser-Ney over long token sequences: the strongest of the plain n-grams. NumPy only.

Conventions: an n-gram is one integer, `bits` bits a token, the latest token lowest; a level knows the n-grams of one length. The
longest n-grams are counted, shorter ones by how many different tokens stand before them; each count gives up one of three
discounts (for 1, 2, 3 and more), which the shorter n-gram deals out, down to the uniform distribution: no token is impossible.

Source: Chen & Goodman, "An empirical study of smoothing techniques for language modeling", 1998 (modified Kneser-Ney).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boya.errors import InputError

__all__ = ["KneserNey", "Level"]

BEGIN = 0  # stands before the first token of a sequence; no sequence holds it
LEAST = 0.01  # of a discount: something is always dealt out
USUAL = (0.5, 1.0, 1.5)  # discounts where there are too few n-grams to estimate them

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Level:
    """The n-grams of one length.

    Attributes
    ----------
    keys, mass
        the n-grams, sorted, and the probability that this level itself gives to their last token
    contexts, starts
        what stands before the last tokens, sorted, and the first n-gram of each (and one more: their number)
    rest
        by context, the share that goes to the level below
    """

    keys: Ints
    mass: Floats
    contexts: Ints
    starts: Ints
    rest: Floats


@dataclass(frozen=True, eq=False)
class KneserNey:
    """p(token | the `order - 1` tokens before).

    Examples
    --------
    >>> model = KneserNey.fit([[1, 2, 3, 1, 2, 3, 1, 2, 3]], order=3, n_tokens=4)
    >>> model.probabilities([[1, 2]]).round(2).tolist()
    [[0.03, 0.09, 0.06, 0.81]]
    >>> round(-float(model.log_prob([1, 2, 3]).sum()), 2)
    0.59
    """

    order: int
    n_tokens: int
    levels: tuple[Level, ...]

    @classmethod
    def fit(cls, sequences: Iterable[ArrayLike], order: int, n_tokens: int) -> "KneserNey":
        """Count n-grams.

        Parameters
        ----------
        sequences
            tokens 1 to n_tokens - 1, each `[shape=(length,)]`.
        order
            length of the longest n-gram, 1 or more; with its tokens it must fit 63 bits.

        Raises
        ------
        InputError
            if there is no token, or one is out of range.
        """
        bits = (n_tokens - 1).bit_length()
        if order < 1 or order * bits > 63:
            raise InputError(f"an n-gram of {bits} bits a token must have an order from 1 to {63 // max(bits, 1)}; got {order}")
        found = [_ngrams(_checked(tokens, n_tokens), order, bits) for tokens in sequences]
        keys, counts = _counted(np.concatenate([np.zeros(0, dtype=np.int64), *found]))
        if not len(keys):
            raise InputError("an n-gram is fitted on at least one token; got none")
        levels = [_level(keys, counts, bits)]
        for length in range(order - 1, 0, -1):
            keys, counts = _counted(keys & ((1 << length * bits) - 1))
            levels.append(_level(keys, counts, bits))
        return cls(order, n_tokens, tuple(reversed(levels)))

    def probabilities(self, contexts: ArrayLike) -> Floats:
        """Return p(token) after each context, latest token last. [shape=(n, order - 1)] -> [shape=(n, n_tokens)]"""
        before = np.asarray(contexts, dtype=np.int64)
        if before.ndim != 2 or before.shape[1] != self.order - 1:
            raise InputError(f"contexts must have the shape (n, {self.order - 1}); got {before.shape}")
        result = np.full((len(before), self.n_tokens), 1 / self.n_tokens)
        for level, place, known in self._walk(before):
            result[known] *= level.rest[place][:, None]
            first, stop = level.starts[place], level.starts[place + 1]
            sizes = stop - first
            rows = np.repeat(first - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
            result[np.repeat(np.flatnonzero(known), sizes), level.keys[rows] & self._mask] += level.mass[rows]
        return result

    def log_prob(self, sequence: ArrayLike) -> Floats:
        """Return the natural logarithm of p of every token of a sequence, given those before. `[shape=(length,)]`"""
        tokens = _checked(sequence, self.n_tokens)
        padded = np.concatenate([np.full(self.order - 1, BEGIN, dtype=np.int64), tokens])
        before = np.array([padded[k : k + len(tokens)] for k in range(self.order - 1)], dtype=np.int64)
        result = np.full(len(tokens), 1 / self.n_tokens)
        for level, place, known in self._walk(before.reshape(self.order - 1, len(tokens)).T):
            row, is_found = _find(level.keys, level.contexts[place] << self._bits | tokens[known])
            result[known] = result[known] * level.rest[place] + np.where(is_found, level.mass[row], 0.0)
        return np.asarray(np.log(result))

    @property
    def _bits(self) -> int:
        return (self.n_tokens - 1).bit_length()

    @property
    def _mask(self) -> int:
        return (1 << self._bits) - 1

    def _walk(self, before: Ints) -> Iterator[tuple[Level, Ints, NDArray[np.bool_]]]:
        """Yield each level with the places of the contexts it knows, and which those are, shortest first."""
        context = np.zeros(len(before), dtype=np.int64)
        for length, level in enumerate(self.levels):
            if length:
                context |= before[:, -length] << self._bits * (length - 1)
            place, known = _find(level.contexts, context)
            yield level, place[known], known


def _ngrams(tokens: Ints, order: int, bits: int) -> Ints:
    """The n-gram that ends at each token."""
    padded = np.concatenate([np.full(order - 1, BEGIN, dtype=np.int64), tokens])
    keys = np.zeros(len(tokens), dtype=np.int64)
    for lag in range(order):
        keys |= padded[order - 1 - lag : len(padded) - lag] << bits * lag
    return keys


def _counted(keys: Ints) -> tuple[Ints, Ints]:
    """Different keys, sorted, and how often each is there."""
    keys = np.sort(keys)
    firsts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
    return keys[firsts], np.diff(firsts, append=len(keys))


def _level(keys: Ints, counts: Ints, bits: int) -> Level:
    """Discount the counts of the n-grams of one length."""
    discount = np.array([0.0, *_discounts(counts)])[np.minimum(counts, 3)]
    contexts, sizes = _counted(keys >> bits)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    total = np.add.reduceat(counts, starts[:-1])
    mass = (counts - discount) / np.repeat(total, sizes)
    return Level(keys, mass, contexts, starts, np.add.reduceat(discount, starts[:-1]) / total)


def _discounts(counts: Ints) -> tuple[float, ...]:
    """What is taken from counts of 1, 2, and 3 or more."""
    n = np.bincount(np.minimum(counts, 5), minlength=6)[1:5].astype(np.float64)
    if not n.all():
        return USUAL
    once = n[0] / (n[0] + 2 * n[1])
    found = [k + 1 - (k + 2) * once * n[k + 1] / n[k] for k in range(3)]
    return tuple(float(np.clip(value, LEAST, k + 1)) for k, value in enumerate(found))


def _find(keys: Ints, wanted: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """The place of each wanted key, and whether it is there."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return place, keys[place] == wanted


def _checked(tokens: ArrayLike, n_tokens: int) -> Ints:
    """Tokens of a sequence, after looking that they are in range."""
    found = np.asarray(tokens, dtype=np.int64)
    if found.ndim != 1 or (len(found) and not (found.min() > 0 and found.max() < n_tokens)):
        raise InputError(f"tokens of an n-gram must be one row of numbers 1-{n_tokens - 1}; got {str(found)[:60]}")
    return found
