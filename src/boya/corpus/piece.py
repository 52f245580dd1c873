"""A piece: the bytes of one work together with where they come from and what may be done with them.

A piece is read into a `Score` only when asked, so listing a collection costs nothing and reading can happen on another machine.
"""

import hashlib
from dataclasses import dataclass

from boya.files import read_bytes
from boya.score import Score

__all__ = ["SUFFIXES", "Origin", "Piece", "Rejection"]

SUFFIXES = (".mid", ".midi", ".musicxml", ".xml", ".mxl", ".abc", ".json")


@dataclass(frozen=True)
class Origin:
    """Where a piece comes from.

    `path` is relative to the source, so that a manifest names no machine; `work` is the composition it is a version of: pieces
    of one work never lie in two splits.
    """

    source: str
    path: str
    work: str


@dataclass(frozen=True)
class Piece:
    """A score's bytes, origin and licence.

    Examples
    --------
    >>> piece = Piece("a", Origin("folder", "a.abc", "folder/a"), b"X:1", ".abc")
    >>> piece.checksum[:8], piece.n_bytes
    ('75963ddf', 3)
    """

    id: str
    origin: Origin
    data: bytes
    suffix: str
    licence: str = ""
    style: str = ""
    substyle: str = ""
    title: str = ""
    composer: str = ""
    split: str = ""  # empty: drawn by work
    is_mode_known: bool = True  # False where key signatures tell sharps and flats but not major from minor

    @property
    def checksum(self) -> str:
        """SHA-256 of the bytes."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def n_bytes(self) -> int:
        """Size in bytes."""
        return len(self.data)

    def read(self) -> Score:
        """Read the bytes as a score.

        Raises
        ------
        FileError
            if they are not what the suffix promises.
        """
        return read_bytes(self.data, self.suffix)


@dataclass(frozen=True, order=True)
class Rejection:
    """A piece that was left out, and why: `reason` is a short fixed word to count by, `detail` says what was found."""

    source: str
    path: str
    reason: str
    detail: str = ""
    id: str = ""
