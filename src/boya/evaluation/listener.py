"""A listener that has heard what people wrote and what a machine wrote, and says of an excerpt which of the two it may be.

Conventions: excerpts are described as in `boya.evaluation.excerpts`, a row each; what it says are log-odds, above 0 for "a
machine". It is a sum of small decision trees, kept as arrays of complete trees: children of node `i` are `2 i + 1` and `2 i + 2`,
a value above the threshold goes to the second; what cannot be measured counts as less than any number. Hearing needs NumPy only.

Source: J. Friedman, "Greedy function approximation: a gradient boosting machine", 2001.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError, MissingExtraError, ModelError
from boya.evaluation.excerpts import VERSION, describe_excerpts, excerpt_names
from boya.score import Score

__all__ = ["Listener", "machine_odds", "shipped_listener"]

DEPTH, N_TREES, RATE, SHARE = 3, 200, 0.08, 0.5
UNMEASURED = -1e9

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Listener:
    """Trees that were grown.

    Attributes
    ----------
    feature, threshold
        of each inner node `[shape=(trees, 2 ** depth - 1)]`
    leaf
        log-odds that each leaf adds `[shape=(trees, 2 ** depth)]`

    Examples
    --------
    >>> deaf = Listener(np.zeros((1, 1), int), np.zeros((1, 1)), np.array([[-1.0, 1.0]]))
    >>> deaf.hear(np.array([[2.0], [-3.0], [np.nan]])).tolist()
    [1.0, -1.0, -1.0]
    >>> (deaf + deaf).hear(np.array([[2.0]])).tolist()
    [2.0]
    """

    feature: NDArray[np.int64]
    threshold: Floats
    leaf: Floats

    @classmethod
    def fit(cls, machine: Floats, people: Floats, seed: int = 0) -> "Listener":
        """Learn from descriptions of excerpts of both kinds, as if there were as many of both. `[shape=(excerpts, n)]` both

        Raises
        ------
        InputError
            if one of the two has fewer than 10 excerpts, or the columns differ.
        MissingExtraError
            if scikit-learn is not installed.
        """
        if min(len(machine), len(people)) < 10 or machine.shape[1:] != people.shape[1:]:
            raise InputError(
                f"a listener needs 10 excerpts of each kind, described alike; got {machine.shape} and {people.shape}"
            )
        try:
            from sklearn.ensemble import GradientBoostingClassifier  # noqa: PLC0415
        except ImportError as error:
            raise MissingExtraError("to teach a listener", "evaluate") from error
        x = _measured(np.concatenate([machine, people]))
        y = np.repeat([1, 0], [len(machine), len(people)])
        settings = {
            "n_estimators": N_TREES,
            "max_depth": DEPTH,
            "learning_rate": RATE,
            "subsample": SHARE,
            "max_features": "sqrt",
        }
        model = GradientBoostingClassifier(**settings, random_state=seed).fit(x, y)
        trees = [_complete(estimator.tree_) for estimator in model.estimators_[:, 0]]
        feature, threshold, leaf = (np.array(side) for side in zip(*trees, strict=True))
        return cls(feature, threshold, RATE * leaf)

    @classmethod
    def load(cls, path: Path) -> "Listener":
        """Read what `save` wrote.

        Raises
        ------
        ModelError
            if the file is missing or damaged, or it listens to other descriptions than these.
        """
        try:
            with np.load(path) as found:
                version, n = found["told"].tolist()
                listener = cls(found["feature"].astype(np.int64), found["threshold"], found["leaf"])
        except (OSError, ValueError, KeyError, EOFError) as error:
            raise ModelError(f"{path.name} must be a listener; {error}. Install Boya again, or teach it again") from error
        if (version, n) != (VERSION, len(excerpt_names())):
            raise ModelError(f"{path.name} listens to other descriptions than this Boya's; teach it again")
        return listener

    def __add__(self, other: "Listener") -> "Listener":
        """Return one who hears what both hear, added."""
        return Listener(
            np.concatenate([self.feature, other.feature]),
            np.concatenate([self.threshold, other.threshold]),
            np.concatenate([self.leaf, other.leaf]),
        )

    def save(self, path: Path) -> None:
        """Write the trees."""
        told = np.array([VERSION, len(excerpt_names())])
        np.savez_compressed(path, feature=self.feature.astype(np.int16), threshold=self.threshold, leaf=self.leaf, told=told)

    def hear(self, described: Floats) -> Floats:
        """Return the log-odds that excerpts are a machine's. `[shape=(excerpts, n)]` -> `[shape=(excerpts,)]`"""
        x = _measured(described)
        trees = np.arange(len(self.feature))
        node = np.zeros((len(x), len(trees)), dtype=np.int64)
        n_inner = self.feature.shape[1]
        for _ in range(int(np.log2(n_inner + 1))):
            value = np.take_along_axis(x, self.feature[trees, node], axis=1)
            node = 2 * node + 1 + (value > self.threshold[trees, node])
        return np.asarray(self.leaf[trees, node - n_inner].sum(axis=1))


@cache
def shipped_listener() -> Listener:
    """Return the listener that ships, which has heard the composer that ships."""
    with as_file(files("boya.evaluation") / "data" / "listener.npz") as path:
        return Listener.load(path)


def machine_odds(excerpts: Sequence[Score], listener: Listener | None = None) -> Floats:
    """Return the log-odds that excerpts are a machine's, in the ears of a listener; of the one that ships, when left out.

    `[shape=(excerpts,)]`
    """
    return (listener or shipped_listener()).hear(describe_excerpts(list(excerpts)))


def _measured(described: Floats) -> Floats:
    """Descriptions as the trees read them."""
    return np.nan_to_num(np.asarray(described, dtype=np.float32), nan=UNMEASURED)


def _complete(tree: Any) -> tuple[NDArray[np.int64], Floats, Floats]:
    """A tree of scikit-learn as a complete one: below a leaf that comes early, all ways lead to its value."""
    n_inner = 2**DEPTH - 1
    feature, threshold, leaf = np.zeros(n_inner, dtype=np.int64), np.full(n_inner, np.inf), np.zeros(n_inner + 1)
    places = [0] * (2 * n_inner + 1)
    for node in range(2 * n_inner + 1):
        place = places[node]
        if node >= n_inner:
            leaf[node - n_inner] = tree.value[place, 0, 0]
            continue
        is_leaf = tree.children_left[place] < 0
        if not is_leaf:
            feature[node], threshold[node] = tree.feature[place], tree.threshold[place]
        places[2 * node + 1], places[2 * node + 2] = (
            (place, place) if is_leaf else (int(tree.children_left[place]), int(tree.children_right[place]))
        )
    return feature, threshold, leaf
