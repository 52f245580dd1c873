"""Any folder or archive of MIDI, MusicXML and ABC files.

Nothing is known about such files but their names, so each file is its own work until the tunes themselves say otherwise (see
`boya.corpus.duplicates`), and the licence is what the person states. An ABC book becomes one piece per tune.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from boya.corpus.archives import ARCHIVES, Entry, walk
from boya.corpus.piece import SUFFIXES, Origin, Piece, Rejection
from boya.corpus.sources.base import Source
from boya.errors import InputError

__all__ = ["abc_tunes", "open_folder", "pieces_of"]


def open_folder(place: Path | None, *, name: str = "", licence: str = "unknown", may_ship: bool = False) -> Source:
    """Open a folder or an archive as a source.

    Parameters
    ----------
    place
        the folder, or a `.zip` or `.tar.*` file.
    name
        what to call it in the manifest; the name of the folder by default.
    licence
        what the person says may be done with the files.
    may_ship
        whether weights trained on them may be given to others.

    Raises
    ------
    InputError
        if no place is given.
    """
    if place is None:
        raise InputError("source folder needs a place: the path of a folder or archive of music files")
    name = name or _stem(place)

    def pieces() -> Iterator[Piece | Rejection]:
        for entry in walk(place, SUFFIXES):
            yield from pieces_of(entry, name, licence)

    def sizes() -> list[int]:
        return [e.n_bytes for e in walk(place, SUFFIXES, has_data=False) if not e.refused]

    return Source(name, f"files of {place.name}", licence, "", may_ship, pieces, sizes)


def pieces_of(entry: Entry, source: str, licence: str) -> Iterator[Piece | Rejection]:
    """Yield the pieces of one file: several when it is an ABC book."""
    if entry.data is None:
        yield Rejection(source, entry.path, entry.refused or "unreadable")
        return
    path = PurePosixPath(entry.path)
    suffix = path.suffix.lower()
    key, work = f"{source}/{entry.path}", f"{source}/{path.with_suffix('')}"  # a.mid and a.xml are one work
    is_mode_known = suffix not in (".mid", ".midi")  # MIDI key signatures of most programs say major always
    whole = Piece(key, Origin(source, entry.path, work), entry.data, suffix, licence, is_mode_known=is_mode_known)
    tunes = abc_tunes(entry.data) if suffix == ".abc" else []
    if len(tunes) <= 1:
        yield whole
        return
    for number, tune in enumerate(tunes, start=1):
        origin = Origin(source, f"{entry.path}#{number}", f"{work}#{number}")
        yield replace(whole, id=f"{key}#{number}", origin=origin, data=tune)


def abc_tunes(data: bytes) -> list[bytes]:
    r"""Cut an ABC book into tunes, each from its `X:` line; what stands before the first belongs to none.

    >>> abc_tunes(b"% a book\nX:1\nK:C\nCDE\n\nX:2\nK:G\nGAB\n")
    [b'X:1\nK:C\nCDE\n\n', b'X:2\nK:G\nGAB\n']
    """
    starts = [match.start() for match in re.finditer(rb"^X:", data, re.MULTILINE)]
    return [data[start:end] for start, end in zip(starts, [*starts[1:], len(data)], strict=True)]


def _stem(place: Path) -> str:
    """Name of a folder or archive without its endings."""
    name = place.resolve().name
    for ending in ARCHIVES:
        if name.lower().endswith(ending):
            return name[: -len(ending)] or "archive"
    return name or "folder"
