"""Kinds of tokens as masks over the vocabulary of the bar stream, and two ways to narrow what may follow.

Conventions: a mask is bool `[shape=(vocabulary,)]`, and is narrowed in place; it is never left empty.
"""

import numpy as np
from numpy.typing import NDArray

from boya.representation.stream import VOCABULARY

__all__ = ["ALL", "INSIDE", "IS_END", "IS_LEFT_OUT", "IS_MORE", "IS_TURN", "IS_VELOCITY", "SPANS", "hurry", "prefer"]

Mask = NDArray[np.bool_]

INSIDE = ("at", "vel", "long", "dur")  # kinds that a note must follow
SPANS = {kind: VOCABULARY.span(kind) for kind in ("at", "vel", "long", "dur", "pitch", "drum", "slot", "bar", "same")}
ALL = slice(0, len(VOCABULARY))


def _of(*kinds: str) -> Mask:
    """The tokens of some kinds."""
    mask = np.zeros(len(VOCABULARY), dtype=bool)
    for kind in kinds:
        mask[VOCABULARY.span(kind)] = True
    return mask


IS_LEFT_OUT = _of("hole", "gap")  # says that something is not there
IS_END = _of("bar", "end")  # ends a bar, or a hole
IS_TURN = _of("bar", "end", "slot")  # ends a segment
IS_MORE = _of("vel", "long", "dur", "pitch", "drum")  # goes on at the same position
IS_VELOCITY = _of("vel")


def prefer(mask: Mask, span: slice, wished: Mask) -> None:
    """Leave of a span what is wished, if anything is left there then.

    >>> mask = np.array([True, True, False])
    >>> prefer(mask, slice(0, 3), np.array([False, False, True]))
    >>> prefer(mask, slice(0, 2), np.array([False, True]))
    >>> mask.tolist()
    [False, True, False]
    """
    left = mask[span] & wished
    if left.any():
        mask[span] = left


def hurry(mask: Mask) -> None:
    """Leave only the way out: of the bar, or else to the highest slot, which is the one that must still play."""
    ways = mask & IS_END if (mask & IS_END).any() else mask & IS_TURN
    if ways.any():
        mask[:] = False
        mask[np.flatnonzero(ways)[-1]] = True
