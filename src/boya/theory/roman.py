"""Roman numerals: chords as degrees of a key.

Conventions: upper case is major, lower case minor; a suffix is that of a lead sheet (`ii7`, `Imaj7`, `V9`), with `o` or `°` for
diminished, `ø` for half-diminished and `+` for augmented. A numeral without an accidental is a degree of the mode's own scale (in
minor, III, VI and VII lie on the flat degrees, `vii` and `viio` on the leading note); with an accidental it counts from the major
scale of the tonic, so VI and bVI are the same chord in minor. `V7/V` is the dominant seventh of the fifth degree.
These are numerals as lead sheets and progressions write them; with the figures of inversions, and from chords to numerals, see
`boya.theory.figured`.
Source: W. Piston, "Harmony", 1941; the reading of 6 and 7 in minor is that of common analysis practice.
"""

import re

from boya.errors import InputError
from boya.theory.chords import parse_chord
from boya.theory.scales import find_scale

__all__ = ["is_roman", "parse_roman"]

_NUMERALS = ("I", "II", "III", "IV", "V", "VI", "VII")
_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_ROMAN = re.compile(
    r"(?P<mark>[b#♭♯]{0,2})(?P<numeral>VII|VI|IV|V|III|II|I|vii|vi|iv|v|iii|ii|i)(?P<suffix>[^/]*)(?:/(?P<of>[b#♭♯]?[IViv]+))?$"
)


def is_roman(text: str) -> bool:
    """Return whether a text looks like a Roman numeral rather than a chord symbol.

    >>> is_roman("bVII7"), is_roman("Bb7"), is_roman("iiø7")
    (True, False, True)
    """
    return bool(_ROMAN.match(text.strip()))


def parse_roman(text: str, tonic: int, mode: str = "major") -> tuple[int, str, None]:
    """Read a Roman numeral in a key.

    Parameters
    ----------
    text
        such as "ii7", "bVII", "viio7", "V7/V"
    tonic
        pitch class 0-11 of the key
    mode
        one of `boya.score.MODES`, or another scale with seven notes

    Returns
    -------
    root, quality, bass
        as `boya.theory.chords.parse_chord` returns them; the bass is None.

    Raises
    ------
    InputError
        if the text is no Roman numeral, or its suffix no chord.

    Examples
    --------
    >>> parse_roman("ii7", 0), parse_roman("VI", 9, "minor"), parse_roman("V7/V", 0)
    ((2, 'min7', None), (5, 'maj', None), (2, '7', None))
    >>> parse_roman("viio7", 9, "minor")
    (8, 'dim7', None)
    """
    match = _ROMAN.match(text.strip())
    if match is None:
        raise InputError(f"a Roman numeral looks like ii7, bVII or V7/V; got {text!r}")
    if match["of"]:
        tonic, mode = parse_roman(match["of"], tonic, mode)[0], "major"
    root = (tonic + _degree(match["mark"], match["numeral"], mode)) % 12
    quality = _quality(match["numeral"].islower(), match["suffix"].strip(), text)
    return root, quality, None


def _degree(mark: str, numeral: str, mode: str) -> int:
    """Semitones above the tonic."""
    index = _NUMERALS.index(numeral.upper())
    if mark:
        marks = mark.replace("♯", "#").replace("♭", "b")
        return _MAJOR[index] + marks.count("#") - marks.count("b")
    semitones = find_scale(mode).semitones
    if mode == "minor" and numeral == "vii":
        return 11
    return semitones[index] if len(semitones) == 7 else _MAJOR[index]


def _quality(is_minor: bool, suffix: str, text: str) -> str:
    """Harte quality of a lead-sheet suffix under an upper- or lower-case numeral."""
    if suffix[:1] in ("o", "°"):
        symbol = "dim" + suffix[1:]
    elif suffix[:1] == "ø":
        symbol = "m7b5"
    elif suffix[:1] == "+":
        symbol = "aug" + suffix[1:]
    else:
        symbol = ("m" if is_minor else "") + suffix
    try:
        return parse_chord("C" + symbol)[1]
    except InputError as error:
        raise InputError(f"a Roman numeral ends like a chord symbol, as ii7 or Vsus4; got {text!r}") from error
