"""Chord symbols: from text to pitch classes and back.

A chord is `(root, quality, bass)`: pitch classes 0-11 (0 = C) and a quality in the notation of C. Harte, "Symbolic Representation
of Musical Chords" (ISMIR 2005), such as `min7` or `7(b9)`. The table of qualities is `data/chords.toml`; a quality outside it is
named by the nearest one and the degrees it adds or (with `*`) leaves out, so equal degrees always have one name.

Three spellings are read: Harte (`Bb:min7/5`), lead sheets (`Bbm7/F`) and music21 (`B-7`, where `-` right after the letter is a
flat: `E-7` is E flat seven; E minor seven is `Em7` or `E:min7`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from boya.errors import InputError
from boya.theory.tables import load_table

__all__ = ["Quality", "chord_name", "chord_pitch_classes", "parse_chord", "qualities", "quality_degrees"]

_SEMITONES = {1: 0, 2: 2, 3: 4, 4: 5, 5: 7, 6: 9, 7: 11, 8: 12, 9: 14, 10: 16, 11: 17, 12: 19, 13: 21}
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_FLATS = ("C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_NO_CHORD = frozenset({"N", "NC", "N.C.", "N.C", "X"})
_NOTE = re.compile(r"([A-G])(##|#|x|bb|b|--|-)?")
_DEGREE = re.compile(r"(bb|b|##|#)?(1[0-3]|[1-9])")
_BASS = re.compile(
    r"/\s*(?:(?P<note>[A-G](?:##|#|x|bb|b|--|-)?)|(?P<degree>(?:bb|b|##|#)?(?:1[0-3]|[1-9])))(?P<rest>(?:[ ,(].*)?)$"
)
_MODIFIER = re.compile(
    r"(?:(?P<verb>add|alter|subtract|sub|no|omit|sus)?(?P<mark>bb|b|##|#|\+|-|maj|Maj|M)?(?P<number>1[0-3]|[1-9])|(?P<sus>sus))"
)
_MAX_LENGTH = 128


@dataclass(frozen=True)
class Quality:
    """One row of the chord table: its degrees in the major scale of the root, its lead-sheet suffix and MusicXML kind."""

    name: str
    degrees: tuple[str, ...]
    lead: str
    also: tuple[str, ...]
    kind: str


@lru_cache(maxsize=1)
def qualities() -> Mapping[str, Quality]:
    """Return the table of chord qualities by their Harte names, in the order of the file.

    >>> qualities()["hdim7"].degrees
    ('1', 'b3', 'b5', 'b7')
    """
    rows = load_table("chords")["quality"]
    table = {
        row["name"]: Quality(row["name"], tuple(row["degrees"]), row["lead"], tuple(row["also"]), row["kind"]) for row in rows
    }
    return MappingProxyType(table)


@lru_cache(maxsize=4096)
def parse_chord(text: str) -> tuple[int | None, str, int | None]:
    """Read a chord symbol.

    Parameters
    ----------
    text
        Harte, lead-sheet or music21 spelling; `N`, `NC` or `N.C.` where no chord sounds.

    Returns
    -------
    root, quality, bass
        Pitch classes 0-11 and the name of a quality; `(None, "", None)` where no chord sounds. `bass` is None unless written.

    Raises
    ------
    InputError
        if the text is no chord symbol.

    Examples
    --------
    >>> parse_chord("Bb:min7/5"), parse_chord("Bbm7/F")
    ((10, 'min7', 5), (10, 'min7', 5))
    >>> parse_chord("B-7"), parse_chord("F#m7b5"), parse_chord("N")
    ((10, '7', None), (6, 'hdim7', None), (None, '', None))
    """
    symbol = text.strip()[: _MAX_LENGTH + 1].replace("♭", "b").replace("♯", "#")
    if symbol in _NO_CHORD:
        return None, "", None
    match = _NOTE.match(symbol)
    if not match or len(symbol) > _MAX_LENGTH:
        raise _unreadable(text)
    root, rest = _pitch_class(match.group()), symbol[match.end() :]
    if rest.startswith(":"):
        suffix, bass = _split_bass(rest[1:], root, harte=True)
        degrees = _harte_degrees(suffix.strip())
    else:
        degrees, bass = _lead_degrees(rest), None
        if degrees is None:
            suffix, bass = _split_bass(rest, root, harte=False)
            degrees = _lead_degrees(suffix)
    if not degrees:
        raise _unreadable(text)
    return root, _quality_name(degrees), bass


def quality_degrees(quality: str) -> tuple[str, ...]:
    """Return the degrees of a quality, counted in the major scale of the root, lowest first.

    >>> quality_degrees("7(b9)")
    ('1', '3', '5', 'b7', 'b9')
    """
    degrees = _harte_degrees(quality)
    if not degrees:
        raise InputError(f"a chord quality looks like min7 or 7(b9); got {quality!r}. See boya.theory.chords.qualities().")
    return _sorted(degrees)


@lru_cache(maxsize=4096)
def chord_pitch_classes(root: int, quality: str) -> tuple[int, ...]:
    """Return the pitch classes of a chord, from the root upwards by degree, without repeats.

    >>> chord_pitch_classes(2, "min7")
    (2, 5, 9, 0)
    """
    return tuple(dict.fromkeys((root + _semitone(degree)) % 12 for degree in quality_degrees(quality)))


def chord_name(root: int | None, quality: str = "maj", bass: int | None = None, *, sharps: bool = False) -> str:
    """Return the lead-sheet symbol of a chord; `parse_chord` reads it back to the same chord.

    Parameters
    ----------
    root, quality, bass
        As `parse_chord` returns them; a root of None is `N.C.`.
    sharps
        Spell black keys as sharps, for keys with sharps.

    Raises
    ------
    InputError
        if the quality is unknown.

    Examples
    --------
    >>> chord_name(10, "min7", 5), chord_name(0, "7(b9)"), chord_name(None)
    ('Bbm7/F', 'C7b9', 'N.C.')
    """
    if root is None:
        return "N.C."
    names = _SHARPS if sharps else _FLATS
    over = "" if bass is None else f"/{names[bass % 12]}"
    return names[root % 12] + _lead_suffix(frozenset(quality_degrees(quality))) + over


def _unreadable(text: str) -> InputError:
    """Say that a text is no chord."""
    return InputError(f"a chord symbol looks like Bbm7/F, Bb:min7/5 or N.C.; got {text[:40]!r}")


def _pitch_class(note: str) -> int:
    """C# -> 1; music21's - is a flat, x a double sharp."""
    marks = note[1:].replace("x", "##")
    return (_LETTERS[note[0]] + marks.count("#") - marks.count("b") - marks.count("-")) % 12


