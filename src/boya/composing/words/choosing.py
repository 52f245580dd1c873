"""Which style a request is in, and what moods it has: said, or drawn by what it says of moods, instruments, metre and tempo.

Conventions: of several styles that are named, one whose name unites them counts ("jazz waltz"), else the substyle of a family,
else the last one, which is the noun ("a rock ballad"); the words of the others are told as what a plan cannot hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from boya.composing.checks import contradiction
from boya.composing.which_model import GRID_MODELS, HYBRID
from boya.composing.words.habits import Habit, Wanted, draw_habit, habit_of, habits
from boya.composing.words.length import one, tempo_of
from boya.composing.words.lexicon import look_up
from boya.composing.words.players import band_of
from boya.composing.words.told import Heard, Span
from boya.composing.works.habits import find_habits, is_on_grid
from boya.theory.graph import graph
from boya.theory.tables import folded

__all__ = ["Choice", "choose_style", "is_for_grid", "moods_of", "players_in_names"]

UNLIKE = 0.6  # valence by which two moods exclude each other


@dataclass(frozen=True)
class Choice:
    """A style, None where nothing speaks of one; what it is due to where it was drawn; words for styles that were left out."""

    habit: Habit | None
    because: str = ""
    left_out: tuple[Span, ...] = ()


def moods_of(heard: Sequence[Heard]) -> list[str]:
    """Return the moods of the whole piece (ids), in order.

    Raises
    ------
    RequestError
        if two exclude each other.

    Examples
    --------
    >>> from boya.composing.words import read_words
    >>> moods_of(read_words("calm and warm").heard)
    ['mood:calm', 'mood:warm']
    """
    said = [wish for wish in heard if wish.wish == "mood" and not wish.value[0]]
    for place, first in enumerate(said):
        for second in said[place + 1 :]:
            values = [graph().values(str(wish.value[1]), "valence") for wish in (first, second)]
            if all(values) and abs(float(str(values[0][0])) - float(str(values[1][0]))) >= UNLIKE:
                raise contradiction(repr(first.words), repr(second.words), "a piece has one mood; say which section has which")
    return list(dict.fromkeys(str(wish.value[1]) for wish in said))


def choose_style(heard: Sequence[Heard], given: Mapping[str, Any], moods: Sequence[str], rng: np.random.Generator) -> Choice:
    """Return the style of a request.

    Parameters
    ----------
    given
        wishes by the names of `Request`
    moods
        ids, from `moods_of`

    Examples
    --------
    >>> from boya.composing.words import read_words
    >>> choose_style(read_words("a jazz waltz").heard, {}, (), np.random.default_rng(0)).habit.name
    'JazzWaltz'
    """
    said = [wish for wish in heard if wish.wish == "style"] or _in_names(heard)
    if "style" in given and not said:
        family, substyle = find_habits(str(given["style"]))
        return Choice(Habit("", family.name if substyle is None else f"{family.name}/{substyle.id}"))
    if said:
        return _one_style(said)
    band = band_of(heard)
    if band.style:
        return Choice(habit_of(band.style), band.style)
    wanted = _wanted(heard, moods, band.names)
    if not wanted.is_anything and not any(wish.wish == "absent" for wish in heard):
        return Choice(None)
    choice = [habit for habit in habits() if not is_for_grid(given) or is_on_grid(habit.name)]
    because = ", ".join(dict.fromkeys((*moods, *band.names)))
    return Choice(draw_habit(wanted, choice, rng), because or next((w.words for w in heard if w.wish in _SPEAKING), ""))


_SPEAKING = ("metre", "pace", "tempo", "qpm", "beats", "key", "absent")


def _wanted(heard: Sequence[Heard], moods: Sequence[str], players: Sequence[str]) -> Wanted:
    """What is known of the piece for which a style is drawn."""
    tempo = tempo_of(heard, None, "4/4", ())
    metre, key, scale = one(heard, "metre"), one(heard, "key"), one(heard, "scale")
    scales = [str(key.value[2])] if key is not None else []
    scales += [str(scale.value[0])] if scale is not None else []
    return Wanted(
        tuple(moods),
        tuple(players),
        tuple(name for name in scales if name.startswith("scale:")),
        str(metre.value[0]) if metre is not None else None,
        tempo if isinstance(tempo, float) or tempo is None else tempo[1],
    )


def _one_style(said: Sequence[Heard]) -> Choice:
    """The style of several names."""
    names = list(dict.fromkeys(str(wish.value[0]) for wish in said))
    found = [habit_of(name) for name in names]
    if len(found) > 1:
        united = _united(found)
        if united is not None:
            return Choice(united)
    families = {habit.family.name for habit in found}
    best = (
        next((habit for habit in reversed(found) if habit.substyle is not None), found[-1]) if len(families) == 1 else found[-1]
    )
    others = [wish for wish in said if habit_of(str(wish.value[0])).family.name != best.family.name]
    return Choice(best, "", tuple(Span(wish.words, wish.start, wish.end) for wish in others))


def _in_names(heard: Sequence[Heard]) -> list[Heard]:
    """Styles in the names of progressions, as of the twelve-bar blues."""
    found = []
    for wish in heard:
        if wish.wish == "chords" and str(wish.value[1]).startswith("progression:"):
            names = (look_up(folded(wish.words[start:])) for start in range(1, len(wish.words)))
            value = next((word[1] for word in names if word is not None and word[0] == "style"), None)
            found += [] if value is None else [Heard(wish.words, wish.start, wish.end, "style", (value,))]
    return found


def players_in_names(heard: Sequence[Heard]) -> list[Heard]:
    """Return the instruments in the names of styles, as wishes for the band: a piano ballad has a piano.

    >>> from boya.composing.words import read_words
    >>> [wish.value for wish in players_in_names(read_words("a piano ballad").heard)]
    [('with', ('instrument:acoustic-grand-piano', '', 1))]
    """
    found = []
    for wish in heard if all(wish.wish != "band" for wish in heard) else ():
        if wish.wish == "style":
            words = [word for part in _parts(wish.words) if (word := look_up(folded(part))) is not None]
            name = next((value for kind, value in words if kind == "instrument"), None)
            how = "only" if any(kind == "solo" for kind, _ in words) else "with"
            found += [] if name is None else [replace(wish, wish="band", value=(how, (name, "", 1)))]
    return found


def _parts(words: str) -> list[str]:
    """What a name may be made of: its words, or runs of its Chinese characters, long ones first."""
    if words.isascii():
        return words.split()
    sizes = range(len(words) - 1, 1, -1)
    return [words[start : start + size] for size in sizes for start in range(len(words) - size + 1)]


def _united(found: Sequence[Habit]) -> Habit | None:
    """A style whose name is made of those of several, as jazz waltz."""
    labels = {graph().label(habit.id).casefold() if habit.id else habit.name.casefold() for habit in found}
    return next((habit for habit in habits() if set(graph().label(habit.id).casefold().split()) == labels), None)


def is_for_grid(given: Mapping[str, Any]) -> bool:
    """Return whether a model of the grid is to write.

    >>> is_for_grid({"model": "gan"}), is_for_grid({})
    (True, False)
    """
    return str(given.get("model", "")).casefold() in (*GRID_MODELS, HYBRID)
