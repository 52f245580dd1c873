"""Open a packed corpus: memory-mapped arrays and a manifest, read with NumPy and the standard library only.

A packed folder holds one `.npy` file per array of `boya.corpus.schema` and `manifest.json`. Nothing is loaded until it is
asked for, so a corpus larger than memory can be read; training runs from it on machines without any music library.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.corpus.manifest import Manifest, read_manifest
from boya.corpus.schema import ARRAYS, ASSUMED, CHILDREN, SPLITS, Rows, StructArray
from boya.errors import CorpusError, InputError, ScoreError
from boya.score import MODES, ROLES, Chord, Key, Metre, Score, Section, Tempo, Timeline, Track

__all__ = ["Packed", "open_packed"]


@dataclass(frozen=True, eq=False)
class Packed:
    """A packed corpus, opened. Iterating gives its scores.

    `arrays` are read-only memory maps by name (see `boya.corpus.schema`); `manifest["pieces"][i]` says what piece i is.
    """

    folder: Path
    manifest: Manifest
    arrays: Rows

    def __len__(self) -> int:
        return len(self.arrays["pieces"])

    def __iter__(self) -> Iterator[Score]:
        return (self.score(i) for i in range(len(self)))

    @property
    def pieces(self) -> list[dict[str, Any]]:
        """What the manifest says about each piece: id, source, path, work, licence, checksum, style, title, split and more."""
        listed: list[dict[str, Any]] = self.manifest["pieces"]
        return listed

    def split(self, name: str) -> NDArray[np.int64]:
        """Return the indices of the pieces of a split, in order. `[shape=(n_pieces,)]`

        Raises
        ------
        InputError
            if `name` is not train, valid or test.
        """
        if name not in SPLITS:
            raise InputError(f"split must be one of {', '.join(SPLITS)}; got {name!r}")
        return np.flatnonzero(self.arrays["pieces"]["split"] == SPLITS.index(name))

    def rows(self, index: int, kind: str) -> StructArray:
        """Return the rows of one piece in array `kind`: tracks, chords, sections, keys, metres or tempos."""
        return self.arrays[kind][slice(*self._span(index, kind))]

    def score(self, index: int) -> Score:
        """Return piece `index` as a `Score`.

        Raises
        ------
        InputError
            if there is no such piece.
        CorpusError
            if its rows are not those of a score.
        """
        entry = self.pieces[index] if 0 <= index < len(self) else {}
        try:
            return Score(
                tracks=tuple(self._tracks(index)),
                timeline=self._timeline(index),
                chords=tuple(self._chord(row) for row in self.rows(index, "chords").tolist()),
                sections=tuple(Section(o, d, self._word(label)) for o, d, label in self.rows(index, "sections").tolist()),
                title=str(entry.get("title", "")),
                composer=str(entry.get("composer", "")),
                licence=str(entry.get("licence", "")),
            )
        except (ScoreError, IndexError) as error:
            raise CorpusError(f"piece {index} of {self.folder} is corrupt: {error}. Build the corpus again") from error

    def verify(self) -> None:
        """Compare every array with the checksum in the manifest; this reads all of it.

        Raises
        ------
        CorpusError
            if an array has changed since it was written.
        """
        for kind in ARRAYS:
            found = digest(self.folder / f"{kind}.npy")
            if found != self.manifest["arrays"][kind].get("sha256"):
                raise CorpusError(f"{self.folder / f'{kind}.npy'} has changed since it was written. Build the corpus again")

    def _span(self, index: int, kind: str) -> tuple[int, int]:
        """First row of a piece, and the row after its last."""
        if not 0 <= index < len(self):
            raise InputError(f"piece must be 0-{len(self) - 1}; got {index}")
        stops = self.arrays["pieces"][f"{kind}_stop"]
        return int(stops[index - 1]) if index else 0, int(stops[index])

    def _tracks(self, index: int) -> Iterator[Track]:
        """Build the tracks of a piece."""
        first, last = self._span(index, "tracks")
        start = int(self.arrays["tracks"]["note_stop"][first - 1]) if first else 0
        for stop, program, is_drum, role, name in self.arrays["tracks"][first:last].tolist():
            notes = np.array(self.arrays["notes"][start:stop])
            yield Track(notes, program, bool(is_drum), self._word(name), ROLES[role] if role >= 0 else "")
            start = stop

    def _timeline(self, index: int) -> Timeline:
        """Build the timeline of a piece."""
        bits = int(self.arrays["pieces"]["assumed"][index])
        return Timeline(
            tempos=tuple(Tempo(*row) for row in self.rows(index, "tempos").tolist()),
            metres=tuple(Metre(*row) for row in self.rows(index, "metres").tolist()),
            keys=tuple(Key(tick, tonic, MODES[mode]) for tick, tonic, mode in self.rows(index, "keys").tolist()),
            assumed=frozenset(name for bit, name in enumerate(ASSUMED) if bits >> bit & 1),
        )

    def _chord(self, row: tuple[int, int, int, int, int]) -> Chord:
        """Build a chord."""
        onset, duration, root, bass, quality = row
        return Chord(onset, duration, None if root < 0 else root, self._word(quality), None if bass < 0 else bass)

    def _word(self, index: int) -> str:
        """Look a word up; a negative index is corrupt, not the last word."""
        if index < 0:
            raise IndexError(f"word index must be >= 0; got {index}")
        return str(self.manifest["words"][index])


def open_packed(folder: str | Path) -> Packed:
    """Open a packed corpus without loading it.

    Parameters
    ----------
    folder
        where `boya.corpus.build` wrote.

    Raises
    ------
    CorpusError
        if the manifest or an array is missing, truncated, of another type, or does not fit the others.

    Examples
    --------
    >>> import tempfile
    >>> from boya.corpus.packing import write_packed
    >>> folder = tempfile.mkdtemp()
    >>> write_packed(folder, [(Score(), {"id": "a", "split": "train"})])
    >>> packed = open_packed(folder)
    >>> len(packed), packed.split("train").tolist()
    (1, [0])
    """
    folder = Path(folder)
    manifest = read_manifest(folder)
    arrays = {kind: _array(folder, kind, manifest) for kind in ARRAYS}
    if len(manifest["pieces"]) != len(arrays["pieces"]):
        found = f"{len(manifest['pieces'])} and {len(arrays['pieces'])}"
        raise CorpusError(f"manifest and pieces.npy of {folder} must name as many pieces; got {found}. Build the corpus again")
    for kind in CHILDREN:
        _check_stops(folder, arrays["pieces"][f"{kind}_stop"], len(arrays[kind]), kind)
    _check_stops(folder, arrays["tracks"]["note_stop"], len(arrays["notes"]), "notes")
    return Packed(folder, manifest, arrays)


def digest(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _array(folder: Path, kind: str, manifest: Manifest) -> StructArray:
    """Map one array and compare it with what the manifest says."""
    path = folder / f"{kind}.npy"
    try:
        array = np.lib.format.open_memmap(path, mode="r")
    except (OSError, ValueError, EOFError, SyntaxError) as error:
        raise CorpusError(f"{path} must be a whole array; {error}. Build the corpus again") from error
    said = manifest["arrays"].get(kind)
    rows = said.get("rows") if isinstance(said, dict) else None
    if not isinstance(array, np.ndarray) or array.dtype != ARRAYS[kind] or array.shape != (rows,):
        raise CorpusError(f"{path} must hold {rows} rows of {ARRAYS[kind]}. Build the corpus again")
    return array


def _check_stops(folder: Path, stops: NDArray[np.int64], n_rows: int, kind: str) -> None:
    """Check that offsets grow and end at the last row."""
    last = int(stops[-1]) if len(stops) else 0
    if last != n_rows or (len(stops) and (int(stops[0]) < 0 or bool(np.any(np.diff(stops) < 0)))):
        raise CorpusError(f"offsets into {kind} of {folder} must grow from 0 to {n_rows}; they do not. Build the corpus again")
