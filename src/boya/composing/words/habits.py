"""Styles of the knowledge graph as a request needs them: what each is written as, tempo, metres, scales, instruments, moods.

Conventions: what a style does not say it has from the style above it (`b:broader`). `composes_as` is "family" or
"family/Substyle" as in `boya.composing.works.habits`. Source: the graph, each fact with its own.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from boya.composing.works.habits import find_habits
from boya.errors import InputError
from boya.score import ROLES
from boya.theory.graph import graph
from boya.theory.graph.store import Value
from boya.theory.styles import Style, Substyle
from boya.theory.tables import folded

__all__ = ["Habit", "Wanted", "draw_habit", "draw_usual", "habit_of", "habits", "share"]

SLIGHT = 0.05  # what a style still weighs that lacks one thing of what is wanted
MOST_BROADER = 4
MOSTLY = 0.7


@dataclass(frozen=True)
class Habit:
    """What the graph says of a style.

    Attributes
    ----------
    id
        in the graph; empty for a style that only the models name
    composes_as
        "family" or "family/Substyle" by which the models write it
    tempo
        slowest, usual, fastest quarters a minute; None where only the family says it
    metres, scales, instruments, moods, forms
        what it is known by, the usual one first; ids of the graph but for metres
    players
        role -> instruments that play it
    drum_share
        share of pieces with drums; None where only the family says it
    progressions
        ids with weights
    is_of_models
        whether it is a style that the models have habits of, so that nothing of it needs filling in
    """

    id: str
    composes_as: str
    tempo: tuple[float, float, float] | None = None
    metres: tuple[str, ...] = ()
    scales: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    moods: tuple[str, ...] = ()
    forms: tuple[str, ...] = ()
    players: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    drum_share: float | None = None
    progressions: tuple[tuple[str, float], ...] = ()
    is_of_models: bool = True

    @property
    def family(self) -> Style:
        """The family of the models."""
        return find_habits(self.composes_as.partition("/")[0])[0]

    @property
    def substyle(self) -> Substyle | None:
        """The substyle of the models, if it is one."""
        name = self.composes_as.partition("/")[2]
        return next((s for s in self.family.substyles if name and s.id == name), None)

    @property
    def name(self) -> str:
        """The name by which a request asks for it."""
        substyle = self.substyle
        return self.family.name if substyle is None or find_habits(substyle.id)[1] != substyle else substyle.id

    @property
    def metre(self) -> str:
        """The metre the models write it in."""
        return self.family.metre if self.substyle is None else self.substyle.metre

    @property
    def has_rhythm(self) -> bool:
        """Whether most pieces have drums."""
        return (self.family.drums if self.drum_share is None else self.drum_share) >= MOSTLY

    @property
    def range(self) -> tuple[float, float, float]:
        """Slowest, usual and fastest quarters a minute."""
        return self.tempo or self.family.tempo


@dataclass(frozen=True)
class Wanted:
    """What is known of a piece when its style is drawn: moods, instruments, scales (ids), metre, and a tempo; None if unknown."""

    moods: tuple[str, ...] = ()
    instruments: tuple[str, ...] = ()
    scales: tuple[str, ...] = ()
    metre: str | None = None
    qpm: float | None = None

    @property
    def is_anything(self) -> bool:
        """Whether anything is known."""
        return bool(self.moods or self.instruments or self.scales or self.metre or self.qpm)


@cache
def habit_of(name: str) -> Habit:
    """Return the habit of a style's id, or of "family/Substyle".

    >>> habit_of("style:bossa-nova").name, habit_of("jazz/Swing").composes_as
    ('BossaNova', 'jazz/Swing')
    """
    if not name.startswith("style:"):
        return Habit("", name)
    composes_as = str(_first(name, "composesAs") or "pop")
    family = composes_as.partition("/")[0]
    composes_as = family if folded(graph().label(name)) == folded(family) else composes_as
    tempo = [_first(name, which) for which in ("slowest", "usualTempo", "fastest")]
    numbers = tuple(float(value) for value in tempo if isinstance(value, int | float))
    share = _first(name, "drumShare")
    return Habit(
        name,
        composes_as,
        (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None,
        _texts(name, "metre", "usualMetre"),
        _texts(name, "scale", "usualScale"),
        _texts(name, "typicalInstrument"),
        _texts(name, "mood"),
        _texts(name, "typicalForm", "usualForm"),
        players=_players(name),
        drum_share=None if share is None else float(str(share)),
        progressions=_uses().get(name, ()),
        is_of_models=_is_of_models(name, composes_as),
    )


@cache
def habits() -> tuple[Habit, ...]:
    """Return all styles of the graph that the models can write."""
    found = (habit_of(term.id) for term in graph().terms("Style"))
    return tuple(habit for habit in found if _is_known(habit))


def draw_habit(wanted: Wanted, choice: Iterable[Habit], rng: np.random.Generator) -> Habit:
    """Draw a style: each weighs what it shares with what is wanted.

    >>> "3/4" in draw_habit(Wanted(metre="3/4"), habits(), np.random.default_rng(0)).metres
    True
    """
    every = list(choice)
    weights = np.array([_weight(habit, wanted) for habit in every])
    return every[int(rng.choice(len(every), p=weights / weights.sum()))]


def draw_usual(choice: Sequence[str], rng: np.random.Generator) -> str:
    """Draw one of several; the first, which is the usual one, weighs as much as two others.

    >>> draw_usual(["4/4"], np.random.default_rng(0))
    '4/4'
    """
    weights = np.array([2.0, *([1.0] * (len(choice) - 1))])
    return choice[int(rng.choice(len(choice), p=weights / weights.sum()))]


def share(said: Iterable[str], known: Iterable[str]) -> float:
    """Return the share of things said that are known, and never nothing.

    >>> share(["a", "b"], ["a"]), share([], ["a"]) == 1
    (0.525, True)
    """
    things, familiar = list(said), set(known)
    return SLIGHT + (1 - SLIGHT) * sum(thing in familiar for thing in things) / len(things) if things else 1.0


def _weight(habit: Habit, wanted: Wanted) -> float:
    """How well a style goes with what is wanted."""
    low, _, high = habit.range
    qpm = wanted.qpm
    pace = 1.0 if qpm is None or low <= qpm <= high else max(SLIGHT, 1 - 4 * max(low / qpm - 1, qpm / high - 1))
    metre = 1.0 if wanted.metre in (None, *(habit.metres or (habit.metre,))) else SLIGHT**2
    things = share(wanted.moods, habit.moods) * share(wanted.instruments, habit.instruments) * share(wanted.scales, habit.scales)
    return pace * metre * things**2


def _first(name: str, which: str) -> Value:
    """A value of a style, or of one above it."""
    found = _values(name, which)
    return found[0] if found else None


def _texts(name: str, which: str, usual: str = "") -> tuple[str, ...]:
    """The values of a style, or of one above it, as text; the usual one first."""
    found = [str(value) for value in _values(name, which)]
    first = [str(value) for value in (_values(name, usual) if usual else ()) if str(value) in found]
    return tuple(dict.fromkeys((*first, *found)))


def _players(name: str) -> dict[str, tuple[str, ...]]:
    """Role -> instruments, of the style or of the first above it that says any."""
    for level in _line(name):
        found = {role: graph().values(level, f"{role}Instrument") for role in ROLES[:4]}
        if any(found.values()):
            return {role: tuple(map(str, names)) for role, names in found.items() if names}
    return {}


@cache
def _uses() -> dict[str, tuple[tuple[str, float], ...]]:
    """Style -> progressions that it uses, with weights."""
    rows = graph().query(
        'SELECT ?of ?what ?weight WHERE { ?use b:of ?of ; b:aspect "progression" ; b:what ?what ; b:weight ?weight }'
    )
    found: dict[str, dict[str, float]] = {}
    for row in rows:
        found.setdefault(str(row["of"]), {})[str(row["what"])] = float(str(row["weight"]))
    return {name: tuple(sorted(uses.items())) for name, uses in found.items()}


def _values(name: str, which: str) -> tuple[Value, ...]:
    """The values of a style, or of one above it."""
    return next((found for level in _line(name) if (found := graph().values(level, which))), ())


def _line(name: str) -> Iterator[str]:
    """A style and those above it."""
    for _ in range(MOST_BROADER):
        yield name
        above = graph().values(name, "broader")
        if not above:
            return
        name = str(above[0])


def _is_of_models(name: str, composes_as: str) -> bool:
    """Whether a style of the graph is the very one that the models write."""
    family, _, substyle = composes_as.partition("/")
    try:
        style, _ = find_habits(family)
    except InputError:
        return False
    label = graph().label(name).casefold()
    names = [style.name] if not substyle else [s.name for s in style.substyles if s.id == substyle]
    return label in [known.casefold() for known in names]


def _is_known(habit: Habit) -> bool:
    """Whether the models know the family it is written as."""
    try:
        return bool(habit.family.name)
    except InputError:
        return False
