"""The SQLite file of recordings: from each landmark to the recordings that have it, and where. The only user of sqlite3 here.

Every writing is one transaction: after a kill at any moment the old or the new state is there. A recording that is removed is
marked as gone, which takes no time; when much is gone its landmarks are cleared. Conventions: recordings are numbered from 1, and
a number is never used twice. Source: sqlite.org/atomiccommit.html, sqlite.org/withoutrowid.html.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import CorpusError, FileError
from boya.listening.recordings.fingerprint import Fingerprint

__all__ = ["FILE", "Found", "Store"]

Ints = NDArray[np.int64]

FILE = "recordings.sqlite"
KIND, VERSION = 0x426F7952, 1  # application_id: "BoyR"
MOST_FRAMES = 1 << 20  # of a recording: more than five hours
_BUSY_SECOND = 5.0
_TOGETHER = 100_000  # landmarks written at once
_MOST_GONE = 0.25
_AGAIN = "Remove it and index the recordings again"
_SCHEMA = f"""
CREATE TABLE recording (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, checksum TEXT NOT NULL,
    length_second REAL NOT NULL, n_landmarks INTEGER NOT NULL, landmark_sum INTEGER NOT NULL);
CREATE TABLE gone (number INTEGER PRIMARY KEY, n_landmarks INTEGER NOT NULL);
CREATE TABLE landmark (hash INTEGER NOT NULL, recording INTEGER NOT NULL, frame INTEGER NOT NULL,
    PRIMARY KEY (hash, recording, frame)) WITHOUT ROWID;
