"""Pieces of `valid` as a recommender meets them, and what else is known of them."""

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.corpus.packed import Packed
from boya.listening.content import Content
from boya.listening.facets import facets_of
from boya.listening.recognition.description import HISTOGRAM, describe
from boya.listening.recommendation import Library, sketch_of
from boya.listening.recommendation.describing import vector_of_notes
from boya.representation.note_rows import DRUMS, NoteRows

__all__ = ["Pieces", "unit"]

Floats = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Pieces:
    """Pieces as a library that knows no styles (`library`) and one that does (`told`), and what else is known of them."""

    entries: list[dict[str, str]]
    library: Library
    told: Library
    histograms: Floats
    pitch_classes: Floats
    sketch_ms: float
    describe_ms: float

    def __len__(self) -> int:
        return len(self.entries)

    @classmethod
    def of(cls, packed: Packed, most: int) -> "Pieces":
        """Describe the pieces of `valid`, evenly thinned where there are more."""
        numbers = [n for n in packed.split("valid").tolist() if packed.pieces[n]["notes"]]
        numbers = [numbers[at] for at in np.linspace(0, len(numbers) - 1, min(len(numbers), most)).round().astype(int)]
        entries, scores = [packed.pieces[n] for n in numbers], [packed.score(n) for n in numbers]
        sketch_of(scores[0])  # what is loaded once is not counted
        vector_of_notes(sketch_of(scores[0]).notes)
        began = time.process_time()
        sketches = [sketch_of(score) for score in scores]
        for sketch in sketches:
            sketch.packed()
        between = time.process_time()
        vectors = [vector_of_notes(sketch.notes) for sketch in sketches]
        sketch_ms, describe_ms = (np.diff([began, between, time.process_time()]) * 1000 / len(sketches)).tolist()
        told = [facets_of(score, entry["style"], entry["substyle"]) for score, entry in zip(scores, entries, strict=True)]
        library, named = (
            Library.of(
                (e["id"], e["title"], e["composer"], Content(f, v)) for e, f, v in zip(entries, facets, vectors, strict=True)
            )
            for facets in ([sketch.facets for sketch in sketches], told)
        )
        histograms = np.stack([describe(sketch.notes, HISTOGRAM) for sketch in sketches])
        pitch_classes = np.stack([_pitch_classes(sketch.notes) for sketch in sketches])
        return cls(entries, library, named, histograms, pitch_classes, sketch_ms, describe_ms)

    def named(self, what: str) -> NDArray[np.str_]:
        """What the corpus says of each piece."""
        return np.array([str(entry[what] or "") for entry in self.entries])


def _pitch_classes(notes: NoteRows) -> Floats:
    """How often each pitch class is played, as written. [shape=(12,)]"""
    pitch = notes.values[:, 1]
    return np.bincount(pitch[pitch < DRUMS] % 12, minlength=12).astype(np.float64)


def unit(rows: Floats) -> Floats:
    """Return rows of length 1; those of nothing stay."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9))
