"""What an index knows besides notes: its pieces, the words they are found by, its segments. The only user of sqlite3 here.

One SQLite file is the truth about an index: a folder of arrays belongs to it when a row says so. Everything that one writer does
is one transaction, so that after a kill at any moment the old or the new state is there. Words are found by FTS5 with bm25.

Conventions: pieces are numbered from 1, and a number is never used twice.

Source: sqlite.org/fts5.html, sqlite.org/atomiccommit.html.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from boya.errors import CorpusError, FileError, InputError
from boya.listening.content import unpacked_notes
from boya.listening.search.entry import Entry
from boya.listening.search.segment import Sizes
from boya.listening.search.words import asked_words, more_words
from boya.representation.note_rows import NoteRows

__all__ = ["Known", "SegmentRow", "Store"]

FILE = "catalogue.sqlite"
KIND = 0x426F7961  # application_id: "Boya"
VERSION = 3
READABLE = (1, 2, VERSION)  # those before have no notes to describe a piece by; the next writer makes the table
_SILENT = Entry("", ()).metres
_BUSY_SECOND = 5.0
_CONTENT = f"""
DROP TABLE IF EXISTS content;
CREATE TABLE content (number INTEGER PRIMARY KEY, facets TEXT NOT NULL, notes BLOB NOT NULL, vector BLOB, kind TEXT);
PRAGMA user_version = {VERSION};
"""
_SCHEMA = f"""
CREATE TABLE piece (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, segment INTEGER NOT NULL, title TEXT,
    composer TEXT, words TEXT, checksum TEXT, metres TEXT, voices TEXT);
CREATE UNIQUE INDEX piece_id ON piece (id);
CREATE VIRTUAL TABLE word USING fts5 (title, composer, words, id, content='piece', content_rowid='number',
    detail='column', tokenize="unicode61 remove_diacritics 2");
CREATE TABLE segment (number INTEGER PRIMARY KEY AUTOINCREMENT, folder TEXT NOT NULL, sizes TEXT NOT NULL,
    n_pieces INTEGER NOT NULL, removed BLOB NOT NULL);
