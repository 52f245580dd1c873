"""How well written phrases are told from real ones, to decide when to stop.

Conventions: accuracy 0-1 of a classifier on phrases it did not learn from, 0.5 is chance. Boosted trees of
`boya.evaluation.two_sample` where scikit-learn is installed; a linear classifier on the same descriptors where it is not, as
on a bare training machine: it sees less, so its figures compare with each other only, and they carry another name.
"""

import numpy as np
from numpy.typing import NDArray

from boya.errors import MissingExtraError, ModelError
from boya.evaluation.descriptors import descriptors
from boya.evaluation.two_sample import two_sample
from boya.representation.phrases import Layers, frames_of_layers, rolls_of
from boya.training.data import PhraseSet

__all__ = ["accuracy_against", "check_enough", "linear_accuracy"]

Floats = NDArray[np.float64]
FOLDS = 5
RIDGE = 10.0


def check_enough(real: PhraseSet) -> None:
    """Check that there are enough dev phrases for a test.

    Raises
    ------
    ModelError
        if there are fewer than ten phrases, or they come from fewer than five pieces.
    """
    n_pieces = len(np.unique(real.conditions[:, 3]))
    if len(real) < 2 * FOLDS or n_pieces < FOLDS:
        found = f"{len(real)} from {n_pieces}"
        raise ModelError(
            f"the dev part must hold {2 * FOLDS} phrases from {FOLDS} pieces; got {found}. Raise dev_share in [data]"
        )


def accuracy_against(written: list[Layers], real: PhraseSet, lead: int) -> dict[str, float]:
    """Tell written phrases from the real ones over whose chords they were written, `lead` steps of them cut off.

    Returns
    -------
    dict
        `two_sample`, and `is_linear` 1 where the trees were not there.
    """
    frames = real.take(np.arange(len(real)))[:, lead:]
    layers = {role: np.concatenate([batch[role] for batch in written]) for role in written[0]}
    model, data = descriptors(rolls_of(frames_of_layers(layers, frames))), descriptors(rolls_of(frames))
    pieces = real.conditions[:, 3]
    rng = np.random.default_rng(0)
    try:
        found = two_sample(model, data, rng, model_groups=pieces, data_groups=pieces)
        return {"two_sample": found.accuracy, "is_linear": 0.0}
    except MissingExtraError:
        return {"two_sample": linear_accuracy(model, data, pieces, rng), "is_linear": 1.0}


def linear_accuracy(model: Floats, data: Floats, groups: NDArray[np.int64], rng: np.random.Generator) -> float:
    """Return the accuracy of ridge regression on descriptors and on which of them are missing, in five folds of whole groups.

    >>> rng = np.random.default_rng(0)
    >>> linear_accuracy(rng.random((50, 2)) + [0, 9], rng.random((50, 2)), np.arange(50), rng)
    1.0
    """
    both = np.concatenate([model, data])
    missing = np.isnan(both)
    count = np.maximum((~missing).sum(axis=0), 1)
    filled = np.where(missing, np.where(missing, 0, both).sum(axis=0) / count, both)
    x = np.concatenate([filled, missing], axis=1)
    x = (x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-9)
    y = np.repeat([1.0, -1.0], [len(model), len(data)])
    names, code = np.unique(groups, return_inverse=True)
    fold = np.tile((rng.permutation(len(names)) % FOLDS)[code], 2)
    right = np.zeros(len(y), dtype=bool)
    for held_out in range(FOLDS):
        test = fold == held_out
        seen = x[~test]
        weights = np.linalg.solve(seen.T @ seen + RIDGE * np.eye(x.shape[1]), seen.T @ y[~test])
        right[test] = (x[test] @ weights > 0) == (y[test] > 0)
    return float(right.mean())