PRAGMA application_id = {KIND};
PRAGMA user_version = {VERSION};
"""
_COLUMNS = "id, checksum, length_second, n_landmarks, landmark_sum"
_LOOK_UP = """
SELECT hash, recording, frame FROM landmark
WHERE hash IN (SELECT value FROM json_each(?)) AND recording NOT IN (SELECT number FROM gone)
"""
_CLEAR = "DELETE FROM landmark WHERE recording IN (SELECT number FROM gone)"
_SUMS = "SELECT recording, count(*), sum(hash + frame) FROM landmark GROUP BY recording"


@dataclass(frozen=True, eq=False)
class Found:
    """What a store knows of landmarks: which of those asked for, in which recording, at which frame. `[shape=(found,)]` each"""

    which: Ints
    numbers: Ints
    frames: Ints


class Store:
    """The file, opened.

    Examples
    --------
    >>> import tempfile
    >>> store = Store(Path(tempfile.mkdtemp()), create=True)
    >>> store.add(Fingerprint("rain", 2.0, np.array([5, 6]), np.array([0, 3])))
    >>> found = store.look_up(np.array([6, 7]))
    >>> found.which.tolist(), found.numbers.tolist(), found.frames.tolist()
    ([0], [1], [3])
    """

    def __init__(self, folder: Path, *, create: bool = False) -> None:
        self._path = folder / FILE
        if not self._path.is_file() and not create:
            raise CorpusError(f"{folder} must hold recordings; it has no {FILE}. Add some: boya index FOLDER --out {folder}")
        if not folder.is_dir():
            raise FileError(f"the folder {folder} must exist to hold recordings; make it first")
        with self._told():
            self._base = sqlite3.connect(self._path, timeout=_BUSY_SECOND, isolation_level=None)
            if create and not self._base.execute("PRAGMA schema_version").fetchone()[0]:
                self._base.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;")
            found = [self._base.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")]
        if found != [KIND, VERSION]:
            self._base.close()
            raise CorpusError(f"{self._path} must hold recordings, in version {VERSION}; it is another file. Name another folder")

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def ids(self) -> dict[str, str]:
        """Return the checksum of every recording by id."""
        return dict(self._rows("SELECT id, checksum FROM recording ORDER BY number"))

    def size(self) -> tuple[int, float, int]:
        """Return how many recordings there are, how many seconds, and how many landmarks."""
        sums = "count(*), coalesce(sum(length_second), 0), coalesce(sum(n_landmarks), 0)"
        [(count, second, landmarks)] = self._rows(f"SELECT {sums} FROM recording")
        return int(count), float(second), int(landmarks)

    def about(self, number: int) -> tuple[str, float]:
        """Return the id and the length in seconds of a recording."""
        rows = self._rows("SELECT id, length_second FROM recording WHERE number = ?", (number,))
        if not rows:
            raise CorpusError(f"{self._path} is damaged: it has landmarks of a recording that it lacks. {_AGAIN}")
        return str(rows[0][0]), float(rows[0][1])

    def add(self, fingerprint: Fingerprint) -> None:
        """Add a recording, in the place of one of the same id."""
        order = np.lexsort((fingerprint.frames, fingerprint.hashes))  # as the file has them: each page is written once
        hashes, frames = fingerprint.hashes[order], fingerprint.frames[order]
        about = (fingerprint.id, fingerprint.checksum, fingerprint.length_second, len(hashes), int((hashes + frames).sum()))
        with self._writing():
            self._mark([fingerprint.id])
            number = self._base.execute(f"INSERT INTO recording ({_COLUMNS}) VALUES (?,?,?,?,?)", about).lastrowid
            for first in range(0, len(hashes), _TOGETHER):
                part = slice(first, first + _TOGETHER)
                rows = ((hash, number, frame) for hash, frame in zip(hashes[part].tolist(), frames[part].tolist(), strict=True))
                self._base.executemany("INSERT INTO landmark VALUES (?, ?, ?)", rows)
            self._clear()

    def remove(self, ids: Sequence[str]) -> int:
        """Remove recordings; return how many were there."""
        with self._writing():
            count = self._mark(ids)
            self._clear()
        return count

    def look_up(self, hashes: Ints) -> Found:
        """Return all that is known of landmarks; each may be asked for several times."""
        rows = self._rows(_LOOK_UP, (json.dumps(np.unique(hashes).tolist()),))
        try:
            table = np.array(rows, dtype=np.int64).reshape(-1, 3)
        except (ValueError, TypeError, OverflowError) as error:
            raise CorpusError(f"{self._path} is damaged: {error}. {_AGAIN}") from error
        if len(table) and not 0 <= table[:, 2].min() <= table[:, 2].max() < MOST_FRAMES:
            raise CorpusError(f"{self._path} is damaged: a landmark lies outside of all recordings. {_AGAIN}")
        order = np.argsort(hashes, kind="stable")
        begins, ends = (np.searchsorted(hashes[order], table[:, 0], side=side) for side in ("left", "right"))
        counts = ends - begins
        places = np.repeat(begins - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
        return Found(order[places], np.repeat(table[:, 1], counts), np.repeat(table[:, 2], counts))

    def check(self) -> None:
        """Check the whole file; this reads all of it.

        Raises
        ------
        CorpusError
            if SQLite finds it damaged, or a recording's landmarks are not those that were written.
        """
        wrong = [row[0] for row in self._rows("PRAGMA integrity_check(1)") if row[0] != "ok"]
        known = self._rows("SELECT number, n_landmarks, landmark_sum FROM recording")
        sums = {number: rest for number, *rest in self._rows(_SUMS)}
        wrong += [f"the landmarks of recording {number} have changed" for number, *rest in known if sums.get(number) != rest]
        if wrong:
            raise CorpusError(f"{self._path} is damaged: {wrong[0]}. {_AGAIN}")

    def _mark(self, ids: Sequence[str]) -> int:
        """Mark recordings as gone; return how many were there."""
        asked = json.dumps(list(ids))
        where = "FROM recording WHERE id IN (SELECT value FROM json_each(?))"
        self._base.execute(f"INSERT INTO gone SELECT number, n_landmarks {where}", (asked,))
        return self._base.execute(f"DELETE {where}", (asked,)).rowcount

    def _clear(self) -> None:
        """Clear the landmarks of what is gone, if that is much."""
        gone = self._rows("SELECT coalesce(sum(n_landmarks), 0) FROM gone")[0][0]
        if gone > _MOST_GONE * self.size()[2]:
            self._base.execute(_CLEAR)
            self._base.execute("DELETE FROM gone")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction of one writer at a time; an error inside undoes all of it."""
        with self._told():
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._base.execute("COMMIT")
            finally:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """Return the rows of a query."""
        with self._told():
            return self._base.execute(query, values).fetchall()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn SQLite's errors into ours."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise FileError(f"{self._path} is being written by another process. Try again when it is done") from error
            raise FileError(f"{self._path} cannot be read or written: {error}. Check folder, rights and room") from error
        except (sqlite3.Error, OverflowError) as error:
            raise CorpusError(f"{self._path} is damaged, or another file: {error}. {_AGAIN}") from error
