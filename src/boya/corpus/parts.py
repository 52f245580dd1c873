"""What a worker does: a chunk of pieces becomes one part, the rows of the pieces that pass and the reasons of those that do not.

A part is bytes (an uncompressed `.npz` with a JSON text inside), so it travels between machines and lies on disk the same way.
Its name is a hash of everything it depends on: a killed build finds the parts it has and does the rest.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from boya.corpus.cleaning import Limits, find_fault
from boya.corpus.fingerprint import Hashes, fingerprint
from boya.corpus.naming import with_names
from boya.corpus.piece import Piece, Rejection
from boya.corpus.schema import ARRAYS, FORMAT_VERSION, Rows, Words, joined, score_rows
from boya.errors import BoyaError, CorpusError, MissingExtraError
from boya.score import Score
from boya.theory.roles import assign_roles

__all__ = ["Chunk", "Part", "chunked", "process", "read_part"]

RULES_VERSION = 1  # raise when cleaning, roles, naming or fingerprints change what they give
_CHUNK_PIECES = 48
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Chunk:
    """Pieces that one worker takes at a time."""

    pieces: tuple[Piece, ...]
    limits: Limits

    @property
    def name(self) -> str:
        """Hash of all that the part depends on."""
        told = [[p.id, p.checksum, p.suffix, p.title, p.composer, p.licence, p.is_mode_known] for p in self.pieces]
        text = json.dumps([FORMAT_VERSION, RULES_VERSION, asdict(self.limits), told])
        return hashlib.sha256(text.encode()).hexdigest()[:32]


@dataclass(frozen=True, eq=False)
class Part:
    """The result of a chunk: joined rows, words, a manifest entry and a fingerprint per kept piece, and rejections."""

    rows: Rows
    words: list[str]
    entries: list[dict[str, Any]]
    prints: list[Hashes]
    rejections: list[Rejection]


def chunked(pieces: Iterable[Piece], limits: Limits) -> Iterator[Chunk]:
    """Cut pieces into chunks, by number and bytes only, so that the cuts do not depend on who works."""
    gathered: list[Piece] = []
    n_bytes = 0
    for piece in pieces:
        gathered.append(piece)
        n_bytes += piece.n_bytes
        if len(gathered) >= _CHUNK_PIECES or n_bytes >= _CHUNK_BYTES:
            yield Chunk(tuple(gathered), limits)
            gathered, n_bytes = [], 0
    if gathered:
        yield Chunk(tuple(gathered), limits)


def process(chunk: Chunk) -> bytes:
    """Read, clean and name the pieces of a chunk; return its part as bytes."""
    words = Words()
    rows: list[Rows] = []
    entries: list[dict[str, Any]] = []
    prints: list[Hashes] = []
    rejections: list[Rejection] = []
    for piece in chunk.pieces:
        score = _score_or_reason(piece, chunk.limits)
        if isinstance(score, Rejection):
            rejections.append(score)
            continue
        named, what = with_names(assign_roles(score), is_mode_known=piece.is_mode_known)
        rows.append(score_rows(named, words))
        entries.append(_entry(piece, named, what))
        prints.append(fingerprint(named))
    return _packed_part(joined(rows), words.words, entries, prints, rejections)


def read_part(data: bytes | Path) -> Part:
    """Read what `process` gave.

    Raises
    ------
    CorpusError
        if it is damaged.
    """
    try:
        opened = data.open("rb") if isinstance(data, Path) else io.BytesIO(data)
        with opened, np.load(opened, allow_pickle=False) as file:
            told = json.loads(file["told"].tobytes())
            rows = {kind: file[kind] for kind in ARRAYS}
            prints = np.split(file["prints"], np.cumsum(file["print_sizes"])[:-1]) if len(told["entries"]) else []
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise CorpusError(f"a part of the corpus must be whole; {error}") from error
    return Part(rows, told["words"], told["entries"], list(prints), [Rejection(**r) for r in told["rejections"]])


def _score_or_reason(piece: Piece, limits: Limits) -> Score | Rejection:
    """Read a piece; whatever is wrong with it becomes a counted reason."""
    try:
        score = piece.read()
        fault = find_fault(score, limits)
    except MissingExtraError:
        raise
    except BoyaError as error:
        fault = ("unreadable", str(error))
    except (MemoryError, RecursionError, ValueError, ArithmeticError, LookupError, TypeError) as error:
        fault = ("unreadable", f"{type(error).__name__}: {error}")  # one bad file must not end a build
    if fault:
        return Rejection(piece.origin.source, piece.origin.path, *fault, id=piece.id)
    return score


def _entry(piece: Piece, score: Score, named: tuple[str, ...]) -> dict[str, Any]:
    """What the manifest says about a piece."""
    return {
        "id": piece.id,
        "source": piece.origin.source,
        "path": piece.origin.path,
        "work": piece.origin.work,
        "licence": piece.licence or score.licence,
        "checksum": piece.checksum,
        "style": piece.style,
        "substyle": piece.substyle,
        "title": piece.title or score.title,
        "composer": piece.composer or score.composer,
        "split": piece.split,
        "named": list(named),
        "notes": score.n_notes,
        "bars": score.n_bars,
    }


def _packed_part(
    rows: Rows, words: list[str], entries: list[dict[str, Any]], prints: list[Hashes], rejections: list[Rejection]
) -> bytes:
    """Write a part into memory."""
    told = json.dumps({"words": words, "entries": entries, "rejections": [asdict(r) for r in rejections]})
    buffer = io.BytesIO()
    arrays: Mapping[str, Any] = {
        **rows,
        "told": np.frombuffer(told.encode(), dtype=np.uint8),
        "prints": np.concatenate([np.empty(0, np.uint64), *prints]),
        "print_sizes": np.array([len(p) for p in prints], dtype=np.int64),
    }
    np.savez(buffer, **arrays)
    return buffer.getvalue()
