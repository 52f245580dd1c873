"""Many encoded pieces as a few flat arrays, from which training cuts its windows with NumPy only.

Conventions: one array per kind of row, all pieces one after another; `<kind>_stop` of `pieces` is the row after the last of a
piece. In a folder each array is a `.npy` file, and `stream.json`, written last, holds the hash of the vocabulary.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import CorpusError
from boya.representation.stream.encoded import Encoded
from boya.representation.stream.rows import BAR_DTYPE, SEGMENT_DTYPE, Part
from boya.representation.stream.vocabulary import VOCABULARY, slug
from boya.representation.stream.words import STYLES, SUBSTYLES
from boya.score import MODES, ROLES

__all__ = ["PackedStream", "open_stream", "pack_stream"]

# Style, substyle and role are places in STYLES, SUBSTYLES and ROLES, -1 where there is none.
_DTYPES: dict[str, np.dtype[Any]] = {
    "tokens": np.dtype("<i2"),
    "bars": BAR_DTYPE,
    "segments": SEGMENT_DTYPE,
    "parts": np.dtype([("program", "u1"), ("is_drum", "u1"), ("role", "i1")]),
}
_PIECE_DTYPE = np.dtype(
    [("home", "u1"), ("mode", "u1"), ("style", "i1"), ("substyle", "i1"), *((f"{kind}_stop", "<i8") for kind in _DTYPES)]
)
_HEAD = "stream.json"


@dataclass(frozen=True, eq=False)
class PackedStream:
    """Encoded pieces in flat arrays: `pieces`, and by kind `tokens`, `bars`, `segments`, `parts`.

    Examples
    --------
    >>> from boya.representation.stream import encode
    >>> from boya.score import Score, Track, note_array
    >>> packed = pack_stream([encode(Score((Track(note_array([(0, 480, pitch, 80)])),))) for pitch in (60, 64)])
    >>> len(packed), packed.lengths.tolist()
    (2, [9, 9])
    >>> VOCABULARY.names[packed.piece(1).window(0, 1)[-2]]
    'pitch:64'
    """

    pieces: NDArray[np.void]
    arrays: dict[str, NDArray[Any]]

    def __len__(self) -> int:
        return len(self.pieces)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Tokens of each piece, without its head. `[shape=(n_pieces,)]`"""
        return np.diff(self.pieces["tokens_stop"], prepend=0)

    def piece(self, index: int) -> Encoded:
        """Return a piece; its arrays are views."""
        row = self.pieces[index]
        found = {}
        for kind in _DTYPES:
            start = int(self.pieces[f"{kind}_stop"][index - 1]) if index else 0
            found[kind] = self.arrays[kind][start : int(row[f"{kind}_stop"])]
        parts = tuple(Part(program, bool(is_drum), _word(ROLES, role)) for program, is_drum, role in found["parts"].tolist())
        style, substyle = _word(STYLES, int(row["style"])), _word(SUBSTYLES, int(row["substyle"]))
        return Encoded(
            int(row["home"]), MODES[row["mode"]], style, substyle, parts, found["tokens"], found["bars"], found["segments"]
        )

    def write(self, folder: str | Path) -> None:
        """Write the arrays into a folder, for `open_stream`."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _HEAD).unlink(missing_ok=True)
        for kind, array in {"pieces": self.pieces, **self.arrays}.items():
            np.save(folder / f"{kind}.npy", array)
        (folder / _HEAD).write_text(json.dumps({"vocabulary": VOCABULARY.hash}), encoding="utf-8")


def pack_stream(pieces: Iterable[Encoded]) -> PackedStream:
    """Put encoded pieces into flat arrays."""
    found: dict[str, list[NDArray[Any]]] = {kind: [np.empty(0, dtype)] for kind, dtype in _DTYPES.items()}
    stops = dict.fromkeys(_DTYPES, 0)
    rows = []
    for piece in pieces:
        parts = [(part.program, part.is_drum, _place(ROLES, part.role)) for part in piece.parts]
        arrays = (piece.tokens, piece.bars, piece.segments, np.array(parts, dtype=_DTYPES["parts"]))
        for kind, array in zip(_DTYPES, arrays, strict=True):
            found[kind].append(array)
            stops[kind] += len(array)
        style, substyle = _place(STYLES, slug(piece.style)), _place(SUBSTYLES, slug(piece.substyle))
        rows.append((piece.home, MODES.index(piece.mode), style, substyle, *stops.values()))
    return PackedStream(np.array(rows, dtype=_PIECE_DTYPE), {kind: np.concatenate(arrays) for kind, arrays in found.items()})


def open_stream(folder: str | Path) -> PackedStream:
    """Open what `PackedStream.write` wrote; the arrays stay on disk until they are read.

    Raises
    ------
    CorpusError
        if a file is missing or damaged, or the tokens are those of another vocabulary.
    """
    folder = Path(folder)
    try:
        head = json.loads((folder / _HEAD).read_text(encoding="utf-8"))
        arrays = {kind: np.load(folder / f"{kind}.npy", mmap_mode="r") for kind in ("pieces", *_DTYPES)}
    except (OSError, ValueError, EOFError) as error:
        raise CorpusError(f"{folder} must hold a packed bar stream; {error}. Pack the corpus again") from error
    if head.get("vocabulary") != VOCABULARY.hash:
        raise CorpusError(
            f"the tokens of {folder} must be of vocabulary {VOCABULARY.hash}; they are of {head.get('vocabulary')}. "
            "Pack the corpus again"
        )
    pieces = arrays.pop("pieces")
    for kind, dtype in _DTYPES.items():
        stop = int(pieces[f"{kind}_stop"][-1]) if len(pieces) else 0
        if arrays[kind].dtype != dtype or arrays[kind].shape != (stop,):
            raise CorpusError(f"{kind}.npy of {folder} must hold {stop} rows of {dtype}. Pack the corpus again")
    return PackedStream(pieces, arrays)


def _place(words: tuple[str, ...], word: str) -> int:
    """The place of a word, -1 where it has none."""
    return words.index(word) if word in words else -1


def _word(words: tuple[str, ...], place: int) -> str:
    """The word at a place, with its blanks."""
    return words[place].replace("_", " ") if place >= 0 else ""
