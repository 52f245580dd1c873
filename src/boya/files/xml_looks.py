"""What a MusicXML note looks like: value, dots, accidental, triplet, beams, ties.

Readers that engrave, such as verovio, show only what is written, so accidentals and beams are written. Beams join what lies in
one beat. Source: "MusicXML 4.0"; E. Gould, "Behind Bars", 2011.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement

from boya.files.notation import UNITS_PER_QUARTER, Sign, in_key, spelled
from boya.score import Metre

__all__ = ["accidental", "add_looks", "beams"]

_TYPES = {
    72: ("whole", 1, False),
    48: ("whole", 0, False),
    36: ("half", 1, False),
    24: ("half", 0, False),
    18: ("quarter", 1, False),
    16: ("half", 0, True),
    12: ("quarter", 0, False),
    9: ("eighth", 1, False),
    8: ("quarter", 0, True),
    6: ("eighth", 0, False),
    4: ("eighth", 0, True),
    3: ("16th", 0, False),
    2: ("16th", 0, True),
    1: ("32nd", 0, True),
}
"""Units: type, dots, and whether three stand for two."""
_N_BEAMS = {"eighth": 1, "16th": 2, "32nd": 3}
_ACCIDENTALS = {-2: "flat-flat", -1: "flat", 0: "natural", 1: "sharp", 2: "double-sharp"}
Shown = dict[tuple[str, int], int]


def accidental(pitch: int, sharps: int, shown: Shown) -> str:
    """Return the accidental a pitch needs in a key after those `shown` in this bar, which it joins; empty when none.

    >>> bar: Shown = {}
    >>> [accidental(pitch, 0, bar) for pitch in (61, 61, 60, 73)]
    ['sharp', '', 'natural', 'sharp']
    """
    letter, alter, octave = spelled(pitch, sharps)
    expected = shown.get((letter, octave), in_key(letter, sharps))
    shown[letter, octave] = alter
    return "" if alter == expected else _ACCIDENTALS[alter]


def beams(signs: Sequence[Sign], metre: Metre) -> list[list[str]]:
    """Return the beams of each sign of a bar, first level first."""
    is_compound = metre.denominator >= 8 and metre.numerator % 3 == 0
    beat = 12 * UNITS_PER_QUARTER // metre.denominator if is_compound else UNITS_PER_QUARTER
    levels = [_N_BEAMS.get(_TYPES[sign.duration][0], 0) if sign.pitches else 0 for sign in signs]
    beats = [sign.onset // max(beat, 1) for sign in signs]

    def joins(i: int, j: int, level: int) -> bool:
        inside = min(i, j) >= 0 and max(i, j) < len(signs)
        return inside and beats[i] == beats[j] and min(levels[i], levels[j]) >= level

    found = []
    for i, count in enumerate(levels):
        is_joined = joins(i - 1, i, 1) or joins(i, i + 1, 1)
        words = {(True, True): "continue", (True, False): "end", (False, True): "begin"}
        hook = "backward hook" if joins(i - 1, i, 1) else "forward hook"
        found.append(
            [words.get((joins(i - 1, i, n), joins(i, i + 1, n)), hook) for n in range(1, count + 1)] if is_joined else []
        )
    return found


def add_looks(note: Element, duration: int, sign: str, beam: Sequence[str], ties: Sequence[str]) -> None:
    """Append type, dots, accidental, triplet, beams and tie signs to a note, in the order MusicXML wants."""
    kind, dots, is_triplet = _TYPES[duration]
    SubElement(note, "type").text = kind
    for _ in range(dots):
        SubElement(note, "dot")
    if sign:
        SubElement(note, "accidental").text = sign
    if is_triplet:
        modification = SubElement(note, "time-modification")
        SubElement(modification, "actual-notes").text = "3"
        SubElement(modification, "normal-notes").text = "2"
    for number, word in enumerate(beam, start=1):
        SubElement(note, "beam", number=str(number)).text = word
    if ties:
        notations = SubElement(note, "notations")
        for tie in ties:
            SubElement(notations, "tied", type=tie)
