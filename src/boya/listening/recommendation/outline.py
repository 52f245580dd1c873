"""The outline of a description: the few hundred numbers of `describe` as 32 that keep most of what tells pieces apart.

Conventions: each table of the description (instruments, places in the bar, lengths ...) is brought to length 1, so that all
count alike; the outline is what that has along 32 axes, less the mean of all pieces, again of length 1. The axes are principal
components of the pieces of `train`, in `data/outline.npz`, written by `scripts/train_outline.py`.
Source: Jolliffe, "Principal component analysis", 2002.
"""

import io
import zipfile
import zlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from boya.errors import ModelError
from boya.files.atomic import write_atomic
from boya.listening.recognition.description import TABLES

__all__ = ["FILE", "Outline", "outline_file", "shipped_outline"]

FILE = "outline.npz"
_ENDS = np.cumsum([len(names) for names in TABLES.values()])[:-1]

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Outline:
    """Mean `[shape=(n,)]` and axes `[shape=(n, axes)]` of descriptions whose tables count alike.

    Examples
    --------
    >>> described = np.random.default_rng(0).random((40, _ENDS[-1] + 24)).astype(np.float32)
    >>> outline = Outline.fit(described, 3)
    >>> outline.of(described).shape, round(float(np.linalg.norm(outline.of(described)[0])), 3)
    ((40, 3), 1.0)
    """

    mean: Floats
    axes: Floats

    @classmethod
    def fit(cls, described: Floats, n_axes: int) -> Self:
        """Return the outline that keeps most of some descriptions `[shape=(pieces, n)]`."""
        rows = _levelled(described)
        mean = rows.mean(axis=0)
        axes = np.linalg.svd(rows - mean, full_matrices=False)[2][:n_axes].T
        axes *= np.sign(axes[np.abs(axes).argmax(axis=0), range(axes.shape[1])])  # the same on every machine
        return cls(mean.astype(np.float32), axes.astype(np.float32))

    @classmethod
    def load(cls, packed: bytes) -> Self:
        """Read what `save` wrote.

        Raises
        ------
        ModelError
            if it is damaged.
        """
        try:
            with np.load(io.BytesIO(packed)) as found:
                return cls(found["mean"].astype(np.float32), found["axes"].astype(np.float32))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
            raise ModelError(
                f"{FILE} must hold mean and axes; {error}. Install Boya again, or run scripts/train_outline.py"
            ) from error

    def save(self, path: Path) -> None:
        """Write it in 16 bits."""
        packed = io.BytesIO()
        np.savez_compressed(packed, allow_pickle=False, mean=self.mean.astype(np.float16), axes=self.axes.astype(np.float16))
        write_atomic(path, packed.getvalue())

    def of(self, described: Floats) -> Floats:
        """Return the outlines of descriptions. [shape=(pieces, axes)]"""
        return _unit((_levelled(described) - self.mean) @ self.axes)


@cache
def shipped_outline() -> Outline:
    """Return the outline that ships, loaded once."""
    return Outline.load(outline_file().read_bytes())


def outline_file() -> Traversable:
    """Return the file of the outline that ships."""
    return files("boya.listening.recommendation") / "data" / FILE


def _levelled(described: Floats) -> Floats:
    """Descriptions in which all tables count alike. [shape=(pieces, n)]"""
    return _unit(np.concatenate([_unit(table) for table in np.split(described, _ENDS, axis=1)], axis=1))


def _unit(rows: NDArray[np.floating]) -> Floats:
    """Rows of length 1; those of nothing stay."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), dtype=np.float32)
