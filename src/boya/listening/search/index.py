"""An index of pieces on disk: add, remove, and find them by notes or by words.

An index is a folder with `catalogue.sqlite` (see `store`) and a folder of arrays for each segment (see `segment`). One call of
`add` is one new segment and one transaction; removing marks pieces as gone; when segments are many, or much of one is gone, they
are copied together. A kill at any moment leaves the old or the new state; folders that a killed writer left are cleared by the
next one.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from boya.errors import CorpusError, FileError, InputError
from boya.listening.content import Content, Describer
from boya.listening.search.contents import contents_of
from boya.listening.search.entry import Entry
from boya.listening.search.finding import Finder
from boya.listening.search.match import Match
from boya.listening.search.query import Query
from boya.listening.search.segment import open_segment, verify_segment
from boya.listening.search.store import FILE, Store
from boya.listening.search.upkeep import add_segment, mark, merge, worn

__all__ = ["Index", "open_index"]

_MOST_TEXTS = 100_000


class Index:
    """An index, opened: what other processes add from now on is seen when it is opened again. Iterating gives ids.

    Parameters
    ----------
    folder
        where it lies
    create
        make it if there is none

    Raises
    ------
    CorpusError
        if there is no index, it is damaged, or the folder holds something else.
    FileError
        if it cannot be read or made.

    Examples
    --------
    >>> import tempfile
    >>> from boya.listening.search import entry_of, parse_query
    >>> from boya.score import Score, Track, note_array
    >>> notes = [(i * 480, 480, pitch, 80) for i, pitch in enumerate((60, 62, 64, 67, 65, 64))]
    >>> index = Index(tempfile.mkdtemp(), create=True)
    >>> index.add([entry_of(Score((Track(note_array(notes)),), title="Air"), "airs/1")])
    1
    >>> [match] = index.search(parse_query("D4 E4 F#4 A4"))
    >>> match.piece, match.bar, match.transposition, [found.title for found in index.find_text("air")]
    ('airs/1', 0, -2, ['Air'])
    """

    def __init__(self, folder: str | Path, *, create: bool = False) -> None:
        self.folder = Path(folder)
        if create:
            _prepare(self.folder)
        self._store = Store(self.folder, create=create)
        self._load()

    def __len__(self) -> int:
        return len(self._store)

    def __iter__(self) -> Iterator[str]:
        return iter(self._store.ids())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close it."""
        self._store.close()

    def checksums(self) -> dict[str, str]:
        """Return the checksum of every piece by id, so that what is unchanged need not be read again."""
        return self._store.ids()

    def add(self, entries: Iterable[Entry]) -> int:
        """Add pieces, in the place of those with the same id; all of them or, on an error, none. Return how many.

        Raises
        ------
        FileError
            if another process is writing, or the disk is full.
        """
        n_pieces = add_segment(self._store, self.folder, entries)
        self._load()
        self._tidy()
        return n_pieces

    def remove(self, ids: Sequence[str]) -> int:
        """Remove pieces; ids that are not there are passed over. Return how many were there."""
        with self._store.writing():
            gone = self._store.remove_pieces(ids)
            mark(self._store, gone)
        self._load()
        self._tidy()
        return sum(map(len, gone.values()))

    def search(self, query: Query | Sequence[Query], *, limit: int = 10, text: str = "") -> list[Match]:
        """Find the pieces that have these notes, or nearly these, best first; each piece once.

        Parameters
        ----------
        query
            one query, or several, of which the best answers are kept
        limit
            how many pieces at most
        text
            only pieces that have these words

        Raises
        ------
        InputError
            if `limit` is below 1, or `text` holds no word.
        CorpusError
            if the index is damaged.
        """
        if limit < 1:
            raise InputError(f"limit must be at least 1; got {limit}")
        wanted = np.array(sorted(number for number, _ in self._store.find(text, _MOST_TEXTS)), dtype=np.int64) if text else None
        queries = [query] if isinstance(query, Query) else list(query)
        best: dict[str, Match] = {}
        for one in queries:
            for match in self._finder.find(one, limit, wanted):
                if match.piece not in best or match.score > best[match.piece].score:
                    best[match.piece] = match
        return sorted(best.values(), key=lambda match: -match.score)[:limit]

    def find_text(self, text: str, *, limit: int = 10) -> list[Entry]:
        """Return the pieces whose title, composer, id or other words have all words of a text, best first, without lines.

        Raises
        ------
        InputError
            if there is no word in it.
        """
        numbers = [number for number, _ in self._store.find(text, limit)]
        return [entry for entry, _ in self._store.pieces(numbers).values()]

    def contents(
        self, describer: Describer, progress: Callable[[int, int], None] | None = None
    ) -> list[tuple[str, str, str, Content]]:
        """Return id, title, composer and content of every piece that was added with a sketch, the oldest first.

        Pieces that nobody asked about yet are described now, which takes some 20 ms each; that is kept where the index can be
        written.

        Parameters
        ----------
        describer
            what makes vectors (`boya.listening.recommendation.describer`)
        progress
            told how many are described, of how many that were not

        Raises
        ------
        CorpusError
            if the index is damaged.
        """
        return contents_of(self._store, describer, progress)

    def verify(self) -> None:
        """Compare everything with its checksums; this reads all of it.

        Raises
        ------
        CorpusError
            if something has changed since it was written.
        """
        self._store.check()
        for row in self._store.segments():
            verify_segment(self.folder / row.folder, row.sizes)

    def _load(self) -> None:
        """Open the segments that there are."""
        rows = self._store.segments()
        try:
            opened = [open_segment(self.folder / row.folder, row.sizes) for row in rows]
        except (CorpusError, KeyError, TypeError, ValueError) as error:
            if [row.number for row in rows] != [row.number for row in self._store.segments()]:
                return self._load()  # another process has copied segments together since
            if isinstance(error, CorpusError):
                raise
            raise CorpusError(f"{self.folder / FILE} is damaged: {error!r}. Build the index again") from error
        removed = np.unique(np.concatenate([np.zeros(0, np.int64), *(row.removed for row in rows)]))
        self._finder = Finder(self._store, opened, removed)
        return None

    def _tidy(self) -> None:
        """Copy segments together where they are many, or worn."""
        if worn(self._store.segments()):
            merge(self._store, self.folder)
            self._load()


def open_index(folder: str | Path) -> Index:
    """Open an index that exists. Raises as `Index` does."""
    return Index(folder)


def _prepare(folder: Path) -> None:
    """Make the folder of a new index; it must be empty, or an index."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / FILE).exists() and any(folder.iterdir()):
            raise CorpusError(f"{folder} must be an index or an empty folder; it holds other files. Name another folder")
    except OSError as error:
        raise FileError(f"{folder} cannot be made: {error.strerror}. Check the path and rights") from error
