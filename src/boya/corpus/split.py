"""Which split a piece belongs to: drawn by a hash of its work, never by excerpt, the same on every machine and in every order.

Pieces of one group (one work, or versions of one tune) share a split. Splits that a collection comes with are kept; where they
disagree within a group, the held-out one wins and the training pieces are left out, so that nothing leaks.
"""

import hashlib
from collections.abc import Mapping, Sequence

from boya.corpus.schema import SPLITS
from boya.errors import InputError

__all__ = ["SHARES", "draw_split", "group_splits"]

SHARES: Mapping[str, float] = {"train": 0.9, "valid": 0.1}


def draw_split(work: str, shares: Mapping[str, float] = SHARES) -> str:
    """Return the split of a work.

    Parameters
    ----------
    work
        the name of the work; only its hash counts.
    shares
        share of each split; they must sum to 1.

    Raises
    ------
    InputError
        if a split is unknown or the shares do not sum to 1.

    Examples
    --------
    >>> draw_split("folder/waltz"), draw_split("folder/waltz", {"train": 0.0, "test": 1.0})
    ('train', 'test')
    """
    if set(shares) - set(SPLITS) or min(shares.values(), default=0) < 0 or abs(sum(shares.values()) - 1) > 1e-9:
        raise InputError(f"shares must be of {', '.join(SPLITS)} and sum to 1; got {dict(shares)}")
    point = int.from_bytes(hashlib.sha256(work.encode()).digest()[:8], "big") / 2**64
    reached = 0.0
    for split in sorted(shares, key=SPLITS.index):
        reached += shares[split]
        if point < reached:
            return split
    return max(shares, key=lambda s: (shares[s] > 0, SPLITS.index(s)))


def group_splits(given: Sequence[str], groups: Sequence[str], shares: Mapping[str, float] = SHARES) -> list[str | None]:
    """Return the split of each piece, None where it must be left out.

    Parameters
    ----------
    given
        the split each piece came with, empty where there was none.
    groups
        the name of the group of each piece.

    Examples
    --------
    >>> group_splits(["train", "valid", "train"], ["a", "a", "b"])
    [None, 'valid', 'train']
    """
    known: dict[str, str] = {}
    for split, name in zip(given, groups, strict=True):
        if split:
            known[name] = max(known.get(name, "train"), split, key=SPLITS.index)
    drawn = [known.get(name) or draw_split(name, shares) for name in groups]
    return [d if s in ("", d) else None for s, d in zip(given, drawn, strict=True)]
