"""The encoder as its users meet it: notes to what they are in the music, and a passage or a piece to a vector.

Conventions: notes are rows of `boya.representation.note_rows`. A piece is heard in windows that overlap, and of each window its
middle counts. Vectors have length 1, float32 `[shape=(vector,)]`: their product is how alike two pieces are, from -1 to 1, in
whatever key. NumPy and ONNX Runtime.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import ModelError, RequestError
from boya.models.runtime import graphs, read_card
from boya.representation.note_rows import FIELDS, PARTS, UNKNOWN, NoteRows

__all__ = ["Encoder"]

MOST_WINDOWS = 16  # of a piece that make its vector
AT_ONCE = 32

Floats = NDArray[np.float32]


class Encoder:
    """A network that hears notes in both directions.

    Parameters
    ----------
    name, folder
        the model's; the shipped one by default
    threads
        1, or 2 on a machine that does nothing else

    Raises
    ------
    ModelError
        if there is no such model, it is of another family or reads other rows, or its files are missing or damaged.
    """

    def __init__(self, name: str = "encoder", folder: Path | None = None, threads: int = 1) -> None:
        self.card = read_card(name, folder)
        if self.card.get("family") != "encoder":
            raise ModelError(f"{name!r} is a {self.card.get('family')} model, not an encoder")
        settings: dict[str, Any] = self.card["settings"]
        if (
            self.card.get("fields") != FIELDS
            or self.card.get("parts") != list(PARTS)
            or not {"context", "vector"} <= set(settings)
        ):
            raise ModelError(f"{name!r} reads other notes than this Boya's; install the two that belong together")
        self.context, self.length = int(settings["context"]), int(settings["vector"])
        self._graph = graphs(name, folder, threads, parts=("hear",))["hear"]

    def parts(self, rows: NoteRows) -> Floats:
        """Return how likely each note is of each of PARTS. [shape=(notes, parts)]

        Raises
        ------
        RequestError
            if there are no notes.
        """
        starts = _starts(len(rows), self.context, self.context // 2)
        scores, _ = self._hear(rows, starts)
        best = np.zeros((len(rows), len(PARTS)), dtype=np.float32)
        edge = self.context // 4
        for start, found in zip(starts.tolist(), scores, strict=True):
            first = start + edge if start else 0
            best[first : start + self.context] = found[first - start : len(rows) - start]
        powers = np.exp(best - best.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True))

    def vector(self, rows: NoteRows, most_windows: int = MOST_WINDOWS) -> Floats:
        """Return the vector of a piece: the mean of those of windows spread over it, of length 1. [shape=(vector,)]

        Each window takes as long as the others; the vector of four is 0.995 alike that of sixteen, on average.

        Raises
        ------
        RequestError
            if there are no notes.
        """
        starts = _starts(len(rows), self.context, self.context)
        chosen = starts[np.linspace(0, len(starts) - 1, min(len(starts), most_windows)).round().astype(int)]
        mean = self._hear(rows, chosen)[1].mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)

    def _hear(self, rows: NoteRows, starts: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Scores and vectors of windows. [shape=(windows, context, values)], [shape=(windows, vector)]"""
        at = starts[:, None] + np.arange(self.context)
        is_note = at < len(rows)
        at = np.minimum(at, len(rows) - 1)
        values = np.where(is_note[..., None], rows.values[at], UNKNOWN).astype(np.int64)
        time = np.where(is_note, rows.time[at] - rows.time[at[:, :1]], 0).astype(np.int64)
        parts = [
            self._graph(values=values[i : i + AT_ONCE], time=time[i : i + AT_ONCE], is_note=is_note[i : i + AT_ONCE])
            for i in range(0, len(starts), AT_ONCE)
        ]
        return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _starts(n_notes: int, length: int, hop: int) -> NDArray[np.int64]:
    """First notes of windows over a piece; the last ends with it. [shape=(windows,)]"""
    if not n_notes:
        raise RequestError("there is nothing to hear: the music has no notes")
    last = max(n_notes - length, 0)
    return np.append(np.arange(0, last, hop), last)
