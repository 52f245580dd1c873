"""What stands beside a seq2seq's weights: how the vectors of its training phrases are spread, and which way attributes lie.

Conventions: vectors `[shape=(phrases, latent)]`; `mean` and `factor` (Cholesky) describe them as one normal distribution; an
attribute's direction leads from the mean vector of the phrases' lowest quarter to that of their highest. Source: Roberts et
al. 2018, section 5.2.
"""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from boya.models.networks.seq2seq import Seq2SeqNetwork
from boya.representation.grid import FIRST_PITCH, STEPS_PER_BAR

__all__ = ["ATTRIBUTES", "attribute_values", "save_statistics", "vectors_of"]

ATTRIBUTES = ("density", "register", "syncopation")
METRICAL_WEIGHT = np.array([4, 0, 1, 0, 2, 0, 1, 0, 3, 0, 1, 0, 2, 0, 1, 0])
SHRINKAGE = 0.02


def attribute_values(lines: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    """Measure lines of window tokens `[shape=(phrases, steps)]`.

    Density is onsets a bar, register the mean pitch, syncopation the share of onsets on weak steps that are held over the next
    stronger one.

    >>> attribute_values(np.array([[2, 1, 1, 1] * 4]))["density"].tolist()
    [4.0]
    """
    begins = lines >= FIRST_PITCH
    n_bars = lines.shape[1] / STEPS_PER_BAR
    count = np.maximum(begins.sum(1), 1)
    weight = np.tile(METRICAL_WEIGHT, int(n_bars))
    held_over = begins[:, :-1] & ~begins[:, 1:] & (weight[:-1] < weight[1:])
    return {
        "density": begins.sum(1) / n_bars,
        "register": np.where(begins, lines, 0).sum(1) / count,
        "syncopation": held_over.sum(1) / count,
    }


@torch.no_grad()
def vectors_of(network: Seq2SeqNetwork, tokens: NDArray[np.int64], batch: int = 256) -> NDArray[np.float32]:
    """Encode phrases `[shape=(phrases, tracks, steps)]`."""
    parts = [network.encode(torch.from_numpy(tokens[first : first + batch]))[0] for first in range(0, len(tokens), batch)]
    return torch.cat(parts).numpy()


def save_statistics(network: Seq2SeqNetwork, tokens: NDArray[np.int64], folder: Path, name: str) -> Path:
    """Write `<name>.npz` for training phrases `[shape=(phrases, tracks, steps)]`, in 16 bits."""
    vectors = vectors_of(network.eval(), tokens).astype(np.float64)
    covariance = np.cov(vectors.T)
    floor = SHRINKAGE * np.trace(covariance) / len(covariance)
    found = {
        "mean": vectors.mean(0),
        "factor": np.linalg.cholesky((1 - SHRINKAGE) * covariance + floor * np.eye(len(covariance))),
    }
    for attribute, values in attribute_values(tokens[:, 0]).items():
        low, high = np.quantile(values, (0.25, 0.75))
        found[f"attribute_{attribute}"] = vectors[values >= high].mean(0) - vectors[values <= low].mean(0)
    path = folder / f"{name}.npz"
    np.savez_compressed(path, **{key: array.astype(np.float16) for key, array in found.items()})
    return path
