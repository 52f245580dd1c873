"""Plans as TOML text that a person can read, edit and feed back.

Conventions: chords are written as in `boya.composing.progressions.parse_bars` (chord symbols or, when read, Roman numerals);
the band names instruments, several players of a role as a list; a role that is not listed is silent; what a section shall be like
stands beside its chords (`boya.composing.works.controls`). `read_plan(write_plan(plan)) == plan`.
"""

import tomllib
from collections.abc import Mapping
from typing import Any

from boya.composing.plan import Plan, PlanSection
from boya.composing.progressions import bars_of_chords, in_key, parse_bars
from boya.composing.request import METRE, contradiction
from boya.composing.works.controls import CONTROL_NAMES, Wishes, read_controls
from boya.composing.works.habits import find_habits
from boya.errors import InputError, RequestError
from boya.score import ROLES
from boya.theory.instruments import find_instrument, instrument
from boya.theory.keys import key_name, parse_key
from boya.theory.scales import find_scale
from boya.theory.tables import nearest_names

__all__ = ["read_plan", "write_plan"]

_FIELDS = ("style", "substyle", "key", "metre", "scale", "qpm", "band", "section")
_OF_SECTION = ("label", "bars", "chords")
_LONGEST_TEXT = 1_000_000


def write_plan(plan: Plan) -> str:
    """Return a plan as TOML.

    Examples
    --------
    >>> plan = Plan("pop", "Ballad", 0, "major", "major", 90.0, (PlanSection("A", ("C", "C", "F", "G")),), (73, 0, 32, None, 0))
    >>> print(write_plan(plan))
    # A plan of Boya: edit it and compose from it. Chords: bars divided by |, one or two chords a bar.
    style = "pop"
    substyle = "Ballad"
    key = "C major"
    scale = "major"
    qpm = 90.0
    <BLANKLINE>
    [band]
    melody = "Flute"
    chords = "Acoustic Grand Piano"
    bass = "Acoustic Bass"
    drums = "yes"
    <BLANKLINE>
    [[section]]
    label = "A"
    bars = 2
    chords = "C | F G |"
    <BLANKLINE>
    """
    lines = ["# A plan of Boya: edit it and compose from it. Chords: bars divided by |, one or two chords a bar."]
    lines += [f"style = {_quoted(plan.style)}", f"substyle = {_quoted(plan.substyle)}"]
    lines.append(f"key = {_quoted(key_name(plan.tonic, plan.mode))}")
    lines += [f"metre = {_quoted(plan.metre)}"] if plan.metre != METRE else []
    lines += [f"scale = {_quoted(plan.scale)}", f"qpm = {float(plan.qpm)!r}", "", "[band]"]
    for role in ROLES:
        names = [_quoted("yes" if role == "drums" else instrument(program).name) for of, program in plan.players if of == role]
        lines += [f"{role} = {names[0]}" if len(names) == 1 else f"{role} = [{', '.join(names)}]"] if names else []
    for section in plan.sections:
        lines += ["", "[[section]]", f"label = {_quoted(section.label)}", f"bars = {section.bars}"]
        lines += [f"chords = {_quoted(bars_of_chords(section.chords))}", *_control_lines(section.wishes)]
    return "\n".join(lines) + "\n"


def read_plan(text: str) -> Plan:
    """Read a plan from TOML.

    Parameters
    ----------
    text
        as `write_plan` returns it, edited or not; `substyle`, `scale` and `bars` may be left out

    Raises
    ------
    RequestError
        if the text is no TOML, a field is missing, unknown or wrong; the message says which.
    """
    if len(text) > _LONGEST_TEXT:
        raise RequestError(f"a plan must have at most {_LONGEST_TEXT} characters; got {len(text)}")
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise RequestError(f"a plan must be TOML; {error}") from error
    _check_fields(table)
    try:
        return _plan(table)
    except RequestError:
        raise
    except InputError as error:
        raise RequestError(f"plan: {error}") from error


