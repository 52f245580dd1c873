"""How full, high, thick and loud a section shall be: wishes in words, and the classes of the bar stream that they mean.

Conventions: wishes are (label, ((role, control, value), ...)); a label of "" is every section, a role of "" every track. A word
such as "high" is meant for the track that plays: against what its role usually does, or within the range of its instrument. A
number is what is heard: notes a bar, MIDI pitch (or a note such as C5), notes at once, velocity.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any

from boya.composing.checks import contradiction
from boya.composing.form import LABELS
from boya.errors import RequestError
from boya.representation.stream.controls import CONTROL_EDGES
from boya.score import ROLES
from boya.theory.instruments import instrument, playing_range
from boya.theory.keys import parse_key
from boya.theory.tables import folded, resolve

__all__ = ["CONTROL_NAMES", "Controls", "Wishes", "classes_of", "read_controls", "read_pitch", "write_wishes"]

CONTROL_NAMES = tuple(CONTROL_EDGES)
USUAL = {  # the commonest class of each role in the training pieces
    "density": {"melody": 1, "chords": 2, "bass": 1, "pad": 2, "drums": 3},
    "polyphony": {"melody": 0, "chords": 2, "bass": 0, "pad": 2, "drums": 1},
}
STEPS = {
    **{folded(word): -2 for word in ("very low", "sparse", "很低", "稀疏")},
    **{folded(word): -1 for word in ("low", "thin", "低")},
    **{folded(word): 0 for word in ("medium", "middle", "usual", "中")},
    **{folded(word): 1 for word in ("high", "full", "高")},
    **{folded(word): 2 for word in ("very high", "dense", "thick", "很高", "密集")},
}
LOUDNESS = {
    **dict.fromkeys(("ppp", "pp", "p", "verylow", "low", "soft", "quiet", "弱", "很低", "低"), 0),
    **{"mp": 1, "mf": 2, "medium": 2, "middle": 2, "usual": 2, "中": 2},
    **dict.fromkeys(("f", "ff", "fff", "high", "veryhigh", "loud", "强", "高", "很高"), 3),
}
RANGES = {"density": (0, 96), "register": (0, 127), "polyphony": (1, 16), "dynamics": (1, 127)}
_NOTE = re.compile(r"([A-Ga-g](?:#|b|♯|♭)?)(-?\d)$")
_SHOWN = (("very low", "low", "medium", "high", "very high"), ("p", "mp", "mf", "f", "soft", "loud"))
_WORDS = {"density": STEPS, "register": STEPS, "polyphony": STEPS, "dynamics": LOUDNESS}

Value = str | float
Wishes = tuple[tuple[str, str, Value], ...]
Controls = tuple[tuple[str, Wishes], ...]


def read_controls(wishes: object) -> Controls:
    """Return the wishes for each section.

    Parameters
    ----------
    wishes
        "B: density=high melody.register=low; A: dynamics=p" (without a label: every section), a list of such texts, or a mapping
        of labels to texts or to mappings, as `{"B": {"density": "high", "melody": {"register": "low"}}}`

    Raises
    ------
    RequestError
        if a control, role or word is unknown, a number is out of range, or one thing is wished for twice.

    Examples
    --------
    >>> read_controls("B: density=high melody.register=C5")
    (('B', (('', 'density', 'high'), ('melody', 'register', 72.0))),)
    """
    found: dict[str, list[tuple[str, str, Value]]] = {}
    for label, role, control, value in _rows(wishes):
        section = found.setdefault(label, [])
        for other in section:
            if other[:2] == (role, control) and other[2] != value:
                name = " ".join(word for word in (label, role) if word)
                raise contradiction(f"{name} {control}={other[2]}", f"{control}={value}", "a part has one")
        if (role, control, value) not in section:
            section.append((role, control, value))
    return tuple((label, tuple(section)) for label, section in found.items())


def write_wishes(wishes: Wishes) -> str:
    """Return the wishes for one section as text that `read_controls` reads.

    >>> write_wishes((("", "density", "very high"), ("melody", "register", 72.0)))
    'density=very-high melody.register=72'
    """
    return " ".join(f"{role + '.' if role else ''}{control}={_word(value)}" for role, control, value in wishes)


def classes_of(wishes: Wishes, role: str, program: int) -> dict[str, int]:
    """Return the class of each control that is wished for a track; what is said of its role goes before what is said of all.

    Raises
    ------
    RequestError
        if the role is wished what its instrument cannot do.

    Examples
    --------
    >>> classes_of((("", "density", "high"), ("", "register", "low"), ("bass", "density", "low")), "bass", 32)
    {'density': 0, 'register': 0}
    """
    said = {control: (value, bool(of)) for of, control, value in sorted(wishes) if of in ("", role)}
    if role == "drums":
        said.pop("register", None)
    return {name: _class(name, *said[name], role, program) for name in CONTROL_NAMES if name in said}


def read_pitch(text: object) -> float | None:
    """Return the pitch of a number or a note's name, None if it is neither.

    >>> read_pitch("C4"), read_pitch("bb3"), read_pitch(61.5), read_pitch("high")
    (60.0, 58.0, 61.5, None)
    """
    number = _number(text)
    if number is not None or not isinstance(text, str):
        return number
    match = _NOTE.match(text.strip())
    if match is None:
        return None
    tonic, letter = parse_key(match[1])[0], parse_key(match[1][0])[0]
    return 12.0 * (int(match[2]) + 1) + letter + (tonic - letter + 6) % 12 - 6


def _class(control: str, value: Value, is_meant: bool, role: str, program: int) -> int:
    """The class of a control for a track; `is_meant` where its role was named."""
    edges = CONTROL_EDGES[control]
    if control == "dynamics" and isinstance(value, str):
        return LOUDNESS[folded(value)]
    if control == "register":
        low, high = playing_range(program, role)
        pitch = float(value) if not isinstance(value, str) else low + (high - low) * (0.5 + 0.2 * STEPS[folded(value)])
        if is_meant and not isinstance(value, str) and not instrument(program).range[0] <= pitch <= instrument(program).range[1]:
            raise contradiction(f"{role}.register={value:g}", f"instrument {instrument(program).name}", "it does not reach there")
        return bisect_right(edges, min(max(pitch, low), high))
    most = instrument(program).polyphony if role != "drums" else 16
    if isinstance(value, str):
        wanted = min(max(USUAL[control][role] + STEPS[folded(value)], 0), len(edges))
        return min(wanted, bisect_right(edges, most)) if control == "polyphony" else wanted
    if control == "polyphony" and value > most and is_meant:
        raise contradiction(f"{role}.polyphony={value:g}", f"instrument {instrument(program).name}", f"it sounds {most} at once")
    return bisect_right(edges, min(value, most) if control == "polyphony" else value)


def _rows(wishes: object) -> Iterable[tuple[str, str, str, Value]]:
    """Label, role, control and value of each wish."""
    if isinstance(wishes, str):
        wishes = [part for part in re.split(r"[;\n]", wishes) if part.strip()]
    if isinstance(wishes, Mapping):
        wishes = list(wishes.items())
    if not isinstance(wishes, list | tuple):
        raise _unreadable(wishes)
    for row in wishes:
        if isinstance(row, str):
            label, colon, said = row.rpartition(":")
            yield from ((_label(label), *wish) for wish in _in_text(said if colon else row))
        elif isinstance(row, list | tuple) and len(row) == 2 and isinstance(row[0], str):
            yield from ((_label(row[0]), *wish) for wish in _of_section(row[1]))
        else:
            raise _unreadable(row)


def _label(word: str) -> str:
    """The label of a section as forms have it."""
    name = word.strip()
    return LABELS.get(name.casefold(), name.upper() if len(name.rstrip("'")) == 1 else name)


def _of_section(said: Any) -> Iterable[tuple[str, str, Value]]:
    """Role, control and value of the wishes of one section."""
    if isinstance(said, str):
        yield from _in_text(said)
    elif isinstance(said, Mapping):
        for name, value in said.items():
            inner = value.items() if isinstance(value, Mapping) else [("", value)]
            yield from (_wish(f"{name}.{control}" if control else str(name), setting) for control, setting in inner)
    elif isinstance(said, list | tuple) and all(isinstance(row, list | tuple) and len(row) == 3 for row in said):
        yield from (_wish(f"{role}.{control}" if role else control, value) for role, control, value in said)
    else:
        raise _unreadable(said)


def _in_text(text: str) -> Iterable[tuple[str, str, Value]]:
    """Role, control and value of each `name=value`."""
    joined = re.sub(r"\b(very)\s+(low|high)\b", r"\1-\2", text.replace(",", " "), flags=re.IGNORECASE)
    words = re.sub(r"\s*=\s*", "=", joined).split()
    if not words:
        raise _unreadable(text)
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise _unreadable(word)
        yield _wish(name, value)


def _wish(name: str, value: object) -> tuple[str, str, Value]:
    """A checked wish."""
    role, dot, control = name.rpartition(".")
    role = resolve(role, {folded(r): r for r in ROLES}, "role of a section", RequestError, ROLES) if dot else ""
    control = resolve(control, {c: c for c in CONTROL_NAMES}, "control of a section", RequestError, CONTROL_NAMES)
    if role == "drums" and control == "register":
        raise contradiction("drums", "register", "a drum kit has none")
    number = read_pitch(value) if control == "register" else _number(value)
    if number is None:
        resolve(str(value), _WORDS[control], f"word for {control}", RequestError, _SHOWN[control == "dynamics"])
        return role, control, str(value)
    low, high = RANGES[control]
    if not low <= number <= high:
        raise RequestError(f"{control} must be {low}-{high} or a word such as high; got {value!r:.60}")
    return role, control, number


def _number(value: object) -> float | None:
    """A finite number, also as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) < 1e6 else None


def _word(value: Value) -> str:
    """A value as one word."""
    return "-".join(value.split()) if isinstance(value, str) else f"{value:g}"


def _unreadable(found: object) -> RequestError:
    """Say what wishes for sections look like."""
    return RequestError(f"wishes for a section look like B: density=high melody.register=low; got {found!r:.60}")
