"""Build a packed corpus from sources: list, read and clean in parallel, find versions of one tune, split, pack.

The result is the same bytes whatever the number of workers, on one machine or a cluster: pieces keep the order of their sources,
chunks are cut by content only, and nothing written holds a date or a machine path. Finished chunks lie in `<folder>/.parts` until
the build ends, so a killed build goes on where it stopped.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from boya.corpus.cleaning import Limits
from boya.corpus.manifest import Manifest
from boya.corpus.mapping import map_items
from boya.corpus.packing import PackedWriter
from boya.corpus.parts import Chunk, chunked, process, read_part
from boya.corpus.piece import Piece, Rejection
from boya.corpus.progress import Clock, Progress
from boya.corpus.schema import reworded, unjoined
from boya.corpus.sources.base import Source
from boya.corpus.split import SHARES
from boya.corpus.works import settle
from boya.errors import CorpusError, InputError

__all__ = ["Progress", "build"]

PARTS = ".parts"


def build(
    sources: Sequence[Source],
    folder: str | Path,
    *,
    workers: int = 2,
    cluster: str | None = None,
    resume: bool = True,
    progress: Callable[[Progress], None] | None = None,
    limits: Limits | None = None,
    shares: Mapping[str, float] = SHARES,
    keep_duplicates: bool = True,
) -> Manifest:
    """Build a packed corpus in `folder` and return its manifest.

    Parameters
    ----------
    sources
        what to read, see `boya.corpus.sources.open_source`.
    folder
        where to write; an earlier corpus there is replaced.
    workers
        number of processes.
    cluster
        address of a Dask scheduler; then its workers do the reading.
    resume
        use the chunks that an earlier, killed build finished.
    progress
        called after each chunk.
    limits
        how small, large or dense a piece may be.
    shares
        share of each split for works that come without one.
    keep_duplicates
        False leaves out all but the longest of the pieces of one source that are the same tune.

    Raises
    ------
    InputError
        if no source is given, or two have one name.
    CorpusError
        if a source cannot be read, or nothing is left of it.
    """
    names = [s.name for s in sources]
    if not names or len(set(names)) < len(names):
        raise InputError(f"sources must be given, each with its own name; got {names}")
    folder = Path(folder)
    parts = folder / PARTS
    if not resume:
        shutil.rmtree(parts, ignore_errors=True)
    parts.mkdir(parents=True, exist_ok=True)
    reader = _Reader(sources, limits or Limits())
    order = _run(reader, parts, workers, cluster, progress)
    settings = {"shares": shares, "keep_duplicates": keep_duplicates}
    manifest = _assemble([parts / name for name in order], folder, reader.rejections, sources, **settings)
    shutil.rmtree(parts)
    return manifest


class _Reader:
    """Yields chunks of the pieces of all sources, without repeated bytes; gathers rejections on the way."""

    def __init__(self, sources: Sequence[Source], limits: Limits) -> None:
        self.sources = sources
        self.limits = limits
        self.rejections: list[Rejection] = []
        self._seen: dict[str, str] = {}

    def chunks(self) -> Iterator[Chunk]:
        """Yield chunks in the order of the sources."""
        for source in self.sources:
            yield from chunked(self._fresh(source), self.limits)

    def _fresh(self, source: Source) -> Iterator[Piece]:
        """Yield the pieces whose bytes have not been seen."""
        for piece in source.pieces():
            if isinstance(piece, Rejection):
                self.rejections.append(piece)
                continue
            first = self._seen.setdefault(piece.checksum, piece.id)
            if first == piece.id:
                yield piece
            else:
                self.rejections.append(
                    Rejection(piece.origin.source, piece.origin.path, "duplicate_bytes", f"same bytes as {first}", piece.id)
                )


def _run(
    reader: _Reader, parts: Path, workers: int, cluster: str | None, progress: Callable[[Progress], None] | None
) -> list[str]:
    """Make every part that is not there yet; return all their names in order."""
    order: list[str] = []
    sizes = [size for source in reader.sources for size in source.sizes()]
    clock = Clock(len(sizes), sum(sizes), progress)
    flying: dict[int, tuple[str, int, int]] = {}

    def unfinished() -> Iterator[Chunk]:
        for number, chunk in enumerate(_skip_known(reader.chunks(), order, parts, clock)):
            flying[number] = (chunk.name, len(chunk.pieces), sum(p.n_bytes for p in chunk.pieces))
            yield chunk

    for number, data in map_items(process, unfinished(), workers=workers, cluster=cluster):
        name, n_pieces, n_bytes = flying.pop(number)
        temporary = parts / f"{name}.new"
        temporary.write_bytes(data)
        temporary.replace(parts / name)
        clock.count(n_pieces, n_bytes)
    return order


def _skip_known(chunks: Iterator[Chunk], order: list[str], parts: Path, clock: Clock) -> Iterator[Chunk]:
    """Note the name of every chunk; yield those whose part is not there or damaged."""
    for chunk in chunks:
        order.append(chunk.name)
        if (parts / chunk.name).exists():
            try:
                read_part(parts / chunk.name)
            except CorpusError:
                yield chunk
            else:
                clock.skip(len(chunk.pieces), sum(p.n_bytes for p in chunk.pieces))
        else:
            yield chunk


def _assemble(
    parts: Sequence[Path],
    folder: Path,
    rejections: list[Rejection],
    sources: Sequence[Source],
    **settings: Any,
) -> Manifest:
    """Join the parts: works, splits, arrays, manifest."""
    entries: list[dict[str, Any]] = []
    prints = []
    for path in parts:
        part = read_part(path)
        entries += part.entries
        prints += part.prints
        rejections = rejections + part.rejections
    faults = settle(entries, prints, **settings)
    if len(faults) == len(entries):
        raise CorpusError(f"a corpus must keep at least one piece; all {len(entries) + len(rejections)} were left out")
    writer = PackedWriter(folder)
    first = 0
    for path in parts:
        part = read_part(path)
        places = np.array([writer.words.index(word) for word in part.words], dtype=np.int32)
        for index in range(len(part.entries)):
            if first + index not in faults:
                writer.add(reworded(unjoined(part.rows, index), places), entries[first + index])
        first += len(part.entries)
    rejections = rejections + list(faults.values())
    return writer.finish(
        rejections=[asdict(r) for r in sorted(rejections)],
        rejected=dict(sorted(Counter(r.reason for r in rejections).items())),
        sources={s.name: s.facts for s in sources},
    )
