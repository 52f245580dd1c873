"""Find versions of one tune among many pieces, and join them into works.

An inverted index from pattern hash to pieces gives every pair that shares patterns; a pair is one tune when the shared share of
the shorter one's patterns is large enough. Patterns found in very many pieces compare neighbours only, so that neither a common
phrase nor a thousand copies of one piece costs quadratic time.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.corpus.fingerprint import Hashes

__all__ = ["Match", "find_matches", "group"]

_FEW = 24  # a pattern in at most so many pieces links all of them with each other
_NEIGHBOURS = 3  # beyond that each piece is linked with so many that follow it


@dataclass(frozen=True, order=True)
class Match:
    """Two pieces, by index, and the share of the shorter one's patterns that the other has too."""

    first: int
    second: int
    share: float


def find_matches(prints: Sequence[Hashes], *, least_share: float = 0.25, least_patterns: int = 12) -> list[Match]:
    """Return the pairs of pieces that are versions of one tune.

    Parameters
    ----------
    prints
        a fingerprint per piece (see `boya.corpus.fingerprint`).
    least_share
        share of the shorter one's patterns that must be found in the other. A copy with one note in ten dropped keeps about
        half of its patterns. Measured on lieder, quartets, ewld, pop909 and band: 3,323 of 3,325 known pairs share more than
        half; of the pairs named as different works none shares between 20% and 31% (docs/corpus.md).
    least_patterns
        number of patterns that must be shared.

    Examples
    --------
    >>> a, b = np.arange(20, dtype=np.uint64), np.arange(100, 130, dtype=np.uint64)
    >>> find_matches([a, b, a[:15]])
    [Match(first=0, second=2, share=1.0)]
    """
    sizes = np.array([len(p) for p in prints], dtype=np.int64)
    counts: dict[int, int] = {}
    n_pieces = np.int64(len(prints))
    for pairs in _shared_pairs(prints):
        keys, times = np.unique(pairs[:, 0] * n_pieces + pairs[:, 1], return_counts=True)
        for key, n in zip(keys.tolist(), times.tolist(), strict=True):
            counts[key] = counts.get(key, 0) + n
    matches = []
    for key, shared in counts.items():
        first, second = divmod(key, len(prints))
        share = shared / min(sizes[first], sizes[second])
        if shared >= least_patterns and share >= least_share:
            matches.append(Match(first, second, float(share)))
    return sorted(matches)


def group(n_pieces: int, links: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Return for each piece the smallest index of the pieces linked with it, directly or through others. `[shape=(n_pieces,)]`

    >>> group(4, [(1, 3), (3, 2)]).tolist()
    [0, 1, 1, 1]
    """
    parent = list(range(n_pieces))

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for a, b in links:
        low, high = sorted((root(a), root(b)))
        parent[high] = low
    return np.array([root(i) for i in range(n_pieces)], dtype=np.int64)


def _shared_pairs(prints: Sequence[Hashes]) -> Iterator[NDArray[np.int64]]:
    """Yield arrays of pairs (first < second), one row per shared pattern. `[shape=(n, 2)]`"""
    if not prints:
        return
    hashes = np.concatenate(prints)
    owners = np.repeat(np.arange(len(prints), dtype=np.int64), [len(p) for p in prints])
    order = np.lexsort((owners, hashes))
    hashes, owners = hashes[order], owners[order]
    starts = np.flatnonzero(np.append(True, hashes[1:] != hashes[:-1])) if len(hashes) else np.empty(0, dtype=np.int64)
    lengths = np.diff(np.append(starts, len(hashes)))
    for length in np.unique(lengths[lengths > 1]).tolist():
        table = owners[starts[lengths == length][:, None] + np.arange(length)]
        reach = length - 1 if length <= _FEW else _NEIGHBOURS
        for step in range(1, reach + 1):
            yield np.stack([table[:, :-step].ravel(), table[:, step:].ravel()], axis=1)
