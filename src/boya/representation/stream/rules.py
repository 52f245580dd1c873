"""Which tokens may follow in a window: one rule for each kind of token before.

Conventions: an answer is a list of ranges of token numbers, `(first, after the last)`, some of which may be empty. The order of a
window is the one in `boya.representation.stream`; a token that would say what holds already may not follow.
"""

from collections.abc import Callable

from boya.representation.stream.rows import FIRST, METRE_STEPS
from boya.representation.stream.state import State
from boya.representation.stream.vocabulary import CONTROLS, LONGEST_BAR, LOWEST_PITCH, MAX_SLOTS, MOST_BARS, VOCABULARY

__all__ = ["Ranges", "following"]

Ranges = list[tuple[int, int]]

_SPANS = {kind: (VOCABULARY.span(kind).start, VOCABULARY.span(kind).stop) for kind, _ in VOCABULARY.kinds}
_ATTRIBUTES = ("bar", "last", "metre", "length", "tempo", "tonic", "section")


def following(state: State) -> Ranges:
    """Return the tokens that may follow; none after `end`."""
    return _RULES[state.kind](state)


def _kinds(*kinds: str) -> Callable[[State], Ranges]:
    """A rule that asks for any token of these kinds."""
    ranges = [_SPANS[kind] for kind in kinds]
    return lambda state: ranges


def _one(kind: str, value: int = 0) -> tuple[int, int]:
    """A single token."""
    return FIRST[kind] + value, FIRST[kind] + value + 1


def _from(kind: str, first: int, stop: int) -> tuple[int, int]:
    """The tokens of a kind whose places are [first, stop)."""
    return FIRST[kind] + first, FIRST[kind] + stop


def _but(kind: str, value: int) -> Ranges:
    """All tokens of a kind but one; all where its place is -1."""
    first, stop = _SPANS[kind]
    return [(first, stop)] if value < 0 else [(first, first + value), (first + value + 1, stop)]


def _after_part(state: State) -> Ranges:
    """After a track of the head, or its mode: further controls, another track, or the first bar."""
    names = list(CONTROLS)
    later = names[names.index(state.kind) + 1 :] if state.kind in names else names if state.kind == "role" else []
    drums = bool(state.is_drum and state.is_drum[-1])
    ranges = [_SPANS[name] for name in later if not (drums and name == "register")]
    n_slots = len(state.is_drum)
    return [*ranges, _SPANS["bar"], *([_one("slot", n_slots)] if n_slots < MAX_SLOTS else [])]


def _after_attribute(state: State) -> Ranges:
    """After a bar's number or an attribute: the attributes behind it in the order, then its music."""
    ranges: Ranges = []
    for kind in _ATTRIBUTES[_ATTRIBUTES.index("tonic" if state.kind == "mode" else state.kind) + 1 :]:
        ranges += _attribute(state, kind)
        if (kind == "metre" and state.wants_metre) or (kind == "tempo" and state.wants_tempo):
            return ranges
    return ranges + _music(state)


def _attribute(state: State, kind: str) -> Ranges:
    """The tokens that change an attribute."""
    if kind in ("metre", "tempo"):
        return _but(kind, getattr(state, kind))
    if kind == "length":
        return [] if state.is_last else [_from(kind, 0, METRE_STEPS[state.metre] - 1)]
    if kind == "section":
        return [_from(kind, 0 if state.section else 1, _SPANS[kind][1] - FIRST[kind])]
    return [_SPANS[kind]]


def _after_tonic(state: State) -> Ranges:
    """A mode; another one, if the tonic stays."""
    return _but("mode", state.mode if state.is_same_tonic else -1)


def _music(state: State) -> Ranges:
    """Chords, then what follows them."""
    return [_from("chord", state.chord_at + 1, state.steps), *_next_segments(state)]


def _after_chord(state: State) -> Ranges:
    """A root; "no chord" where one sounds, or at the very start of a window."""
    may_end = state.has_chord or (state.bar == state.run and state.chord_at == 0)
    return [_SPANS["root"], *([_SPANS["none"]] if may_end else [])]


