"""A listener's taste: a Bayesian linear model over the vector and the facets of a piece.

Conventions: what a listener does is worth a number, `WORTH`: a like 1, an edit 0.5, a skip -0.5. It is taken as the product of
the piece's features and unknown weights, with normal noise; the weights are normal beforehand, so they are normal afterwards,
and the whole model is a mean and a covariance. Features are 1, the vector, and the facets, each kind of facet (style, instrument,
metre ...) of length 1 at most. What was done longer ago counts less, by half in each half-life.

Source: Bishop, "Pattern recognition and machine learning", 2006, 3.3; draws after Chapelle & Li, "An empirical evaluation of
Thompson sampling", 2011, who draw from less than all that is not known.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from boya.listening.content import Content

__all__ = ["KINDS", "WORTH", "Taste", "features_of", "learn"]

WORTH: Mapping[str, float] = MappingProxyType({"like": 1.0, "edit": 0.5, "skip": -0.5})
KINDS = ("style", "instrument", "family", "role", "scale", "metre", "tempo")
# Chosen with made listeners (boya.proof.listeners) on pieces of train: to dare more, or to draw weights, lost likes.
NOISE = 1.0  # standard deviation of what a listener does
SPREADS = (1.0, 1.0, 0.4)  # and of weights beforehand: constant, vector, facets
DARING = 0.03  # draws are off the mean by so much of what is not known

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Taste:
    """What is known of a listener.

    Attributes
    ----------
    facets
        those that have a weight, sorted
    mean
        of the weights: constant, vector, facets `[shape=(n,)]`
    factor
        lower triangular; times its own transpose it is the inverse of the covariance `[shape=(n, n)]`
    """

    facets: tuple[str, ...]
    mean: Floats
    factor: Floats

    def draw(self, rows: Floats, rng: np.random.Generator) -> Floats:
        """Return what may be done with pieces of these features, each drawn from what is known of it. `[shape=(pieces,)]`"""
        spread = np.linalg.norm(np.linalg.solve(self.factor, rows.T), axis=0)
        return np.asarray(rows @ self.mean + DARING * spread * rng.standard_normal(len(rows)))

    @property
    def weights(self) -> dict[str, float]:
        """Facet -> its mean weight."""
        return dict(zip(self.facets, self.mean[len(self.mean) - len(self.facets) :].tolist(), strict=True))


def learn(facets: Iterable[str], events: Sequence[tuple[Content, float, float]], n_vector: int) -> Taste:
    """Return the taste that some events tell.

    Parameters
    ----------
    facets
        those that get a weight; of kinds that are not among KINDS none does
    events
        what a piece is like, what was done with it as a number, and how much it counts, 0-1
    n_vector
        length of the vectors

    Examples
    --------
    >>> waltz, march = (Content((f"style:{name}",), np.ones(1, dtype=np.float32)) for name in ("waltz", "march"))
    >>> taste = learn(["style:waltz", "style:march"], [(waltz, 1.0, 1.0), (march, -0.5, 1.0)], 1)
    >>> {facet: round(weight, 1) for facet, weight in taste.weights.items()}
    {'style:march': -0.1, 'style:waltz': 0.1}
    """
    known = tuple(sorted({facet for facet in facets if facet.partition(":")[0] in KINDS}))
    vectors = np.array([content.vector for content, _, _ in events], dtype=np.float64).reshape(len(events), n_vector)
    rows = features_of(known, [content.facets for content, _, _ in events], vectors)
    worth, counts = np.array([event[1:] for event in events], dtype=np.float64).reshape(len(events), 2).T
    weighted = rows * (counts / NOISE**2)[:, None]
    spread = np.repeat(SPREADS, (1, n_vector, len(known)))
    factor = np.linalg.cholesky(np.diag(1 / spread**2) + weighted.T @ rows)
    mean = np.linalg.solve(factor.T, np.linalg.solve(factor, weighted.T @ worth))
    return Taste(known, mean, np.asarray(factor, dtype=np.float64))


def features_of(known: Sequence[str], facets: Sequence[Sequence[str]], vectors: NDArray[np.floating]) -> Floats:
    """Return the features of pieces: constant, vector, and facets, which have length 1 by kind. `[shape=(pieces, n)]`"""
    column = {facet: at for at, facet in enumerate(known)}
    held = np.zeros((len(facets), len(known)))
    for row, names in enumerate(facets):
        held[row, [column[name] for name in names if name in column]] = 1.0
    kinds = [facet.partition(":")[0] for facet in known]
    for kind in set(kinds):
        at = [number for number, one in enumerate(kinds) if one == kind]
        held[:, at] /= np.maximum(np.sqrt(held[:, at].sum(axis=1, keepdims=True)), 1.0)
    return np.concatenate([np.ones((len(facets), 1)), vectors, held], axis=1)
