"""A segment: the notes and the postings of a batch of pieces, as memory-mapped arrays that never change once written.

A segment is a folder with one raw little-endian file per array of `ARRAYS`:

    pitches, gaps      of all notes, line after line                              [shape=(notes,)]
    starts             first note of each line, and the number of notes           [shape=(lines + 1,)]
    pieces, voices     number of the line's piece; place of the line in it        [shape=(lines,)]
    onsets             step at which the line begins                              [shape=(lines,)]
    grams              the grams that occur, sorted                               [shape=(grams,)]
    firsts             first posting of each, and the number of postings          [shape=(grams + 1,)]
    postings           the notes at which a gram begins, gram after gram          [shape=(postings,)]
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import CorpusError

__all__ = ["ARRAYS", "Segment", "Sizes", "file_of", "open_segment", "verify_segment"]

ARRAYS: Mapping[str, str] = {
    "pitches": "<u1",
    "gaps": "<u1",
    "starts": "<u4",
    "pieces": "<u4",
    "voices": "<u2",
    "onsets": "<u4",
    "grams": "<u4",
    "firsts": "<u4",
    "postings": "<u4",
}
_PAIRS = (
    ("pitches", "gaps", 0),
    ("starts", "pieces", 1),
    ("pieces", "voices", 0),
    ("pieces", "onsets", 0),
    ("firsts", "grams", 1),
)
_AGAIN = "Build the index again"

Sizes = Mapping[str, Any]  # of each array: rows and sha256


@dataclass(frozen=True, eq=False)
class Segment:
    """A segment, opened: its folder and read-only arrays."""

    folder: Path
    pitches: NDArray[np.uint8]
    gaps: NDArray[np.uint8]
    starts: NDArray[np.uint32]
    pieces: NDArray[np.uint32]
    voices: NDArray[np.uint16]
    onsets: NDArray[np.uint32]
    grams: NDArray[np.uint32]
    firsts: NDArray[np.uint32]
    postings: NDArray[np.uint32]

    @property
    def n_notes(self) -> int:
        """Notes of all lines."""
        return len(self.pitches)

    @property
    def n_lines(self) -> int:
        """Lines of all pieces."""
        return len(self.pieces)

    def spans(self, first: NDArray[np.int64], last: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return where the postings of each range of grams [first, last) begin and end.

        Raises
        ------
        CorpusError
            if they lie outside the postings: the file has been changed.
        """
        low = self.firsts[np.searchsorted(self.grams, first)].astype(np.int64)
        high = self.firsts[np.searchsorted(self.grams, last)].astype(np.int64)
        if np.any(low > high) or np.any(high > len(self.postings)):
            raise damaged(self.folder, "firsts")
        return low, high

    def line_at(self, notes: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the line that each note belongs to."""
        return np.clip(np.searchsorted(self.starts, notes, side="right") - 1, 0, self.n_lines - 1)


def open_segment(folder: Path, sizes: Sizes) -> Segment:
    """Map the arrays of a segment.

    Raises
    ------
    CorpusError
        if a file is missing, or not as long as `sizes` says.
    """
    arrays = {name: _map(file_of(folder, name), dtype, int(sizes[name]["rows"])) for name, dtype in ARRAYS.items()}
    for name, other, more in _PAIRS:
        if len(arrays[name]) != len(arrays[other]) + more:
            raise damaged(folder, name)
    segment = Segment(folder, **arrays)
    if segment.starts[-1] != segment.n_notes or segment.firsts[-1] != len(segment.postings):
        raise damaged(folder, "starts")
    return segment


def verify_segment(folder: Path, sizes: Sizes) -> None:
    """Compare every array with its checksum; this reads all of it.

    Raises
    ------
    CorpusError
        if one has changed since it was written.
    """
    for name in ARRAYS:
        if digest(file_of(folder, name)) != sizes[name]["sha256"]:
            raise damaged(folder, name)


def file_of(folder: Path, name: str) -> Path:
    """Return the file of an array."""
    return folder / f"{name}.bin"


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def damaged(folder: Path, name: str) -> CorpusError:
    """The error of an array that is not what was written."""
    return CorpusError(f"{file_of(folder, name)} has changed since it was written. {_AGAIN}")


def _map(path: Path, dtype: str, rows: int) -> NDArray[Any]:
    """Map one array."""
    try:
        n_bytes = path.stat().st_size
        if n_bytes != rows * np.dtype(dtype).itemsize:
            raise CorpusError(f"{path} must hold {rows} rows of {dtype}; it has {n_bytes} bytes. {_AGAIN}")
        if not rows:
            return np.zeros(0, dtype=dtype)
        return np.memmap(path, dtype=dtype, mode="r", shape=(rows,)).view(np.ndarray)
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path} must be a whole array; {error}. {_AGAIN}") from error
