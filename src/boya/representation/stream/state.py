"""What must be remembered of a window to know how it may go on.

Conventions: numbers are places in their kind of the vocabulary unless a unit is named, -1 where there is nothing yet; bars are
counted from the window's first.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from boya.representation.stream.quantise import home_shift
from boya.representation.stream.rows import METRE_STEPS
from boya.representation.stream.vocabulary import LONGEST_BAR, LOWEST_DRUM, LOWEST_PITCH, MOST_BARS

__all__ = ["Hole", "Said", "State"]


class Said(NamedTuple):
    """A segment that was written: number and steps of its bar, and notes as (step, steps, place of the sound, velocity class)."""

    number: int
    steps: int
    notes: list[tuple[int, int, int, int]]


class Hole(NamedTuple):
    """A segment that stands at the end: its bar, that bar's number and steps, its slot."""

    bar: int
    number: int
    steps: int
    slot: int


@dataclass
class State:
    """A window up to some token.

    Attributes
    ----------
    kind, value
        the token before
    shift
        semitones that pitches are moved by
    is_drum
        whether a slot is drums, by slot
    bar, number, steps
        the bar being written: its place in the window, number, length
    is_same_tonic
        whether the bar names the tonic that was in force already, so that its mode must be another
    wants_metre, wants_tempo
        whether the bar has yet to state it
    is_last, is_short
        whether the bar is the piece's last; whether it is shorter than its metre
    chord_at, has_chord
        step of the bar's latest chord; whether a chord sounds
    slot, position, velocity, duration, long, sound
        the segment being written: velocity class, steps, what `long` has said of the next duration, latest pitch or drum key
        at this position
    holes, filled
        the holes so far; the one that is being filled
    run
        the bar that began this run of bars: the first, or the one behind a gap
    head_mode
        the mode of the head, from which a run of bars starts out
    said
        by slot and bar, what was written; without holes that are not filled
    """

    kind: str = ""
    value: int = 0
    shift: int = 0
    is_drum: list[bool] = field(default_factory=list)
    bar: int = -1
    number: int = -1
    steps: int = 0
    metre: int = -1
    tempo: int = -1
    tonic: int = 0
    is_same_tonic: bool = False
    mode: int = -1
    section: int = 0
    wants_metre: bool = False
    wants_tempo: bool = False
    is_last: bool = False
    is_short: bool = False
    chord_at: int = -1
    has_chord: bool = False
    slot: int = -1
    position: int = -1
    velocity: int = -1
    duration: int = 0
    long: int = 0
    sound: int = -1
    holes: list[Hole] = field(default_factory=list)
    filled: int = -1
    run: int = 0
    head_mode: int = -1
    said: dict[int, dict[int, Said]] = field(default_factory=dict)

    @property
    def in_head(self) -> bool:
        """Whether the first bar is still to come."""
        return self.bar < 0

    @property
    def in_fill(self) -> bool:
        """Whether `fill` has been read."""
        return self.kind == "fill" or self.filled >= 0

    @property
    def next_number(self) -> int:
        """Number of the bar that follows."""
        return (self.number + 1) % MOST_BARS

    def copy(self) -> "State":
        """Return a state that goes its own way."""
        said = {
            slot: {bar: Said(s.number, s.steps, list(s.notes)) for bar, s in bars.items()} for slot, bars in self.said.items()
        }
        return replace(self, is_drum=list(self.is_drum), holes=list(self.holes), said=said)

    def pitch(self, sound: int) -> int:
        """Return the MIDI pitch as it sounds, or the drum key, of the place of a sound."""
        return sound + LOWEST_DRUM if self.is_drum[self.slot] else sound + LOWEST_PITCH - self.shift

    def echoes(self) -> dict[int, Said]:
        """Return what this slot said in earlier bars that this bar can say again, by how many bars ago."""
        found = {}
        for bar, said in sorted(self.said.get(self.slot, {}).items()):
            lag = (self.number - said.number) % MOST_BARS
            if self.bar - MOST_BARS < bar < self.bar and lag and said.steps == self.steps:
                found[lag] = said
        return found

    def take(self, kind: str, value: int) -> None:
        """Go on by one token, which must be one that may follow."""
        change = _CHANGES.get(kind)
        if change is not None:
            change(self, value)
        self.kind, self.value = kind, value


def _bar(state: State, value: int) -> None:
    _slot(state, -1)
    if state.in_fill:
        state.filled += 1
        state.bar, state.number, state.steps, _ = state.holes[state.filled]
        return
    is_first = state.in_head or state.kind == "gap"
    state.wants_metre, state.wants_tempo = is_first or state.is_short, is_first
    state.run = state.bar + 1 if is_first else state.run
    state.bar, state.number, state.chord_at, state.is_short = state.bar + 1, value, -1, False
    state.steps = METRE_STEPS[state.metre]


def _slot(state: State, value: int) -> None:
    state.slot, state.position, state.velocity, state.duration, state.sound = value, -1, -1, 0, -1


def _metre(state: State, value: int) -> None:
    state.metre, state.steps, state.wants_metre = value, METRE_STEPS[value], False


def _length(state: State, value: int) -> None:
    state.steps, state.is_short = value + 1, True


def _tempo(state: State, value: int) -> None:
    state.tempo, state.wants_tempo = value, False


def _tonic(state: State, value: int) -> None:
    state.tonic, state.is_same_tonic = value, value == state.tonic


def _at(state: State, value: int) -> None:
    state.position, state.sound = value, -1


def _dur(state: State, value: int) -> None:
    state.duration, state.long = LONGEST_BAR * state.long + value + 1, 0


def _mode(state: State, value: int) -> None:
    state.mode = value
    if state.in_head:
        state.head_mode = value


def _note(state: State, value: int) -> None:
    state.sound = value
    segment = state.said.setdefault(state.slot, {}).setdefault(state.bar, Said(state.number, state.steps, []))
    segment.notes.append((state.position, state.duration or 1, value, state.velocity))


def _same(state: State, value: int) -> None:
    state.said[state.slot][state.bar] = Said(state.number, state.steps, list(state.echoes()[value + 1].notes))


def _gap(state: State, value: int) -> None:
    _slot(state, -1)
    state.metre = state.tempo = -1
    state.tonic, state.mode, state.section, state.has_chord = 0, state.head_mode, 0, False


def _hole(state: State, value: int) -> None:
    state.holes.append(Hole(state.bar, state.number, state.steps, state.slot))


def _sets(name: str, to: object = None) -> Callable[[State, int], None]:
    """Keep the value, or the constant `to`, under a name."""

    def change(state: State, value: int) -> None:
        setattr(state, name, value if to is None else to)

    return change


_CHANGES: dict[str, Callable[[State, int], None]] = {
    "home": lambda state, value: setattr(state, "shift", home_shift(value)),
    "program": lambda state, value: state.is_drum.append(False),
    "drums": lambda state, value: state.is_drum.append(True),
    "last": _sets("is_last", True),
    "bar": _bar,
    "slot": _slot,
    "metre": _metre,
    "length": _length,
    "tempo": _tempo,
    "tonic": _tonic,
    "mode": _mode,
    "section": _sets("section"),
    "chord": _sets("chord_at"),
    "root": _sets("has_chord", True),
    "none": _sets("has_chord", False),
    "hole": _hole,
    "at": _at,
    "vel": _sets("velocity"),
    "long": lambda state, value: setattr(state, "long", value + 1),
    "dur": _dur,
    "pitch": _note,
    "drum": _note,
    "same": _same,
    "gap": _gap,
}
