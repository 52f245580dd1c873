"""Which root, and which kind of thing stands on it: a small network that hears the same in every key.

Conventions: what is heard is `[shape=(units, channels, 12)]`, a number for each pitch class in each unit of time; *plain* numbers
beside it `[shape=(units, n)]` know no pitch. All twelve roots are asked alike: pitch classes are counted from the root, and one
network scores its kinds. Each of its blocks hears what it made of the same root some units before and after, and the mean of all
roots, and adds to what it knew; a network without blocks hears each unit alone. Scores are `[shape=(units, 12, kinds)]`, their
softmax is over roots and kinds together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["EVEN", "Rooted", "from_each_root"]

EVEN = 1e-5
"""added to the variance where numbers are made even"""

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Rooted:
    """Weights that were learnt (`boya.training.rooted`).

    Attributes
    ----------
    kinds
        names
    reaches
        how many units before and after each block hears
    hidden, hidden_bias
        `[shape=(12 * channels + plain numbers, width)]`, `[shape=(width,)]`
    around, pooled, around_bias
        of each block: units before, at and after `[shape=(blocks, 3 * width, width)]`, mean of all roots
        `[shape=(blocks, width, width)]`, `[shape=(blocks, width)]`
    back, back_bias
        what a block adds `[shape=(blocks, width, width)]`, `[shape=(blocks, width)]`
    out, out_bias
        `[shape=(width, kinds)]`, `[shape=(kinds,)]`
    temperature
        what scores are divided by, so that they are as sure as they are right
    """

    kinds: tuple[str, ...]
    reaches: tuple[int, ...]
    hidden: Floats
    hidden_bias: Floats
    around: Floats
    pooled: Floats
    around_bias: Floats
    back: Floats
    back_bias: Floats
    out: Floats
    out_bias: Floats
    temperature: float = 1.0

    def scores(self, heard: Floats, plain: Floats) -> Floats:
        """Score every kind on every root. [shape=(units, 12, kinds)]"""
        width = 12 * heard.shape[1]
        asked = from_each_root(heard) @ self.hidden[:width] + (plain @ self.hidden[width:])[:, None]
        known = np.maximum(asked + self.hidden_bias, 0)
        for block, reach in enumerate(self.reaches):
            known = known + self._added(block, reach, _even(known))
        return np.asarray((_even(known) @ self.out + self.out_bias) / self.temperature, dtype=np.float32)

    def shares(self, heard: Floats, plain: Floats) -> Floats:
        """Return how likely every kind on every root is. [shape=(units, 12, kinds)]"""
        scores = self.scores(heard, plain)
        powers = np.exp(scores - scores.max(axis=(1, 2), keepdims=True))
        return np.asarray(powers / powers.sum(axis=(1, 2), keepdims=True))

    def _added(self, block: int, reach: int, even: Floats) -> Floats:
        """What a block adds to what is known. [shape=(units, 12, width)]"""
        padded = np.pad(even, ((reach, reach), (0, 0), (0, 0)))
        near = np.concatenate([padded[start : start + len(even)] for start in (0, reach, 2 * reach)], axis=2)
        whole = even.mean(axis=1, keepdims=True) @ self.pooled[block]
        inner = np.maximum(near @ self.around[block] + whole + self.around_bias[block], 0)
        return np.asarray(inner @ self.back[block] + self.back_bias[block])


def from_each_root(heard: Floats) -> Floats:
    """Return what is heard with pitch classes counted from each root. [shape=(units, 12, 12 * channels)]

    >>> heard = np.zeros((1, 1, 12), dtype=np.float32)
    >>> heard[0, 0, 7] = 1
    >>> [int(from_each_root(heard)[0, root].argmax()) for root in (0, 7)]
    [7, 0]
    """
    above = (np.arange(12)[:, None] + np.arange(12)) % 12
    return heard[:, :, above].transpose(0, 2, 1, 3).reshape(len(heard), 12, -1)


def _even(known: Floats) -> Floats:
    """The same with mean 0 and variance 1 over what is known of each root."""
    centred = known - known.mean(axis=2, keepdims=True)
    return np.asarray(centred / np.sqrt((centred**2).mean(axis=2, keepdims=True) + EVEN))
