"""The one place that says how a piece is described for recommendation; another description is a `Describer` of another kind.

Conventions: the vector of a piece is that of the encoder and the outline of what a person can read (`describe`), side by side:
together they tell likeness better than either. The encoder's share of the product of two vectors is `HEARD_SHARE`; that and the
number of axes were chosen on works of `train` that the encoder has not learnt from.
"""

import zlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

from boya.errors import RequestError
from boya.listening.content import Content, Describer, Sketch
from boya.listening.facets import facets_of
from boya.listening.recognition.description import describe
from boya.listening.recognition.vectors import encoder_file, shipped_encoder
from boya.listening.recommendation.outline import outline_file, shipped_outline
from boya.representation.note_rows import NoteRows, note_rows
from boya.score import Score

__all__ = ["HEARD_SHARE", "content_of", "describer", "sketch_of", "vector_of_notes"]

HEARD_SHARE = 0.6
WINDOWS = 4  # of the encoder: sixteen find no more, and take four times as long


def content_of(score: Score, style: str = "", substyle: str = "") -> Content:
    """Return what a score is like.

    Parameters
    ----------
    style, substyle
        where they are known, in English or Chinese

    Raises
    ------
    RequestError
        if there are no notes.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> scale = Score((Track(note_array([(n * 480, 480, 60 + n, 80) for n in range(8)])),))
    >>> content = content_of(scale, "pop")
    >>> content.facets[0], round(float(content.vector @ content.vector), 3)
    ('style:pop', 1.0)
    """
    sketch = sketch_of(score, style, substyle)
    return Content(sketch.facets, vector_of_notes(sketch.notes))


def sketch_of(score: Score, style: str = "", substyle: str = "") -> Sketch:
    """Return what an index keeps of a score, from which it is described when somebody asks. Parameters as in `content_of`.

    Raises
    ------
    RequestError
        if there are no notes.
    """
    if not score.n_notes:
        raise RequestError("there is nothing to describe: the music has no notes")
    return Sketch(facets_of(score, style, substyle), note_rows(score))


def vector_of_notes(rows: NoteRows) -> NDArray[np.float32]:
    """Return the vector of a piece with these notes, of length 1. [shape=(128,)]

    Raises
    ------
    RequestError
        if there are none.
    """
    heard = shipped_encoder().vector(rows, WINDOWS)
    outline = shipped_outline().of(describe(rows)[None])[0]
    return np.concatenate([np.sqrt(HEARD_SHARE) * heard, np.sqrt(1 - HEARD_SHARE) * outline]).astype(np.float32)


@cache
def describer() -> Describer:
    """Return what describes the pieces of an index; its kind changes with the weights, which are not loaded to say it."""
    weights = (encoder_file().read_bytes(), outline_file().read_bytes())
    marks = "-".join(f"{zlib.crc32(data):08x}" for data in weights)
    return Describer(f"{marks}-{HEARD_SHARE}-{WINDOWS}", vector_of_notes)
