"""Tempo and length: words such as fast and allegro, moods, and seconds become quarters a minute and bars.

Conventions: tempo in quarters a minute; people count beats, which in 6/8, 9/8 and 12/8 are dotted quarters; a pace is meant
against the habits of the style. Sources: `data/filling.toml`; tempo terms from the graph.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from boya.composing.checks import contradiction
from boya.composing.words.habits import Habit
from boya.composing.words.lexicon import table
from boya.composing.words.told import Heard
from boya.composing.works.lengths import QPM, Wanted, bars_and_tempo, read_metre
from boya.theory.graph import graph

__all__ = ["Length", "length_of", "one", "tempo_of"]

Range = tuple[float, float, float]
SLOW, FAST = 76.0, 116.0


@dataclass(frozen=True)
class Length:
    """Bars, seconds and tempo for a request, None where the plan decides; `why` names the words that a drawn tempo is due to."""

    bars: int | None = None
    seconds: float | None = None
    qpm: float | None = None


def one(heard: Sequence[Heard], *wishes: str) -> Heard | None:
    """Return the wish of some names; None where there is none.

    Raises
    ------
    RequestError
        if there are two that differ.
    """
    found = [wish for wish in heard if wish.wish in wishes]
    for other in found[1:]:
        if (other.wish, other.value) != (found[0].wish, found[0].value):
            raise contradiction(repr(found[0].words), repr(other.words), f"a piece has one {wishes[0]}")
    return found[0] if found else None


def tempo_of(heard: Sequence[Heard], habit: Habit | None, metre: str, moods: Sequence[str]) -> Range | float | None:
    """Return the tempo that was said, or slowest, usual and fastest where it is to be drawn; None where nothing speaks of it."""
    said, term, pace = one(heard, "qpm", "beats"), one(heard, "tempo"), one(heard, "pace")
    beat = 1.5 if _is_compound(metre) else 1.0
    if said is not None:
        number = float(str(said.value[0]))
        return number if said.wish == "qpm" else number * beat
    if term is not None:
        numbers = [graph().values(str(term.value[0]), name)[0] for name in ("slowest", "usualTempo", "fastest")]
        low, usual, high = (float(str(number)) for number in numbers)
        if pace is not None and _is_against(str(pace.value[0]), usual):
            raise contradiction(repr(pace.words), repr(term.words), f"{term.words} is about {usual:g} beats a minute")
        return low * beat, usual * beat, high * beat
    base = habit.range if habit is not None else (70.0, 110.0, 150.0)
    if pace is not None:
        return _at_pace(base, str(pace.value[0]))
    factor = float(np.prod([_factor(mood) for mood in moods[:1]]))
    if factor == 1.0 and (habit is None or habit.tempo is None or habit.is_of_models):
        return None
    return _leaning(base, factor)


def length_of(heard: Sequence[Heard], tempo: Range | float | None, metre: str, unit: int, rng: np.random.Generator) -> Length:
    """Return bars, seconds and tempo.

    Parameters
    ----------
    tempo
        from `tempo_of`
    unit
        bars that the length should be a multiple of
    """
    bars, seconds = one(heard, "bars"), one(heard, "seconds")
    n_bars = None if bars is None else int(str(bars.value[0]))
    if seconds is None:
        n_bars = n_bars or _bars_in_name(heard)
        return Length(n_bars, None, float(round(_drawn(tempo, rng))) if tempo is not None else None)
    length = float(str(seconds.value[0]))
    if n_bars is not None:
        return Length(n_bars, length, tempo if isinstance(tempo, float) else None)
    if tempo is None:
        return Length(None, length, None)
    quarters = read_metre(metre).ticks_per_bar / 480
    if isinstance(tempo, float):
        exact = length / 60 * tempo / quarters
        whole = max(1, round(exact))
        return Length(whole, length if abs(whole - exact) < 1e-9 else None, tempo)
    found, _ = bars_and_tempo(Wanted(length, read_metre(metre), None, None, unit), tempo)
    return Length(found, length, None)


def _bars_in_name(heard: Sequence[Heard]) -> int | None:
    """The bars of a progression whose name counts them, as "12-bar blues"."""
    for wish in heard:
        value = str(wish.value[1]) if wish.wish == "chords" else ""
        if value.startswith("progression:") and re.search(r"bar\b|小节", wish.words.casefold()):
            return int(str(graph().values(value, "bars")[0]))
    return None


def _drawn(tempo: Range | float, rng: np.random.Generator) -> float:
    """A tempo of a range."""
    if isinstance(tempo, float):
        return tempo
    low, usual, high = sorted(tempo)
    return float(rng.triangular(low, min(max(usual, low), high), high)) if high > low else low


def _is_against(pace: str, usual: float) -> bool:
    """Whether beats a minute are fast for who asks for slow, or slow for who asks for fast."""
    return (pace in ("slow", "slowest") and usual >= FAST) or (pace in ("fast", "fastest") and usual <= SLOW)


def _leaning(base: Range, factor: float) -> Range:
    """The faster or slower side of the habits of a style; all of them where the factor is one."""
    low, usual, high = base
    likely = min(max(usual * factor, QPM[0]), QPM[1])
    if factor == 1.0:
        return base
    return (usual, likely, max(high, likely)) if factor > 1 else (min(low, likely), likely, usual)


def _at_pace(base: Range, pace: str) -> Range:
    """A range at the slow or fast end of the habits of a style, a little beyond them."""
    low, usual, high = base
    points = {"low": low, "usual": usual, "high": high}
    rows = table("filling")["pace"][pace]
    found = [points[name] * factor for name, factor in rows]
    return (found[0], found[1], found[2])


def _factor(mood: str) -> float:
    """How much faster a mood is."""
    found = graph().values(mood, "tempoFactor")
    return float(str(found[0])) if found else 1.0


def _is_compound(metre: str) -> bool:
    """Whether a beat is three eighths."""
    found = read_metre(metre)
    return found.denominator >= 8 and found.numerator % 3 == 0 and found.numerator > 3
