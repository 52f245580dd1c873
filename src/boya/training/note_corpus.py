"""From a packed corpus to rows of notes: all `train` pieces in flat arrays, kept beside the packed ones, and windows of them.

Conventions: rows and parts as `boya.representation.note_rows` has them, one piece after another. Only `train` is learnt from; a
*dev* part of it, whole works, decides when to stop. What is hidden of a window is hidden bar by bar, one field or all that make a
note, since a single hidden note is told by its neighbours; instrument, metre and tempo are hidden for a whole window.
Source: Zeng et al. 2021 (MusicBERT) for masks over bars.
"""

import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import CorpusError
from boya.representation.note_rows import FIELDS, UNKNOWN, NoteRows, note_rows, parts_of, turned
from boya.training.pieces import Packed, drawn, pieces_to_learn, rows_of_part, summarised, write_arrays
from boya.training.settings import DataSettings, HidingSettings

__all__ = ["NoteCorpus", "Windows", "draw_windows", "load_notes"]

NOTES_VERSION = 1  # raise when rows of the same score change
_COLUMNS = list(FIELDS)
OF_A_NOTE = np.array([_COLUMNS.index(name) for name in ("position", "pitch", "duration", "instrument")])
OF_A_WINDOW = [_COLUMNS.index(name) for name in ("instrument", "metre", "tempo")]
POSITION = _COLUMNS.index("position")


@dataclass(frozen=True, eq=False)
class NoteCorpus:
    """Pieces as rows, by place.

    Attributes
    ----------
    arrays
        `values`, `part`, `time`, `bar` of all notes, and `stops`, the row after the last of each piece
    rows
        place of each piece in the arrays `[shape=(pieces,)]`
    entries
        the manifest's entries, by place in the arrays
    """

    arrays: dict[str, NDArray[Any]]
    rows: NDArray[np.int64]
    entries: list[dict[str, Any]]

    def __len__(self) -> int:
        return len(self.rows)

    def span(self, place: int) -> tuple[int, int]:
        """First row of a piece, and the row after its last."""
        row, stops = int(self.rows[place]), self.arrays["stops"]
        return int(stops[row - 1]) if row else 0, int(stops[row])

    def draw(self, rng: np.random.Generator, size: int, power: float) -> NDArray[np.int64]:
        """Draw places of pieces, in proportion to their lengths to a power. [shape=(size,)]"""
        return drawn(np.diff(self.arrays["stops"], prepend=0)[self.rows], rng, size, power)

    def part(self, dev_share: float, *, is_dev: bool) -> "NoteCorpus":
        """Return the pieces to learn from, or those of the dev part.

        Raises
        ------
        ModelError
            if there are none.
        """
        return replace(self, rows=rows_of_part(self.rows, self.entries, dev_share, is_dev=is_dev))

    def told(self, _: DataSettings) -> dict[str, Any]:
        """Say what stands beside the weights."""
        return {"data": summarised([self.entries[row] for row in self.rows.tolist()])}


@dataclass(frozen=True, eq=False)
class Windows:
    """Passages side by side, padded to the same length.

    Attributes
    ----------
    values, time, is_note
        what is heard, as `boya.models.networks.encoder` takes it
    hidden
        fields that were hidden, UNKNOWN elsewhere `[shape=(windows, notes, fields)]`
    part
        `[shape=(windows, notes)]`
    """

    values: NDArray[np.int64]
    time: NDArray[np.int64]
    is_note: NDArray[np.bool_]
    hidden: NDArray[np.int64]
    part: NDArray[np.int64]


def load_notes(packed: Packed, collections: tuple[str, ...] = (), cache: Path | None = None) -> NoteCorpus:
    """Return the rows of the `train` pieces of some collections.

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
        if a collection is not there, or no piece has a note.
    """
    wanted = [i for i in pieces_to_learn(packed, collections) if packed.pieces[i].get("notes", 1)]
    told = [NOTES_VERSION, list(FIELDS), packed.manifest["arrays"], wanted]
    path = cache / f"{hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]}.npz" if cache else None
    if path and path.is_file():
        with np.load(path) as kept:
            arrays = dict(kept)
    else:
        arrays = _made(packed, wanted)
        if path:
            with suppress(OSError):  # a folder that cannot be written to only costs the time of making them again
                write_arrays(path, arrays)
    full = np.flatnonzero(np.diff(arrays["stops"], prepend=0))
    if not len(full):
        raise CorpusError("training needs pieces with notes in the split train; found none. See: boya corpus summary")
    return NoteCorpus(arrays, full, [packed.pieces[i] for i in wanted])


def draw_windows(
    corpus: NoteCorpus, places: NDArray[np.int64], length: int, settings: HidingSettings, rng: np.random.Generator
) -> Windows:
    """Cut a window of each piece at random, in any key, and hide some of it."""
    shape = (len(places), length)
    windows = Windows(
        np.full((*shape, len(FIELDS)), UNKNOWN, dtype=np.int64),
        np.zeros(shape, dtype=np.int64),
        np.zeros(shape, dtype=bool),
        np.full((*shape, len(FIELDS)), UNKNOWN, dtype=np.int64),
        np.full(shape, UNKNOWN, dtype=np.int64),
    )
    for row, place in enumerate(places.tolist()):
        start, stop = corpus.span(place)
        start = int(rng.integers(start, max(stop - length, start) + 1))
        cut = slice(start, min(start + length, stop))
        values = turned(corpus.arrays["values"][cut], int(rng.integers(-6, 6)))
        is_hidden = _hidden(corpus.arrays["bar"][cut], settings, rng)
        time = corpus.arrays["time"][cut] - np.where(is_hidden[:, POSITION], values[:, POSITION], 0)
        here = row, slice(len(values))
        windows.values[here] = np.where(is_hidden, UNKNOWN, values)
        windows.hidden[here] = np.where(is_hidden, values, UNKNOWN)
        windows.time[here], windows.is_note[here], windows.part[here] = time - time[0], True, corpus.arrays["part"][cut]
    return windows


def _hidden(bars: NDArray[np.int32], settings: HidingSettings, rng: np.random.Generator) -> NDArray[np.bool_]:
    """What to hide of a window. [shape=(notes, fields)]"""
    n_bars = int(bars[-1] - bars[0]) + 1
    of_bars = np.zeros((n_bars, len(FIELDS)), dtype=bool)
    of_bars[:, OF_A_NOTE] = rng.random((n_bars, len(OF_A_NOTE))) < settings.field_share
    of_bars[np.flatnonzero(rng.random(n_bars) < settings.bar_share)[:, None], OF_A_NOTE] = True
    is_hidden = of_bars[bars - bars[0]]
    is_hidden[np.flatnonzero(rng.random(len(bars)) < settings.note_share)[:, None], OF_A_NOTE] = True
    for column in OF_A_WINDOW:
        is_hidden[:, column] |= rng.random() < settings.window_share
    return is_hidden


def _made(packed: Packed, wanted: list[int]) -> dict[str, NDArray[Any]]:
    """Rows and parts of pieces, one after another."""
    found: list[NoteRows] = []
    parts: list[NDArray[np.int16]] = []
    for number in wanted:
        score = packed.score(number)
        found.append(note_rows(score))
        parts.append(parts_of(score, found[-1]))
    return {
        "values": np.concatenate([rows.values for rows in found]),
        "time": np.concatenate([rows.time for rows in found]),
        "bar": np.concatenate([rows.bar for rows in found]),
        "part": np.concatenate(parts),
        "stops": np.cumsum([len(rows) for rows in found]),
    }
