"""Style, substyle and composer: heard twice, in what a person can read and in the encoder's vector.

Conventions: two ears say how likely each class is, one from `describe`, one from `vector_of`; they are believed alike (the mean
of their logarithms). Reasons are the numbers of the description that speak most for the likeliest class. A drum-only piece is
described as any other. Composers are asked only of the styles whose composers were learnt.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.listening.recognition.description import description_names
from boya.listening.recognition.stored import Ears
from boya.theory.instruments import instrument

__all__ = ["COMPOSED", "VIEWS", "Guess", "guesses", "shares_of"]

VIEWS = ("described", "vector")
COMPOSED = ("art song", "string quartet")
N_REASONS = 3

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Guess:
    """What something may be, how sure that is (0-1), and what speaks for it."""

    name: str
    confidence: float
    why: tuple[str, ...] = ()


def shares_of(ears: Ears, what: str, described: Floats, vectors: Floats) -> NDArray[np.float64]:
    """Return how likely each class of `what` is in both ears together. [shape=(pieces, classes)]"""
    seen = [ears.of_classes(f"{what}.{view}").shares(x) for view, x in zip(VIEWS, (described, vectors), strict=True)]
    mean = np.exp(sum(np.log(shares + 1e-9) for shares in seen) / len(seen))
    return np.asarray(mean / mean.sum(axis=1, keepdims=True))


def guesses(ears: Ears, what: str, described: Floats, vector: Floats, n: int = 3) -> tuple[Guess, ...]:
    """Return the likeliest classes of one piece, the first with reasons."""
    shares = shares_of(ears, what, described[None], vector[None])[0]
    ear = ears.of_classes(f"{what}.described")
    order = np.argsort(-shares)[:n].tolist()
    names = description_names()
    why = tuple(_readable(names[place]) for place in ear.reasons(described, order[0], N_REASONS))
    return tuple(Guess(ear.classes[k], float(shares[k]), why if k == order[0] else ()) for k in order)


def _readable(name: str) -> str:
    """The name of a number with its instrument spelled out."""
    return instrument(int(name.removeprefix("program "))).name if name.startswith("program ") else name