def _next_segments(state: State) -> Ranges:
    """Segments of higher slots, the next bar, the fills, or the end."""
    if state.in_fill:
        entry = state.filled + 1
        return [_one("bar", state.holes[entry].number) if entry < len(state.holes) else _one("end")]
    ranges = [_from("slot", state.slot + 1, len(state.is_drum))]
    if state.holes:
        ranges.append(_one("fill"))
    if state.is_last:
        return ranges if state.holes else [*ranges, _one("end")]
    is_full = bool(state.holes) and state.bar + 1 >= MOST_BARS
    if not state.holes and not state.run:
        ranges.append(_one("gap"))
    return ranges if is_full else [*ranges, _one("bar", state.next_number)]


def _after_bar(state: State) -> Ranges:
    """Its attributes, or while filling its slot."""
    return [_one("slot", state.holes[state.filled].slot)] if state.in_fill else _after_attribute(state)


def _after_slot(state: State) -> Ranges:
    """In the head its instrument, in a bar its notes or a hole, while filling its notes or the next hole."""
    if state.in_head:
        return [_SPANS["program"], _SPANS["drums"]]
    own = [_from("at", 0, state.steps), *(_one("same", lag - 1) for lag in sorted(state.echoes()))]
    if state.in_fill:
        return [*own, *_next_segments(state)]
    return [*own, *([_SPANS["hole"]] if state.bar < MOST_BARS and not state.run else [])]


def _sounds(state: State) -> tuple[int, int]:
    """The pitches or drum keys above the latest at this position."""
    if state.is_drum[state.slot]:
        return FIRST["drum"] + state.sound + 1, _SPANS["drum"][1]
    lowest = FIRST["pitch"] - LOWEST_PITCH + state.shift
    return max(lowest, FIRST["pitch"] + state.sound + 1), lowest + 128


def _lengths(state: State) -> Ranges:
    """Another duration."""
    if state.is_drum[state.slot]:
        return []
    return [_SPANS["long"], *_but("dur", state.duration - 1 if state.duration <= LONGEST_BAR else -1)]


def _after_at(state: State) -> Ranges:
    """Another velocity, another duration, or a note; the first note of a segment states both."""
    if state.velocity < 0:
        return [_SPANS["vel"]]
    return [*_but("vel", state.velocity), *_lengths(state), _sounds(state)]


def _after_vel(state: State) -> Ranges:
    """Another duration, or a note."""
    is_open = state.duration > 0 or state.is_drum[state.slot]
    return [*_lengths(state), _sounds(state)] if is_open else _lengths(state)


def _after_long(state: State) -> Ranges:
    """The rest of a duration that differs from the one before."""
    rest = state.duration - 1 - LONGEST_BAR * state.long
    return _but("dur", rest if 0 <= rest < LONGEST_BAR else -1)


def _after_note(state: State) -> Ranges:
    """A higher note, another position, or another segment."""
    sounds = _sounds(state)
    more = _after_at(state) if sounds[0] < sounds[1] else []
    return [*more, _from("at", state.position + 1, state.steps), *_next_segments(state)]


_RULES: dict[str, Callable[[State], Ranges]] = {
    "": _kinds("piece", "part"),
    "piece": _kinds("home"),
    "part": _kinds("home"),
    "home": _kinds("style"),
    "style": _kinds("substyle", "mode"),
    "substyle": _kinds("mode"),
    "mode": lambda state: _after_part(state) if state.in_head else _after_attribute(state),
    "slot": _after_slot,
    "program": _kinds("role"),
    "drums": _kinds("role"),
    **dict.fromkeys(("role", *CONTROLS), _after_part),
    "bar": _after_bar,
    **dict.fromkeys(("last", "metre", "length", "tempo", "section"), _after_attribute),
    "tonic": _after_tonic,
    "chord": _after_chord,
    "root": _kinds("quality"),
    "quality": lambda state: [_SPANS["over"], *_music(state)],
    "over": _music,
    "none": _music,
    "hole": _next_segments,
    "same": _next_segments,
    "gap": _kinds("bar"),
    "fill": lambda state: [_one("bar", state.holes[0].number)],
    "at": _after_at,
    "vel": _after_vel,
    "long": _after_long,
    "dur": lambda state: [_sounds(state)],
    "pitch": _after_note,
    "drum": _after_note,
    "end": lambda state: [],
}
