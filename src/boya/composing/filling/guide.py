"""Guides: what a draft of a passage may say next, by the grammar of the stream, the script of the passage and the limits.

Conventions: a *unit* is what is kept of a draft whole or not at all: a segment where holes are filled, a bar where the composer
goes ahead. Masks are musical: a position is open where some pitch may begin, a pitch fits where the limits have room for it.
There is always something to say: a segment may end, and one that may not can play. It costs some tens of microseconds a token.
"""

from collections import deque
from collections.abc import Callable, Mapping

import numpy as np

from boya.composing.filling.critic import usual
from boya.composing.filling.desk import Desk
from boya.composing.filling.ground import PITCH_CLASS
from boya.composing.filling.lanes import Hand, Lane, Mask, Row, lane_of
from boya.composing.filling.masks import INSIDE, IS_END, IS_LEFT_OUT, IS_MORE, IS_TURN, SPANS, hurry
from boya.composing.filling.passage import Passage, Rows
from boya.composing.filling.steering import Steering
from boya.representation.stream.vocabulary import LOWEST_DRUM, LOWEST_PITCH, N_DRUMS, STEPS_PER_QUARTER

__all__ = ["Writing", "guide_of"]

CHORD_LEEWAY = 0.1  # how much less than usual a track may keep to its chords before it is steered


