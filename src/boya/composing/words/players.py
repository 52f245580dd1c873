"""Who plays: lists of instruments in a request become roles of a band.

Conventions: players are (role, wish) as `boya.composing.works.bands` reads them; a list is *whole* ("for flute and guitar":
nobody else plays), *only* (the same, said outright), *with* (others play too) or *aside* (one player between commas: the whole
band, unless the style lives of drums). Lines come before chord instruments when roles are given out, so that they lead.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from boya.composing.checks import contradiction
from boya.composing.words.instruments import CHORDAL, id_of, is_percussion, program_of
from boya.composing.words.standing_in import kin
from boya.composing.words.told import Heard
from boya.composing.works.bands import read_band
from boya.score import ROLES
from boya.theory.graph import graph
from boya.theory.instruments import instrument

__all__ = ["Band", "band_of"]

BOTH_HANDS = 6  # notes at once from which one player can also be the bass
_ANY = ("bass", "drums", "pad")  # roles named as players: the plan chooses who
_ANY_WISH = ("any", "yes")
Pairs = list[tuple[str, str | None]]


@dataclass(frozen=True)
class Band:
    """Roles and wishes, the role of each instrument that was named, those instruments (ids), and the style of an ensemble."""

    pairs: tuple[tuple[str, str | None], ...]
    roles: Mapping[str, str]
    names: tuple[str, ...] = ()
    style: str = ""


@dataclass(frozen=True)
class _Said:
    """A player: instrument (id) or role, role that was said, and the words."""

    name: str
    role: str
    words: str


def band_of(heard: Sequence[Heard], typical: Sequence[tuple[str, str]] = (), *, has_rhythm: bool = False) -> Band:
    """Return the band of all lists in a request.

    Parameters
    ----------
    heard
        wishes of the request; those for the band and what is left out count
    typical
        players of the style for the roles that nobody named has: role and instrument (id)
    has_rhythm
        whether the style lives of drums, so that one instrument named aside is not the whole band

    Raises
    ------
    RequestError
        if somebody is named and left out.
    """
    lists = [wish for wish in heard if wish.wish == "band"]
    said, style = _said(lists)
    absent = {str(name): wish.words for wish in heard if wish.wish == "absent" for name in wish.value}
    _check_absent(said, absent)
    is_open = _is_open(lists, has_rhythm) if said else True
    left_out = {role for role in ROLES if role in absent}
    pairs = _with_roles(said, left_out) if said else []
    pairs = pairs if is_open else _with_hands(pairs, left_out)
    if is_open and typical:
        taken = {*dict(pairs), *absent}
        pairs += [(role, name if name in _ANY_WISH else str(program_of(name))) for role, name in typical if role not in taken]
    if not is_open or typical:
        pairs += [(role, None) for role in ROLES if role not in dict(pairs)]
    pairs = [*pairs, *((role, None) for role in ROLES if role in absent and role not in dict(pairs))]
    by_program = {wish: role for role, wish in pairs if wish is not None}
    roles = {
        one.name: by_program[str(program_of(one.name))]
        for one in said
        if _is_named(one) and str(program_of(one.name)) in by_program
    }
    spoken = _spoken([*(one.name for one in said if _is_named(one)), *(name for _, name in typical if name not in _ANY_WISH)])
    pairs = [(role, wish if wish is None else spoken(wish)) for role, wish in pairs]
    return Band(tuple(pairs), roles, tuple(one.name for one in said if _is_named(one)), style)


def _said(lists: Sequence[Heard]) -> tuple[list[_Said], str]:
    """Everyone named, ensembles spelled out unless their players are named beside them; and the style of an ensemble."""
    alone: list[_Said] = []
    groups: list[tuple[str, str]] = []
    for wish in lists:
        for name, role, count in (entry for entry in wish.value[1:] if isinstance(entry, tuple)):
            if "; " in name:
                groups.append((name, wish.words))
            else:
                alone += [_Said("drums" if is_percussion(name) else name, role, wish.words)] * max(1, int(count))
    style = next((name.partition(";")[0] for name, _ in groups if not name.startswith(";")), "")
    if len({one.name for one in alone}) < 2:
        members = [(part.rpartition("=")[::2], words) for name, words in groups for part in name.partition("; ")[2].split(", ")]
        spelled = [_Said(id_of(name), role, words) for (role, name), words in members]
        alone = [one for one in alone if one.name not in {other.name for other in spelled}] + spelled
    kept: list[_Said] = []
    for one in alone:
        if one.name not in _ANY or one.name not in {other.name for other in kept}:
            kept.append(one)
    return kept, style


def _is_open(lists: Sequence[Heard], has_rhythm: bool) -> bool:
    """Whether others may play: nobody has named the whole band."""
    if any(wish.value[0] == "only" for wish in lists):
        return False
    said = [one for wish in lists if wish.value[0] in ("whole", "aside") for one in _said([wish])[0]]
    carriers = [one for one in said if _is_named(one) and not one.role and instrument(program_of(one.name)).roles != ("bass",)]
    if carriers or any(one.role == "melody" for one in said):
        carriers += [one for one in said if one.role in ("chords", "pad") and _is_named(one)]
    is_aside = len(carriers) == 1 and all(wish.value[0] == "aside" for wish in lists)
    return not carriers or (is_aside and has_rhythm)


def _is_named(one: _Said) -> bool:
    """Whether a player is an instrument, and no role that the plan fills."""
    return one.name not in _ANY


def _with_roles(said: Sequence[_Said], absent: set[str]) -> Pairs:
    """Roles for everyone: written ones stay, lines go before chord instruments."""
    rows: list[tuple[str, str | None]] = [
        (one.name, "yes" if one.name == "drums" else "any") for one in said if not _is_named(one)
    ]
    lines = [one for one in said if _is_named(one)]
    lines.sort(key=lambda one: instrument(program_of(one.name)).polyphony >= CHORDAL)
    rows += [(one.role, str(program_of(one.name))) for one in lines]
    return [("pad" if role in absent else role, str(wish)) for role, wish in read_band(rows) if wish is not None]


def _with_hands(given: Pairs, absent: set[str]) -> Pairs:
    """A whole band in which who plays chords also has melody or bass where nobody else does, and the other way round."""
    roles = dict(given)
    programs = [(role, int(wish)) for role, wish in given if wish is not None and wish.isdigit()]
    harmony = [program for role, program in programs if role in ("chords", "pad")]
    if harmony and "melody" not in {*roles, *absent}:
        given = [*given, ("melody", str(harmony[0]))]
    for role, program in programs:
        one = instrument(program)
        can_chords = role == "melody" and one.polyphony >= CHORDAL and "chords" in one.roles
        if can_chords and not {"chords", "pad"} & {*roles, *absent}:
            given = [*given, ("chords", str(program))]
            roles["chords"] = str(program)
        if "bass" not in roles and "bass" not in absent and "bass" in one.roles and one.polyphony >= BOTH_HANDS:
            given = [*given, ("bass", str(program))]
            roles["bass"] = str(program)
    return given


def _spoken(names: Sequence[str]) -> Callable[[str], str]:
    """What turns programs back into the instruments that were named, one after the other, the last again and again."""
    named: dict[str, list[str]] = {}
    for name in names:
        named.setdefault(str(program_of(name)), []).append(name)

    def word(wish: str) -> str:
        if wish not in named:
            return wish if not wish.isdecimal() else instrument(int(wish)).name
        name = named[wish].pop(0) if len(named[wish]) > 1 else named[wish][0]
        return graph().label(name) if name.startswith("instrument:") else instrument(int(wish)).name

    return word


def _check_absent(said: Sequence[_Said], absent: Mapping[str, str]) -> None:
    """Raise if somebody is named and left out."""
    left_out = {program for name in absent if name not in ROLES for program in kin(name)}
    for one in said:
        is_out = one.name in absent or one.role in absent or (_is_named(one) and program_of(one.name) in left_out)
        if is_out:
            words = next((w for name, w in absent.items() if name in (one.name, one.role)), next(iter(absent.values())))
            raise contradiction(repr(one.words), repr(words), "one of them names what the other leaves out")
