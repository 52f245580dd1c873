"""What the index looks a tune up by: four notes in a row, as three intervals and how their two steps of time compare.

Conventions: a *gram* is a number below `GRAMS`: three intervals of at most an octave (wider ones count as an octave), each of 25
values, and two comparisons of neighbouring gaps (shorter, alike, longer). The comparisons are the last digits, so that all
rhythms of a melody are neighbours, and so are all melodies that begin with the same three notes: one lookup finds a range of them
(`REACHES`, from near to far). Neither key nor tempo changes a gram.

Source: Doraisamy & Rüger, "Robust polyphonic music retrieval with n-grams", J. Intell. Inf. Syst. 21, 2003.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["GRAMS", "NOTES", "REACHES", "grams_of", "melodic_grams", "ranges_of"]

NOTES = 4
WIDEST = 12
KINDS = 2 * WIDEST + 1
RHYTHMS = 9
GRAMS = KINDS**3 * RHYTHMS
ALIKE = 1.27  # a gap this many times another one is longer; no ratio of notated lengths is near it

REACHES = ("rhythm", "melody", "three notes")

Ints = NDArray[np.int64]


def melodic_grams(pitches: NDArray[np.generic]) -> Ints:
    """Return the first gram of each melody of four notes: its rhythms are the `RHYTHMS` grams from there. `[shape=(notes - 3,)]`

    >>> melodic_grams(np.array([60, 62, 64, 65])).tolist() == melodic_grams(np.array([67, 69, 71, 72])).tolist()
    True
    """
    steps = np.clip(np.diff(pitches.astype(np.int32)), -WIDEST, WIDEST) + WIDEST
    return np.asarray(((steps[:-2] * KINDS + steps[1:-1]) * KINDS + steps[2:]) * RHYTHMS, dtype=np.int64)


def grams_of(pitches: NDArray[np.generic], gaps: NDArray[np.generic]) -> Ints:
    """Return the gram that begins at each note; in a row of several lines those that cross from one to the next mean nothing.

    Parameters
    ----------
    pitches
        MIDI numbers `[shape=(notes,)]`
    gaps
        steps to the next onset, of any unit `[shape=(notes,)]`

    Examples
    --------
    >>> tune, even, dotted = np.array([60, 62, 64, 65]), np.array([12, 12, 12, 12]), np.array([18, 6, 12, 12])
    >>> (grams_of(tune, even) - melodic_grams(tune)).tolist(), (grams_of(tune, dotted) - melodic_grams(tune)).tolist()
    ([4], [2])
    """
    first, second = gaps[:-1].astype(np.float32), gaps[1:].astype(np.float32)
    compared = 1 + (second > ALIKE * first).astype(np.int64) - (first > ALIKE * second)
    return melodic_grams(pitches) + compared[:-2] * 3 + compared[1:-1]


def ranges_of(pitches: NDArray[np.generic], gaps: NDArray[np.generic] | None, reach: str) -> tuple[Ints, Ints]:
    """Return the ranges [first, last) of grams to look up for each place of a row of notes.

    Parameters
    ----------
    pitches, gaps
        of the row; without gaps `reach` must not be "rhythm"
    reach
        of `REACHES`: the same four notes in rhythm, in any rhythm, or only three of them

    Examples
    --------
    >>> first, last = ranges_of(np.array([60, 62, 64, 65]), None, "three notes")
    >>> len(first), (last - first).tolist()
    (2, [225, 225])
    """
    if reach == "rhythm" and gaps is not None:
        first = grams_of(pitches, gaps)
        return first, first + 1
    if reach == "three notes":
        first = melodic_grams(np.append(pitches, pitches[-1:])) // (KINDS * RHYTHMS) * (KINDS * RHYTHMS)
        return first, first + KINDS * RHYTHMS
    first = melodic_grams(pitches)
    return first, first + RHYTHMS
