"""A piece in another key, without encoding it again."""

from dataclasses import replace

import numpy as np

from boya.errors import StreamError
from boya.representation.stream.encoded import Encoded
from boya.representation.stream.quantise import home_shift
from boya.representation.stream.vocabulary import LOWEST_PITCH, VOCABULARY

__all__ = ["transposed"]

HIGHEST_PITCH = 127


def transposed(piece: Encoded, semitones: int) -> Encoded:
    """Return a piece moved by some semitones.

    Parameters
    ----------
    piece
        the piece; it stays as it is.
    semitones
        how far all but drums is moved. The tokens are in C before and after, at most some octaves apart.

    Raises
    ------
    StreamError
        if a note would leave 0-127.

    Examples
    --------
    >>> from boya.representation.stream import describe, encode
    >>> from boya.score import Score, Track, note_array
    >>> piece = encode(Score((Track(note_array([(0, 480, 60, 80)])),)))
    >>> [(moved.home, describe(moved.tokens)[-8:]) for moved in (transposed(piece, n) for n in (5, 7))]
    [(5, 'pitch:60'), (7, 'pitch:72')]
    """
    home = (piece.home + semitones) % 12
    octaves = semitones + home_shift(home) - home_shift(piece.home)
    pitches = VOCABULARY.span("pitch")
    is_pitch = (piece.tokens >= pitches.start) & (piece.tokens < pitches.stop)
    sounding = piece.tokens[is_pitch] - pitches.start + LOWEST_PITCH - home_shift(piece.home) + semitones
    if len(sounding) and not 0 <= sounding.min() <= sounding.max() <= HIGHEST_PITCH:
        raise StreamError(
            f"a piece moved by {semitones} must stay within 0-{HIGHEST_PITCH}; got {sounding.min()}-{sounding.max()}"
        )
    segments = piece.segments.copy()
    is_drum = np.array([part.is_drum for part in piece.parts], dtype=bool)
    segments["pitch"] += semitones * segments["notes"] * ~is_drum[segments["slot"]]
    return replace(piece, home=home, tokens=piece.tokens + np.int16(octaves) * is_pitch, segments=segments)