def _number(degree: str) -> int:
    """#11 -> 11."""
    return int(degree.lstrip("b#"))


def _semitone(degree: str) -> int:
    """Semitones above the root: b7 -> 10."""
    return _SEMITONES[_number(degree)] + degree.count("#") - degree.count("b")


def _sorted(degrees: Iterable[str]) -> tuple[str, ...]:
    """Degrees by number, then by height."""
    return tuple(sorted(degrees, key=lambda degree: (_number(degree), _semitone(degree))))


def _split_bass(rest: str, root: int, harte: bool) -> tuple[str, int | None]:
    """Cut `/F` or `/b7` off; without a colon, `/9` and higher is an added degree and no bass."""
    match = _BASS.search(rest)
    if not match:
        return rest, None
    before, after = rest[: match.start()], match["rest"]
    if match["note"]:
        return before + after, _pitch_class(match["note"])
    if not harte and _number(match["degree"]) > 7:
        return f"{before}(add{match['degree']}){after}", None
    return before + after, (root + _semitone(match["degree"])) % 12


@lru_cache(maxsize=4096)
def _harte_degrees(text: str) -> frozenset[str] | None:
    """Degrees of `min7(*5,b9)`; None when it is no such thing."""
    shorthand, bracket, inner = text.partition("(")
    base = qualities().get(shorthand) if shorthand or not bracket else None
    if (shorthand and base is None) or (not shorthand and not bracket):
        return None
    degrees = set(base.degrees) if base else set()
    if bracket:
        if not inner.endswith(")"):
            return None
        for part in inner[:-1].split(","):
            degree = part.strip().removeprefix("*")
            if not _DEGREE.fullmatch(degree):
                return None
            (degrees.discard if part.strip().startswith("*") else degrees.add)(degree)
    return _normal(degrees)


