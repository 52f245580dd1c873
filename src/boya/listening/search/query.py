"""What is looked for: a few notes, by text or out of a score.

Text is note names with octaves (`C4 D4 Eb4 G4`), each with its length in quarters if the rhythm is known (`C4:1 D4:0.5`); a name
without an octave is the nearest to the note before. A long line of a score is asked for by up to three excerpts of it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.listening.search.voices import FEWEST, STEPS_PER_QUARTER, Line, lines_of
from boya.score import Score

__all__ = ["MOST_NOTES", "Query", "parse_query", "queries_of"]

MOST_NOTES = 64
_MOST_LINES = 8
_NOTE = re.compile(r"([A-Ga-g])(##|bb|[#b♯♭x]?)(-1|\d)?(?::(\d{1,3}(?:\.\d{1,6})?(?:/\d{1,3})?))?")
_NATURAL = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_SIGN = {"": 0, "#": 1, "♯": 1, "##": 2, "x": 2, "b": -1, "♭": -1, "bb": -2}
_HOW = "Write notes such as C4 D4 Eb4 G4, or with lengths in quarters: C4:1 D4:0.5 E4:0.5 G4:2"


@dataclass(frozen=True, eq=False)
class Query:
    """A row of notes to look for.

    Attributes
    ----------
    pitches
        MIDI numbers; only their intervals matter `[shape=(notes,)]`
    gaps
        distances of onsets, of any unit, the last one a length; None where the rhythm is unknown `[shape=(notes,)]`
    name
        where it comes from

    Raises
    ------
    InputError
        if there are fewer than 4 or more than 64 notes, or a value is not of this world.
    """

    pitches: NDArray[np.int64]
    gaps: NDArray[np.float64] | None = None
    name: str = ""

    def __post_init__(self) -> None:
        if not FEWEST <= len(self.pitches) <= MOST_NOTES:
            raise InputError(f"a query must have {FEWEST}-{MOST_NOTES} notes; it has {len(self.pitches)}. {_HOW}")
        object.__setattr__(self, "pitches", np.asarray(self.pitches, dtype=np.int64))
        if self.pitches.min() < 0 or self.pitches.max() > 127:
            raise InputError(f"pitch must be 0-127; got {self.pitches.min()}-{self.pitches.max()}. {_HOW}")
        if self.gaps is None:
            return
        object.__setattr__(self, "gaps", np.asarray(self.gaps, dtype=np.float64))
        if len(self.gaps) != len(self.pitches) or not (np.isfinite(self.gaps).all() and self.gaps.min() > 0):
            raise InputError(f"gaps must be {len(self.pitches)} numbers above 0; got {self.gaps.tolist()}. {_HOW}")

    def __len__(self) -> int:
        return len(self.pitches)


def parse_query(text: str) -> Query:
    """Return the notes of a text.

    Raises
    ------
    InputError
        if a word is no note, or the notes are too few or too many.

    Examples
    --------
    >>> parse_query("C4 D E G").pitches.tolist(), parse_query("C4 D4 E4 G4").gaps
    ([60, 62, 64, 67], None)
    >>> parse_query("C4:1 D4:1/2 E4 G4").gaps.tolist()
    [12.0, 6.0, 12.0, 12.0]
    """
    words = text.replace(",", " ").split()
    pitches: list[int] = []
    gaps: list[float | None] = []
    for word in words[: MOST_NOTES + 1]:
        match = _NOTE.fullmatch(word)
        if match is None:
            raise InputError(f"a query must be notes; {word!r:.40} is none. {_HOW}")
        letter, sign, octave, length = match.groups()
        pitches.append(_pitch(_NATURAL[letter.lower()] + _SIGN[sign], octave, pitches[-1] if pitches else 60))
        gaps.append(None if length is None else _length(length))
    if len(words) > MOST_NOTES:
        raise InputError(f"a query must have {FEWEST}-{MOST_NOTES} notes; it has {len(words)}. Give a part of it")
    known = None if all(gap is None for gap in gaps) else np.array([STEPS_PER_QUARTER if g is None else g for g in gaps])
    return Query(np.array(pitches, dtype=np.int64), known, "text")


def queries_of(score: Score) -> list[Query]:
    """Return what to look for to find a score: its first lines, each whole, or where it is long its beginning, middle and end.

    Raises
    ------
    InputError
        if no line has 4 notes.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> notes = [(i * 480, 480, 60 + i % 7, 80) for i in range(100)]
    >>> [len(query) for query in queries_of(Score((Track(note_array(notes)),)))]
    [64, 64, 64]
    """
    lines = sorted(lines_of(score), key=lambda line: line.onset)[:_MOST_LINES]
    if not lines:
        raise InputError(f"a score to look for must have a line of {FEWEST} notes; this has none. Drums are not looked for")
    return [
        Query(line.pitches[part].astype(np.int64), line.gaps[part].astype(float), line.voice)
        for line in lines
        for part in _parts(line)
    ]


def _parts(line: Line) -> Iterable[slice]:
    """Excerpts of a line."""
    n_notes = len(line.pitches)
    last = max(n_notes - MOST_NOTES, 0)
    return [slice(at, at + MOST_NOTES) for at in sorted({0, last // 2 if last > MOST_NOTES // 2 else 0, last})]


def _pitch(pitch_class: int, octave: str | None, before: int) -> int:
    """A pitch; without an octave the one nearest to that before."""
    if octave is not None:
        return pitch_class + 12 * (int(octave) + 1)
    return before + (pitch_class - before + 5) % 12 - 5


def _length(text: str) -> float:
    """A length in steps."""
    above, _, below = text.partition("/")
    quarters = float(above) / (float(below) if below else 1.0) if not below or float(below) else 0.0
    if quarters <= 0:
        raise InputError(f"a length must be above 0 quarters; got {text!r}. {_HOW}")
    return quarters * STEPS_PER_QUARTER
