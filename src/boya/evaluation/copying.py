"""How much of a voice stands in other music note for note, in whatever key: the longest run that it shares with a corpus.

Conventions: a *voice* is a pitched track, its notes in the order of onset, then pitch. A run is a row of notes with the same
intervals and the same distances of onsets, in twelfths of a quarter; lengths and velocities of the notes do not count, nor does
the place in the bar. Drums have no intervals and are left out. Lengths of runs are counted in notes.

Method: rolling hashes of all runs of a length, found by bisection of that length; every match is then compared note by note, so
the answer is exact. Source: Karp & Rabin, "Efficient randomized pattern-matching algorithms", 1987.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.score import TICKS_PER_QUARTER, Score, Track

__all__ = ["RunIndex", "moves_of", "voices_of"]

STEPS_PER_QUARTER = 12
STEP = TICKS_PER_QUARTER // STEPS_PER_QUARTER
APART = -1  # stands between two voices
INTERVALS = 256  # numbers of intervals; one distance of onsets further is as many moves further
BASE = 0x9E3779B97F4A7C15
SLOTS = 22  # bits of the table that sorts out most of the corpus

Moves = NDArray[np.int64]
Hashes = NDArray[np.uint64]


def moves_of(track: Track) -> Moves:
    """Return how each note follows the one before: interval and distance of onsets, as one number. `[shape=(notes - 1,)]`

    >>> from boya.score import note_array
    >>> tune = Track(note_array([(0, 480, 60, 80), (480, 480, 64, 80)]))
    >>> moves_of(tune).tolist() == moves_of(Track(note_array([(480, 99, 62, 80), (960, 99, 66, 80)]))).tolist()
    True
    """
    step = (track.notes["onset"].astype(np.int64) + STEP // 2) // STEP
    pitch = track.notes["pitch"].astype(np.int64)
    note = np.unique(step * 128 + pitch)  # sorted, and equal notes once
    step, pitch = np.divmod(note, 128)
    return np.diff(step) * INTERVALS + np.diff(pitch) + 128


def voices_of(score: Score) -> list[Moves]:
    """Return the moves of every pitched track."""
    return [moves_of(track) for track in score.tracks if not track.is_drum]


class RunIndex:
    """A corpus in which runs are looked for.

    Examples
    --------
    >>> index = RunIndex([np.array([5, 6, 7, 8])])
    >>> index.longest([np.array([1, 6, 7, 8, 8]), np.array([1])]).tolist()
    [4, 1]
    """

    def __init__(self, voices: Iterable[Moves]) -> None:
        self._text = _Text(voices)

    def __len__(self) -> int:
        return len(self._text.moves)

    def longest(self, voices: Sequence[Moves]) -> NDArray[np.int64]:
        """Return the notes of the longest run that each voice shares with the corpus; at least 1. `[shape=(voices,)]`"""
        sizes = np.array([len(voice) for voice in voices], dtype=np.int64)
        found = np.zeros(len(voices), dtype=np.int64)
        for bit in range(int(sizes.max(initial=0)).bit_length() - 1, -1, -1):
            wanted = found + (1 << bit)
            for length in np.unique(wanted[wanted <= sizes]).tolist():
                asked = np.flatnonzero((wanted == length) & (wanted <= sizes))
                found[asked[self._shared([voices[i] for i in asked.tolist()], length)]] = length
        return found + 1

    def _shared(self, voices: list[Moves], length: int) -> NDArray[np.bool_]:
        """Which voices share a run of so many moves."""
        asked = _Text(voices)
        places = np.flatnonzero(np.concatenate([np.arange(len(v) + 1) <= len(v) - length for v in voices]))
        hashes = asked.hashes(length)[places]
        order = np.argsort(hashes, kind="stable")
        here, there = self._met(hashes[order], length)
        here = places[order[here]]
        same = np.ones(len(here), dtype=bool)
        for at in range(length):
            same &= asked.moves[here + at] == self._text.moves[there + at]
        starts = np.cumsum([0, *(len(voice) + 1 for voice in voices)])
        shared = np.zeros(len(voices), dtype=bool)
        shared[np.searchsorted(starts, here[same], side="right") - 1] = True
        return shared

    def _met(self, wanted: Hashes, length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Places of the wanted hashes, sorted, that the corpus has, and for each one place where it has it."""
        known = self._text.hashes(length)
        is_wanted = np.zeros(1 << SLOTS, dtype=bool)
        is_wanted[_slots(wanted)] = True
        places = np.flatnonzero(is_wanted[_slots(known)])
        known, first = np.unique(known[places], return_index=True)
        at = np.minimum(np.searchsorted(known, wanted), max(len(known) - 1, 0))
        is_met = known[at] == wanted if len(known) else np.zeros(len(wanted), dtype=bool)
        return np.flatnonzero(is_met), places[first[at[is_met]]] if len(known) else places[:0]


class _Text:
    """Voices one after another, and the hash of any stretch of them in a few operations."""

    def __init__(self, voices: Iterable[Moves]) -> None:
        parts = [part for voice in voices for part in (voice, [APART])]
        self.moves = np.concatenate([np.zeros(0, dtype=np.int64), *parts]).astype(np.int32)
        if len(self.moves) and self.moves.min() < APART:
            raise InputError(f"moves of a voice must be 0 or more; got {self.moves.min()}. See moves_of")
        base = np.uint64(BASE)
        back = np.uint64(pow(BASE, -1, 1 << 64))
        self._back = _powers(back, len(self.moves))
        self._sums = np.append(np.uint64(0), np.cumsum(_mixed(self.moves) * _powers(base, len(self.moves))))

    def hashes(self, length: int) -> Hashes:
        """The hash of the stretch from every place where one of that length fits. `[shape=(places,)]`"""
        count = max(len(self.moves) - length + 1, 0)
        return np.asarray((self._sums[length:][:count] - self._sums[:count]) * self._back[:count])


def _powers(base: np.uint64, count: int) -> Hashes:
    """Powers of a number modulo 2^64, from the 0th."""
    factors = np.full(count, base, dtype=np.uint64)
    factors[:1] = 1
    return np.multiply.accumulate(factors)


def _mixed(moves: NDArray[np.int32]) -> Hashes:
    """Moves as numbers that look random (SplitMix64)."""
    bits = moves.astype(np.uint64) * np.uint64(BASE)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))


def _slots(hashes: Hashes) -> NDArray[np.int64]:
    """A place in the table for each hash."""
    return ((hashes * np.uint64(BASE)) >> np.uint64(64 - SLOTS)).astype(np.int64)
