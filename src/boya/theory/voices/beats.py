"""A melody cut into the beats that chords are put under.

Conventions: a beat is that of the metre, three of them in compound metres. A beat without melody has no chord; one in which the
melody enters late begins with it. Notes that are no notes of the chord are heard as passing: entered and left by step they cost
little.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.score import NoteArray, Score, note_ends

__all__ = ["Beat", "beats_of"]

Ints = NDArray[np.int64]
LOWEST, HIGHEST = 60, 81
PASSING, LEAPING = 0.4, 3.0  # nats for a note beside the chord, reached and left by step, or not
LONG = 960


@dataclass(frozen=True)
class Beat:
    """A beat of a melody.

    Attributes
    ----------
    onset, end
        ticks
    bar, number
        bar from 0, beat in it from 1
    melody
        pitches: sounding at the beginning, at the end, lowest, highest
    may_clash
        whether the first note is entered by step or held, and goes on by step within the beat
    ends_on_beat
        whether the last note of the beat begins on a beat of the metre, or is held from before it
    off
        notes that begin inside: pitch, and whether they are entered and left by step
    is_phrase_end
        whether a phrase ends with the beat
    """

    onset: int
    end: int
    bar: int
    number: float
    melody: tuple[int, int, int, int]
    may_clash: bool
    ends_on_beat: bool
    off: tuple[tuple[int, bool], ...]
    is_phrase_end: bool

    def passing_cost(self, members: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return what the notes inside the beat cost over chords, given by the pitch classes of each. `[shape=(n,)]`"""
        cost = np.zeros(len(members), dtype=np.float32)
        for pitch, by_step in self.off:
            cost += (PASSING if by_step else LEAPING) * ~members[:, pitch % 12]
        return cost


def beats_of(score: Score, melody: NoteArray, phrase_ends: Sequence[int] | None = None) -> list[Beat]:
    """Return the beats of a melody.

    Raises
    ------
    InputError
        if there are no notes, several at once, or notes outside C4-A5.

    Examples
    --------
    >>> from boya.score import note_array
    >>> beats = beats_of(Score(), note_array([(0, 240, 72, 80), (240, 240, 74, 80), (480, 480, 76, 80)]))
    >>> [beat.melody for beat in beats], beats[0].off
    ([(72, 74, 72, 74), (76, 76, 76, 76)], ((74, True),))
    """
    _check(melody)
    onsets, pitches = melody["onset"].astype(np.int64), melody["pitch"].astype(np.int64)
    ends = np.minimum(note_ends(melody), np.append(onsets[1:], note_ends(melody)[-1:]))
    lasts = _phrase_ends(onsets, ends) if phrase_ends is None else {int(tick) for tick in phrase_ends}
    beats = []
    for start, stop, bar, number, unit in _grid(score, int(ends[-1])):
        inside = np.flatnonzero((onsets < stop) & (ends > start))
        if len(inside):
            beats.append(_beat(start, stop, bar, number, unit, inside, onsets, ends, pitches, lasts))
    return beats


def _beat(
    start: int,
    stop: int,
    bar: int,
    number: float,
    unit: int,
    inside: Ints,
    onsets: Ints,
    ends: Ints,
    pitches: Ints,
    lasts: set[int],
) -> Beat:
    """The beat from `start` to `stop`, in which the notes `inside` sound."""
    onset = max(start, int(onsets[inside[0]]))
    end = min(stop, int(ends[-1]))
    heard = pitches[inside].tolist()
    off = tuple((int(pitches[n]), _by_step(int(n), pitches)) for n in inside[1:])
    last = max(int(onsets[inside[-1]]), onset)
    resolves = len(inside) > 1 and abs(heard[1] - heard[0]) in (1, 2)
    first = int(inside[0])
    prepared = onsets[first] < start or (first > 0 and abs(int(pitches[first] - pitches[first - 1])) <= 2)
    return Beat(
        onset,
        end,
        bar,
        number,
        (heard[0], heard[-1], min(heard), max(heard)),
        bool(resolves and prepared),
        (last - start) % unit == 0,
        off,
        any(start < tick <= stop for tick in lasts),
    )


def _by_step(note: int, pitches: Ints) -> bool:
    """Whether a note is entered and left by step."""
    before = abs(int(pitches[note] - pitches[note - 1])) <= 2 if note else False
    return before and (note + 1 >= len(pitches) or abs(int(pitches[note + 1] - pitches[note])) <= 2)


def _grid(score: Score, end: int) -> list[tuple[int, int, int, float, int]]:
    """First tick of each beat, the tick behind it, its bar, its number, and the length of a beat of the metre."""
    starts = score.timeline.bar_starts(end).tolist()
    found = []
    for bar, start in enumerate(starts):
        metre = score.timeline.metre_at(start)
        stop = starts[bar + 1] if bar + 1 < len(starts) else start + metre.ticks_per_bar
        group = 3 if metre.numerator % 3 == 0 and metre.numerator > 3 and metre.denominator >= 8 else 1
        unit = metre.ticks_per_beat
        ticks = [*range(start, stop, group * unit), stop]
        found += [(a, b, bar, 1 + (a - start) / unit, unit) for a, b in pairwise(ticks)]
    return found


def _phrase_ends(onsets: Ints, ends: Ints) -> set[int]:
    """Ends of notes that are long against the others, or followed by a rest, and of the last."""
    length = ends - onsets
    long = (length >= LONG) & (length >= 2 * np.median(length))
    rests = np.append(onsets[1:] - ends[:-1] > 0, True)
    return {int(tick) for tick in ends[long | rests]}


def _check(melody: NoteArray) -> None:
    """Raise unless the notes are a melody in the range of the soprano."""
    if not len(melody):
        raise InputError("a melody to harmonise needs notes; there are none")
    if len(np.unique(melody["onset"])) < len(melody):
        raise InputError("a melody has one note at a time; this one has several at the same tick. Name another track")
    low, high = int(melody["pitch"].min()), int(melody["pitch"].max())
    if low < LOWEST or high > HIGHEST:
        raise InputError(f"a melody for the soprano lies in {LOWEST}-{HIGHEST} (C4-A5); this one in {low}-{high}; transpose it")