class Writing:
    """One draft of a passage, as a guide of `boya.models.drawing`.

    Parameters
    ----------
    desk, passage
        the piece, and what is written
    lanes
        what each slot that is written may do
    rows
        what was written before, by track
    room
        tokens that the draft may have

    Attributes
    ----------
    hands
        what is written, by slot
    n_closed
        units that are whole
    is_done
        whether the passage is
    """

    def __init__(self, desk: Desk, passage: Passage, lanes: Mapping[int, Lane], rows: Rows, room: int) -> None:
        self.hands = {slot: Hand(lane, rows[passage.tracks[slot]]) for slot, lane in lanes.items()}
        self.n_closed = 0
        self.is_done = False
        self._steering = {slot: _steering(desk, passage.bars[0], passage.tracks[slot]) for slot in lanes}
        self._desk, self._passage, self._room = desk, passage, room
        self._grammar = passage.grammar.copy()
        written = {passage.tracks[slot] for slot in lanes}
        self._before = max((row[1] for n, own in enumerate(rows) if n not in written for row in own), default=0)
        self._script: deque[int] = deque()
        self._slot = -1

    @property
    def n_heard(self) -> int:
        """Units that are whole where the drawing loop lets a bar be heard: the next unit is about to begin, if there is room."""
        return self.n_closed + (not self.is_done and self._room > 0)

    def forced(self) -> int | None:
        """The next token of the script, if there is one."""
        return self._script[0] if self._script else None

    def allowed(self) -> Mask:
        """Which tokens may follow. `[shape=(vocabulary,)]`"""
        mask = self._grammar.allowed()
        if self._script:
            mask &= np.arange(len(mask)) == self._script[0]
            return mask
        kind = self._grammar.state.kind
        has_more = kind in (*INSIDE, "pitch", "drum") and self._keep_fitting(mask)
        if kind in INSIDE:
            self._steering[self._slot].narrow_note(mask, self._grammar.state, self._tones(self._grammar.state.position))
            return mask
        if not has_more:
            mask &= ~IS_MORE
        if self._slot >= 0:
            is_open = self.hands[self._slot].is_open
            behind = SPANS["at"].start + len(is_open)
            mask[SPANS["at"].start : behind] &= is_open
            mask[behind : SPANS["at"].stop] = False  # the stream takes a last bar for a whole one
        mask &= ~IS_LEFT_OUT
        if kind == "slot":
            self._keep_echoes(mask)
        self._keep_turns(mask)
        if kind in ("pitch", "drum"):
            steering, pitch = self._steering[self._slot], self._grammar.place.pitch
            steering.narrow_ways(mask, self.hands[self._slot].fits[pitch + 1 :])
            steering.narrow_note(mask, self._grammar.state, self._tones(self._grammar.state.position))
        if not self.n_closed and self._room < self._passage.reserve:
            hurry(mask)
        return mask

    def take(self, token: int) -> None:
        """Go on by a token."""
        self._grammar.take(token)
        self._room -= 1
        if self._script:
            self._script.popleft()
        state = self._grammar.state
        if state.kind == "at":
            self.hands[self._slot].move(state.position)
        elif state.kind in ("pitch", "drum"):
            self._add(state.position, state.duration or 1, state.value, state.velocity)
        elif state.kind == "same":
            for note in state.said[state.slot][state.bar].notes:
                self.hands[self._slot].move(note[0])
                self._add(*note)
        elif state.kind in ("bar", "slot", "end"):
            self._turn(state.kind, state.slot)

    def written(self, n_units: int) -> dict[int, tuple[Row, ...]]:
        """Return by track the notes of the slots that are written, without those of later units."""
        return {
            self._passage.tracks[slot]: tuple((on, end, pitch, vel) for on, end, pitch, vel, unit in hand.notes if unit < n_units)
            for slot, hand in self.hands.items()
        }

    def _add(self, position: int, steps: int, sound: int, velocity: int) -> None:
        """Write a note at the step where the hand is."""
        state, hand = self._grammar.state, self.hands[self._slot]
        pitch = state.pitch(sound)
        hand.add(pitch, steps, velocity, self.n_closed)
        tones = None if state.is_drum[self._slot] else self._tones(position)
        self._steering[self._slot].add(state.bar, position, pitch, velocity, None if tones is None else bool(tones[pitch]))

    def _keep_echoes(self, mask: Mask) -> None:
        """Leave of what the slot can say again that which limits and wishes have room for."""
        state, hand, steering = self._grammar.state, self.hands[self._slot], self._steering[self._slot]
        for lag, said in state.echoes().items():
            notes = [(position, state.pitch(sound), velocity) for position, _, sound, velocity in said.notes]
            mask[SPANS["same"].start + lag - 1] = hand.has_room(notes) and steering.has_room(notes)

    def _keep_fitting(self, mask: Mask) -> bool:
        """Leave of the notes at this position those that fit; whether there are any."""
        fits, state = self.hands[self._slot].fits, self._grammar.state
        if state.is_drum[self._slot]:
            fits, start, lowest = fits[LOWEST_DRUM : LOWEST_DRUM + N_DRUMS], SPANS["drum"].start, 0
        else:
            lowest = state.shift - LOWEST_PITCH
            start = SPANS["pitch"].start + lowest
        mask[start : start + len(fits)] &= fits
        return bool(fits[max(state.sound + 1 - lowest, 0) :].any())

    def _tones(self, position: int) -> Mask | None:
        """Where a note is on a beat under a chord, the pitches of the chord. `[shape=(128,)]`"""
        ground, step = self._desk.ground, self.hands[self._slot].step
        if position % STEPS_PER_QUARTER or not ground.has_chord[step]:
            return None
        return np.asarray(ground.chord[step, PITCH_CLASS])

    def _owes(self, bar: int, slot: int) -> bool:
        """Whether a segment may not stay silent: it is the last chance of its track, or of the last bar."""
        segment = (bar, self._passage.tracks[slot])
        if segment in self._desk.due and not self.hands[slot].notes:
            return True
        if segment != self._desk.closing:
            return False
        last = int(self._desk.ground.lines[-2])
        return max(self._before, *(hand.reach for hand in self.hands.values())) <= last

    def _keep_turns(self, mask: Mask) -> None:
        """Leave of the ways out of a segment those that may be."""
        raise NotImplementedError

    def _turn(self, kind: str, slot: int) -> None:
        """Come to a bar, a slot or the end."""
        raise NotImplementedError


