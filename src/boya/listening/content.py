"""What a piece is like: its facets and its vector, by which others are found that are like it, and a taste is learnt.

Conventions: facets as in `boya.listening.facets`; the vector is float32 of length 1, so that the product of two is how alike two
pieces are, from -1 to 1. What describes a score is `boya.listening.recommendation.content_of`. To count a vector takes longer
than all else that an index does with a piece, so an index keeps a `Sketch`, facets and notes, and a `Describer` makes vectors of
the notes when somebody first asks what is like what.
"""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.representation.note_rows import FIELDS, NoteRows

__all__ = ["Content", "Describer", "Sketch", "unpacked_notes"]

_ROW_INTS = len(FIELDS) + 2  # with steps since the row before, and bars
_FASTEST = 1  # of zlib: a little larger, in half of the time


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


@dataclass(frozen=True, eq=False)
class Sketch:
    """Facets of a piece, and its notes, of which a vector can be made.

    Examples
    --------
    >>> from boya.representation.note_rows import note_rows
    >>> from boya.score import Score, Track, note_array
    >>> air = note_rows(Score((Track(note_array([(0, 480, 60, 80), (2160, 240, 64, 80)])),)))
    >>> facets, notes = Sketch(("style:waltz",), air).packed()
    >>> facets, unpacked_notes(notes).time.tolist()
    ('style:waltz', [0, 54])
    """

    facets: tuple[str, ...]
    notes: NoteRows

    def packed(self) -> tuple[str, bytes]:
        """Return the facets as a text, one a line, and the notes as bytes."""
        since = [np.diff(moments, prepend=0).astype("<i4") for moments in (self.notes.time, self.notes.bar)]
        columns = np.concatenate([self.notes.values.T.astype("<i4"), since])
        return "\n".join(self.facets), zlib.compress(columns.tobytes(), _FASTEST)


@dataclass(frozen=True, eq=False)
class Describer:
    """What makes vectors of notes; vectors of one `kind` can be compared."""

    kind: str
    vector_of: Callable[[NoteRows], NDArray[np.float32]]


def unpacked_notes(packed: bytes) -> NoteRows:
    """Return notes that a sketch has packed; which track each was of is not kept.

    Raises
    ------
    ValueError
        if the bytes are damaged.
    """
    try:
        columns = np.frombuffer(zlib.decompress(packed), dtype="<i4").reshape(_ROW_INTS, -1)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    time, bar = np.cumsum(columns[-2:], axis=1, dtype=np.int32)
    source = np.zeros((columns.shape[1], 2), dtype=np.int32)
    return NoteRows(columns[:-2].T.astype(np.int16), time, bar, source)
