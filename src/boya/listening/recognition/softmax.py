"""Which of several classes: softmax regression, learnt and run in NumPy, that knows how sure it may be.

Conventions: `x [shape=(examples, features)]`, classes by their index. Features are centred and scaled as in learning. A
*temperature* divides the scores so that, on examples kept aside, a confidence of 0.8 is right in 8 of 10 cases.
Source: Guo et al. 2017, "On Calibration of Modern Neural Networks", for the temperature.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError

__all__ = ["Softmax", "calibration_error"]

UPDATES, RATE, MOMENTUM = 400, 0.5, 0.9
TEMPERATURES = np.geomspace(0.5, 10.0, 51)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Softmax:
    """Weights that were learnt.

    Attributes
    ----------
    classes
        names
    centre, scale
        of each feature `[shape=(features,)]`
    weights, bias
        `[shape=(features, classes)]`, `[shape=(classes,)]`
    temperature
        what scores are divided by
    """

    classes: tuple[str, ...]
    centre: Floats
    scale: Floats
    weights: Floats
    bias: Floats
    temperature: float = 1.0

    @classmethod
    def fit(cls, x: NDArray[np.floating], names: list[str], penalty: float = 1e-3) -> "Softmax":
        """Learn from examples and the names of their classes; rare classes weigh as much as the square root of their number.

        Raises
        ------
        InputError
            if there are not as many names as examples, or fewer than two classes.

        Examples
        --------
        >>> x = np.array([[0.0], [0.2], [0.8], [1.0]])
        >>> Softmax.fit(x, ["low", "low", "high", "high"]).named(x)
        ['low', 'low', 'high', 'high']
        """
        classes = tuple(sorted(set(names)))
        if len(names) != len(x) or len(classes) < 2:
            raise InputError(f"softmax regression needs a class for each example, and two classes; got {len(names)}, {classes}")
        target = np.array([classes.index(name) for name in names])
        share = 1 / np.sqrt(np.bincount(target))[target]
        centre, scale = x.mean(axis=0, dtype=np.float64), np.maximum(x.std(axis=0, dtype=np.float64), 1e-3)
        weights, bias = _descended((x - centre) / scale, np.eye(len(classes))[target], share / share.sum(), penalty)
        return cls(classes, centre, scale, weights, bias)

    def scores(self, x: NDArray[np.floating]) -> Floats:
        """Return the scores of examples. [shape=(examples, classes)]"""
        return np.asarray((np.asarray(x, dtype=np.float64) - self.centre) / self.scale @ self.weights + self.bias)

    def shares(self, x: NDArray[np.floating]) -> Floats:
        """Return how likely each class is. [shape=(examples, classes)]"""
        return _softmax(self.scores(x) / self.temperature)

    def named(self, x: NDArray[np.floating]) -> list[str]:
        """Return the likeliest class of each example."""
        return [self.classes[best] for best in self.scores(x).argmax(axis=1)]

    def calibrated(self, x: NDArray[np.floating], names: list[str]) -> "Softmax":
        """Return the same with the temperature that gives examples kept aside the least nats."""
        known = [place for place, name in enumerate(names) if name in self.classes]
        if not known:
            return self
        scores = self.scores(x[known])
        target = np.array([self.classes.index(names[place]) for place in known])
        nats = [-np.log(_softmax(scores / t)[np.arange(len(target)), target] + 1e-12).mean() for t in TEMPERATURES]
        return replace(self, temperature=float(TEMPERATURES[int(np.argmin(nats))]))

    def reasons(self, x: NDArray[np.floating], best: int, n: int) -> list[int]:
        """Return the `n` features of one example that speak most for a class against the mean of all."""
        weights = self.weights[:, best] - self.weights.mean(axis=1)
        speaks = (np.asarray(x, dtype=np.float64) - self.centre) / self.scale * weights
        return [int(place) for place in np.argsort(-speaks)[:n] if speaks[place] > 0]


def calibration_error(confidence: Floats, is_right: NDArray[np.bool_], n_bins: int = 10) -> float:
    """Return by how much confidence and share of right answers differ, over bins of confidence weighted by their size.

    >>> calibration_error(np.array([0.75, 0.75, 0.75, 0.75]), np.array([True, True, True, False]))
    0.0
    """
    place = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    bins = [place == n for n in range(n_bins)]
    return float(sum(inside.mean() * abs(confidence[inside].mean() - is_right[inside].mean()) for inside in bins if inside.any()))


def _descended(x: Floats, target: Floats, share: Floats, penalty: float) -> tuple[Floats, Floats]:
    """Weights and bias after steps down the weighted nats and the penalty, with Nesterov's momentum."""
    weights, bias = np.zeros((x.shape[1], target.shape[1])), np.zeros(target.shape[1])
    pace, pace_bias = np.zeros_like(weights), np.zeros_like(bias)
    rate = RATE / max(float((share @ (x**2)).sum()) / 16, 1.0)
    for _ in range(UPDATES):
        ahead, ahead_bias = weights + MOMENTUM * pace, bias + MOMENTUM * pace_bias
        error = share[:, None] * (_softmax(x @ ahead + ahead_bias) - target)
        pace = MOMENTUM * pace - rate * (x.T @ error + penalty * ahead)
        pace_bias = MOMENTUM * pace_bias - RATE * error.sum(axis=0)
        weights, bias = weights + pace, bias + pace_bias
    return weights, bias


def _softmax(scores: Floats) -> Floats:
    """Scores as shares of 1, row by row."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
