"""What a listener did, in one SQLite file. The only user of sqlite3 here.

Everything that is told is one transaction, so that after a kill the old or the new state is there. What is forgotten leaves the
file: rows are overwritten and numbered anew, and the file is written again without them.

Source: sqlite.org/pragma.html#pragma_secure_delete, sqlite.org/lang_vacuum.html.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from boya.errors import CorpusError, FileError
from boya.listening.content import Content

__all__ = ["Event", "Memory"]

KIND = 0x426F7954  # application_id: "BoyT"
VERSION = 1
_BUSY_SECOND = 5.0
_COLUMNS = "piece, title, done, second, facets, vector"
_SCHEMA = f"""
CREATE TABLE event (number INTEGER PRIMARY KEY, piece TEXT NOT NULL, title TEXT NOT NULL, done TEXT NOT NULL,
    second REAL NOT NULL, facets TEXT NOT NULL, vector BLOB NOT NULL);
PRAGMA application_id = {KIND};
PRAGMA user_version = {VERSION};
"""


@dataclass(frozen=True, eq=False)
class Event:
    """What was done with a piece: `done` is like, edit or skip, `second` when, in seconds since 1970."""

    piece: str
    title: str
    done: str
    second: float
    content: Content


class Memory:
    """The file of a listener, opened; made where there is none.

    Raises
    ------
    CorpusError
        if it is damaged, or another file.
    FileError
        if it cannot be read or written.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> memory = Memory(Path(tempfile.mkdtemp()) / "listener.sqlite")
    >>> memory.add(Event("a", "Air", "like", 0.0, Content(("style:waltz",), np.ones(1, dtype=np.float32))))
    >>> [event.title for event in memory.events()], memory.forget(["a"]), memory.events()
    (['Air'], 1, [])
    """

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        try:
            self._base = sqlite3.connect(self._path, timeout=_BUSY_SECOND, isolation_level=None)
            self._base.execute("PRAGMA secure_delete = ON")
            if not self._base.execute("PRAGMA schema_version").fetchone()[0]:
                self._base.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;")
            found = [self._base.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        except sqlite3.Error as error:
            raise _told(self._path, error) from error
        if found != [KIND, VERSION]:
            self._base.close()
            raise CorpusError(f"{self._path} must be a listener of version {VERSION} of Boya; it is another file. Name another")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def add(self, event: Event) -> None:
        """Remember an event."""
        values = (event.piece, event.title, event.done, event.second, *event.content.packed())
        self._run(f"INSERT INTO event ({_COLUMNS}) VALUES (?,?,?,?,?,?)", values)

    def events(self) -> list[Event]:
        """Return all events, the oldest first."""
        rows = self._run(f"SELECT {_COLUMNS} FROM event ORDER BY number")
        try:
            return [Event(p, t, d, float(s), Content.of(f, v)) for p, t, d, s, f, v in rows]
        except (ValueError, TypeError, AttributeError) as error:
            raise CorpusError(f"{self._path} is damaged: {error}. Remove it and begin anew") from error

    def forget(self, pieces: Sequence[str] | None = None) -> int:
        """Forget what was done with some pieces, or everything; return how many events that was. Nothing of it stays."""
        before = self.events()
        left = [] if pieces is None else [event for event in before if event.piece not in pieces]
        if len(left) == len(before):
            return 0
        self._run("BEGIN IMMEDIATE")
        try:
            self._run("DELETE FROM event")
            for event in left:
                self.add(event)
            self._run("COMMIT")
        finally:
            if self._base.in_transaction:
                self._base.rollback()
        self._run("VACUUM")
        return len(before) - len(left)

    def _run(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """Run a statement and return its rows."""
        try:
            return self._base.execute(query, values).fetchall()
        except sqlite3.Error as error:
            raise _told(self._path, error) from error


def _told(path: Path, error: sqlite3.Error) -> CorpusError | FileError:
    """The error of ours for one of SQLite."""
    if isinstance(error, sqlite3.OperationalError):
        return FileError(f"{path} cannot be read or written: {error}. Check folder and rights, or try again")
    return CorpusError(f"{path} must be a listener of Boya; SQLite says: {error}. Name another file")
