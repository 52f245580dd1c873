"""More music from the same music: transpositions in which every instrument stays where it can play.

A piece transposed is the same piece: give it the split of its original, and transpose training pieces only.
"""

import numpy as np

from boya.errors import InputError
from boya.score import Score, Track
from boya.theory.instruments import instrument

__all__ = ["transposed", "transpositions"]


def transpositions(score: Score, *, down: int = 5, up: int = 6) -> list[int]:
    """Return the semitones by which a score can be moved with every instrument in its range, 0 among them, ascending.

    Ranges are those of `boya.theory.instruments`. An instrument that is already
    outside its range in the original may stay that far outside, but not go further.

    Parameters
    ----------
    score
        any score; drums do not count.
    down, up
        furthest move in semitones; the defaults reach every key once.

    Raises
    ------
    InputError
        if `down` or `up` is negative.

    Examples
    --------
    >>> from boya.score import note_array
    >>> violin = Track(note_array([(0, 480, 57, 80), (480, 480, 76, 80)]), program=40)
    >>> transpositions(Score((violin,)))
    [-2, -1, 0, 1, 2, 3, 4, 5, 6]
    """
    if down < 0 or up < 0:
        raise InputError(f"down and up must be at least 0 semitones; got {down} and {up}")
    low, high = -down, up
    for track in score.tracks:
        if not track.is_drum and track.n_notes:
            lowest, highest = _room(track)
            low, high = max(low, lowest), min(high, highest)
    return list(range(min(low, 0), max(high, 0) + 1))


def transposed(score: Score, rng: np.random.Generator, *, down: int = 5, up: int = 6) -> Score:
    """Return the score moved to one of its possible transpositions, each as likely as any other.

    >>> transposed(Score(), np.random.default_rng(1)).n_notes
    0
    """
    choices = transpositions(score, down=down, up=up)
    return score.transpose(choices[int(rng.integers(len(choices)))])


def _room(track: Track) -> tuple[int, int]:
    """Furthest moves down (<= 0) and up (>= 0) of a track."""
    low, high = instrument(track.program).range
    lowest, highest = int(track.notes["pitch"].min()), int(track.notes["pitch"].max())
    return min(low - lowest, 0), max(high - highest, 0)
