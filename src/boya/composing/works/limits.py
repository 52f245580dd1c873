"""Hard limits in a person's words: range, voices, leaps and drum keys of the tracks of a role.

Conventions: wishes are (role, name, value) with "" for every track; pitches are MIDI numbers as they sound, both ends included.
What is not wished for is the usual: what the instrument plays in its role, its polyphony, leaps and drum keys free.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from boya.composing.checks import contradiction
from boya.composing.works.controls import read_pitch
from boya.errors import RequestError
from boya.representation.stream.vocabulary import LOWEST_DRUM, N_DRUMS
from boya.score import ROLES
from boya.theory.instruments import REGISTERS, instrument, playing_range
from boya.theory.tables import folded, resolve

__all__ = ["CHORD_TONES", "LIMIT_NAMES", "LimitWishes", "chord_tones_of", "limits_of", "read_limits"]

CHORD_TONES = ("all", "strong", "off")
LIMIT_NAMES = ("range", "voices", "leap", "keys")
MOST = {"voices": (1, 32), "leap": (0, 127)}
_FREE = {"off": "free", "free": "free", "none": "free", "strong": "strong", "all": "all"}

LimitWishes = tuple[tuple[str, str, tuple[int, ...]], ...]


def read_limits(wishes: object) -> LimitWishes:
    """Return hard limits.

    Parameters
    ----------
    wishes
        "melody: range=C4-G5 leap=7; bass: voices=1; drums: keys=36,38,42" (without a role: every track), a list of such texts,
        or a mapping of roles to texts or mappings

    Raises
    ------
    RequestError
        if a role or limit is unknown, a value is none, or one limit is set twice.

    Examples
    --------
    >>> read_limits("melody: range=C4-G5 leap=7")
    (('melody', 'range', (60, 79)), ('melody', 'leap', (7,)))
    """
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    for role, name, value in _rows(wishes):
        if found.setdefault((role, name), value) != value:
            raise contradiction(f"limit {role} {name}={_shown(found[role, name])}", f"{name}={_shown(value)}", "a track has one")
    return tuple((role, name, value) for (role, name), value in found.items())


def limits_of(wishes: LimitWishes, role: str, program: int, is_drum: bool) -> dict[str, Any]:
    """Return the limits for one track, as arguments of `TrackLimits`; what is said of its role goes before what is said of all.

    Raises
    ------
    RequestError
        if its instrument cannot play what is wished.

    Examples
    --------
    >>> limits_of(read_limits("range=48-90; melody: voices=1"), "melody", 73, False)
    {'lowest': 59, 'highest': 90, 'voices': 1}
    """
    said = {name: value for of, name, value in sorted(wishes) if of in ("", role)}
    own = {name for of, name, _ in wishes if of == role and of}
    result: dict[str, Any] = {}
    if is_drum:
        return {"keys": frozenset(said["keys"])} if "keys" in said else {}
    if "range" in said:
        player = instrument(program)
        low, high = max(said["range"][0], player.range[0]), min(said["range"][1], player.range[1])
        if low > high:
            name = f"limit {role if 'range' in own else ''} range={_shown(said['range'])}".replace("  ", " ")
            raise contradiction(name, f"instrument {player.name}", f"it plays {player.range[0]}-{player.range[1]}")
        result |= {"lowest": low, "highest": high}
    elif role in REGISTERS:
        result |= dict(zip(("lowest", "highest"), playing_range(program, role), strict=True))
    return result | {name: said[name][0] for name in ("voices", "leap") if name in said}


def chord_tones_of(wish: str | None) -> str | None:
    """Return a wish about chord tones as the engine names it, None where there is none.

    >>> chord_tones_of("off"), chord_tones_of("All"), chord_tones_of(None)
    ('free', 'all', None)
    """
    return None if wish is None else resolve(wish, _FREE, "chord_tones", RequestError, CHORD_TONES)


def _rows(wishes: object) -> Iterable[tuple[str, str, tuple[int, ...]]]:
    """Role, name and value of each limit."""
    if isinstance(wishes, str):
        wishes = [part for part in re.split(r"[;\n]", wishes) if part.strip()]
    if isinstance(wishes, Mapping):
        wishes = list(wishes.items())
    if not isinstance(wishes, list | tuple):
        raise _unreadable(wishes)
    for row in wishes:
        if isinstance(row, str):
            role, colon, words = row.rpartition(":")
            yield from (_limit(role, name, value) for name, value in _in_text(words if colon else row))
        elif isinstance(row, list | tuple) and len(row) == 2:
            said = row[1].items() if isinstance(row[1], Mapping) else _in_text(str(row[1]))
            yield from (_limit(row[0], name, value) for name, value in said)
        elif isinstance(row, list | tuple) and len(row) == 3:
            yield _limit(*row)
        else:
            raise _unreadable(row)


def _in_text(text: str) -> Iterable[tuple[str, str]]:
    """Name and value of each `name=value`."""
    words = re.sub(r"\s*=\s*", "=", text).split()
    if not words or not all("=" in word for word in words):
        raise _unreadable(text)
    for word in words:
        name, _, value = word.partition("=")
        yield name, value


def _limit(role: object, name: object, value: object) -> tuple[str, str, tuple[int, ...]]:
    """A checked limit."""
    roles = {"": "", "all": "", **{folded(r): r for r in ROLES}}
    part = resolve(str(role), roles, "role of a limit", RequestError, ROLES)
    limit = resolve(str(name), {n: n for n in LIMIT_NAMES}, "limit", RequestError, LIMIT_NAMES)
    numbers = _numbers(limit, value)
    if part == "drums" and limit != "keys":
        raise contradiction("drums", f"limit {limit}", "a drum kit has none")
    if limit == "range" and (len(numbers) != 2 or not 0 <= numbers[0] <= numbers[1] <= 127):
        raise RequestError(f"range must be two pitches, the lower one first, as C4-G5 or 60-79; got {value!r:.60}")
    if limit == "keys" and not all(LOWEST_DRUM <= key < LOWEST_DRUM + N_DRUMS for key in numbers):
        raise RequestError(
            f"keys of a drum kit must be {LOWEST_DRUM}-{LOWEST_DRUM + N_DRUMS - 1}, as 36,38,42; got {value!r:.60}"
        )
    if limit in MOST and not (len(numbers) == 1 and MOST[limit][0] <= numbers[0] <= MOST[limit][1]):
        raise RequestError(f"{limit} must be a whole number {MOST[limit][0]}-{MOST[limit][1]}; got {value!r:.60}")
    return part, limit, numbers


def _numbers(limit: str, value: object) -> tuple[int, ...]:
    """The whole numbers of a value; a range also in names of notes."""
    words: list[Any] = list(value) if isinstance(value, list | tuple | set | frozenset) else []
    if not words:
        words = [w for w in re.split(r"(?<=\d)-|,|\.\." if limit == "range" else r",", str(value)) if w]
    pitches = [read_pitch(word) for word in words]
    if not pitches or any(pitch is None or pitch != int(pitch) for pitch in pitches):
        raise RequestError(f"{limit} must hold whole numbers{' or notes' if limit == 'range' else ''}; got {value!r:.60}")
    return tuple(int(pitch or 0) for pitch in pitches)


def _shown(value: tuple[int, ...]) -> str:
    """A value as a person writes it."""
    return "-".join(map(str, value)) if len(value) == 2 else ",".join(map(str, value))


def _unreadable(found: object) -> RequestError:
    """Say what limits look like."""
    return RequestError(f"limits look like melody: range=C4-G5 voices=1 leap=7; got {found!r:.60}")