def _plan(table: Mapping[str, Any]) -> Plan:
    """The plan of a checked table."""
    style, named = find_habits(_text(table, "style"))
    substyle = named
    if table.get("substyle"):
        family, substyle = find_habits(_text(table, "substyle"))
        if family.name != style.name:
            raise contradiction("style", "substyle", f"{table['substyle']!r} is a style of {family.name}, not of {style.name}")
        if substyle is None:
            substyle = next((s for s in family.substyles if s.id.casefold() == table["substyle"].casefold()), None)
    tonic, mode = parse_key(_text(table, "key"))
    qpm = table["qpm"]
    if isinstance(qpm, bool) or not isinstance(qpm, int | float):
        raise RequestError(f"qpm of a plan must be a number; got {qpm!r:.60}")
    players = _players(table["band"])
    return Plan(
        style=style.name,
        substyle="" if substyle is None else substyle.id,
        tonic=tonic,
        mode=mode,
        scale=find_scale(_text(table, "scale")).name if "scale" in table else mode,
        qpm=float(qpm),
        sections=tuple(_section(row, tonic, mode) for row in table["section"]),
        programs=tuple(next((p for of, p in players if of == role), None) for role in ROLES),
        metre=_text(table, "metre").strip() if "metre" in table else METRE,
        more=tuple(player for n, player in enumerate(players) if player[0] in dict(players[:n])),
    )


def _check_fields(table: Mapping[str, Any]) -> None:
    """Raise if a field is unknown, missing, or a table of the wrong kind."""
    for name in table:
        if name not in _FIELDS:
            near = nearest_names(name, _FIELDS)
            raise RequestError(
                f"a plan has the fields {', '.join(_FIELDS)}; got {name!r:.60}" + (f"; did you mean {near[0]}?" if near else "")
            )
    missing = [name for name in ("style", "key", "qpm", "band", "section") if name not in table]
    if missing:
        raise RequestError(f"a plan must have {missing[0]}; add a line {missing[0]} = ...")
    sections = table["section"]
    if not isinstance(table["band"], dict) or not isinstance(sections, list) or not all(isinstance(s, dict) for s in sections):
        raise RequestError("a plan must have one [band] and one [[section]] for each section")


def _text(table: Mapping[str, Any], name: str) -> str:
    """A text field."""
    value = table.get(name)
    if not isinstance(value, str):
        raise RequestError(f"{name} of a plan must be text in quotes; got {value!r:.60}")
    return value


def _section(row: Mapping[str, Any], tonic: int, mode: str) -> PlanSection:
    """One [[section]]."""
    others = {name: value for name, value in row.items() if name not in _OF_SECTION}
    unknown = set(others) - {*CONTROL_NAMES, *ROLES}
    if unknown:
        known = ", ".join(CONTROL_NAMES)
        raise RequestError(f"a section of a plan has label, bars and chords, and {known}; got {sorted(unknown)[0]!r:.60}")
    bars = parse_bars(_text(row, "chords"))
    if row.get("bars", len(bars)) != len(bars):
        raise contradiction(
            "bars", "chords", f"section {row.get('label')!r} says {row['bars']!r} bars and has chords for {len(bars)}"
        )
    wishes = read_controls({"": others})[0][1] if others else ()
    return PlanSection(_text(row, "label"), tuple(chord for bar in bars for chord in in_key(bar, tonic, mode)), wishes)


def _players(band: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Role and program of everyone in the [band]."""
    unknown = set(band) - set(ROLES)
    if unknown or not band:
        raise RequestError(f"band of a plan must name roles of {', '.join(ROLES)}; got {', '.join(sorted(unknown)) or 'none'}")
    players: list[tuple[str, int]] = []
    for role in ROLES:
        names = band.get(role, [])
        is_list = isinstance(names, list)
        for name in names if is_list else [names]:
            if isinstance(name, bool) or not isinstance(name, str if is_list else str | int):
                raise RequestError(f"{role} of a plan must be the name of an instrument in quotes; got {name!r:.60}")
            if str(name).casefold() not in ("none", "no"):
                players.append((role, 0 if role == "drums" else find_instrument(name).program))
    return players


def _control_lines(wishes: Wishes) -> list[str]:
    """What a section shall be like, a line for each control of all tracks and for each role."""

    def shown(value: str | float) -> str:
        return _quoted(value) if isinstance(value, str) else f"{value!r}"

    lines = [f"{control} = {shown(value)}" for role, control, value in wishes if not role]
    for role in dict.fromkeys(role for role, _, _ in wishes if role):
        said = ", ".join(f"{control} = {shown(value)}" for of, control, value in wishes if of == role)
        lines.append(f"{role} = {{ {said} }}")
    return lines


def _quoted(text: str) -> str:
    """A TOML basic string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in escaped) + '"'