def _normal(degrees: Iterable[str]) -> frozenset[str]:
    """Beside a third, a second is a ninth and a fourth an eleventh; a raised major seventh is the root."""
    found = {"1" if degree == "#7" else degree for degree in degrees}
    if found & {"3", "b3"}:
        for low, high in (("2", "9"), ("4", "11")):
            found = {f"{d[: -len(low)]}{high}" if d.lstrip("b#") == low else d for d in found}
    return frozenset(found)


@lru_cache(maxsize=1)
def _suffixes() -> tuple[tuple[str, frozenset[str]], ...]:
    """Every lead-sheet suffix of the table with its degrees, longest first."""
    found = {s.replace("(", "").replace(")", ""): frozenset(q.degrees) for q in qualities().values() for s in (q.lead, *q.also)}
    return tuple(sorted(found.items(), key=lambda item: -len(item[0])))


def _lead_degrees(text: str) -> frozenset[str] | None:
    """Degrees of a lead-sheet suffix: a suffix of the table, then alterations; None when it is no such thing."""
    suffix = re.sub(r"[\s,()]", "", text)
    for start, base in _suffixes():
        if suffix.startswith(start):
            degrees = _altered(base, suffix[len(start) :])
            if degrees:
                return degrees
    return None


def _altered(base: frozenset[str], text: str) -> frozenset[str] | None:
    """Apply `b5`, `add9`, `no3`, `sus4` ... one after the other."""
    degrees, at = set(base), 0
    while at < len(text):
        match = _MODIFIER.match(text, at)
        if not match:
            return None
        at = match.end()
        number = int(match["number"] or 4)
        mark = (match["mark"] or "").replace("+", "#").replace("-", "b")
        if match["sus"] or match["verb"] == "sus":
            degrees = {d for d in degrees if _number(d) != 3} | {str(number)}
        elif match["verb"] in ("no", "omit", "sub", "subtract"):
            degrees = {d for d in degrees if _number(d) != number}
        elif mark in ("M", "maj", "Maj") or (mark == "#" and number == 7):
            degrees.add(str(number))
        else:
            if mark and match["verb"] != "add":
                degrees.discard(str(number))
            degrees.add("b7" if number == 7 and not mark else f"{mark}{number}")
    return _normal(degrees)


@lru_cache(maxsize=1024)
def _nearest(degrees: frozenset[str]) -> Quality:
    """The quality of the table with exactly these degrees, or the shorthand that differs in the fewest."""
    table = qualities().values()
    exact = next((q for q in table if frozenset(q.degrees) == degrees), None)
    return exact or min((q for q in table if "(" not in q.name), key=lambda q: _distance(frozenset(q.degrees), degrees))


def _distance(base: frozenset[str], degrees: frozenset[str]) -> int:
    """How much there is to say when `degrees` are described from `base`; additions weigh more than omissions."""
    return 3 * len(degrees - base) + 2 * len(base - degrees)


def _quality_name(degrees: frozenset[str]) -> str:
    """The one Harte name of these degrees."""
    base = _nearest(degrees)
    gone, new = _sorted(set(base.degrees) - degrees), _sorted(degrees - set(base.degrees))
    return base.name if not gone and not new else f"{base.name}({','.join([*('*' + d for d in gone), *new])})"


def _lead_suffix(degrees: frozenset[str]) -> str:
    """The lead-sheet suffix of these degrees."""
    base = _nearest(degrees)
    gone, new = _sorted(set(base.degrees) - degrees), _sorted(degrees - set(base.degrees))
    altered = {_number(d) for d in new if str(_number(d)) not in degrees and str(_number(d)) != d}
    words = [f"no{_number(d)}" for d in gone if not (d.isdigit() and int(d) in altered)]
    words += [d if _number(d) in altered else "addmaj7" if d == "7" else f"add{d}" for d in new]
    return base.lead + (f"({','.join(words)})" if words else "")