class _Between(Writing):
    """Fills holes; a unit is a segment."""

    def __init__(self, desk: Desk, passage: Passage, lanes: Mapping[int, Lane], rows: Rows, room: int) -> None:
        super().__init__(desk, passage, lanes, rows, room)
        self._script.append(SPANS["bar"].start + self._grammar.state.holes[0].number)
        self._is_begun = False

    def _keep_turns(self, mask: Mask) -> None:
        if self._grammar.state.kind != "slot":
            return
        bar, slot = self._passage.segments[self.n_closed]
        if self._owes(bar, slot) and self.hands[slot].is_open.any():
            mask[IS_END] = False

    def _turn(self, kind: str, slot: int) -> None:
        if kind == "slot":
            self._slot = slot
            self.hands[slot].begin(self._passage.segments[self.n_closed][0])
            return
        self.n_closed += self._is_begun
        self._is_begun = True
        self.is_done = self.n_closed == len(self._passage.segments)
        if not self.is_done:
            self._script.append(SPANS["slot"].start + self._passage.segments[self.n_closed][1])


class _Ahead(Writing):
    """Writes bar after bar; a unit is a bar."""

    def __init__(self, desk: Desk, passage: Passage, lanes: Mapping[int, Lane], rows: Rows, room: int) -> None:
        super().__init__(desk, passage, lanes, rows, room)
        self._bar = passage.bars[0] - 1
        self._script.append(passage.scripts[passage.bars[0]][0])
        self._silent: list[int] = []  # slots that cannot play in this bar
        self._owing: list[int] = []  # slots that may have to

    def _keep_turns(self, mask: Mask) -> None:
        if self._slot < 0:
            mask &= IS_TURN
        for slot in self._silent:
            mask[SPANS["slot"].start + slot] = False
        owing = next((slot for slot in self._owing if slot > self._slot and self._owes(self._bar, slot)), None)
        if owing is not None and self._grammar.state.kind != "slot":
            mask[IS_END] = False
            mask[SPANS["slot"].start + owing + 1 : SPANS["slot"].stop] = False

    def _turn(self, kind: str, slot: int) -> None:
        if kind == "slot":
            self._slot = slot
            return
        self.n_closed += self._bar >= self._passage.bars[0]
        self._bar, self._slot = self._bar + 1, -1
        self.is_done = kind == "end" or self._bar not in self._passage.scripts
        if self.is_done:
            return
        self._script.extend(self._passage.scripts[self._bar][1:])
        for hand in self.hands.values():
            hand.begin(self._bar)
        self._silent = [slot for slot, hand in self.hands.items() if not hand.is_open.any()]
        tracks = self._passage.tracks
        last = {*self._desk.due, self._desk.closing}
        self._owing = [slot for slot in self.hands if slot not in self._silent and (self._bar, tracks[slot]) in last]


def _steering(desk: Desk, bar: int, number: int) -> Steering:
    """What is wished of a track in a bar, and of its chords what is usual."""
    track = desk.sheet.score.tracks[number]
    share = 0.0 if track.is_drum else usual(track, "chord tones on beats") - CHORD_LEEWAY
    return Steering(desk.sheet.wishes[bar, number].tolist(), share)


def guide_of(desk: Desk, passage: Passage, rows: Rows, context: int) -> Callable[[], Writing]:
    """Return what makes a new draft's guide of a passage."""
    kind = _Ahead if passage.is_ahead else _Between
    lanes = {}
    for slot in sorted({slot for _, slot in passage.segments}):
        number = passage.tracks[slot]
        bars = [bar for bar, of in passage.segments if of == slot]
        lanes[slot] = lane_of(desk.ground, desk.bounds[number], desk.kept_steps[number], bars, rows[number])
    return lambda: kind(desk, passage, lanes, rows, context - len(passage.prompt))
