"""Bars, beats and seconds: the metres that the composer writes, and how a length in seconds becomes bars and a tempo.

Conventions: a metre is text such as "7/8"; tempo in quarters per minute. In a bar two chords may begin: one on the first beat,
one where its second part does (3/4 is 2+1, 5/4 is 3+2, 7/8 is 4+3, 9/8 is 6+3).
"""

import re
from dataclasses import dataclass

from boya.composing.checks import contradiction
from boya.errors import RequestError
from boya.representation.stream.vocabulary import METRES
from boya.score import TICKS_PER_QUARTER, Metre

__all__ = ["QPM", "Wanted", "bars_and_tempo", "part_ticks", "read_metre"]

QPM = (20, 400)
MOST_BARS = 512
NEAR_SECOND = 0.01
ROUND_NUMBERS = ((4, 0.0), (2, 0.12), (1, 0.25))  # what a length costs that is no multiple of four or two bars


@dataclass(frozen=True)
class Wanted:
    """What is known of a length: `seconds`, and perhaps bars, tempo, a number of bars to be a multiple of, and the least bars,
    for which `needed_by` stands."""

    seconds: float
    metre: Metre
    bars: int | None = None
    qpm: float | None = None
    unit: int = 1
    least: int = 1
    needed_by: str = "form"


def read_metre(text: str) -> Metre:
    """Return the metre of a text such as "7/8".

    Raises
    ------
    RequestError
        if it is none that the composer writes.

    Examples
    --------
    >>> read_metre("6/8")
    Metre(tick=0, numerator=6, denominator=8)
    """
    match = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(\d{1,2})\s*", text)
    metre = (int(match[1]), int(match[2])) if match else (0, 0)
    if metre not in METRES:
        raise RequestError(
            f"metre must be n/2, n/4, n/8 or n/16 with at most 16 beats and 8 quarters a bar, as 3/4 or 7/8; got {text!r:.20}"
        )
    return Metre(0, *metre)


def part_ticks(metre: Metre) -> int:
    """Return the ticks of a bar's first part; the rest is the second.

    >>> [part_ticks(read_metre(m)) / 480 for m in ("4/4", "3/4", "6/8", "7/8", "12/8", "2/2")]
    [2.0, 2.0, 1.5, 2.0, 3.0, 2.0]
    """
    group = 3 if metre.numerator % 3 == 0 and metre.numerator > 3 and metre.denominator >= 8 else 1
    beats = metre.numerator // group
    return (beats + 1) // 2 * group * metre.ticks_per_beat if beats > 1 else max(metre.ticks_per_bar // 2 // 40 * 40, 40)


def bars_and_tempo(wanted: Wanted, habits: tuple[float, float, float]) -> tuple[int, float]:
    """Return the bars and the tempo with which a piece lasts exactly so many seconds.

    Parameters
    ----------
    habits
        low, usual and high tempo of the style, for when no tempo is wished for

    Raises
    ------
    RequestError
        if bars or tempo that are wished for do not go with the seconds.

    Examples
    --------
    >>> bars_and_tempo(Wanted(45, Metre(0, 4, 4)), (80, 120, 160))
    (24, 128.0)
    """
    minutes, quarters = wanted.seconds / 60, wanted.metre.ticks_per_bar / TICKS_PER_QUARTER
    if wanted.bars is not None:
        qpm = wanted.bars * quarters / minutes
        if not QPM[0] <= qpm <= QPM[1]:
            raise contradiction(
                "bars", "seconds", f"{wanted.bars} bars in {wanted.seconds:g} s would need {qpm:.0f} quarters a minute"
            )
        if wanted.qpm is not None and abs(qpm / wanted.qpm - 1) * wanted.seconds > NEAR_SECOND:
            raise contradiction(
                "bars with qpm",
                "seconds",
                f"{wanted.bars} bars at {wanted.qpm:g} last {60 * wanted.bars * quarters / wanted.qpm:.2f} s",
            )
        return wanted.bars, float(wanted.qpm or qpm)
    if wanted.qpm is not None:
        return _at_tempo(wanted, wanted.qpm, minutes, quarters)
    low, usual, high = habits
    choice = range(max(wanted.least, int(minutes * QPM[0] / quarters) + 1), min(MOST_BARS, int(minutes * QPM[1] / quarters)) + 1)
    if not choice and wanted.least > 1:
        shortest = 60 * wanted.least * quarters / QPM[1]
        raise contradiction(
            "seconds", wanted.needed_by, f"{wanted.least} bars last at least {shortest:.2f} s; got {wanted.seconds:g}"
        )
    if not choice:
        raise contradiction(
            "seconds",
            "metre",
            f"no 1-{MOST_BARS} bars of {wanted.metre.numerator}/{wanted.metre.denominator} last {wanted.seconds:g} s",
        )

    def cost(bars: int) -> float:
        qpm = bars * quarters / minutes
        outside = max(low / qpm, qpm / high, 1.0) - 1
        uneven = next(price for unit, price in ROUND_NUMBERS if bars % unit == 0)
        return abs(qpm / usual - 1) + 5 * outside + uneven + 0.5 * (bars % wanted.unit > 0)

    best = min(choice, key=cost)
    return best, best * quarters / minutes


def _at_tempo(wanted: Wanted, qpm: float, minutes: float, quarters: float) -> tuple[int, float]:
    """Bars at a tempo that is wished for: the seconds must be whole bars of it."""
    exact = minutes * qpm / quarters
    bars = max(round(exact), wanted.least)
    if abs(bars - exact) * 60 * quarters / qpm > NEAR_SECOND or bars > MOST_BARS:
        near = sorted({max(int(exact), 1), int(exact) + 1})
        lasts = " and ".join(f"{n} bars last {60 * n * quarters / qpm:.2f} s" for n in near)
        raise contradiction("seconds", "qpm", f"at {qpm:g} quarters a minute {lasts}; got {wanted.seconds:g}")
    return bars, float(qpm)
