"""Roman numerals with figures, both ways: `V6/5/V` in a key is a chord, and a chord in a key is a numeral.

Conventions: as harmony is taught from a figured bass. Upper case is major, lower case minor, `o` diminished, `ø` (or `/o`)
half-diminished, `+` augmented; figures 6, 6/4, 7, 6/5, 4/3, 4/2 (also 64, 65, 43, 42, 2) name the inversion, and a seventh is
that of the key: `V7` is a dominant, `I7` in major a major seventh, `VM7` one where the key has none (lead sheets, read by
`boya.theory.roman`, say `Imaj7`, and mean an added sixth by `I6`). In minor, III, VI and VII are the natural degrees, `vi` and
`vii` the raised ones. After a slash stands the degree whose key is meant for a moment. `It6`, `Ger6/5` and `Fr4/3` are the
augmented sixths, `N6` is `bII6`. A chord is (root, quality, bass) as it sounds: the German sixth has the root of its lowest
note and the quality 7. Source: W. Piston, "Harmony", 1941; D. Tymoczko et al., "The RomanText Format", ISMIR 2019 (the text).
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from boya.errors import InputError
from boya.theory.chords import chord_pitch_classes
from boya.theory.tables import load_table

__all__ = ["Figured", "figured_name", "parse_figured"]

NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}
FIGURES = {
    **{"": (0, False), "5": (0, False), "5/3": (0, False), "6": (1, False), "6/3": (1, False), "6/4": (2, False)},
    **{"7": (0, True), "6/5": (1, True), "4/3": (2, True), "4/2": (3, True), "2": (3, True), "9": (0, True)},
    **{"53": (0, False), "63": (1, False), "64": (2, False), "65": (1, True), "43": (2, True), "42": (3, True)},
}
TRIAD_FIGURES, SEVENTH_FIGURES = ("", "6", "6/4"), ("7", "6/5", "4/3", "4/2")
SIXTHS = {  # semitones of the root above the tonic, quality, figure in each inversion
    "It": (8, "7(*5)", ("6", "6/4", "5/3")),
    "Ger": (8, "7", ("6/5", "4/3", "4/2", "7")),
    "Fr": (2, "7(*5,b5)", ("7", "6/5", "4/3", "4/2")),
}
_TRIADS = {"maj": "", "min": "", "dim": "o", "aug": "+"}
_SEVENTHS = {"7": "", "maj7": "", "min7": "", "dim7": "o", "hdim7": "ø", "minmaj7": "M", "7(*5,#5)": "+", "aug(7)": "+"}
_FIGURE = "|".join(sorted((re.escape(f) for f in FIGURES if f), key=len, reverse=True))
_NUMERAL = re.compile(
    r"(?:(?P<sixth>It|Ger|Fr)|(?P<neapolitan>N)|(?P<mark>[b#♭♯]{0,2})(?P<numeral>VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)"
    rf"(?P<colour>o|°|ø|/o|%|\+|M(?=[2467]))?)(?P<figure>{_FIGURE})?(?:/(?P<of>[^/].*))?$"
)


@dataclass(frozen=True)
class Figured:
    """A chord read from a numeral.

    Attributes
    ----------
    root, quality, bass
        pitch classes and Harte quality; the bass is the root's own pitch class in root position
    degree, of, inversion
        `V`, `V` and 1 of `V6/5/V`; `of` is empty in most chords
    """

    root: int
    quality: str
    bass: int
    degree: str
    of: str = ""
    inversion: int = 0


@lru_cache(maxsize=8192)
def parse_figured(text: str, tonic: int, mode: str = "major") -> Figured:
    """Read a numeral with figures in a key.

    Parameters
    ----------
    text
        such as `ii6/5`, `viio7/V`, `Ger6/5`
    tonic, mode
        pitch class 0-11; "major" or "minor"

    Raises
    ------
    InputError
        if the text is no such numeral, or the mode another one.

    Examples
    --------
    >>> parse_figured("V6/5/V", 0)
    Figured(root=2, quality='7', bass=6, degree='V', of='V', inversion=1)
    >>> parse_figured("viiø4/3", 0).quality, parse_figured("bII6", 9, "minor").bass
    ('hdim7', 2)
    """
    if mode not in SCALES:
        raise InputError(f"a figured numeral is read in a major or minor key; got {mode!r}")
    match = _NUMERAL.match(text.strip())
    if match is None:
        raise InputError(f"a figured numeral looks like V6/5, viio7/V or Ger6/5; got {text!r}")
    of = match["of"] or ""
    if of:
        local, local_mode = _tonicised(of, tonic, mode)
        return _figured(match, local, local_mode, of)
    return _figured(match, tonic, mode, "")


def figured_name(root: int, quality: str, bass: int | None, tonic: int, mode: str = "major") -> str:
    """Return the numeral of a chord in a key; `parse_figured` reads it back.

    A secondary dominant is named as such where the chord does not belong to the key. Chords that no numeral with figures
    describes (added, suspended and missing tones) are named by the triad or seventh that they hold.

    Examples
    --------
    >>> figured_name(7, "7", 11, 0), figured_name(2, "7", None, 0), figured_name(1, "maj", 5, 0)
    ('V6/5', 'V7/V', 'bII6')
    >>> figured_name(8, "dim7", 8, 9, "minor")
    'viio7'
    """
    plain = plain_quality(quality)
    offset = (root - tonic) % 12
    base = _named(mode).get((offset, plain)) or _made_up(offset, plain, mode)
    return with_figure(base, _inversion(root, plain, bass))


def with_figure(base: str, inversion: int) -> str:
    """Return a numeral in root position as one of an inversion.

    >>> with_figure("V7/V", 1), with_figure("iv", 2), with_figure("viio7", 3)
    ('V6/5/V', 'iv6/4', 'viio4/2')
    """
    head, slash, of = base.partition("/")
    degree = head.removesuffix("7")
    if degree in SIXTHS:
        return degree + SIXTHS[degree][2][inversion] + slash + of
    figures = SEVENTH_FIGURES if head.endswith("7") else TRIAD_FIGURES
    return degree + figures[inversion] + slash + of


def plain_quality(quality: str) -> str:
    """Return the triad or seventh that a Harte quality holds.

    >>> plain_quality("7(b9)"), plain_quality("sus4"), plain_quality("min9")
    ('7', 'maj', 'min7')
    """
    if quality in _TRIADS or quality in _SEVENTHS or any(quality == row[1] for row in SIXTHS.values()):
        return quality
    tones = set(chord_pitch_classes(0, quality))
    third = "min" if 3 in tones and 4 not in tones else "maj"
    if third == "min" and 6 in tones and 7 not in tones:
        return "dim7" if 9 in tones else "hdim7" if 10 in tones else "dim"
    if third == "maj" and 8 in tones and 7 not in tones:
        return "7(*5,#5)" if 10 in tones else "aug"
    if 10 in tones and (3 in tones or 4 in tones):
        return "min7" if third == "min" else "7"
    if 11 in tones and (3 in tones or 4 in tones):
        return "minmaj7" if third == "min" else "maj7"
    return third


def _figured(match: re.Match[str], tonic: int, mode: str, of: str) -> Figured:
    """The chord of a match in its (momentary) key."""
    inversion, is_seventh = FIGURES[match["figure"] or ""]
    if match["sixth"]:
        offset, quality, figures = SIXTHS[match["sixth"]]
        inversion = figures.index(match["figure"]) if match["figure"] in figures else 0
        degree = match["sixth"]
    else:
        numeral = "II" if match["neapolitan"] else match["numeral"]
        mark = "b" if match["neapolitan"] else match["mark"].replace("♭", "b").replace("♯", "#")
        offset = _offset(mark, numeral, mode)
        colour = {"°": "o", "/o": "ø", "%": "ø"}.get(match["colour"] or "", match["colour"] or "")
        colour = "ø" if colour == "o" and match["colour"] == "/o" else colour
        quality = _quality(numeral, colour, is_seventh, offset, mode)
        degree = mark + numeral + colour
    root = (tonic + offset) % 12
    tones = chord_pitch_classes(root, quality)
    return Figured(root, quality, tones[min(inversion, len(tones) - 1)], degree, of, inversion)


def _tonicised(of: str, tonic: int, mode: str) -> tuple[int, str]:
    """Tonic and mode of the key meant by what stands after the slash."""
    inner = parse_figured(of, tonic, mode)
    letters = inner.degree.lstrip("b#")
    return inner.root, "minor" if letters[:1].islower() else "major"


def _offset(mark: str, numeral: str, mode: str) -> int:
    """Semitones above the tonic."""
    index = NUMERALS.index(numeral.upper())
    if mode == "minor" and index in (5, 6) and (mark == "#" or (not mark and numeral.islower())):
        return SCALES["major"][index]
    if mode == "minor" and index in (2, 5, 6) and mark == "b":
        return SCALES["minor"][index]  # the flat is a courtesy
    return (SCALES[mode][index] + mark.count("#") - mark.count("b")) % 12


def _quality(numeral: str, colour: str, is_seventh: bool, offset: int, mode: str) -> str:
    """Harte quality."""
    is_minor = numeral.islower()
    if colour == "M":
        return "minmaj7" if is_minor else "maj7"
    if not is_seventh:
        return {"o": "dim", "ø": "dim", "+": "aug"}.get(colour) or ("min" if is_minor else "maj")
    if colour:
        return {"o": "dim7", "ø": "hdim7", "+": "7(*5,#5)"}[colour]
    if is_minor:
        return "min7"
    is_major_seventh = (offset + 11) % 12 in SCALES[mode] and offset != 7
    return "maj7" if is_major_seventh else "7"


def _inversion(root: int, quality: str, bass: int | None) -> int:
    """Which chord tone the bass is; a foreign bass counts as root position."""
    tones = chord_pitch_classes(root, quality)
    return tones.index(bass) if bass in tones else 0


@cache
def _named(mode: str) -> dict[tuple[int, str], str]:
    """Numeral in root position of each (semitones above the tonic, quality) of the table; the first that names a chord wins."""
    found: dict[tuple[int, str], str] = {}
    for row in load_table("numerals")[mode]:
        chord = parse_figured(row["numeral"], 0, mode)
        found.setdefault((chord.root, chord.quality), row["numeral"])
    return found


def _made_up(offset: int, quality: str, mode: str) -> str:
    """A numeral for a chord outside the table."""
    major = SCALES["major"]
    index = next(i for i in range(6, -1, -1) if major[i] <= offset) if offset in major else None
    mark, index = ("", index) if index is not None else ("b", next(i for i in range(7) if major[i] == offset + 1))
    if mode == "minor" and index in (2, 5, 6) and mark == "":
        mark = "#"
    if quality == "7" and _quality(NUMERALS[index], "", True, offset, mode) != "7":
        return "V7/" + _made_up((offset + 5) % 12, "maj", mode)
    colour = _TRIADS.get(quality) or _SEVENTHS.get(quality) or ""
    if quality == "maj7" and _quality(NUMERALS[index], "", True, offset, mode) != "maj7":
        colour = "M"
    numeral = NUMERALS[index]
    is_minor = quality.startswith(("min", "dim", "hdim"))
    return mark + (numeral.lower() if is_minor else numeral) + colour + ("7" if quality in _SEVENTHS else "")
