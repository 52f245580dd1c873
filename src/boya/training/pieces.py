"""Which pieces of a packed corpus are learnt from.

Conventions: a piece is known by its number in the corpus. Only `train` is learnt from; a *dev* part of it, whole works, decides
when to stop; `valid` is never looked at here.
"""

import hashlib
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from boya.errors import CorpusError, ModelError
from boya.score import Score

__all__ = ["Packed", "drawn", "is_dev_work", "pieces_to_learn", "rows_of_part", "summarised", "write_arrays"]

DEV_BUCKETS = 10_000


class Packed(Protocol):
    """What is read of a packed corpus; `boya.corpus.open_packed` gives one."""

    @property
    def folder(self) -> Path:
        """Where it lies."""

    @property
    def manifest(self) -> dict[str, Any]:
        """Its manifest: checksums of the arrays."""

    @property
    def pieces(self) -> list[dict[str, Any]]:
        """Manifest entries: source, group, split, style, licence."""

    def split(self, name: str) -> NDArray[np.int64]:
        """Indices of the pieces of a split."""

    def score(self, index: int) -> Score:
        """A piece."""


def pieces_to_learn(packed: Packed, collections: tuple[str, ...] = ()) -> list[int]:
    """Return the numbers of the `train` pieces of some collections, as `load_corpus` takes them.

    Raises
    ------
    CorpusError
        if a collection is not there.
    """
    known = {str(p.get("source", "")) for p in packed.pieces}
    collections = collections if known.intersection(collections) else ()
    absent = [c for c in collections if c not in known]
    if absent:
        raise CorpusError(f"the packed corpus must hold the collection {absent[0]!r}; it holds {', '.join(sorted(known))}")
    return [int(i) for i in packed.split("train") if not collections or packed.pieces[int(i)].get("source") in collections]


def summarised(pieces: list[dict[str, Any]]) -> dict[str, Any]:
    """Say what was learnt from, for cards, given the manifest's entries."""
    return {
        "collections": sorted({p.get("source", "") for p in pieces}),
        "pieces": len(pieces),
        "works": len({p.get("group", i) for i, p in enumerate(pieces)}),
        "licences": sorted({p.get("licence", "") or "unknown" for p in pieces}),
    }


def is_dev_work(group: str, share: float) -> bool:
    """Return whether a work belongs to the dev part: by its name alone, so that it stays there whatever else the corpus holds."""
    bucket = int.from_bytes(hashlib.sha256(group.encode()).digest()[:4], "little") % DEV_BUCKETS
    return bucket < share * DEV_BUCKETS


def rows_of_part(
    rows: NDArray[np.int64], entries: Sequence[dict[str, Any]], dev_share: float, *, is_dev: bool
) -> NDArray[np.int64]:
    """Return the rows of pieces to learn from, or those of the dev part; `entries` are the manifest's, by row.

    Raises
    ------
    ModelError
        if there are none.
    """
    groups = [str(entries[row].get("group", row)) for row in rows.tolist()]
    found = rows[[is_dev_work(group, dev_share) == is_dev for group in groups]]
    if not len(found):
        where = "the dev part" if is_dev else "training"
        raise ModelError(f"{where} must hold a piece; dev_share {dev_share:g} of {len(rows)} pieces leaves none")
    return found


def drawn(lengths: NDArray[np.integer[Any]], rng: np.random.Generator, size: int, power: float) -> NDArray[np.int64]:
    """Draw places of pieces, in proportion to their lengths to a power. [shape=(size,)]"""
    bounds = np.cumsum(lengths.astype(np.float64) ** power)
    return np.searchsorted(bounds, rng.random(size) * bounds[-1], side="right")


def write_arrays(file: Path, arrays: NDArray[Any] | dict[str, NDArray[Any]]) -> None:
    """Write an array (`.npy`) or several (`.npz`) in one step, the folder too.

    Raises
    ------
    OSError
        if that cannot be written; then nothing is left behind.
    """
    temporary = file.with_name(f".{file.name}.{os.getpid()}")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with temporary.open("wb") as out:
            if isinstance(arrays, dict):
                np.savez(out, **arrays)  # type: ignore[arg-type]
            else:
                np.save(out, arrays)
        temporary.replace(file)
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
