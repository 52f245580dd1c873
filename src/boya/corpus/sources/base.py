"""What a source is: a named collection with a licence that yields its pieces in a fixed order.

A new source is one file with a function `open(place) -> Source` and one line in `boya.corpus.sources`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from boya.corpus.piece import Piece, Rejection

__all__ = ["Opener", "Source"]


@dataclass(frozen=True)
class Source:
    """A collection to read.

    Attributes
    ----------
    name
        a short word, in the id and origin of every piece.
    title, licence, citation
        for people; a piece may carry a narrower licence of its own.
    may_ship
        whether weights trained on it may be given to others.
    pieces
        called anew for each pass; yields pieces, and rejections for what could not even be opened, in a fixed order.
    sizes
        the bytes of each file that `pieces` will read, without reading it, for an honest time estimate.
    """

    name: str
    title: str
    licence: str
    citation: str
    may_ship: bool
    pieces: Callable[[], Iterator[Piece | Rejection]]
    sizes: Callable[[], list[int]]

    @property
    def facts(self) -> dict[str, str | bool]:
        """What the manifest says about the source."""
        return {"title": self.title, "licence": self.licence, "citation": self.citation, "may_ship": self.may_ship}


Opener = Callable[[Path | None], Source]
