"""The vector of a piece, from the encoder that ships."""

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boya.models.encoder import Encoder
from boya.models.runtime import weights_folder
from boya.representation.note_rows import note_rows
from boya.score import Score

__all__ = ["encoder_file", "shipped_encoder", "vector_of"]


@cache
def shipped_encoder() -> Encoder:
    """Return the encoder that ships, loaded once."""
    return Encoder()


def encoder_file() -> Path:
    """Return the file of the encoder's weights: another file, other vectors."""
    return weights_folder() / "encoder.hear.onnx"


def vector_of(score: Score) -> NDArray[np.float32]:
    """Return where a piece lies among others: the product of two vectors is how alike two pieces are, in whatever key.

    Parameters
    ----------
    score
        any music with notes

    Returns
    -------
    float32 `[shape=(96,)]`
        of length 1

    Raises
    ------
    RequestError
        if there are no notes.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> scale = Score((Track(note_array([(n * 480, 480, 60 + n, 80) for n in range(8)])),))
    >>> vector_of(scale).shape, round(float(vector_of(scale) @ vector_of(scale)), 3)
    ((96,), 1.0)
    """
    return shipped_encoder().vector(note_rows(score))
