"""Write a packed corpus, piece by piece, in memory that does not grow with it.

Arrays are appended as raw rows and get their `.npy` head at the end; the manifest is written last, so a folder with one is whole.
"""

import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from boya.corpus.manifest import MANIFEST, Manifest, write_manifest
from boya.corpus.packed import digest
from boya.corpus.schema import ARRAYS, CHILDREN, FORMAT_VERSION, SPLITS, Rows, Words, advance, score_rows, shifted
from boya.errors import CorpusError
from boya.score import Score

__all__ = ["PackedWriter", "write_packed"]


@dataclass
class PackedWriter:
    """Appends pieces to a packed folder; `finish` makes it readable.

    A manifest already in the folder is removed at once: what is being rewritten must not pass for whole.
    """

    folder: Path
    words: Words = field(default_factory=Words)
    entries: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / MANIFEST).unlink(missing_ok=True)
        self._stops = dict.fromkeys(("note_stop", *(f"{kind}_stop" for kind in CHILDREN)), 0)
        self._n_rows = dict.fromkeys(ARRAYS, 0)
        self._raw: dict[str, BinaryIO] = {kind: (self.folder / f"{kind}.raw").open("wb") for kind in ARRAYS}

    def add(self, rows: Rows, entry: Mapping[str, Any]) -> None:
        """Append one piece: rows whose words are already indices into `words`, and its manifest entry (with its split)."""
        if entry.get("split") not in SPLITS:
            raise CorpusError(f"split of {entry.get('id')!r} must be one of {', '.join(SPLITS)}; got {entry.get('split')!r}")
        rows["pieces"]["split"] = SPLITS.index(entry["split"])
        for kind in ARRAYS:
            self._raw[kind].write(shifted(kind, rows[kind], self._stops).tobytes())
            self._n_rows[kind] += len(rows[kind])
        advance(self._stops, rows)
        self.entries.append(dict(entry))

    def finish(self, **fields: Any) -> Manifest:
        """Write heads and manifest, with further manifest `fields`; return the manifest."""
        arrays = {}
        for kind, raw in self._raw.items():
            raw.close()
            _with_head(self.folder / f"{kind}.raw", self.folder / f"{kind}.npy", kind, self._n_rows[kind])
            arrays[kind] = {"rows": self._n_rows[kind], "sha256": digest(self.folder / f"{kind}.npy")}
        manifest: Manifest = {
            "format_version": FORMAT_VERSION,
            "arrays": arrays,
            "words": self.words.words,
            "pieces": self.entries,
            "rejections": [],
            "sources": {},
            **fields,
        }
        write_manifest(self.folder, manifest)
        return manifest


def write_packed(folder: str | Path, pieces: Iterable[tuple[Score, Mapping[str, Any]]], **fields: Any) -> None:
    """Write scores, each with its manifest entry (`id`, `split` and whatever else), as a packed corpus.

    See `open_packed` for an example.
    """
    writer = PackedWriter(Path(folder))
    for score, entry in pieces:
        writer.add(score_rows(score, writer.words), {"title": score.title, "licence": score.licence, **entry})
    writer.finish(**fields)


def _with_head(raw: Path, target: Path, kind: str, n_rows: int) -> None:
    """Turn raw rows into a `.npy` file."""
    temporary = target.with_suffix(".part")
    with temporary.open("wb") as out, raw.open("rb") as rows:
        head = {"descr": np.lib.format.dtype_to_descr(ARRAYS[kind]), "fortran_order": False, "shape": (n_rows,)}
        np.lib.format.write_array_header_1_0(out, head)
        shutil.copyfileobj(rows, out, 1 << 20)
    temporary.replace(target)
    raw.unlink()
