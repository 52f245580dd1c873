"""A score as short frames: which pitch classes sound in each, how likely each is to be foreign to the chord, and the bass.

Conventions: a frame begins at a bar line, or on an eighth (240 ticks) of the bar in which a note begins, and lasts until the
next. A note has a *manner* in each frame it sounds in: how it is come to (after silence, repeated, by step, by leap) and left
(the same, with steps down and up told apart), whether it is held over from before the frame, begins on a weak place or on a
strong one, and whether it is short. A note come to and left by step, short and weak, is often foreign to its chord; one that
leaps is seldom so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from boya.score import Score, note_ends

__all__ = ["FRAME", "N_MANNERS", "PLACES", "Frames", "Notes", "frames_of", "notes_of"]

FRAME = 240
PLACES = ("bar", "middle", "beat", "off")
ALONE = 99
BEFORE, AFTER, WHEN, LENGTHS = 4, 5, 3, 2
STRONG, WEAK, HELD = range(WHEN)
N_MANNERS = BEFORE * AFTER * WHEN * LENGTHS
LEAST_SHARE = 0.2
SHORT = 300
GAP = 240
LENGTH_POWER = 0.7

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Notes:
    """All pitched notes in order of onset, then pitch: ticks, pitch, and where they stand in the score.

    `before` and `after` are semitones from and to the nearest note of the same track that ends where this one begins and begins
    where it ends; ALONE where there is none. `[shape=(n_notes,)]` each.
    """

    onset: Ints
    end: Ints
    pitch: Ints
    track: Ints
    index: Ints
    before: Ints
    after: Ints


@dataclass(frozen=True, eq=False)
class Frames:
    """Frames of a score.

    Attributes
    ----------
    bounds
        ticks `[shape=(n + 1,)]`
    place
        where each begins, an index into PLACES `[shape=(n,)]`
    weight
        what each frame counts: a power of its length in eighths `[shape=(n,)]`
    share
        how much of the frame each pitch class sounds, 0-1 `[shape=(n, 12)]`
    manner
        manner of the most chord-like note of each pitch class `[shape=(n, 12)]`
    bass, bass_manner
        lowest pitch class, -1 in silence, and the manner of its note `[shape=(n,)]`
    """

    bounds: Ints
    place: Ints
    weight: Floats
    share: Floats
    manner: Ints
    bass: Ints
    bass_manner: Ints


def notes_of(score: Score) -> Notes:
    """Return the pitched notes of a score and their neighbours."""
    parts = [np.zeros((7, 0), dtype=np.int64)]
    for number, track in enumerate(score.tracks):
        if not track.is_drum and track.n_notes:
            onset, end, pitch = track.notes["onset"].astype(np.int64), note_ends(track.notes), track.notes["pitch"].astype(int)
            before, after = _neighbours(onset, end, pitch)
            parts.append(np.stack([onset, end, pitch, np.full_like(onset, number), np.arange(len(onset)), before, after]))
    table = np.concatenate(parts, axis=1)
    return Notes(*table[:, np.lexsort((table[2], table[0]))])


def frames_of(score: Score, notes: Notes, plainness: Floats) -> Frames:
    """Return the frames of a score.

    Parameters
    ----------
    plainness
        how much each manner speaks for a chord tone `[shape=(N_MANNERS,)]`; of several notes of a pitch class the plainest is
        kept
    """
    bounds, place = _grid(score)
    bounds, place = _with_onsets(bounds, place, notes.onset)
    n = len(place)
    share, manner = np.zeros((n, 12)), np.zeros((n, 12), dtype=np.int64)
    lowest, bass_manner = np.full(n, 128), np.zeros(n, dtype=np.int64)
    frame, note, part = _pieces(notes, bounds)
    manner_here = _manner(notes, note, bounds[frame], place[frame])
    order = np.argsort(part + plainness[manner_here], kind="stable")
    frame, note, part, manner_here = frame[order], note[order], part[order], manner_here[order]
    pitch = notes.pitch[note]
    manner[frame, pitch % 12] = manner_here
    np.maximum.at(share, (frame, pitch % 12), part)
    heard = part >= LEAST_SHARE
    np.minimum.at(lowest, frame[heard], pitch[heard])
    is_bass = pitch == lowest[frame]
    bass_manner[frame[is_bass]] = manner_here[is_bass]
    weight = (np.diff(bounds) / FRAME) ** LENGTH_POWER
    return Frames(bounds, place, weight, share, manner, np.where(lowest < 128, lowest % 12, -1), bass_manner)


def _neighbours(onset: Ints, end: Ints, pitch: Ints) -> tuple[Ints, Ints]:
    """Semitones from and to the nearest pitch among the notes just before and just after each note of a track."""
    before, after = np.full_like(onset, ALONE), np.full_like(onset, ALONE)
    starts = np.searchsorted(onset, end - FRAME // 4), np.searchsorted(onset, end + GAP, side="right")
    for i, (low, high) in enumerate(zip(*(s.tolist() for s in starts), strict=True)):
        first = max(low, i + 1)
        if first < high and onset[first] > onset[i]:
            following = slice(first, int(np.searchsorted(onset, onset[first], side="right")))
            moves = pitch[following] - pitch[i]
            after[i] = moves[np.abs(moves).argmin()]
            closer = np.abs(moves) < np.abs(before[following])
            before[following] = np.where(closer, moves, before[following])
    return before, after


def _manner(notes: Notes, note: Ints, start: Ints, place: Ints) -> Ints:
    """Manner of each note in a frame that begins at `start` on a `place`."""
    before, after = notes.before[note], notes.after[note]
    come = np.select([before == ALONE, before == 0, np.abs(before) <= 2], [0, 1, 2], 3)
    left = np.select([after == ALONE, after == 0, (after < 0) & (after >= -2), (after > 0) & (after <= 2)], [0, 1, 2, 3], 4)
    when = np.where(notes.onset[note] < start, HELD, np.where((place == 3) | (notes.onset[note] > start), WEAK, STRONG))
    short = (notes.end[note] - notes.onset[note] <= SHORT).astype(np.int64)
    manner: Ints = ((come * AFTER + left) * WHEN + when) * LENGTHS + short
    return manner


def _grid(score: Score) -> tuple[Ints, Ints]:
    """Bounds of the frames in ticks, and the place of each."""
    bars = score.bar_bounds.tolist()
    starts: list[int] = []
    places: list[int] = []
    for first, end in pairwise(bars):
        metre = score.timeline.metre_at(first)
        for tick, place in _bar_grid(end - first, metre.numerator, metre.ticks_per_beat):
            starts.append(first + tick)
            places.append(place)
    return np.array([*starts, bars[-1]], dtype=np.int64), np.array(places, dtype=np.int64)


def _with_onsets(bounds: Ints, place: Ints, onset: Ints) -> tuple[Ints, Ints]:
    """The frames in which a note begins, and the first of each bar; the others are joined to the one before."""
    has_onset = np.zeros(len(place), dtype=bool)
    has_onset[np.searchsorted(bounds, onset, side="right") - 1] = True
    kept = has_onset | (place == 0)
    return np.append(bounds[:-1][kept], bounds[-1]), place[kept]


def _bar_grid(length: int, numerator: int, beat: int) -> Iterator[tuple[int, int]]:
    """Ticks of the frames of a bar, and their places; three eighths are a beat where they are grouped so."""
    pulse = 3 * beat if beat <= FRAME and numerator % 3 == 0 and numerator > 3 else max(beat, FRAME)
    n_pulses = max(1, length // pulse)
    for tick in range(0, length, FRAME):
        if tick == 0:
            yield tick, 0
        elif tick % pulse:
            yield tick, 3
        else:
            yield tick, 1 if n_pulses % 2 == 0 and tick == n_pulses // 2 * pulse else 2


def _pieces(notes: Notes, bounds: Ints) -> tuple[Ints, Ints, Floats]:
    """Frame, note and share of the frame of each piece of a note in a frame."""
    first = np.searchsorted(bounds, notes.onset, side="right") - 1
    last = np.searchsorted(bounds, notes.end, side="left")
    counts = last - first
    note = np.repeat(np.arange(len(counts)), counts)
    frame = np.repeat(first - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(int(counts.sum()))
    length = np.minimum(notes.end[note], bounds[frame + 1]) - np.maximum(notes.onset[note], bounds[frame])
    return frame, note, length / (bounds[frame + 1] - bounds[frame])
