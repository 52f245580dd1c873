"""Which bars come back: note for note, moved to another pitch, or in their rhythm alone.

Conventions: bars are compared by the notes that begin in them, track by track, velocities apart; empty bars are like no other. A
stretch is the longest run of bars that come back in order from one earlier place.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from boya.score import Score

__all__ = ["Return", "bars_between", "returning_bars", "stretches"]

Shape = tuple[tuple[int, tuple[tuple[int, int, int], ...]], ...]


@dataclass(frozen=True)
class Return:
    """A bar that is like an earlier one: `kind` is "same", "moved" (by `semitones`) or "rhythm"; `n_bars` of a stretch."""

    bar: int
    of: int
    kind: str
    semitones: int = 0
    n_bars: int = 1

    @property
    def key(self) -> tuple[int, str, int]:
        """What two neighbours share when they are one stretch."""
        return self.bar - self.of, self.kind, self.semitones


def returning_bars(score: Score) -> dict[int, Return]:
    """Return for each bar that is like an earlier one the first such bar.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> bars = [(60, 64), (62, 66), (60, 64)]
    >>> tune = [(bar * 1920 + n * 480, 480, pitch, 80) for bar, two in enumerate(bars) for n, pitch in enumerate(two)]
    >>> [(r.bar, r.of, r.kind, r.semitones) for r in returning_bars(Score((Track(note_array(tune)),))).values()]
    [(1, 0, 'moved', 2), (2, 0, 'same', 0)]
    """
    found: dict[int, Return] = {}
    seen: dict[str, dict[object, int]] = {"same": {}, "moved": {}, "rhythm": {}}
    bars = _shapes(score)
    for bar, shape in enumerate(bars):
        if not shape:
            continue
        looks = {"same": shape, "moved": _moved(shape), "rhythm": _rhythm(shape)}
        kind = next((kind for kind, look in looks.items() if look is not None and look in seen[kind]), None)
        if kind is not None:
            of = seen[kind][looks[kind]]
            found[bar] = Return(bar, of, kind, _lowest(shape) - _lowest(bars[of]) if kind == "moved" else 0)
        for kind, look in looks.items():
            if look is not None:
                seen[kind].setdefault(look, bar)
    return found


def stretches(returns: Sequence[Return], shortest: int = 1) -> tuple[Return, ...]:
    """Return runs of neighbouring bars that come back together, those of at least `shortest` bars.

    >>> [(r.bar, r.of, r.n_bars) for r in stretches([Return(4, 0, "same"), Return(5, 1, "same"), Return(7, 3, "same")])]
    [(4, 0, 2), (7, 3, 1)]
    """
    runs: list[Return] = []
    for one in returns:
        if runs and runs[-1].key == one.key and runs[-1].bar + runs[-1].n_bars == one.bar:
            last = runs.pop()
            one = Return(last.bar, last.of, last.kind, last.semitones, last.n_bars + 1)  # noqa: PLW2901
        runs.append(one)
    return tuple(run for run in runs if run.n_bars >= shortest)


def bars_between(bounds: Sequence[int], start: int, end: int) -> range:
    """Return the bars that a span touches; at least one.

    >>> bars_between([0, 1920, 3840, 5760], 960, 3840), bars_between([0, 1920], 0, 9000)
    (range(0, 2), range(0, 1))
    """
    first = min(max(bisect_right(bounds, start) - 1, 0), max(len(bounds) - 2, 0))
    last = min(bisect_left(bounds, end), len(bounds) - 1)
    return range(first, max(last, first + 1))


def _shapes(score: Score) -> list[Shape]:
    """The notes that begin in each bar, by track, from its bar line."""
    bounds = score.bar_bounds
    shapes: list[list[tuple[int, tuple[tuple[int, int, int], ...]]]] = [[] for _ in range(max(len(bounds) - 1, 0))]
    for number, track in enumerate(score.tracks):
        places = np.searchsorted(bounds, track.notes["onset"], side="right") - 1
        for bar in np.unique(places).tolist():
            rows = track.notes[places == bar]
            notes = tuple((int(n["onset"] - bounds[bar]), int(n["duration"]), int(n["pitch"])) for n in rows)
            if 0 <= bar < len(shapes):
                shapes[bar].append((-number - 1 if track.is_drum else number, notes))
    return [tuple(shape) for shape in shapes]


def _moved(shape: Shape) -> object:
    """A bar with pitches counted from its lowest one; None where only drums play."""
    if all(number < 0 for number, _ in shape):
        return None
    low = _lowest(shape)
    return tuple((n, tuple((o, d, p if n < 0 else p - low) for o, d, p in notes)) for n, notes in shape)


def _rhythm(shape: Shape) -> object:
    """A bar without its pitches; None where it has too few notes to tell."""
    if sum(len(notes) for _, notes in shape) < 4:
        return None
    return tuple((n, tuple(dict.fromkeys((o, d) for o, d, _ in notes))) for n, notes in shape)


def _lowest(shape: Shape) -> int:
    """The lowest pitch, drums apart."""
    return min((p for n, notes in shape if n >= 0 for _, _, p in notes), default=0)
