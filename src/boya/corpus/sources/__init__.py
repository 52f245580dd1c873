"""Where music comes from, by name. A new source is one file here and one line in `SOURCES`."""

from pathlib import Path

from boya.corpus.sources import folder, music21_corpus, shared
from boya.corpus.sources.base import Opener, Source
from boya.errors import InputError

__all__ = ["SHARED", "SOURCES", "Source", "open_source"]

SHARED = ("lieder", "quartets", "ewld", "pop909", "groove", "band")

SOURCES: dict[str, Opener] = {
    "folder": folder.open_folder,
    "lieder": shared.opener("lieder"),
    "quartets": shared.opener("quartets"),
    "ewld": shared.opener("ewld"),
    "pop909": shared.opener("pop909"),
    "groove": shared.opener("groove"),
    "band": shared.opener("band"),
    "music21": music21_corpus.open_music21,
}


def open_source(name: str, place: str | Path | None = None) -> Source:
    """Open a source of the registry.

    Parameters
    ----------
    name
        a name of `SOURCES`, such as `"band"`; `"folder"` reads any folder or archive of music files.
    place
        the folder or archive; for the shared collections the folder that holds `catalog.csv`; not needed for `"music21"`.

    Raises
    ------
    InputError
        if the name is unknown, or the place is missing.

    Examples
    --------
    >>> open_source("music21").may_ship
    False
    """
    if name not in SOURCES:
        raise InputError(f"source must be one of {', '.join(SOURCES)}; got {name!r}")
    return SOURCES[name](None if place is None else Path(place))
