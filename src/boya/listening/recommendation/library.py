"""The pieces that something is recommended from, as arrays, and the nearest of them to a vector.

Conventions: vectors have length 1, nearness is their product, -1 to 1. With the optional part `similar` and from `MANY` pieces
on, near ones are looked for through a graph of faiss, which finds nearly all of them; otherwise every piece is compared.

Source: Malkov & Yashunin, "Efficient and robust approximate nearest neighbor search using HNSW graphs", 2020.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import CorpusError, InputError
from boya.listening.content import Content

__all__ = ["MANY", "Library"]

MANY = 20_000
LINKS, LOOKED_AT = 32, 256  # of the graph: links of a piece, pieces looked at for a question

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Library:
    """Pieces in the order of an index.

    Attributes
    ----------
    ids, titles, composers, facets
        of each piece
    vectors
        of length 1 `[shape=(pieces, d)]`
    """

    ids: tuple[str, ...]
    titles: tuple[str, ...]
    composers: tuple[str, ...]
    facets: tuple[tuple[str, ...], ...]
    vectors: Floats

    @classmethod
    def of(cls, pieces: Iterable[tuple[str, str, str, Content]]) -> "Library":
        """Return the library of ids, titles, composers and contents, as `Index.contents` gives them.

        Raises
        ------
        CorpusError
            if vectors are of several lengths.

        Examples
        --------
        >>> library = Library.of([("a", "Air", "", Content(("style:waltz",), np.ones(1, dtype=np.float32)))])
        >>> library.ids, library.nearest(np.ones(1, dtype=np.float32), 5)[0].tolist()
        (('a',), [0])
        """
        rows = list(pieces)
        contents = [content for *_, content in rows]
        lengths = {len(content.vector) for content in contents}
        if len(lengths) > 1:
            raise CorpusError(f"pieces must be described alike; vectors have {sorted(lengths)} numbers. Index them all again")
        vectors = np.array([content.vector for content in contents], dtype=np.float32)
        return cls(
            tuple(row[0] for row in rows),
            tuple(row[1] for row in rows),
            tuple(row[2] for row in rows),
            tuple(content.facets for content in contents),
            vectors.reshape(len(rows), -1 if rows else 0),
        )

    def __len__(self) -> int:
        return len(self.ids)

    def content(self, piece: str) -> Content:
        """Return what a piece is like.

        Raises
        ------
        InputError
            if there is no such piece.
        """
        number = self.numbers.get(piece)
        if number is None:
            raise InputError(f"a piece must be in the index with a description; {piece!r:.80} is not. Index it (again) first")
        return Content(self.facets[number], self.vectors[number])

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Id -> number."""
        return {piece: number for number, piece in enumerate(self.ids)}

    def nearest(self, vector: Floats, count: int) -> tuple[NDArray[np.int64], Floats]:
        """Return the numbers of the nearest pieces and how alike they are, the nearest first.

        Raises
        ------
        InputError
            if the vector is of another length than those of the pieces.
        """
        self.check(vector)
        count = min(count, len(self))
        if not count:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        if self._graph is not None and count < LOOKED_AT:
            near, found = self._graph.search(vector[None], count)
            return found[0][found[0] >= 0].astype(np.int64), near[0][found[0] >= 0]
        near = self.vectors @ vector
        found = np.argpartition(-near, count - 1)[:count] if count < len(near) else np.arange(len(near))
        found = found[np.lexsort((found, -near[found]))]
        return found, near[found]

    def check(self, vector: Floats) -> None:
        """Raise InputError where a vector does not fit those of the pieces."""
        if len(self) and vector.shape != self.vectors.shape[1:]:
            raise InputError(
                f"a piece must be described as those of the index are, in {self.vectors.shape[1]} numbers; "
                f"got {vector.shape}. Index them again"
            )

    @cached_property
    def _graph(self) -> Any:
        """The graph of faiss, where it is installed and pays; None otherwise."""
        if len(self) < MANY:
            return None
        try:
            faiss = import_module("faiss")
        except ImportError:
            return None
        graph = faiss.IndexHNSWFlat(self.vectors.shape[1], LINKS, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efSearch = LOOKED_AT
        graph.add(self.vectors)
        return graph
