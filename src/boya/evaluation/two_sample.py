"""Can a classifier tell generated phrases from real ones? 50% is chance: it cannot; 100%: it always can.

Boosted trees (scikit-learn's histogram gradient boosting, fixed settings, one thread) see the fixed descriptors of
`descriptors`; the figure is their accuracy on phrases they did not learn from, in 5 folds over equally many phrases of both
kinds. Phrases of one piece stay in one fold, or the trees would recognise the piece. Real music against real music comes out
near 50%; two halves of one small pool even a little lower, for what is missing from one half while learning is just what it is
tested on. Source: Lopez-Paz & Oquab, "Revisiting classifier two-sample tests", 2017.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError, MissingExtraError

__all__ = ["TwoSample", "telltales", "two_sample"]

Floats = NDArray[np.float64]
_SETTINGS = {"max_iter": 100, "learning_rate": 0.1, "max_leaf_nodes": 15, "min_samples_leaf": 20, "early_stopping": False}
_NORMAL_95 = 1.959964


@dataclass(frozen=True)
class TwoSample:
    """Accuracy 0-1 with its 95% interval, and how many phrases of each kind were told apart."""

    accuracy: float
    low: float
    high: float
    n_per_class: int


def two_sample(
    model: Floats,
    data: Floats,
    rng: np.random.Generator,
    *,
    model_groups: NDArray[Any] | None = None,
    data_groups: NDArray[Any] | None = None,
    n_per_class: int = 1000,
    n_folds: int = 5,
) -> TwoSample:
    """Return how well boosted trees tell `model` from `data`.

    Parameters
    ----------
    model, data
        descriptors `[shape=(phrases, n)]` of `descriptors.descriptors`.
    model_groups, data_groups
        the piece each phrase comes from; equal values, also across the two, stay in one fold. None: every phrase for itself.
    n_per_class
        phrases drawn of each kind; fewer when one side has fewer.

    Raises
    ------
    InputError
        if there are too few phrases or groups, or the columns differ.
    MissingExtraError
        if scikit-learn is not installed.
    """
    classifier = _classifier()
    size = min(len(model), len(data), n_per_class)
    if model.ndim != 2 or data.ndim != 2 or model.shape[1] != data.shape[1] or n_folds < 2 or size < 2 * n_folds:
        raise InputError(f"the test needs {2 * n_folds} phrases of each kind with equal columns; got {model.shape}, {data.shape}")
    picked = [_picked(values, groups, size, rng) for values, groups in ((model, model_groups), (data, data_groups))]
    x = np.concatenate([values for values, _ in picked])
    y = np.repeat([1, 0], size)
    groups = _codes(picked[0][1], picked[1][1], size)
    fold = _folds(groups, y, n_folds, rng)
    right = np.zeros(2 * size, dtype=bool)
    for held_out in range(n_folds):
        test = fold == held_out
        right[test] = classifier(x[~test], y[~test], x[test]) == y[test]
    low, high = _interval(right, groups)
    return TwoSample(float(right.mean()), low, high, size)


def telltales(model: Floats, data: Floats, names: tuple[str, ...], n: int = 10) -> tuple[tuple[str, float], ...]:
    """Return the `n` descriptors that give the model away by themselves, with the area under the ROC curve (0.5 = not at all).

    Above 0.5 the model has more of it than the data, below 0.5 less; NaN counts as less than any number.

    >>> telltales(np.array([[1.0, 5], [2, 5]]), np.array([[1.0, 3], [2, 3]]), ("a", "b"), n=1)
    (('b', 1.0),)
    """
    both = np.nan_to_num(np.concatenate([model, data]), nan=-1e9)
    areas = np.empty(both.shape[1])
    for column in range(both.shape[1]):
        _, place, counts = np.unique(both[:, column], return_inverse=True, return_counts=True)
        rank = (np.cumsum(counts) - (counts - 1) / 2)[place.reshape(-1)[: len(model)]]
        areas[column] = (rank.sum() - len(model) * (len(model) + 1) / 2) / (len(model) * len(data))
    order = np.argsort(-np.abs(areas - 0.5), kind="stable")[:n]
    return tuple((names[column], float(areas[column])) for column in order)


def _classifier() -> Any:
    """Return a function (x, y, x_test) -> predicted classes, on one thread."""
    try:
        from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("the two-sample test", "evaluate") from error

    def predict(x: Floats, y: NDArray[np.int64], x_test: Floats) -> NDArray[np.int64]:
        measured = ~np.isnan(x).all(axis=0)  # scikit-learn cannot bin a column of NaN
        with threadpool_limits(1):
            trees = HistGradientBoostingClassifier(**_SETTINGS, random_state=0).fit(np.where(measured, x, 0), y)
            return np.asarray(trees.predict(np.where(measured, x_test, 0)))

    return predict


def _picked(
    values: Floats, groups: NDArray[Any] | None, size: int, rng: np.random.Generator
) -> tuple[Floats, NDArray[Any] | None]:
    """Draw `size` rows without repetition."""
    if groups is not None and len(groups) != len(values):
        raise InputError(f"groups must name the piece of each of {len(values)} phrases; got {len(groups)}")
    rows = rng.permutation(len(values))[:size]
    return values[rows], None if groups is None else np.asarray(groups)[rows]


def _codes(model: NDArray[Any] | None, data: NDArray[Any] | None, size: int) -> NDArray[np.int64]:
    """Number the groups of both sides; a phrase without a group is a group."""
    named = [f"g{v}" for v in model] if model is not None else [f"m{i}" for i in range(size)]
    named += [f"g{v}" for v in data] if data is not None else [f"d{i}" for i in range(size)]
    return np.unique(np.array(named), return_inverse=True)[1].reshape(-1)


def _folds(groups: NDArray[np.int64], y: NDArray[np.int64], n_folds: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Deal whole groups to folds, largest first, so that every fold holds about as many phrases of each kind.

    A fold with more of one kind would leave fewer of it to learn from, and the trees would guess the other: below chance.
    """
    sizes = np.stack([np.bincount(groups[y == kind], minlength=groups.max() + 1) for kind in (0, 1)], axis=1)
    if len(sizes) < n_folds:
        raise InputError(f"the test needs at least {n_folds} pieces; got {len(sizes)}")
    shuffled = rng.permutation(len(sizes))
    load = np.zeros((n_folds, 2))
    fold_of = np.empty(len(sizes), dtype=np.int64)
    for group in shuffled[np.argsort(-sizes[shuffled].sum(axis=1), kind="stable")]:
        fold_of[group] = (load @ sizes[group]).argmin()
        load[fold_of[group]] += sizes[group]
    return np.asarray(fold_of[groups])


def _interval(right: NDArray[np.bool_], groups: NDArray[np.int64]) -> tuple[float, float]:
    """Wilson's 95% interval, with as many independent trials as the spread between groups says there are."""
    n, accuracy = len(right), float(right.mean())
    spread = math.sqrt(float((np.bincount(groups, weights=right - accuracy) ** 2).sum())) / n
    trials = min(n, accuracy * (1 - accuracy) / spread**2) if spread > 0 else len(np.unique(groups))
    z = _NORMAL_95**2 / trials
    middle = (accuracy + z / 2) / (1 + z)
    half = math.sqrt(z * (accuracy * (1 - accuracy) + z / 4)) / (1 + z)
    return max(0.0, min(middle - half, accuracy)), min(1.0, max(middle + half, accuracy))
