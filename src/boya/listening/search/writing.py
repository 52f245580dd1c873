"""Write a segment in bounded memory: lines are appended in batches, postings are placed in a second pass over the notes.

Postings are a counting sort: the first pass counts every gram, which says where its postings begin; the second sorts one batch
after another and copies it there. At any time one batch of `BATCH` notes is in memory, and a table of all grams.

Source: Witten, Moffat & Bell, "Managing Gigabytes", 2nd ed., 1999, ch. 5.
"""

import os
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.listening.search.grams import GRAMS, NOTES, grams_of
from boya.listening.search.segment import ARRAYS, Segment, digest, file_of
from boya.listening.search.voices import Line

__all__ = ["BATCH", "SegmentWriter"]

BATCH = 1 << 21
MOST_NOTES = 2**32 - 1
_STREAMED = ("pitches", "gaps", "starts", "pieces", "voices", "onsets")


class SegmentWriter:
    """A segment that is being written into a new folder; `close` gives its sizes.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "segment"
    >>> line = Line(np.array([60, 62, 64, 65, 67], dtype=np.uint8), np.full(5, 12, dtype=np.uint8))
    >>> with SegmentWriter(folder) as writer:
    ...     writer.add(1, [line])
    ...     sizes = writer.close()
    >>> sizes["postings"]["rows"]
    2
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._files: dict[str, IO[bytes]] = {name: file_of(folder, name).open("wb") for name in _STREAMED}
        self._counts = np.zeros(GRAMS, dtype=np.int64)
        self._n_notes = 0
        self._batch: list[tuple[int, int, Line]] = []
        self._n_batched = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for file in self._files.values():
            file.close()

    def add(self, piece: int, lines: Sequence[Line]) -> None:
        """Append the lines of a piece."""
        for voice, line in enumerate(lines[: 2**16]):
            self._batch.append((piece, voice, line))
            self._n_batched += len(line.pitches)
        if self._n_batched >= BATCH:
            self._flush()

    def copy(self, segment: Segment, lines: NDArray[np.int64]) -> None:
        """Append lines of another segment."""
        sizes = _sizes(segment.starts)
        for part in _parts(sizes[lines]):
            chosen = lines[part]
            notes = _ranges(segment.starts[chosen].astype(np.int64), sizes[chosen])
            columns = (segment.pieces[chosen], segment.voices[chosen], segment.onsets[chosen])
            self._flush()
            self._append(segment.pitches[notes], segment.gaps[notes], sizes[chosen], *columns)

    def close(self) -> dict[str, dict[str, Any]]:
        """Write the postings and bring everything to disk; return rows and checksum of each array."""
        self._flush()
        self._files["starts"].write(np.array([self._n_notes], dtype=ARRAYS["starts"]).tobytes())
        for file in self._files.values():
            _to_disk(file)
        self._write_postings()
        for folder in (self._folder, self._folder.parent):
            _names_to_disk(folder)
        rows = {name: file_of(self._folder, name).stat().st_size // np.dtype(dtype).itemsize for name, dtype in ARRAYS.items()}
        return {name: {"rows": rows[name], "sha256": digest(file_of(self._folder, name))} for name in ARRAYS}

    def _flush(self) -> None:
        """Write the batch."""
        if not self._batch:
            return
        pieces, voices, lines = zip(*self._batch, strict=True)
        sizes = np.array([len(line.pitches) for line in lines])
        onsets = np.array([line.onset for line in lines])
        pitches, gaps = np.concatenate([line.pitches for line in lines]), np.concatenate([line.gaps for line in lines])
        self._batch, self._n_batched = [], 0
        self._append(pitches, gaps, sizes, np.array(pieces), np.array(voices), onsets)

    def _append(self, pitches: NDArray[np.uint8], gaps: NDArray[np.uint8], sizes: NDArray[np.int64], *columns: Any) -> None:
        """Append notes of lines, and count their grams."""
        if self._n_notes + len(pitches) > MOST_NOTES:
            raise InputError(f"one addition may hold {MOST_NOTES} notes; it has more. Add the pieces in several parts")
        starts = self._n_notes + np.cumsum(sizes) - sizes
        arrays = dict(zip(_STREAMED, (pitches, gaps, starts, *columns), strict=True))
        for name, array in arrays.items():
            self._files[name].write(np.ascontiguousarray(array, dtype=ARRAYS[name]).tobytes())
        _, grams = _postings(pitches, gaps, sizes)
        self._counts += np.bincount(grams, minlength=GRAMS)
        self._n_notes += len(pitches)

    def _write_postings(self) -> None:
        """Place the postings of all notes, gram after gram."""
        used = np.flatnonzero(self._counts)
        firsts = np.concatenate([[0], np.cumsum(self._counts[used])])
        n_postings = int(firsts[-1])
        for name, array in (("grams", used), ("firsts", firsts)):
            with file_of(self._folder, name).open("wb") as file:
                file.write(array.astype(ARRAYS[name]).tobytes())
                _to_disk(file)
        with file_of(self._folder, "postings").open("wb") as file:
            file.truncate(n_postings * 4)
            _to_disk(file)
        if not n_postings:
            return
        placed = np.memmap(file_of(self._folder, "postings"), dtype=ARRAYS["postings"], mode="r+", shape=(n_postings,))
        free = np.cumsum(self._counts) - self._counts
        for notes, unsorted in self._again():
            packed = np.sort((unsorted.astype(np.uint64) << np.uint64(32)) | notes.astype(np.uint64))
            grams = (packed >> np.uint64(32)).astype(np.int64)
            counts = np.bincount(grams, minlength=GRAMS)
            before = np.cumsum(counts) - counts
            placed[free[grams] + np.arange(len(grams)) - before[grams]] = packed.astype(np.uint32)
            free += counts
        placed.flush()

    def _again(self) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Read the notes that were written, batch by batch; yield where grams begin, and the grams."""
        read = {
            name: np.memmap(file_of(self._folder, name), dtype=ARRAYS[name], mode="r") for name in ("pitches", "gaps", "starts")
        }
        sizes = _sizes(read["starts"])
        for part in _parts(sizes):
            first = int(read["starts"][part.start])
            notes = slice(first, first + int(sizes[part].sum()))
            places, grams = _postings(read["pitches"][notes], read["gaps"][notes], sizes[part])
            yield places + first, grams


