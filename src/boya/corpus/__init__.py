"""Folders of music become clean, split, packed data: sources, cleaning, roles, versions of a tune, splits, memory-mapped arrays.

`open_packed` needs NumPy and the standard library only; what reads music files is imported when first asked for. Building is
`boya.corpus.build.build`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from boya.corpus.augment import transposed, transpositions
from boya.corpus.manifest import read_manifest, summary
from boya.corpus.packed import Packed, open_packed
from boya.corpus.packing import write_packed
from boya.corpus.progress import Progress

if TYPE_CHECKING:
    from boya.corpus.cleaning import REASONS, Limits
    from boya.corpus.piece import Origin, Piece
    from boya.corpus.sources import SHARED, SOURCES, Source, open_source

__all__ = [
    "REASONS",
    "SHARED",
    "SOURCES",
    "Limits",
    "Origin",
    "Packed",
    "Piece",
    "Progress",
    "Source",
    "open_packed",
    "open_source",
    "read_manifest",
    "summary",
    "transposed",
    "transpositions",
    "write_packed",
]

_LATER = {
    **dict.fromkeys(("REASONS", "Limits"), "cleaning"),
    **dict.fromkeys(("Origin", "Piece"), "piece"),
    **dict.fromkeys(("SHARED", "SOURCES", "Source", "open_source"), "sources"),
}


def __getattr__(name: str) -> Any:
    """Import what reads files when it is asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
