"""From a packed corpus to bar streams: all pieces in flat arrays, kept beside the packed ones.

Conventions: only `train` is learnt from; a *dev* part of it, whole works, decides when to stop, as in `boya.training.data`. A
piece that a bar stream cannot hold is left out. The arrays lie in a folder of their own, named by a hash of what they depend
on, and are made again when that changes.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import CorpusError, StreamError
from boya.representation.stream import VOCABULARY, Encoded, PackedStream, encode, open_stream, pack_stream
from boya.training.pieces import Packed, drawn, pieces_to_learn, rows_of_part, summarised
from boya.training.settings import DataSettings

__all__ = ["Streams", "load_streams"]

STREAMS_VERSION = 2  # raise when tokens of the same score change
NUMBERS = "numbers.npy"


@dataclass(frozen=True, eq=False)
class Streams:
    """Pieces as bar streams, by place: `streams[0]` is the first.

    Attributes
    ----------
    packed
        the arrays
    rows
        place of each piece in the arrays `[shape=(pieces,)]`
    entries
        the manifest's entries, by place in the arrays
    """

    packed: PackedStream
    rows: NDArray[np.int64]
    entries: list[dict[str, Any]]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, place: int) -> Encoded:
        return self.packed.piece(int(self.rows[place]))

    def draw(self, rng: np.random.Generator, size: int, power: float) -> NDArray[np.int64]:
        """Draw places of pieces, in proportion to their lengths to a power. [shape=(size,)]"""
        return drawn(self.packed.lengths[self.rows], rng, size, power)

    def part(self, dev_share: float, *, is_dev: bool) -> "Streams":
        """Return the pieces to learn from, or those of the dev part.

        Raises
        ------
        ModelError
            if there are none.
        """
        return replace(self, rows=rows_of_part(self.rows, self.entries, dev_share, is_dev=is_dev))

    def summary(self) -> dict[str, Any]:
        """Say what was learnt from, for cards."""
        return summarised([self.entries[row] for row in self.rows.tolist()])

    def told(self, _: DataSettings) -> dict[str, Any]:
        """Say what stands beside the weights."""
        return {"data": self.summary(), "vocabulary": VOCABULARY.hash}


def load_streams(packed: Packed, collections: tuple[str, ...] = (), cache: Path | None = None) -> Streams:
    """Return the bar streams of the `train` pieces of some collections.

    Parameters
    ----------
    packed
        an opened packed corpus.
    collections
        sources to take, as in `boya.training.data.load_corpus`.
    cache
        folder for the arrays made; None makes them each time.

    Raises
    ------
    CorpusError
        if a collection is not there, or a bar stream can hold none of its pieces.
    """
    wanted = pieces_to_learn(packed, collections)
    names = [(str(packed.pieces[i].get("style", "")), str(packed.pieces[i].get("substyle", ""))) for i in wanted]
    told = [STREAMS_VERSION, VOCABULARY.hash, packed.manifest["arrays"], wanted, names]
    name = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
    stream, numbers = _kept(cache / name) if cache and (cache / name).is_dir() else _made(packed, wanted, cache, name)
    if not len(numbers):
        raise CorpusError(
            "training needs pieces in the split train that a bar stream can hold; found none. See: boya corpus summary"
        )
    return Streams(stream, np.arange(len(numbers)), [packed.pieces[i] for i in numbers.tolist()])


def _kept(folder: Path) -> tuple[PackedStream, NDArray[np.int64]]:
    """Arrays as they were kept, and the number of each piece in the corpus."""
    return open_stream(folder), np.load(folder / NUMBERS)


def _made(packed: Packed, wanted: list[int], cache: Path | None, name: str) -> tuple[PackedStream, NDArray[np.int64]]:
    """Arrays made now, and kept where that is possible."""
    made = list(_encoded(packed, wanted))
    stream, numbers = pack_stream(piece for _, piece in made), np.array([number for number, _ in made], dtype=np.int64)
    if cache is None:
        return stream, numbers
    temporary = cache / f".{name}.{os.getpid()}"
    try:
        stream.write(temporary)
        np.save(temporary / NUMBERS, numbers)
        temporary.rename(cache / name)  # in one step; fails where another process was faster
    except OSError:
        shutil.rmtree(temporary, ignore_errors=True)
    return stream, numbers


def _encoded(packed: Packed, wanted: list[int]) -> Iterator[tuple[int, Encoded]]:
    """The pieces that a bar stream can hold, with their numbers."""
    for number in wanted:
        entry = packed.pieces[number]
        try:
            yield number, encode(packed.score(number), str(entry.get("style", "")), str(entry.get("substyle", "")))
        except StreamError:
            continue
