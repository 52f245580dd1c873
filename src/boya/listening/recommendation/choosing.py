"""Choose a few good ones that are not all the same.

Source: Carbonell & Goldstein, "The use of MMR, diversity-based reranking for reordering documents and producing summaries", 1998.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["spread_out"]


def spread_out(scores: NDArray[np.floating], vectors: NDArray[np.floating], count: int, diversity: float) -> NDArray[np.int64]:
    """Return the numbers of the chosen, in the order of choice, by maximal marginal relevance.

    Parameters
    ----------
    scores
        how good each is, of any unit `[shape=(pieces,)]`
    vectors
        of length 1 `[shape=(pieces, d)]`
    count
        how many
    diversity
        0: the best; 1: those least alike

    Examples
    --------
    >>> vectors = np.array([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    >>> [spread_out(np.array([3.0, 2.9, 2.0]), vectors, 2, diversity).tolist() for diversity in (0.0, 0.5)]
    [[0, 1], [0, 2]]
    """
    if not len(scores):
        return np.zeros(0, dtype=np.int64)
    spread = float(np.ptp(scores))
    good = (scores - scores.min()) / (spread or 1.0)
    alike = np.zeros(len(scores))
    left = np.ones(len(scores), dtype=bool)
    chosen: list[int] = []
    while len(chosen) < min(count, len(scores)):
        value = np.where(left, (1 - diversity) * good - diversity * alike, -np.inf)
        best = int(np.argmax(value))
        chosen.append(best)
        left[best] = False
        alike = np.maximum(alike, vectors @ vectors[best])
    return np.array(chosen, dtype=np.int64)
