"""Read analyses written as RomanText: keys and numerals by measure and beat, as people write them by hand.

Conventions: measures are numbered as in the file (0 is an upbeat); beats are counted from 1, in units of the metre's denominator.
Remarks in brackets (`[no3]`), variants (`m11var1`), pedals and notes are passed over; `m8-10 = m4-6` repeats what was said.
Source: D. Tymoczko, M. Gotham, M. S. Cuthbert, C. Ariza, "The RomanText Format", ISMIR 2019.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from boya.errors import FormatError, InputError
from boya.theory.figured import Figured, parse_figured
from boya.theory.keys import parse_key

__all__ = ["Label", "measure_starts", "parse_roman_text"]

_MEASURE = re.compile(r"m\s?(\d+)(?:-(\d+))?\s*(?:=\s*m(\d+)(?:-m?(\d+))?)?(?=\s|$)(.*)", re.DOTALL)
_KEY = re.compile(r"([A-Ga-g])([#b-]*):$")


@dataclass(frozen=True)
class Label:
    """A chord from `beat` (counted from 1) of `measure` until the next label, in the key of `tonic` and `mode`."""

    measure: int
    beat: float
    tonic: int
    mode: str
    chord: Figured


def parse_roman_text(text: str) -> list[Label]:
    """Read an analysis.

    Raises
    ------
    FormatError
        if no measure of the text holds a numeral in a key.

    Examples
    --------
    >>> [(x.measure, x.beat, x.chord.degree) for x in parse_roman_text("m1 G: I b3 V6 || b4 vi\\nm2 = m1")]
    [(1, 1.0, 'I'), (1, 3.0, 'V'), (1, 4.0, 'vi'), (2, 1.0, 'I'), (2, 3.0, 'V'), (2, 4.0, 'vi')]
    """
    labels: list[Label] = []
    key: tuple[int, str] | None = None
    for line in text.splitlines():
        match = _MEASURE.match(line.strip())
        if match is None:
            continue
        first, last, source, rest = match.group(1, 2, 3, 5)
        if source:
            labels += _copied(labels, int(first), int(last or first), int(source))
            key = (labels[-1].tonic, labels[-1].mode) if labels else key
            continue
        for label in _labels(int(first), rest, key):
            labels.append(label)
            key = label.tonic, label.mode
    if not labels:
        raise FormatError("a RomanText analysis has lines like `m1 G: I b3 V6`; this has none")
    return labels


def measure_starts(lengths: list[int]) -> dict[int, int]:
    """Return the first tick of each numbered measure, from the lengths of the bars as a score has them, in ticks.

    A first bar shorter than most is measure 0; short bars that fill up one whole bar together (around a repeat sign) are one
    measure.

    >>> measure_starts([480, 1920, 1440, 480, 1920, 1920])
    {0: 0, 1: 480, 2: 2400, 3: 4320, 4: 6240}
    """
    if not lengths:
        return {}
    whole = max(set(lengths), key=lengths.count)
    number = 0 if lengths[0] < whole else 1
    starts, tick, held = {number: 0}, 0, lengths[0]
    for i, length in enumerate(lengths[1:], start=1):
        tick += lengths[i - 1]
        if i > 1 and held < whole and held + length <= whole:
            held += length
            continue
        number, held = number + 1, length
        starts[number] = tick
    return starts


def _labels(measure: int, text: str, key: tuple[int, str] | None) -> Iterator[Label]:
    """The labels of one measure; what is no numeral is passed over."""
    beat = 1.0
    for word in text.split():
        found = _KEY.match(word)
        if found:
            tonic, _ = parse_key(found[1].upper() + found[2].replace("-", "b"))
            key = tonic, "minor" if found[1].islower() else "major"
        elif re.fullmatch(r"b\d+(\.\d+)?", word):
            beat = float(word[1:])
        elif key is not None:
            try:
                chord = parse_figured(re.sub(r"\[.*?\]|[()]", "", word).rstrip("/"), *key)
            except InputError:
                continue
            yield Label(measure, beat, *key, chord)


def _copied(labels: list[Label], first: int, last: int, source: int) -> list[Label]:
    """Labels said before, moved to the measures first..last."""
    shift = first - source
    return [replace(x, measure=x.measure + shift) for x in labels if source <= x.measure <= last - shift]
