"""Rules of one voice: its range, its leaps, and the shape of its line.

Every function takes a `Setting` and returns the spots at which its rule is broken. Notes are compared across rests shorter than a
quarter; after a longer one a line begins anew.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from boya.score import TICKS_PER_QUARTER, note_ends
from boya.theory.voices.setting import Setting
from boya.theory.voices.spots import Spot
from boya.theory.voices.voices import SILENT

__all__ = ["RULES", "moves"]

Ints = NDArray[np.int64]
SIXTH, OCTAVE = 8, 12
STILL = 5


def moves(setting: Setting) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield voice, moment of a note and of the next, pitch of both: all moves of all voices."""
    for voice, line in enumerate(setting.voices.lines):
        moments, pitches = setting.line(voice)
        rests = line.notes["onset"][1:] - note_ends(line.notes)[:-1]
        steps = zip(moments[:-1].tolist(), moments[1:].tolist(), pitches[:-1].tolist(), pitches[1:].tolist(), strict=True)
        for step, rest in zip(steps, rests.tolist(), strict=True):
            if rest < TICKS_PER_QUARTER:
                yield voice, *step


def out_of_range(setting: Setting) -> list[Spot]:
    """A note above or below the range of its voice."""
    spots = []
    for voice, line in enumerate(setting.voices.lines):
        moments, pitches = setting.line(voice)
        spots += [Spot(m, (voice,), m) for m in moments[(pitches < line.lowest) | (pitches > line.highest)].tolist()]
    return spots


def augmented_leap(setting: Setting) -> list[Spot]:
    """A leap by an augmented interval as the key spells it."""
    found = [(v, a, b, p, q) for v, a, b, p, q in moves(setting) if abs(q - p) > 2]
    return [Spot(b, (v,), a) for v, a, b, p, q in found if setting.fifths(p, q) >= 6]


def diminished_leap(setting: Setting) -> list[Spot]:
    """A diminished leap after which the voice does not turn back by step."""
    spots = []
    for (voice, a, b, p, q), after in _with_next(setting):
        if abs(q - p) > 2 and setting.fifths(p, q) <= -6 and after is not None:
            turns = (after - q) * (q - p) < 0 and abs(after - q) <= 2
            spots += [] if turns else [Spot(b, (voice,), a)]
    return spots


def large_leap(setting: Setting) -> list[Spot]:
    """A leap by a seventh, or by more than an octave."""
    return [Spot(b, (v,), a) for v, a, b, p, q in moves(setting) if abs(q - p) > SIXTH + 1 and abs(q - p) != OCTAVE]


def leap_recovery(setting: Setting) -> list[Spot]:
    """A leap of a sixth or more after which the voice goes on in its direction."""
    steps = _with_next(setting)
    return [Spot(b, (v,), a) for (v, a, b, p, q), n in steps if abs(q - p) >= SIXTH and n is not None and (n - q) * (q - p) > 0]


def _with_next(setting: Setting) -> Iterator[tuple[tuple[int, int, int, int, int], int | None]]:
    """Every move with the pitch that follows it, None at the end of a line."""
    found = list(moves(setting))
    for here, following in zip(found, [*found[1:], None], strict=True):
        goes_on = following is not None and following[0] == here[0] and following[1] == here[2]
        yield here, following[4] if goes_on and following is not None else None


def tritone_outline(setting: Setting) -> list[Spot]:
    """Two turning points of a line an augmented fourth apart."""
    spots = []
    for voice in range(setting.voices.n_voices):
        moments, pitches = setting.line(voice)
        steps = np.diff(pitches)
        inner = np.flatnonzero(steps[:-1] * steps[1:] < 0) + 1
        turns = np.unique(np.concatenate([[0], inner, [len(pitches) - 1]])) if len(pitches) > 2 else np.zeros(0, dtype=np.int64)
        for a, b in zip(turns[:-1].tolist(), turns[1:].tolist(), strict=True):
            if b - a > 1 and abs(setting.fifths(int(pitches[a]), int(pitches[b]))) == 6 and abs(pitches[a] - pitches[b]) == 6:
                spots.append(Spot(int(moments[b]), (voice,), int(moments[a])))
    return spots


def repeated_pitch(setting: Setting) -> list[Spot]:
    """The same pitch through five harmonies."""
    roots, spots = setting.chords[:, 0], []
    for voice in range(setting.voices.n_voices):
        pitches = setting.pitch[:, voice]
        heard, last = 0, -1
        for moment in np.flatnonzero(setting.voices.on_beat).tolist():
            if moment and pitches[moment] != pitches[moment - 1]:
                heard, last = 0, -1
            if pitches[moment] != SILENT and roots[moment] not in (-1, last):
                heard, last = heard + 1, int(roots[moment])
                spots += [Spot(moment, (voice,))] if heard == STILL else []
    return spots


RULES: dict[str, Callable[[Setting], list[Spot]]] = {
    "range": out_of_range,
    "augmented-leap": augmented_leap,
    "diminished-leap": diminished_leap,
    "large-leap": large_leap,
    "leap-recovery": leap_recovery,
    "tritone-outline": tritone_outline,
    "repeated-pitch": repeated_pitch,
}
