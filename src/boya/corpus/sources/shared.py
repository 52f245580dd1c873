"""Collections described by a `catalog.csv` beside `<collection>.tar.xz` files or unpacked `<collection>/` folders.

The catalogue's columns are path, collection, split, title, composer, style, substyle, licence and source. Its splits are kept. A
collection's `work_by` (in `boya/corpus/data/collections.toml`) says what makes two pieces one work: its title and composer, its
path, or the piece named in `source` that it was arranged from.
"""

import csv
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any

from boya.corpus.archives import Entry, walk
from boya.corpus.piece import SUFFIXES, Origin, Piece, Rejection
from boya.corpus.schema import SPLITS
from boya.corpus.sources.base import Opener, Source
from boya.errors import CorpusError, InputError

__all__ = ["opener", "read_catalog"]

_COLUMNS = {"path", "collection", "split", "title", "composer", "style", "substyle", "licence", "source"}


def opener(collection: str) -> Opener:
    """Return the function that opens `collection` in a folder with a catalogue."""

    def open_collection(place: Path | None) -> Source:
        if place is None:
            raise InputError(f"source {collection} needs a place: the folder that holds catalog.csv")
        facts = _facts()[collection]

        def pieces() -> Iterator[Piece | Rejection]:
            return _pieces(place, collection, facts)

        def sizes() -> list[int]:
            return [e.n_bytes for e in walk(_container(place, collection), SUFFIXES, has_data=False) if not e.refused]

        return Source(collection, facts["title"], facts["licence"], facts["citation"], facts["may_ship"], pieces, sizes)

    return open_collection


def read_catalog(place: Path, collection: str) -> dict[str, dict[str, str]]:
    """Return the catalogue's rows of one collection by path.

    Raises
    ------
    CorpusError
        if there is no catalogue, or it lacks columns, or a split is not train, valid or test.
    """
    path = place / "catalog.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CorpusError(f"{path} must be the catalogue of the collections; {error}") from error
    missing = _COLUMNS - set(rows[0] if rows else ())
    if missing:
        raise CorpusError(f"{path} must have the columns {', '.join(sorted(_COLUMNS))}; it lacks {', '.join(sorted(missing))}")
    found = {row["path"]: row for row in rows if row["collection"] == collection}
    wrong = {row["split"] for row in found.values()} - set(SPLITS)
    if wrong:
        raise CorpusError(f"split in {path} must be one of {', '.join(SPLITS)}; got {sorted(wrong, key=str)[0]!r}")
    return found


def _pieces(place: Path, collection: str, facts: dict[str, Any]) -> Iterator[Piece | Rejection]:
    """Yield the pieces the catalogue knows, and a rejection for each file or row without its partner."""
    catalog = read_catalog(place, collection)
    container = _container(place, collection)
    prefix = f"{collection}/" if container.is_dir() else ""
    for entry in walk(container, SUFFIXES):
        row = catalog.pop(prefix + entry.path, None)
        if row is None:
            yield Rejection(collection, prefix + entry.path, "not_in_catalog")
        elif entry.data is None:
            yield Rejection(collection, prefix + entry.path, entry.refused or "unreadable")
        else:
            yield _piece(entry, row, facts)
    for path in sorted(catalog):
        yield Rejection(collection, path, "missing_file")


def _piece(entry: Entry, row: dict[str, str], facts: dict[str, Any]) -> Piece:
    """Join a file with its row."""
    assert entry.data is not None
    path = PurePosixPath(row["path"])
    key = str(path.with_suffix(""))
    titled = f"{row['collection']}/{row['composer']}/{row['title']}" if row["title"] else key
    work = {"path": key, "title": titled, "source": row["source"] or key}[facts["work_by"]]
    known = facts["is_mode_known"] or row["source"].startswith(tuple(f"{n}/" for n, f in _facts().items() if f["is_mode_known"]))
    return Piece(
        id=key,
        origin=Origin(row["collection"], row["path"], work),
        data=entry.data,
        suffix=path.suffix.lower(),
        licence=row["licence"] or facts["licence"],
        style=row["style"],
        substyle=row["substyle"],
        title=row["title"],
        composer=row["composer"],
        split=row["split"],
        is_mode_known=known,
    )


def _container(place: Path, collection: str) -> Path:
    """Find the archive, or the folder it was unpacked to."""
    for name in (f"{collection}.tar.xz", f"{collection}.tar.gz", f"{collection}.tar", f"{collection}.zip", collection):
        if (place / name).exists():
            return place / name
    raise CorpusError(f"{place} must hold {collection}.tar.xz or a folder {collection}; it has neither")


@cache
def _facts() -> dict[str, dict[str, Any]]:
    """Read the table of collections."""
    return tomllib.loads((resources.files("boya.corpus") / "data" / "collections.toml").read_text(encoding="utf-8"))
