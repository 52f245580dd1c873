"""The 128 instruments of General MIDI: names, families, ranges, and what part of a band they play.

Conventions: a program is 0-127, zero-based; ranges are MIDI pitches, both ends included; `REGISTERS` gives the pitches that
each role of a band uses, the 0.5th to 99.5th percentile of the melody, chord and bass tracks in the `train` split of the band
collection (the bass opened from 31 to its lowest string, E1 = 28). Source: `data/instruments.toml`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from boya.errors import InputError
from boya.score import ROLES
from boya.theory.tables import folded, load_table, resolve

__all__ = ["REGISTERS", "Instrument", "find_instrument", "instrument", "instrument_names", "instruments", "playing_range"]

REGISTERS: Mapping[str, tuple[int, int]] = {
    "melody": (56, 86),
    "chords": (41, 84),
    "bass": (28, 58),
    "pad": (41, 84),
}
NARROWEST = 12


@dataclass(frozen=True)
class Instrument:
    """One program: `range` sounds at all, `comfortable` sounds well; `polyphony` is the most notes at once."""

    program: int
    name: str
    zh: str
    family: str
    range: tuple[int, int]
    comfortable: tuple[int, int]
    roles: tuple[str, ...]
    polyphony: int


def instruments() -> tuple[Instrument, ...]:
    """Return all instruments in the order of their programs.

    >>> [i.name for i in instruments()[40:43]]
    ['Violin', 'Viola', 'Cello']
    """
    return _table()[0]


def instrument(program: int) -> Instrument:
    """Return the instrument of a program.

    Raises
    ------
    InputError
        if the program is not 0-127.

    Examples
    --------
    >>> instrument(73).name, instrument(73).polyphony
    ('Flute', 1)
    """
    if not 0 <= program <= 127:
        raise InputError(f"program must be 0-127; got {program}")
    return instruments()[program]


def instrument_names() -> tuple[str, ...]:
    """Return the names of all instruments in the order of their programs."""
    return tuple(i.name for i in instruments())


def find_instrument(name: str | int) -> Instrument:
    """Return the instrument with that name.

    Parameters
    ----------
    name
        English or Chinese name, or a program number 0-127, also as text

    Raises
    ------
    InputError
        if there is none; the message offers the nearest names.

    Examples
    --------
    >>> find_instrument("flute").program, find_instrument("二胡").program, find_instrument("33").name
    (73, 110, 'Electric Bass (finger)')
    """
    text = str(name).strip()
    if text.isascii() and text.isdigit():
        return instrument(int(text))
    return resolve(text, _table()[1], "instrument", known=instrument_names())


def playing_range(program: int, role: str) -> tuple[int, int]:
    """Return the pitches that an instrument plays in a role: its comfortable range inside the register of the role.

    Where the two share less than an octave, the comfortable range alone counts.

    Parameters
    ----------
    program
        0-127
    role
        one of melody, chords, bass, pad

    Returns
    -------
    low, high
        MIDI pitches, both ends included, at least an octave apart

    Examples
    --------
    >>> playing_range(0, "bass"), playing_range(9, "melody"), playing_range(72, "bass")
    ((36, 58), (79, 105), (76, 103))
    """
    if role not in REGISTERS:
        raise InputError(f"role must be one of {', '.join(r for r in ROLES if r in REGISTERS)}; got {role!r}")
    low, high = instrument(program).comfortable
    shared = max(low, REGISTERS[role][0]), min(high, REGISTERS[role][1])
    return shared if shared[1] - shared[0] >= NARROWEST else (low, high)


@cache
def _table() -> tuple[tuple[Instrument, ...], Mapping[str, Instrument]]:
    """All instruments, and folded name -> instrument."""
    rows = load_table("instruments")["instrument"]
    known = tuple(
        Instrument(
            row["program"],
            row["name"],
            row["zh"],
            row["family"],
            tuple(row["range"]),
            tuple(row["comfortable"]),
            tuple(row["roles"]),
            row["polyphony"],
        )
        for row in rows
    )
    names: dict[str, Instrument] = {}
    for entry in known:
        names.setdefault(folded(entry.name), entry)
        names.setdefault(folded(entry.zh), entry)
    for entry, row in zip(known, rows, strict=True):
        for name in row["also"]:
            names.setdefault(folded(name), entry)
    return known, names
