"""The scores that come with music21: chorales, folk tunes, quartets, of mixed and partly unclear licences.

Good for study, never for weights that are given to others (`may_ship` is False). Only MusicXML and ABC are read here; the
rest (Humdrum, Roman-numeral text) is counted as a rejection.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from importlib.util import find_spec
from pathlib import Path

from boya.corpus.archives import walk
from boya.corpus.piece import SUFFIXES, Piece, Rejection
from boya.corpus.sources.base import Source
from boya.corpus.sources.folder import pieces_of
from boya.errors import MissingExtraError

__all__ = ["licence_of", "open_music21"]

_UNREAD = (".krn", ".rntxt")
_SKIPPED = ("demos/", "theoryExercises/")  # demonstrations and errors made on purpose


def open_music21(place: Path | None = None) -> Source:
    """Open music21's bundled corpus, or a copy of it at `place`."""
    return Source(
        name="music21",
        title="scores bundled with music21",
        licence="mixed, see each piece",
        citation="Cuthbert & Ariza, music21: A Toolkit for Computer-Aided Musicology, ISMIR 2010",
        may_ship=False,
        pieces=lambda: _pieces(place or _bundled()),
        sizes=lambda: [e.n_bytes for e in walk(place or _bundled(), SUFFIXES + _UNREAD, has_data=False) if _is_wanted(e.path)],
    )


def licence_of(path: str) -> str:
    """Return the licence of a file of the corpus by its first folder.

    >>> licence_of("ciconia/quod_jactatur.xml")
    'CC-BY-SA-3.0'
    """
    table = tomllib.loads((resources.files("boya.corpus") / "data" / "music21.toml").read_text(encoding="utf-8"))
    found: str = table["licences"].get(path.split("/", maxsplit=1)[0], table["default"])
    return found


def _pieces(place: Path) -> Iterator[Piece | Rejection]:
    """Yield every tune with its collection's licence; the folder is its style."""
    for entry in walk(place, SUFFIXES + _UNREAD):
        if not _is_wanted(entry.path):
            continue
        if entry.path.endswith(_UNREAD):
            yield Rejection("music21", entry.path, "format_not_read")
            continue
        for piece in pieces_of(entry, "music21", licence_of(entry.path)):
            yield replace(piece, style=entry.path.split("/")[0]) if isinstance(piece, Piece) else piece


def _is_wanted(path: str) -> bool:
    """Whether a file is music of a collection."""
    return "/" in path and not path.startswith(_SKIPPED)


def _bundled() -> Path:
    """Find the corpus without importing music21, which takes seconds."""
    spec = find_spec("music21")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError("the corpus of music21", "scores")
    return Path(spec.submodule_search_locations[0]) / "corpus"
