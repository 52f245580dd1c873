"""The writer's work on an index: a new segment, marks for pieces that are gone, segments copied together, remains cleared.

Each function that writes is one transaction of the store: arrays are on disk before the transaction that names them ends, and a
folder that no row names is nobody's. Folders that a merge has left stay until the next writing, for those who read them.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import numpy as np

from boya.errors import FileError
from boya.listening.search.entry import Entry
from boya.listening.search.segment import open_segment
from boya.listening.search.store import SegmentRow, Store
from boya.listening.search.writing import SegmentWriter

__all__ = ["add_segment", "mark", "merge", "worn"]

_TOGETHER = 10_000  # pieces per batch
_MOST_SEGMENTS = 8
_FEW_SEGMENTS = 4
_MOST_GONE = 0.25
_PREFIX = "segment-"


def add_segment(store: Store, folder: Path, entries: Iterable[Entry]) -> int:
    """Write pieces as a new segment, in the place of those with the same ids; return how many."""
    with store.writing(), _new_segment(store, folder) as (number, writer):
        n_pieces, gone = _fill(store, writer, entries, number)
        if n_pieces:
            store.add_segment(number, _name(number), writer.close(), n_pieces)
            mark(store, gone)
    if not n_pieces:
        shutil.rmtree(folder / _name(number), ignore_errors=True)
    return n_pieces


def mark(store: Store, gone: Mapping[int, Sequence[int]]) -> None:
    """Mark pieces of segments as gone."""
    for row in store.segments():
        if row.number in gone:
            store.set_removed(row.number, np.union1d(row.removed, gone[row.number]))


def worn(rows: Sequence[SegmentRow]) -> list[SegmentRow]:
    """Return the segments to copy together: those of which much is gone, and the smallest where there are many."""
    n_over = len(rows) - _FEW_SEGMENTS + 1 if len(rows) > _MOST_SEGMENTS else 0
    small = sorted(rows, key=lambda row: row.n_pieces - len(row.removed))[:n_over]
    return [row for row in rows if row in small or len(row.removed) > _MOST_GONE * row.n_pieces]


def merge(store: Store, folder: Path) -> None:
    """Copy what is left of the worn segments into a new one."""
    with store.writing(), _new_segment(store, folder) as (number, writer):
        old = worn(store.segments())
        for row in old:
            segment = open_segment(folder / row.folder, row.sizes)
            writer.copy(segment, np.flatnonzero(~np.isin(segment.pieces, row.removed)))
        n_pieces = sum(row.n_pieces - len(row.removed) for row in old)
        if n_pieces:
            store.add_segment(number, _name(number), writer.close(), n_pieces)
        store.replace_segments([row.number for row in old], number)
    if not n_pieces:
        shutil.rmtree(folder / _name(number), ignore_errors=True)


@contextmanager
def _new_segment(store: Store, folder: Path) -> Iterator[tuple[int, SegmentWriter]]:
    """A segment to write to, after remains are cleared; on an error nothing is left of it."""
    known = {row.folder for row in store.segments()}
    for remains in folder.glob(f"{_PREFIX}*"):
        if remains.name not in known:
            shutil.rmtree(remains, ignore_errors=True)
    number = store.next_segment()
    try:
        with SegmentWriter(folder / _name(number)) as writer:
            yield number, writer
    except BaseException as error:
        shutil.rmtree(folder / _name(number), ignore_errors=True)
        if isinstance(error, OSError):
            raise FileError(f"{folder} cannot be written: {error.strerror}. Check folder, rights and room") from error
        raise


def _fill(store: Store, writer: SegmentWriter, entries: Iterable[Entry], segment: int) -> tuple[int, dict[int, list[int]]]:
    """Write pieces; return how many, and which older ones they replace, by segment."""
    number = first = store.next_piece()
    gone: dict[int, list[int]] = {}
    rest = iter(entries)
    while batch := list(islice(rest, _TOGETHER)):
        for of, numbers in store.remove_pieces([entry.id for entry in batch]).items():
            gone.setdefault(of, []).extend(numbers)
        numbered = list(enumerate({entry.id: entry for entry in batch}.values(), number))
        for at, entry in numbered:
            writer.add(at, entry.lines)
        store.add_pieces(numbered, segment)
        store.index_words(number)
        number += len(numbered)
    return number - first, gone


def _name(number: int) -> str:
    """The folder of a segment."""
    return f"{_PREFIX}{number:06d}"
