"""Who plays where nobody was named, and who does not: players of a style, and kinds of instruments that are left out.

Conventions: players are (role, wish) as `boya.composing.works.bands` reads them; who leaves out an instrument leaves out its kin.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from boya.composing.words.habits import Habit, draw_usual
from boya.composing.words.instruments import program_of
from boya.composing.works.bands import player_of
from boya.errors import RequestError
from boya.score import ROLES
from boya.theory.graph import graph
from boya.theory.instruments import instrument, instruments
from boya.theory.styles import Style
from boya.theory.tables import folded

__all__ = ["kin", "typical_players", "with_somebody", "without"]

Pairs = list[tuple[str, str | None]]
_USUAL = {"bass": "Acoustic Bass", "pad": "String Ensemble 1"}
_GENERAL = {0: "piano", 24: "guitar", 48: "string", 61: "brass", 16: "organ", 52: "choir", 81: "lead"}  # kinds by their first


def typical_players(habit: Habit, absent: Sequence[str], rng: np.random.Generator) -> list[tuple[str, str]]:
    """Return players of a style, drawn for each role; nobody who was left out.

    Parameters
    ----------
    absent
        ids of instruments

    Examples
    --------
    >>> from boya.composing.words.habits import habit_of
    >>> [role for role, _ in typical_players(habit_of("style:jiangnan-sizhu"), [], np.random.default_rng(0))][:2]
    ['melody', 'chords']
    """
    banned = {program for name in absent for program in kin(name)}
    found: list[tuple[str, str]] = []
    for role, known in habit.players.items():
        fitting = [name for name in known if program_of(name) not in banned and _can_play(role, name)]
        fresh = [name for name in fitting if name not in {name for _, name in found}] or fitting
        found += [(role, draw_usual(fresh, rng))] if fresh else []
    share = habit.family.drums if habit.drum_share is None else habit.drum_share
    return [*found, *([("drums", "yes")] if rng.random() < share else [])] if found else []


def with_somebody(pairs: Sequence[tuple[str, str | None]], style: Style) -> tuple[tuple[str, str | None], ...]:
    """Return players with somebody for each role that was asked for without an instrument and that the style never has.

    >>> from boya.composing.works.habits import find_habits
    >>> with_somebody([("bass", "any")], find_habits("lead sheet")[0])
    (('bass', 'Acoustic Bass'),)
    """
    nobody = {role for role in _USUAL if not style.programs[role]}
    return tuple((role, _USUAL[role] if wish == "any" and role in nobody else wish) for role, wish in pairs)


def without(absent: Iterable[str], style: Style, pairs: Sequence[tuple[str, str | None]], rng: np.random.Generator) -> Pairs:
    """Return players for the roles that would else be drawn, so that no instrument plays that was left out.

    Parameters
    ----------
    absent
        ids of instruments
    style
        whose habits are drawn from
    pairs
        roles that are settled

    Examples
    --------
    >>> from boya.theory.styles import find_style
    >>> without(["instrument:acoustic-grand-piano"], find_style("rock")[0], [], np.random.default_rng(0))[0][0]
    'chords'
    """
    banned = {program for name in set(absent) for program in kin(name)}
    drawn: Pairs = []
    for role in ROLES[:4]:
        heard = list(style.programs[role])
        kept = [(program, weight) for program, weight in heard if program not in banned]
        if role in dict(pairs) or len(kept) == len(heard):
            continue
        weights = np.array([weight for _, weight in kept], dtype=float)
        drawn.append((role, instrument(kept[int(rng.choice(len(kept), p=weights / weights.sum()))][0]).name if kept else None))
    return drawn


def _can_play(role: str, name: str) -> bool:
    """Whether an instrument can have a role."""
    try:
        return isinstance(player_of(role, str(program_of(name)), is_strict=False), int)
    except RequestError:
        return False


def kin(name: str) -> set[int]:
    """Return the programs that a person means who leaves out an instrument: "piano" is every piano.

    >>> sorted(kin("instrument:acoustic-grand-piano"))
    [0, 1, 2, 3, 4, 5]
    """
    program = program_of(name)
    word = folded(graph().label(name)).removesuffix("ensemble1")
    general = _GENERAL.get(program, word)
    named = {
        one.program
        for one in instruments()
        if general in folded(one.name) or one.family == general + "s" or one.family == general
    }
    return {program, *named} - ({6, 7} if general == "piano" else set())
