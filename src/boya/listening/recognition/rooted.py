"""Which root, and which kind of thing stands on it: a small network that hears the same in every key.

Conventions: what is heard is `[shape=(things, channels, 12)]`, a number for each pitch class; *plain* numbers beside it
`[shape=(things, n)]` know no pitch. All twelve roots are asked alike: pitch classes are counted from the root, and one network
with one hidden layer scores its kinds. Scores are `[shape=(things, 12, kinds)]`, their softmax is over roots and kinds together.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Rooted", "from_each_root"]

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Rooted:
    """Weights that were learnt (`boya.training.rooted`).

    Attributes
    ----------
    kinds
        names
    hidden, hidden_bias
        `[shape=(12 * channels + plain numbers, width)]`, `[shape=(width,)]`
    out, out_bias
        `[shape=(width, kinds)]`, `[shape=(kinds,)]`
    temperature
        what scores are divided by, so that they are as sure as they are right

    Examples
    --------
    >>> lowest = Rooted(("any",), np.eye(12, 1, dtype=np.float32), np.zeros(1), np.ones((1, 1)), np.zeros(1))
    >>> heard = np.zeros((1, 1, 12), dtype=np.float32)
    >>> heard[0, 0, 7] = 1
    >>> int(lowest.scores(heard, np.zeros((1, 0)))[0, :, 0].argmax())
    7
    """

    kinds: tuple[str, ...]
    hidden: Floats
    hidden_bias: Floats
    out: Floats
    out_bias: Floats
    temperature: float = 1.0

    def scores(self, heard: Floats, plain: Floats) -> Floats:
        """Score every kind on every root. [shape=(things, 12, kinds)]"""
        width = 12 * heard.shape[1]
        turned = from_each_root(heard) @ self.hidden[:width] + (plain @ self.hidden[width:])[:, None] + self.hidden_bias
        return np.asarray((np.maximum(turned, 0) @ self.out + self.out_bias) / self.temperature, dtype=np.float32)

    def shares(self, heard: Floats, plain: Floats) -> Floats:
        """Return how likely every kind on every root is. [shape=(things, 12, kinds)]"""
        scores = self.scores(heard, plain)
        powers = np.exp(scores - scores.max(axis=(1, 2), keepdims=True))
        return np.asarray(powers / powers.sum(axis=(1, 2), keepdims=True))


def from_each_root(heard: Floats) -> Floats:
    """Return what is heard with pitch classes counted from each root. [shape=(things, 12, 12 * channels)]"""
    turned = [np.roll(heard, -root, axis=2).reshape(len(heard), 1, -1) for root in range(12)]
    return np.concatenate(turned, axis=1)