PRAGMA application_id = {KIND};
{_CONTENT}
"""
_COLUMNS = "number, id, segment, title, composer, words, checksum, metres, voices"
_WORDS = "number, title, composer, words, id"


Known = tuple[Entry, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class SegmentRow:
    """A segment as the store knows it: `removed` are the numbers of its pieces that are gone, sorted."""

    number: int
    folder: str
    sizes: Sizes
    n_pieces: int
    removed: NDArray[np.int64]


class Store:
    """The SQLite file of an index, opened.

    Examples
    --------
    >>> import tempfile
    >>> store = Store(Path(tempfile.mkdtemp()), create=True)
    >>> len(store), store.segments()
    (0, [])
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self._path = folder / FILE
        if not self._path.is_file() and not create:
            raise CorpusError(f"{folder} must be an index; it has no {FILE}. Make one: boya index FOLDER --out {folder}")
        try:
            self._open(create)
        except sqlite3.Error as error:
            raise _told(self._path, error) from error

    def _open(self, create: bool) -> None:
        """Connect, make the tables of a new file, and check what it is."""
        is_new = create and not self._path.exists()
        self._base = sqlite3.connect(self._path, timeout=_BUSY_SECOND, isolation_level=None, check_same_thread=False)
        if is_new:
            self._base.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;")
        kind, version = (self._base.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version"))
        if kind != KIND or version not in READABLE:
            self._base.close()
            raise CorpusError(
                f"{self._path} must be an index of version {VERSION} of Boya; it is another file. Name another folder"
            )
        self._base.execute("SELECT count(*) FROM segment").fetchone()

    def __len__(self) -> int:
        return int(self._rows("SELECT count(*) FROM piece")[0][0])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, of one writer at a time; an error inside undoes all of it."""
        try:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                if not self._has_contents():
                    for statement in filter(str.strip, _CONTENT.split(";")):
                        self._base.execute(statement)
                yield
                self._base.execute("COMMIT")
            finally:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise _told(self._path, error) from error

    def segments(self) -> list[SegmentRow]:
        """Return the segments, oldest first."""
        rows = self._rows("SELECT number, folder, sizes, n_pieces, removed FROM segment ORDER BY number")
        try:
            return [SegmentRow(n, f, json.loads(s), p, np.frombuffer(r, dtype="<i8")) for n, f, s, p, r in rows]
        except (ValueError, TypeError) as error:
            raise CorpusError(f"{self._path} is damaged: {error}. Build the index again") from error

    def next_segment(self) -> int:
        """Return the number that the next segment will have."""
        rows = self._rows("SELECT seq FROM sqlite_sequence WHERE name = 'segment'")
        return (int(rows[0][0]) if rows else 0) + 1

    def next_piece(self) -> int:
        """Return the number that the next piece will have."""
        rows = self._rows("SELECT seq FROM sqlite_sequence WHERE name = 'piece'")
        return (int(rows[0][0]) if rows else 0) + 1

    def add_pieces(self, numbered: Iterable[tuple[int, Entry]], segment: int) -> None:
        """Add pieces and their words."""
        numbered = list(numbered)
        self._base.executemany(
            f"INSERT INTO piece ({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,?)", (_row(n, e, segment) for n, e in numbered)
        )
        sketches = ((n, *e.sketch.packed()) for n, e in numbered if e.sketch)
        self._base.executemany("INSERT INTO content (number, facets, notes) VALUES (?,?,?)", sketches)

    def index_words(self, first: int) -> None:
        """Make the words of all pieces from this number on findable."""
        columns = _WORDS.replace("number", "rowid", 1)
        self._base.execute(f"INSERT INTO word ({columns}) SELECT {_WORDS} FROM piece WHERE number >= ?", (first,))

    def remove_pieces(self, ids: Sequence[str]) -> dict[int, list[int]]:
        """Remove pieces; return their numbers by segment."""
        found = self._rows(
            "SELECT number, segment FROM piece WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),)
        )
        columns = f"word, {_WORDS.replace('number', 'rowid', 1)}"
        gone: dict[int, list[int]] = {}
        for number, segment in found:
            self._base.execute(f"INSERT INTO word ({columns}) SELECT 'delete', {_WORDS} FROM piece WHERE number = ?", (number,))
            self._base.execute("DELETE FROM content WHERE number = ?", (number,))
            self._base.execute("DELETE FROM piece WHERE number = ?", (number,))
            gone.setdefault(segment, []).append(number)
        return gone

    def add_segment(self, number: int, folder: str, sizes: Sizes, n_pieces: int) -> None:
        """Add a segment of which nothing is removed."""
        values = (number, folder, json.dumps(sizes), n_pieces, b"")
        self._base.execute("INSERT INTO segment (number, folder, sizes, n_pieces, removed) VALUES (?,?,?,?,?)", values)

    def set_removed(self, number: int, removed: NDArray[np.int64]) -> None:
        """Say which pieces of a segment are gone."""
        self._base.execute("UPDATE segment SET removed = ? WHERE number = ?", (removed.astype("<i8").tobytes(), number))

    def replace_segments(self, old: Sequence[int], new: int) -> None:
        """Give the pieces of old segments to a new one."""
        marks = ",".join("?" * len(old))
        self._base.execute(f"UPDATE piece SET segment = ? WHERE segment IN ({marks})", (new, *old))
        self._base.execute(f"DELETE FROM segment WHERE number IN ({marks})", tuple(old))

    def ids(self) -> dict[str, str]:
        """Return the checksum of every piece by id."""
        return {id: checksum or "" for id, checksum in self._rows("SELECT id, checksum FROM piece ORDER BY number")}

    def pieces(self, numbers: Sequence[int]) -> dict[int, Known]:
        """Return what is known of pieces, without their lines, and the names of these; numbers that are gone are left out."""
        columns = "number, id, title, composer, words, checksum, metres, voices"
        query = f"SELECT {columns} FROM piece WHERE number IN (SELECT value FROM json_each(?))"
        rows = {number: rest for number, *rest in self._rows(query, (json.dumps(list(numbers)),))}
        return {number: _known(*rows[number]) for number in numbers if number in rows}

    def find(self, text: str, limit: int) -> list[tuple[int, float]]:
        """Return the numbers of the pieces that have all words, or their beginnings, best first, with bm25 (lower is better)."""
        words = asked_words(text)
        if not words:
            raise InputError(f"a text must hold a word to look for; got {text!r:.60}. Such as: --text 'slow waltz in A minor'")
        asked = " ".join(f'"{word}"*' for word in words[:64])
        rows = self._rows("SELECT rowid, rank FROM word WHERE word MATCH ? ORDER BY rank, rowid LIMIT ?", (asked, limit))
        return [(int(number), float(rank)) for number, rank in rows]

    def contents(self, kind: str) -> list[tuple[int, str, str, str, str, bytes | None]]:
        """Return number, id, title, composer, facets and vector of the pieces with a sketch; None where none is of this kind."""
        if not self._has_contents():
            return []
        vector = "CASE kind WHEN ? THEN vector END"
        query = f"SELECT number, id, title, composer, facets, {vector} FROM piece JOIN content USING (number) ORDER BY number"
        return [(n, i, t or "", c or "", str(f), v) for n, i, t, c, f, v in self._rows(query, (kind,))]

    def notes(self, numbers: Sequence[int]) -> dict[int, NoteRows]:
        """Return the notes of pieces."""
        query = "SELECT number, notes FROM content WHERE number IN (SELECT value FROM json_each(?))"
        try:
            return {number: unpacked_notes(packed) for number, packed in self._rows(query, (json.dumps(list(numbers)),))}
        except (ValueError, TypeError) as error:
            raise CorpusError(f"{self._path} is damaged: {error}. Build the index again") from error

    def keep_vectors(self, kind: str, vectors: Mapping[int, bytes]) -> None:
        """Keep what pieces are like, in a transaction of its own."""
        rows = [(vector, kind, number) for number, vector in vectors.items()]
        with self.writing():
            self._base.executemany("UPDATE content SET vector = ?, kind = ? WHERE number = ?", rows)

    def _has_contents(self) -> bool:
        """Whether the file is of a version that has sketches."""
        return bool(self._rows("PRAGMA user_version")[0][0] == VERSION)

    def check(self) -> None:
        """Check the whole file.

        Raises
        ------
        CorpusError
            if SQLite finds it damaged.
        """
        for row in self._rows("PRAGMA integrity_check(1)"):
            if row[0] != "ok":
                raise CorpusError(f"{self._path} is damaged: {row[0]}. Build the index again")

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """Return the rows of a query."""
        try:
            return self._base.execute(query, values).fetchall()
        except (sqlite3.Error, OverflowError) as error:
            raise _told(self._path, error) from error


def _known(id: str, title: Any, composer: Any, words: Any, checksum: Any, metres: Any, voices: Any) -> Known:
    """A row as a piece."""
    entry = Entry(id, (), title or "", composer or "", words or "", checksum or "", metres or _SILENT)
    return entry, tuple(map(str, json.loads(voices))) if voices else ()


def _row(number: int, entry: Entry, segment: int) -> tuple[Any, ...]:
    """A piece as a row; what is empty or usual is null."""
    voices = [line.voice for line in entry.lines]
    names = json.dumps(voices, ensure_ascii=False) if any(voices) else None
    metres = None if entry.metres == _SILENT else entry.metres
    more = more_words(f"{entry.title} {entry.composer} {entry.text}")
    words = (entry.title or None, entry.composer or None, f"{entry.text} {more}".strip() or None, entry.checksum or None)
    return (number, entry.id, segment, *words, metres, names)


def _told(path: Path, error: Exception) -> CorpusError | FileError:
    """The error of ours for one of SQLite."""
    if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
        return FileError(f"{path} is being written by another process. Try again when it is done")
    if isinstance(error, sqlite3.OperationalError) and any(word in str(error) for word in ("open", "readonly", "full", "I/O")):
        return FileError(f"{path} cannot be read or written: {error}. Check folder, rights and room")
    return CorpusError(f"{path} must be an index of Boya; SQLite says: {error}. Build the index again")
