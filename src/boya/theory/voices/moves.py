"""What it costs to go from one voicing to the next: without end where a hard rule breaks, else the sum of the soft ones.

The rules are those of `boya.theory.voices.pairs`, `melodies` and `chords`, written for all pairs of voicings at once; a test
holds the two against each other. Matrices are `[shape=(n_before, n_after)]` and kept, so that a step that comes back is looked
up.
"""

from collections.abc import Iterator
from functools import cache, cached_property, lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from boya.theory.voices.grammar import grammar
from boya.theory.voices.rules import rules
from boya.theory.voices.setting import interval_on_fifths
from boya.theory.voices.voicings import SCALE, Slot, Stage, dominants, forget_settings, stage_of

__all__ = ["forget_steps", "soft_terms", "step_costs"]

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Small = NDArray[np.int8]

MOVE = (0.06, 0.16, 0.16, 0.05)  # cost of a semitone of movement beyond a step, by voice
LEAP = 0.6
TOGETHER, STANDING = 2, 4  # weights beside those of the table: all voices in one direction; chord and bass stand still
HIGHEST = 128
OUTER, INNER = (0, 3), (1, 2)


@lru_cache(maxsize=1024)
def step_costs(before: Slot, after: Slot) -> Floats:
    """Return the cost of each voicing of a slot after each of the slot before; read only."""
    meeting = _Meeting(stage_of(before), stage_of(after))
    weight = np.zeros(meeting.shape, dtype=np.int16)  # whole numbers are summed first, as that is several times as fast
    for name, found in _found(meeting):
        weight += found * np.int16(_weights()[name])
    cost = _movement(meeting)
    cost += weight * np.float32(SCALE)
    if _has_grammar(meeting):
        cost += _grammar(meeting)
    cost[_is_illegal(meeting)] = np.inf
    cost.flags.writeable = False
    return cost


def soft_terms(before: Stage, after: Stage) -> Iterator[tuple[str, Floats]]:
    """Yield the name of each soft rule and what it costs from each voicing to each; terms that cost nothing are left out."""
    meeting = _Meeting(before, after)
    if _has_grammar(meeting):
        yield "grammar", _grammar(meeting)
    yield "movement", _movement(meeting)
    for name, found in _found(meeting):
        if found.any():
            yield name, found * np.float32(SCALE * _weights()[name])


def forget_steps() -> None:
    """Empty what is kept of steps and settings, as when measuring time."""
    for kept in (step_costs, _forbidden, _travel):
        kept.cache_clear()
    forget_settings()


class _Meeting:
    """Where two stages meet: pitches before and after, the step of every voice, and its direction (-1, 0, 1)."""

    def __init__(self, before: Stage, after: Stage) -> None:
        self.before, self.after = before, after
        self.shape = len(before), len(after)
        self.a = np.ascontiguousarray(before.last.T, dtype=np.int8)[:, :, None]
        self.b = np.ascontiguousarray(after.first.T, dtype=np.int8)[:, None, :]
        self.free = (0, 1, 2, 3) if after.slot.melody is None else (1, 2, 3)

    @cached_property
    def step(self) -> Small:
        """Semitones that each voice moves. `[shape=(4, n_before, n_after)]`"""
        return np.asarray(self.b - self.a)

    @cached_property
    def sign(self) -> Small:
        """Direction of each voice. `[shape=(4, n_before, n_after)]`"""
        return np.asarray((self.b > self.a).view(np.int8) - (self.b < self.a).view(np.int8))

    @cached_property
    def motion(self) -> dict[tuple[int, int], Small]:
        """Of each pair of voices: 1 in the same direction, -1 in contrary motion, 0 if one stays."""
        return {pair: self.sign[pair[0]] * self.sign[pair[1]] for pair in combinations(range(4), 2)}

    def intervals(self, upper: int, lower: int) -> tuple[Small, Small]:
        """Interval of two voices before `[shape=(n_before, 1)]` and after `[shape=(1, n_after)]`, without octaves."""
        return (self.a[upper] - self.a[lower]) % 12, (self.b[upper] - self.b[lower]) % 12

    @cached_property
    def perfects(self) -> tuple[Bools, Bools]:
        """Whether two voices keep a fifth or octave: in the same direction, and in contrary motion."""
        parallel, contrary = np.zeros(self.shape, dtype=bool), np.zeros(self.shape, dtype=bool)
        for pair, motion in self.motion.items():
            before, after = self.intervals(*pair)
            before[(before != 0) & (before != 7)] = -1
            keeps = before == after
            parallel |= keeps & (motion == 1)
            contrary |= keeps & (motion == -1)
        return parallel, contrary


@cache
def _weights() -> dict[str, int]:
    """Weight of each soft rule of the table, and of what only the search knows."""
    return {name: round(rule.weight) for name, rule in rules().items()} | {"similar-motion": TOGETHER, "standing": STANDING}


def _has_grammar(meeting: _Meeting) -> bool:
    """Whether the chords are free, so that their order counts."""
    return meeting.before.slot.chord is None and meeting.after.slot.chord is None


def _grammar(meeting: _Meeting) -> Floats:
    """What each chord costs after each."""
    return grammar(meeting.after.slot.mode).follows.take(meeting.after.chord, axis=1)[meeting.before.chord]


