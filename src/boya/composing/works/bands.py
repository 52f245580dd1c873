"""Bands in a person's words: pairs of role and instrument, or instruments alone, whose roles are then given out.

Conventions: a band is pairs (role, wish) in ROLES order; several players may have one role; a wish of None leaves a role out,
"any" lets the plan choose. Who names instruments without roles names the whole band: the other roles are silent.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

from boya.composing.checks import contradiction
from boya.errors import InputError, RequestError
from boya.score import ROLES, Track
from boya.theory.graph import graph
from boya.theory.instruments import REGISTERS, Instrument, find_instrument, instrument
from boya.theory.tables import folded, resolve

__all__ = ["MOST_PLAYERS", "Pairs", "named_as_asked", "player_of", "read_band"]

MOST_PLAYERS = 16
LOW = 46  # a line that goes down to here can carry the harmony
VOICES = ("chords", "pad")  # what second and third lines play, in turns, as in a string quartet

_ABSENT = {folded(word) for word in ("none", "no", "off", "without", "无", "没有", "false")}
_DRAWN = {folded(word) for word in ("", "any", "auto", "yes", "on", "有", "true")}
_KIT_NAMES = {folded(word) for word in ("drums", "drum kit", "drum set", "kit", "standard kit", "percussion", "鼓", "架子鼓")}
_KIT = _KIT_NAMES | {folded(word) for word in ("yes", "on", "有", "true")}

Wish = str | int | None
Pairs = tuple[tuple[str, Wish], ...]


def read_band(band: object, *, has_melody: bool = False) -> Pairs:
    """Return a band as pairs of role and wish, in ROLES order.

    Parameters
    ----------
    band
        "melody=flute, drums=none", "flute, strings, piano, bass, drums", pairs, names, or a mapping of roles to names or lists
        of names
    has_melody
        whether somebody else plays the melody, so that who is named without a role accompanies

    Raises
    ------
    RequestError
        if it is nothing of that, a role is unknown, or there are more than 16 players.

    Examples
    --------
    >>> read_band("violin, violin, viola, cello, drums=none")[:4]
    (('melody', 'violin'), ('chords', 'violin'), ('bass', 'cello'), ('pad', 'viola'))
    >>> read_band({"melody": "flute", "chords": ["piano", "guitar"]})
    (('melody', 'flute'), ('chords', 'piano'), ('chords', 'guitar'))
    """
    rows = _rows(band)
    if sum(not _is_absent(name) for _, name in rows) > MOST_PLAYERS:
        raise RequestError(f"a band must have at most {MOST_PLAYERS} players; got {len(rows)}; leave some of them out")
    names = {folded(role): role for role in ROLES}
    pairs = [(role and resolve(str(role), names, "role of the band", RequestError, ROLES), name) for role, name in rows]
    if not all(role for role, _ in pairs):
        pairs = _given_out(pairs, has_melody)
        pairs += [(role, None) for role in ROLES if role not in dict(pairs)]
    return tuple((role, name) for wanted in ROLES for role, name in pairs if role == wanted)


def player_of(role: str, wish: Wish, *, is_strict: bool = True) -> int | str | None:
    """Return the program of a wish, None for no player, "any" where the plan shall choose.

    Parameters
    ----------
    is_strict
        whether a melody must lie where the models of the grid write it

    Raises
    ------
    RequestError
        if there is no such instrument, or it cannot play the role.

    Examples
    --------
    >>> player_of("bass", "tuba"), player_of("drums", "yes"), player_of("pad", "none"), player_of("chords", "pipa")
    (58, 0, None, 106)
    """
    word = folded(str(wish)) if wish is not None else "none"
    if word in _ABSENT:
        return None
    if role == "drums" and word in _KIT:
        return 0
    if word in _DRAWN:
        return "any"
    if role == "drums":
        raise RequestError(f"drums must be yes or none; got {wish!r:.60}")
    found = _instrument(str(wish))
    low, high = REGISTERS[role]
    if (is_strict or role != "melody") and (found.comfortable[0] > high or found.comfortable[1] < low):
        raise contradiction(
            f"role {role}", f"instrument {found.name}", f"the {role} plays pitches {low}-{high}, it {found.comfortable}"
        )
    return int(found.program)


def named_as_asked(tracks: Sequence[Track], pairs: Pairs) -> tuple[Track, ...]:
    """Return tracks named after the instruments that were asked for; those of one name are numbered, others stay as they are.

    Parameters
    ----------
    tracks
        in ROLES order, as a band plays
    pairs
        the band as `read_band` returns it

    Examples
    --------
    >>> band = (Track(program=110, role="melody", name="Melody"), Track(role="chords", name="Piano"))
    >>> [track.name for track in named_as_asked(band, (("melody", "erhu"), ("chords", "any")))]
    ['Erhu', 'Piano']
    """
    asked = {role: [_spoken(wish) for of, wish in pairs if of == role and not _is_absent(wish)] for role in ROLES}
    names = [(asked[track.role] or [""]).pop(0) if track.role in asked and not track.is_drum else "" for track in tracks]
    count, seen = Counter(names), Counter[str]()
    renamed = []
    for track, name in zip(tracks, names, strict=True):
        seen[name] += 1
        renamed.append(replace(track, name=name if count[name] == 1 else f"{name} {seen[name]}") if name else track)
    return tuple(renamed)


def _spoken(wish: Wish) -> str:
    """The instrument of a wish as a person calls it; nothing where it is drawn, or a number."""
    words = str(wish).strip()
    return "" if folded(words) in _DRAWN or words.isdecimal() else words[:1].upper() + words[1:]


def _rows(band: object) -> list[tuple[Any, Wish]]:
    """Pairs as they are written; the role is empty where only an instrument is named."""
    if isinstance(band, str):
        band = [part for part in band.replace("，", ",").replace("、", ",").split(",") if part.strip()]
    if isinstance(band, Mapping):
        band = chain.from_iterable(_each(role, names) for role, names in band.items())
    rows: Any = band
    try:
        return [_row(row) for row in rows]
    except (TypeError, ValueError) as error:
        raise RequestError(f"band must map roles to instruments, as melody=flute, or name them; got {band!r:.60}") from error


def _each(role: object, names: object) -> Iterable[tuple[object, object]]:
    """A row for each player of a role."""
    return [(role, name) for name in names] if isinstance(names, list | tuple) else [(role, names)]


def _row(row: Any) -> tuple[Any, Wish]:
    """Role and wish of a word, or of a pair."""
    if not isinstance(row, str):
        role, name = row
        return role, name
    role, equals, name = row.partition("=")
    return (role.strip(), name.strip()) if equals else ("", row.strip())


def _given_out(pairs: Sequence[tuple[str, Wish]], has_melody: bool) -> list[tuple[str, Wish]]:
    """Roles for those who have none: the kit, a bass, a melody for the first who can, then chords, pad and inner voices."""
    roles = [role or ("drums" if _is_kit(name) else "") for role, name in pairs]
    free = {number: _instrument(str(pairs[number][1])) for number, role in enumerate(roles) if not role}
    for number, player in free.items():
        if player.roles == ("bass",):
            roles[number] = "bass"
    lead = next((n for n, player in free.items() if not roles[n] and "melody" in player.roles), None)
    if "melody" not in roles and lead is not None and not has_melody:
        roles[lead] = "melody"
    low = [n for n, player in free.items() if not roles[n] and player.polyphony < 3 and player.comfortable[0] <= LOW]
    if "bass" not in roles and low:
        roles[min(low, key=lambda n: (free[n].comfortable[0], -n))] = "bass"
    inner = 0
    for number, player in free.items():
        if not roles[number]:
            roles[number] = _inner_role(player, inner)
            inner += player.polyphony < 3
    return [(role, name) for role, (_, name) in zip(roles, pairs, strict=True)]


def _inner_role(player: Instrument, inner: int) -> str:
    """What somebody plays who is neither melody nor bass; lines take turns."""
    if player.polyphony < 3:
        return VOICES[inner % 2]
    sustains = player.family in ("ensemble", "synth pad", "synth effects") or player.roles == ("pad",)
    return "pad" if sustains and "pad" in player.roles else "chords"


def _instrument(name: str) -> Instrument:
    """An instrument of a name, also in the plural, or who stands in for one of the graph's; its error is a RequestError."""
    try:
        return find_instrument(name)
    except InputError as error:
        try:
            return find_instrument(name.strip().removesuffix("s"))
        except InputError:
            found = graph().get(name, "instrument")
            programs = [] if found is None else [value for value in graph().values(found.id, "program") if isinstance(value, int)]
            if not programs:
                raise RequestError(str(error)) from error
            return instrument(programs[0])


def _is_kit(name: object) -> bool:
    """Whether a word means the drum kit."""
    return folded(str(name)) in _KIT_NAMES


def _is_absent(name: object) -> bool:
    """Whether a wish leaves its role out."""
    return name is None or folded(str(name)) in _ABSENT
