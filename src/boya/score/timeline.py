"""Tempo, metre and key over time, and the clocks they define.

A timeline converts between ticks, seconds and bars. Every list is sorted, starts at tick 0, and holds no repeated value. A silent
file means 4/4, 120 qpm, C major; what was assumed is named in `Timeline.assumed`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boya.errors import ScoreError
from boya.score.notes import TICKS_PER_QUARTER

__all__ = ["Key", "Metre", "Tempo", "Timeline"]

MODES = ("major", "minor", "dorian", "phrygian", "lydian", "mixolydian", "locrian")
MINOR_MODES = ("minor", "dorian", "phrygian", "locrian")  # those with a minor third


@dataclass(frozen=True, order=True)
class Tempo:
    """From `tick` on, `qpm` quarters per minute."""

    tick: int
    qpm: float

    def __post_init__(self) -> None:
        if not 1 <= self.qpm <= 2000:
            raise ScoreError(f"tempo must be 1-2000 quarters per minute; got {self.qpm:g}")


@dataclass(frozen=True, order=True)
class Metre:
    """From `tick` on, `numerator`/`denominator`."""

    tick: int
    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if not 1 <= self.numerator <= 255 or self.denominator not in (1, 2, 4, 8, 16, 32, 64):
            raise ScoreError(f"metre must look like 4/4 or 7/8; got {self.numerator}/{self.denominator}")

    @property
    def ticks_per_bar(self) -> int:
        """Length of a bar in ticks."""
        return self.numerator * self.ticks_per_beat

    @property
    def ticks_per_beat(self) -> int:
        """Length of a beat (the unit of the denominator) in ticks."""
        return 4 * TICKS_PER_QUARTER // self.denominator


@dataclass(frozen=True, order=True)
class Key:
    """From `tick` on, the key with pitch class `tonic` (0 = C) and a `mode` of MODES."""

    tick: int
    tonic: int
    mode: str = "major"

    def __post_init__(self) -> None:
        if not 0 <= self.tonic <= 11:
            raise ScoreError(f"tonic must be a pitch class 0-11; got {self.tonic}")
        if self.mode not in MODES:
            raise ScoreError(f"mode must be one of {', '.join(MODES)}; got {self.mode!r}")


Event = TypeVar("Event", Tempo, Metre, Key)


@dataclass(frozen=True)
class Timeline:
    """Tempo, metre and key changes of a piece.

    Examples
    --------
    >>> timeline = Timeline(tempos=(Tempo(0, 60.0), Tempo(960, 120.0)))
    >>> float(timeline.second_at(1920))
    3.0
    >>> timeline.bar_starts(3840).tolist()
    [0, 1920]
    """

    tempos: tuple[Tempo, ...] = (Tempo(0, 120.0),)
    metres: tuple[Metre, ...] = (Metre(0, 4, 4),)
    keys: tuple[Key, ...] = (Key(0, 0),)
    assumed: frozenset[str] = field(default=frozenset())

    def __post_init__(self) -> None:
        for name in ("tempos", "metres", "keys"):
            events = getattr(self, name)
            if not events or events[0].tick != 0 or any(a.tick >= b.tick for a, b in pairwise(events)):
                raise ScoreError(f"{name} must start at tick 0 and be strictly sorted by tick")

    @classmethod
    def of(cls, tempos: Iterable[Tempo] = (), metres: Iterable[Metre] = (), keys: Iterable[Key] = ()) -> "Timeline":
        """Build a timeline from unsorted, possibly missing or repeated events; what is missing is assumed and named.

        >>> Timeline.of(tempos=[Tempo(480, 90.0)]).assumed == {"metre", "key"}
        True
        """
        tempos, metres, keys = list(tempos), list(metres), list(keys)
        given = {"tempo": tempos, "metre": metres, "key": keys}
        return cls(
            _tidy(tempos or [Tempo(0, 120.0)]),
            _tidy(metres or [Metre(0, 4, 4)]),
            _tidy(keys or [Key(0, 0)]),
            frozenset(name for name, events in given.items() if not events),
        )

    @cached_property
    def _tempo_clock(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        ticks = np.array([t.tick for t in self.tempos], dtype=float)
        seconds_per_tick = np.array([60 / t.qpm / TICKS_PER_QUARTER for t in self.tempos])
        seconds = np.concatenate([[0.0], np.cumsum(np.diff(ticks) * seconds_per_tick[:-1])])
        return ticks, seconds, seconds_per_tick

    def second_at(self, tick: ArrayLike) -> NDArray[np.float64]:
        """Return the time in seconds of each tick."""
        ticks, seconds, rate = self._tempo_clock
        at = np.asarray(tick, dtype=float)
        segment = np.clip(np.searchsorted(ticks, at, side="right") - 1, 0, None)
        return np.asarray(seconds[segment] + (at - ticks[segment]) * rate[segment])

    def tick_at(self, second: ArrayLike) -> NDArray[np.int64]:
        """Return the nearest tick of each time in seconds."""
        ticks, seconds, rate = self._tempo_clock
        at = np.asarray(second, dtype=float)
        segment = np.clip(np.searchsorted(seconds, at, side="right") - 1, 0, None)
        return np.asarray(np.rint(ticks[segment] + (at - seconds[segment]) / rate[segment]), dtype=np.int64)

    def bar_starts(self, end: int) -> NDArray[np.int64]:
        """Return the first tick of every bar that begins before `end`. `[shape=(n_bars,)]`

        A metre change inside a bar cuts that bar short.
        """
        starts: list[NDArray[np.int64]] = []
        for metre, following in zip(self.metres, [*self.metres[1:], None], strict=True):
            until = end if following is None else min(following.tick, end)
            starts.append(np.arange(metre.tick, until, metre.ticks_per_bar, dtype=np.int64))
        return np.concatenate(starts)

    def bar_at(self, tick: ArrayLike) -> NDArray[np.int64]:
        """Return the 0-based bar that each tick falls into."""
        at = np.asarray(tick, dtype=np.int64)
        starts = self.bar_starts(int(at.max(initial=0)) + 1)
        return np.asarray(np.searchsorted(starts, at, side="right") - 1)

    def tempo_at(self, tick: int) -> Tempo:
        """Return the tempo in force at `tick`."""
        return [e for e in self.tempos if e.tick <= tick][-1]

    def metre_at(self, tick: int) -> Metre:
        """Return the metre in force at `tick`."""
        return [e for e in self.metres if e.tick <= tick][-1]

    def key_at(self, tick: int) -> Key:
        """Return the key in force at `tick`."""
        return [e for e in self.keys if e.tick <= tick][-1]

    def slice(self, start: int, end: int) -> "Timeline":
        """Return the part [start, end) with `start` as the new tick 0."""

        def cut(events: tuple[Event, ...]) -> tuple[Event, ...]:
            inside = [replace(e, tick=max(0, e.tick - start)) for e in events if e.tick < max(end, 1)]
            return _tidy(inside)

        return Timeline(cut(self.tempos), cut(self.metres), cut(self.keys), self.assumed)

    def transpose(self, semitones: int) -> "Timeline":
        """Return the timeline with every key moved."""
        return replace(self, keys=tuple(replace(k, tonic=(k.tonic + semitones) % 12) for k in self.keys))


def _tidy(events: list[Event]) -> tuple[Event, ...]:
    """Sort; the last of several at one tick wins; drop repeats of a value; move the first to tick 0."""
    by_tick = {e.tick: e for e in sorted(events, key=lambda e: e.tick)}
    tidy: list[Event] = []
    for event in by_tick.values():
        if not tidy:
            tidy.append(replace(event, tick=0))
        elif replace(event, tick=0) != replace(tidy[-1], tick=0):
            tidy.append(event)
    return tuple(tidy)