def _found(meeting: _Meeting) -> Iterator[tuple[str, Bools | Small]]:
    """How many times each soft rule is broken."""
    before, after = meeting.before, meeting.after
    yield "similar-motion", np.abs(meeting.sign[0] + meeting.sign[1] + meeting.sign[2] + meeting.sign[3]) == 4
    if before.slot.melody is not None:
        same = before.chord.astype(np.int16)[:, None] == after.chord.astype(np.int16)
        yield "standing", same & (meeting.sign[3] == 0) & (meeting.sign[0] != 0)
    outer_before, outer_after = meeting.intervals(0, 3)
    leaping = (meeting.motion[OUTER] == 1) & (np.abs(meeting.step[0]) > 2)
    yield "hidden-fifths", leaping & (outer_before != 7) & (outer_after == 7)
    yield "hidden-octaves", leaping & (outer_before != 0) & (outer_after == 0)
    yield "contrary-perfects", meeting.perfects[1]
    yield "unequal-fifths", _unequal(meeting)
    yield "overlap", _overlaps(meeting)
    yield "six-four", _six_fours(meeting)
    yield "inner-leading-tone", _unled(meeting, INNER, (1, -3, -4))


def _is_illegal(meeting: _Meeting) -> Bools:
    """Whether a hard rule breaks: parallels, the leading tone of outer voices, sevenths; leaps see `_movement`."""
    illegal = meeting.perfects[0].copy()
    illegal |= _unled(meeting, OUTER, (1,)) > 0
    if meeting.before.slot.ends_on_beat:
        illegal |= _unresolved(meeting)
    return illegal


@lru_cache(maxsize=48)
def _forbidden(tonic: int, is_minor: bool) -> Bools:
    """Moves that a voice may not make: augmented ones, sevenths, more than an octave. `[shape=(128, 128)]`"""
    size = np.abs(np.subtract.outer(np.arange(HIGHEST), np.arange(HIGHEST)))
    table = (size > 9) & (size != 12)
    augmented = [[3 <= abs(step) <= 9 and interval_on_fifths(12 + a, 12 + a + step, tonic, is_minor) >= 6 for a in range(12)]
                 for step in range(-9, 10)]  # fmt: skip
    for number, row in enumerate(augmented):
        for a in range(max(0, 9 - number), min(HIGHEST, HIGHEST + 9 - number)):
            table[a, a + number - 9] |= row[a % 12]
    return np.asarray(table)


@lru_cache(maxsize=192)
def _travel(voice: int, tonic: int, is_minor: bool) -> Floats:
    """What moves cost a voice: nothing up to a second, then by the semitone; more than a fourth inside. `[shape=(128, 128)]`

    A forbidden leap costs without end.
    """
    size = np.abs(np.subtract.outer(np.arange(HIGHEST), np.arange(HIGHEST)))
    cost = MOVE[voice] * np.maximum(size - 2, 0) + LEAP * ((size > 5) if voice in INNER else (size > 8) & (size != 12))
    return np.where(_forbidden(tonic, is_minor), np.inf, cost).astype(np.float32)


def _movement(meeting: _Meeting) -> Floats:
    """What the voices that are free pay for moving."""
    cost = np.zeros(meeting.shape, dtype=np.float32)
    for voice in meeting.free:
        table = _travel(voice, meeting.after.slot.tonic, meeting.after.is_minor)
        cost += table.take(meeting.after.first[:, voice], axis=1)[meeting.before.last[:, voice]]
    return cost


def _unequal(meeting: _Meeting) -> Bools:
    """Whether a diminished fifth above the bass moves to a perfect one."""
    found = np.zeros(meeting.shape, dtype=bool)
    for voice in range(3):
        before, after = meeting.intervals(voice, 3)
        found |= (before == 6) & (after == 7) & (meeting.motion[voice, 3] == 1)
    return found


def _overlaps(meeting: _Meeting) -> Small:
    """How many neighbours move beyond each other's last note."""
    a, b, count = meeting.a, meeting.b, np.zeros(meeting.shape, dtype=np.int8)
    for upper in range(3):
        count += (b[upper + 1] > a[upper]) | (b[upper] < a[upper + 1])
    return count


def _six_fours(meeting: _Meeting) -> Small:
    """How many six-four chords are reached or left by a leap of the bass."""
    ends = []
    for heard, pitches in ((meeting.before.heard_last, meeting.before.last), (meeting.after.heard_first, meeting.after.first)):
        ends.append(((heard[:, 3] < 0) & (heard[:, 2] >= 0) & (pitches[:, 3] % 12 == heard[:, 2])).astype(np.int8))
    return np.asarray((np.abs(meeting.step[3]) > 2) * (ends[0][:, None] + ends[1]))


def _unled(meeting: _Meeting, voices: tuple[int, ...], steps: tuple[int, ...]) -> Small:
    """How many of some voices take the leading tone of a dominant to the tonic chord by other steps."""
    tonic, heard = meeting.after.slot.tonic, meeting.after.heard_first
    third = (heard[:, 1] - tonic) % 12
    home = (heard[:, 0] == tonic) & ((third == 3) | (third == 4))
    rows, count = np.flatnonzero(dominants(meeting.before.heard_last, tonic)), np.zeros(meeting.shape, dtype=np.int8)
    for voice in voices if home.any() else ():
        leading = rows[meeting.before.last[rows, voice] % 12 == (tonic - 1) % 12]
        step = meeting.step[voice][leading]
        count[leading] += home & np.logical_and.reduce([step != allowed for allowed in steps])
    return count


def _unresolved(meeting: _Meeting) -> Bools:
    """Whether a seventh does not fall by step or stay when the chord changes."""
    heard, root = meeting.before.heard_last, meeting.after.heard_first[:, 0]
    found = np.zeros(meeting.shape, dtype=bool)
    for voice in range(4):
        rows = np.flatnonzero((heard[:, 3] >= 0) & (meeting.before.last[:, voice] % 12 == heard[:, 3]))
        step = meeting.step[voice][rows]
        found[rows] |= (root != heard[rows, :1]) & (root >= 0) & ((step > 0) | (step < -2))
    return found
