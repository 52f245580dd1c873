"""What a piece is like: its facets and its vector, by which others are found that are like it, and a taste is learnt.

Conventions: facets as in `boya.listening.facets`; the vector is float32 of length 1, so that the product of two is how alike two
pieces are, from -1 to 1. What describes a score is `boya.listening.recommendation.content_of`.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError

__all__ = ["Content"]


@dataclass(frozen=True, eq=False)
class Content:
    """Facets of a piece, and its vector `[shape=(d,)]`.

    Raises
    ------
    InputError
        if the vector is empty, or not finite.

    Examples
    --------
    >>> packed = Content(("style:waltz", "key:A minor"), np.array([0.6, 0.8], dtype=np.float32)).packed()
    >>> Content.of(*packed).facets
    ('style:waltz', 'key:A minor')
    """

    facets: tuple[str, ...]
    vector: NDArray[np.float32]

    def __post_init__(self) -> None:
        if self.vector.ndim != 1 or not len(self.vector) or not np.isfinite(self.vector).all():
            raise InputError(f"a vector must be a row of finite numbers; got shape {self.vector.shape}. Index the piece again")

    @classmethod
    def of(cls, facets: str, vector: bytes) -> Self:
        """Return the content that was packed as a text and bytes."""
        return cls(tuple(facets.splitlines()), np.frombuffer(vector, dtype="<f4"))

    def packed(self) -> tuple[str, bytes]:
        """Return the facets as a text, one a line, and the vector as bytes."""
        return "\n".join(self.facets), self.vector.astype("<f4").tobytes()
