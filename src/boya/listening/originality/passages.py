"""Where lines are found together in one place of the corpus: the nearest passage, all voices at once.

Conventions: a *passage* is a stretch of 16 quarters of the score, one every 8, and one place of a piece: the piece, how many
semitones it is moved by, how many times as long its notes are, and by how much it is shifted in time. Its *worth* is the number
of notes of the lines of tracks that the piece has exactly there. So a copy of a few beats that is changed here and there is told
from a run that stands somewhere by chance: its voices agree on the place. Places to look at are those on which the rarest
stretches of 3 and 4 moves agree.

Source: votes for a transposition and a shift after Wang, "An industrial-strength audio search algorithm", 2003, and Arzt, Böck &
Widmer, "Fast identification of piece and score position via symbolic fingerprinting", 2012; what is counted, after the
cardinality score of Yin, Reuben, Stepney & Collins, 2022.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.fingerprints import STEP, Fingerprints, Line, spread, text_of

__all__ = ["Passages", "passages_of"]

STEPS_PER_QUARTER = 12
LENGTH, HOP = 16 * STEPS_PER_QUARTER, 8 * STEPS_PER_QUARTER
SIZES = (3, 4)
MOST_PLACES = 8000  # of a stretch that is looked at
PLACES = 4096  # looked at for each stretch of the score
TOGETHER = 16  # stretches
MOST_NOTES = 1 << 17  # compared for a stretch: of one with many notes fewer places are looked at
TIMES = np.array([3, 4, 6, 8, 9, 12, 16, 18, 24, 36, 48])  # twelfths: how many times as long the notes may be
OFF = 0.02  # from one of them
SHIFT = 31  # bits of a shift in a place that is written as one number
KEY = 16 + 8 + 4 + SHIFT  # and of piece, semitones, time and shift
FAR = float(1 << 24)  # more bits than any place has

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Passages:
    """Passages shared with pieces, the one worth most first; all arrays `[shape=(passages,)]`.

    Attributes
    ----------
    worth, n_notes, n_lines
        notes of the stretch that stand there, notes of the stretch, and lines that have some of them
    piece
        its number
    onset
        of the stretch in the score, in ticks
    first, last
        of the notes that stand there, the first and the last one's step in the piece
    """

    worth: Ints
    n_notes: Ints
    n_lines: Ints
    piece: Ints
    onset: Ints
    first: Ints
    last: Ints

    def __len__(self) -> int:
        return len(self.worth)


@dataclass(frozen=True, eq=False)
class _Places:
    """Places for stretches of the score: stretch, piece, semitones, which of TIMES, and shift in twelfths of a step."""

    stretch: Ints
    piece: Ints
    up: Ints
    time: Ints
    shift: Ints


@dataclass(frozen=True, eq=False)
class _Asked:
    """Notes of the score in order of time: step, pitch and line of each, and its place in the text of the lines."""

    step: Ints
    pitch: Ints
    line: Ints
    place: Ints


def passages_of(prints: Fingerprints, lines: Sequence[Line]) -> Passages:
    """Return the passages that lines share, all together, with pieces.

    >>> from boya.evaluation.fingerprints import lines_of
    >>> from boya.listening.originality.building import build_fingerprints
    >>> from boya.score import Score, Track, note_array
    >>> tune = Score((Track(note_array([(480 * i, 480, 60 + i * i % 7, 80) for i in range(16)])),))
    >>> found = passages_of(build_fingerprints([(tune, {"id": "a"})]), lines_of(tune.transpose(5)))
    >>> int(found.worth[0]), int(found.n_notes[0])
    (16, 16)
    """
    heard = [line for line in lines if not line.is_skyline]
    if not heard:
        return Passages(*(np.zeros(0, dtype=np.int64) for _ in Passages.__dataclass_fields__))
    step, pitch = np.concatenate([line.onset for line in heard]) // STEP, np.concatenate([line.pitch for line in heard])
    line = np.repeat(np.arange(len(heard)), [one.n_notes for one in heard])
    text, starts = text_of(heard)
    place = np.concatenate([start - 1 + np.arange(one.n_notes) for start, one in zip(starts, heard, strict=True)])
    order = np.argsort(step, kind="stable")
    asked = _Asked(step[order], pitch[order], line[order], place[order])
    parts = np.unique(step // (TOGETHER * HOP)) * TOGETHER  # where notes are: silence may be long
    found = [_counted(prints, asked, _voted(prints, asked, text, first)) for first in parts.tolist()]
    columns = np.concatenate(found, axis=1)
    return Passages(*columns[:, np.argsort(-columns[0], kind="stable")])


def _voted(prints: Fingerprints, asked: _Asked, text: NDArray[np.uint8], first: int) -> _Places:
    """The places of some stretches, from a first one on, for which the rarest seeds vote."""
    notes = prints.notes
    low, high = np.searchsorted(asked.step, np.array([first, first + TOGETHER + 1]) * HOP)
    own = np.sort(asked.place[low:high])
    found = [(size, *notes.seeds(text, own, size, MOST_PLACES)) for size in SIZES]
    size = np.concatenate([np.full(len(here), size) for size, here, _, _ in found])
    here, there, bits = (np.concatenate([part[column] for part in found]) for column in (1, 2, 3))
    step, pitch = np.zeros((2, len(text)), dtype=np.int64)
    step[asked.place], pitch[asked.place] = asked.step, asked.pitch
    ratio = 12 * (step[here + size] - step[here]) / (notes.step[there + size] - notes.step[there])
    time = np.searchsorted(np.sqrt(TIMES[1:] * TIMES[:-1]), ratio)
    shift = 12 * step[here] - TIMES[time] * notes.step[there]
    near = (np.abs(ratio / TIMES[time] - 1) <= OFF) & (np.abs(shift) < 1 << SHIFT - 1)
    here, there, time, bits, shift = here[near], there[near], time[near], bits[near], shift[near]
    up = pitch[here] - notes.pitch[there]
    key = ((notes.piece[there] << 8 | up + 128) << 4 | time) << SHIFT | shift + (1 << SHIFT - 1)
    block = step[here] // HOP
    stretch, key, bits = np.concatenate([block, block - 1]), np.tile(key, 2), np.tile(bits, 2)
    kept = (stretch >= first) & (stretch < first + TOGETHER)
    return _most_voted(asked, first, stretch[kept], key[kept], bits[kept])


def _most_voted(asked: _Asked, first: int, stretch: Ints, key: Ints, bits: NDArray[np.float64]) -> _Places:
    """Of each stretch the places with the most bits."""
    key = (stretch - first) << KEY | key
    order = np.argsort(key)
    key = key[order]
    begin = np.flatnonzero(np.append(True, np.diff(key) != 0)[: len(key)])
    total = np.add.reduceat(bits[order], begin) if len(begin) else bits
    key = key[begin]
    stretch = (key >> KEY) + first
    order = np.argsort(stretch * FAR - total, kind="stable")
    stretch, key = stretch[order], key[order]
    most = np.clip(MOST_NOTES // np.maximum(np.diff(_ends(asked, stretch), axis=0)[0], 1), 1, PLACES)
    kept = np.arange(len(stretch)) - np.searchsorted(stretch, stretch) < most
    stretch, key = stretch[kept], key[kept] & (1 << KEY) - 1
    shift, rest = (key & (1 << SHIFT) - 1) - (1 << SHIFT - 1), key >> SHIFT
    return _Places(stretch, rest >> 12, (rest >> 4 & 255) - 128, rest & 15, shift)


def _ends(asked: _Asked, stretch: Ints) -> Ints:
    """The first note of stretches, and the one after the last. `[shape=(2, stretches)]`"""
    return np.searchsorted(asked.step, np.stack([stretch * HOP, stretch * HOP + LENGTH]))


def _counted(prints: Fingerprints, asked: _Asked, places: _Places) -> Ints:
    """How many notes of each stretch stand at each of its places: columns of Passages. `[shape=(7, passages)]`"""
    low, high = _ends(asked, places.stretch)
    row, note = spread(low, high - low)
    there, rest = np.divmod(12 * asked.step[note] - places.shift[row], TIMES[places.time[row]])
    has = (rest == 0) & prints.notes.has(places.piece[row], there, asked.pitch[note] - places.up[row])
    row, there, note = row[has], there[has], note[has]
    n_all, size = int(asked.line.max()) + 1, len(low)
    n_lines = np.bincount(np.unique(row * n_all + asked.line[note]) // n_all, minlength=size)
    first, last = np.full(size, np.iinfo(np.int64).max), np.full(size, -1)
    np.minimum.at(first, row, there)
    np.maximum.at(last, row, there)
    onset = places.stretch * HOP * STEP
    found = np.stack([np.bincount(row, minlength=size), high - low, n_lines, places.piece, onset, first, last])
    return found[:, found[0] > 0]
