"""A grammar of windows that goes along while tokens are written: what may come next, and where in the music one is.

It costs a few microseconds a token, whatever the length of the window, and knows nothing of harmony or taste: musical constraints
are further masks, made from `Grammar.place`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from boya.errors import StreamError
from boya.representation.stream.rules import Ranges, following
from boya.representation.stream.state import State
from boya.representation.stream.vocabulary import VOCABULARY

__all__ = ["Grammar", "Place"]

_KINDS = VOCABULARY.kind_names
_VALUES = tuple(VOCABULARY.value(token) for token in range(len(VOCABULARY)))


class Place(NamedTuple):
    """Where the next token stands.

    Attributes
    ----------
    bar
        bar of the window, counted from 0; -1 in the head
    slot, position
        track, and step of the bar; -1 before the first
    velocity, duration
        class, and steps, that hold until they are restated; -1 and 0 before
    pitch
        MIDI pitch as it sounds, or drum key, of the latest note at this position; -1 before
    steps
        length of the bar
    in_fill
        whether a hole is being filled
    """

    bar: int
    slot: int
    position: int
    velocity: int
    duration: int
    pitch: int
    steps: int
    in_fill: bool


class Grammar:
    """A window up to some token, and what may follow.

    Examples
    --------
    >>> grammar = Grammar()
    >>> head = "piece home:0 style:pop mode:major slot:0 drums role:drums"
    >>> for token in VOCABULARY.read(f"{head} bar:9 metre:4/4 tempo:120 slot:0").tolist():
    ...     grammar.take(token)
    >>> grammar.expected
    'at:0-47, hole'
    >>> int(grammar.allowed().sum()), grammar.is_done
    (49, False)
    """

    def __init__(self) -> None:
        self.state = State()
        self.length = 0
        self._following: Ranges | None = None

    @property
    def is_done(self) -> bool:
        """Whether `end` has been taken."""
        return self.state.kind == "end"

    @property
    def place(self) -> Place:
        """Where the next token stands."""
        s = self.state
        return Place(s.bar, s.slot, s.position, s.velocity, s.duration, _sounding_pitch(s), s.steps, s.in_fill)

    @property
    def expected(self) -> str:
        """The tokens that may follow, as text."""
        ranges = (r for r in self._ranges() if r[0] < r[1])
        return ", ".join(_range_text(first, stop) for first, stop in ranges) or "nothing"

    def allowed(self) -> NDArray[np.bool_]:
        """Return which tokens may follow; none once `is_done`. `[shape=(n_vocabulary,)]`"""
        mask = np.zeros(len(_KINDS), dtype=np.bool_)
        for first, stop in self._ranges():
            mask[first:stop] = True
        return mask

    def accepts(self, token: int) -> bool:
        """Return whether a token may follow."""
        return any(first <= token < stop for first, stop in self._ranges())

    def take(self, token: int) -> None:
        """Go on by one token.

        Raises
        ------
        StreamError
            if it may not follow; nothing has changed then.
        """
        if not self.accepts(token):
            name = VOCABULARY.names[token] if 0 <= token < len(_KINDS) else str(token)
            raise StreamError(f"token {self.length} of a bar stream must be one of: {self.expected}; got {name}")
        self.state.take(_KINDS[token], _VALUES[token])
        self.length += 1
        self._following = None

    def copy(self) -> "Grammar":
        """Return a grammar that goes its own way from here."""
        other = Grammar()
        other.state, other.length, other._following = self.state.copy(), self.length, self._following
        return other

    def _ranges(self) -> Ranges:
        """What may follow; worked out once a token."""
        if self._following is None:
            self._following = following(self.state)
        return self._following


def _sounding_pitch(state: State) -> int:
    """MIDI pitch or drum key of the latest note, -1 before the first."""
    return -1 if state.sound < 0 or state.in_head else state.pitch(state.sound)


def _range_text(first: int, stop: int) -> str:
    """A range of tokens as text.

    >>> _range_text(VOCABULARY.id("at:0"), VOCABULARY.id("at:48"))
    'at:0-47'
    """
    low, high = VOCABULARY.names[first], VOCABULARY.names[stop - 1]
    return low if stop - first == 1 else f"{low}-{high.partition(':')[2]}"