def _postings(
    pitches: NDArray[np.uint8], gaps: NDArray[np.uint8], sizes: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Notes at which a gram begins, and the grams; none goes over the end of a line."""
    if len(pitches) < NOTES:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    is_whole = np.ones(len(pitches), dtype=bool)
    ends = np.cumsum(sizes)
    for back in range(1, NOTES):
        is_whole[np.maximum(ends - back, 0)] = False
    places = np.flatnonzero(is_whole)
    return places, grams_of(pitches, gaps)[places]


def _sizes(starts: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Notes of each line."""
    first = starts.astype(np.int64)
    return np.asarray(first[1:] - first[:-1])


def _parts(sizes: NDArray[np.int64]) -> Iterator[slice]:
    """Cut lines of these sizes into parts of about `BATCH` notes."""
    batch = np.cumsum(sizes) // BATCH
    bounds = [0, *(np.flatnonzero(np.diff(batch)) + 1).tolist(), len(sizes)]
    return (slice(a, b) for a, b in pairwise(bounds) if a < b)


def _ranges(starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """All numbers from each start on, as many as its size."""
    before = np.cumsum(sizes) - sizes
    return np.repeat(starts - before, sizes) + np.arange(int(sizes.sum()))


def _to_disk(file: IO[bytes]) -> None:
    """Bring a file to disk."""
    file.flush()
    os.fsync(file.fileno())


def _names_to_disk(folder: Path) -> None:
    """Bring the names of the files of a folder to disk, where the system can."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)
