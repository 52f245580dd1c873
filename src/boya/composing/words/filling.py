"""A request in words becomes a `Request`: what was said is kept, the rest is drawn from the graph.

Conventions: each draw has a generator of its own, made of the seed, so that one more word changes no other decision; what
neither the words nor the graph speak of stays None, and the plan draws it from the habits of the style.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from boya.composing.checks import contradiction
from boya.composing.request import Request
from boya.composing.words.choosing import choose_style, is_for_grid, moods_of, players_in_names
from boya.composing.words.drafting import Draft, reasons
from boya.composing.words.given import as_heard
from boya.composing.words.grammar import read_words
from boya.composing.words.lexicon import table
from boya.composing.words.told import Told
from boya.errors import RequestError
from boya.theory.graph import graph

__all__ = ["Filled", "fill", "request_of"]

STREAM = 0x776F7264  # parts the draws of this module from those of the plan


@dataclass(frozen=True)
class Filled:
    """A request made of words.

    Attributes
    ----------
    request
        for `boya.composing.plan_of` and `compose`
    told
        what was understood
    filled
        name and value of each field that was not said but follows from what was, and the words or things it is due to
    """

    request: Request
    told: Told
    filled: tuple[tuple[str, str, str], ...] = ()

    def summary(self, language: str | None = None) -> str:
        """Return what was understood and what was filled in, in "en" or "zh"; None is the language of the text.

        >>> print(fill(read_words("a sad waltz in D, 64 bpm"), seed=1).summary())
        mood: sad ("sad")
        style: waltz ("waltz")
        key: D ("in D")
        tempo, beats a minute: 64 ("64 bpm")
        >>> print(fill(read_words("a sad waltz, 64 bpm"), seed=1).summary().splitlines()[-1])
        scale, filled in: minor (because of sad)
        """
        language = language or self.told.language
        names = table("sayings")[language]
        lines = [self.told.summary(language)] if self.told.summary(language) else []
        for name, value, why in self.filled:
            due = names["comma"].join(graph().label(part, language) for part in why.split(", "))
            lines.append(
                f"{names[name]}{names['filled']}{names['colon']}{value}" + (f" ({names['because']} {due})" if due else "")
            )
        return "\n".join(lines)


def request_of(text: str, **fields: Any) -> Request:
    """Return the request that words tell of.

    Parameters
    ----------
    text
        English or Chinese: "a sad bossa nova in A minor for flute and guitar, 32 bars"
    **fields
        further wishes by the names of `Request`; `seed` is that of the draws

    Raises
    ------
    RequestError
        if a wish cannot be met, or two contradict each other; the message names both.

    Examples
    --------
    >>> request = request_of("a sad bossa nova in A minor for flute and guitar, 32 bars")
    >>> request.style, request.key, request.bars, request.players["melody"], request.players["drums"]
    ('BossaNova', 'A minor', 32, 73, None)
    """
    return fill(read_words(text), **fields).request


def fill(told: Told, **wishes: Any) -> Filled:
    """Return the request of what was understood, with further wishes by the names of `Request`.

    Raises
    ------
    RequestError
        if a wish cannot be met, or two contradict each other; the message names both.

    Examples
    --------
    >>> filled = fill(read_words("a sad waltz"), seed=3)
    >>> [row for row in filled.filled if row[0] == "scale"]
    [('scale', 'minor', 'mood:sad')]
    """
    given = {name: value for name, value in wishes.items() if value is not None and value != ()}
    heard = (*told.heard, *as_heard(given))
    heard += tuple(players_in_names(heard)) if "band" not in given else ()
    seeds = np.random.SeedSequence(int(given.get("seed", 0)), spawn_key=(STREAM,))
    style_rng, rest = np.random.default_rng(seeds).spawn(2)
    moods = moods_of(heard)
    choice = choose_style(heard, given, moods, style_rng)
    draft = Draft(heard, choice.habit, tuple(moods), is_for_grid(given), "band" not in given)
    made = draft.made(rest)
    said, filled = made.fields, reasons(draft, made)
    if choice.habit is not None and ("style" not in given or any(wish.wish == "style" for wish in heard)):
        said["style"] = choice.habit.name
        filled = [*([("style", choice.habit.name, choice.because)] if choice.because else []), *filled]
    told = replace(told, unmet=(*told.unmet, *choice.left_out))
    return Filled(_request(said, given), told, tuple(filled))


def _request(said: dict[str, Any], given: Mapping[str, Any]) -> Request:
    """The request; by the composer where the models of the grid cannot have what is wished for."""
    for name in ("band", "style"):
        if name in given and name in said:
            raise contradiction(f"{name}={given[name]!r:.60}", f"{name} {said[name]!r:.60}", "the words speak of it too")
    wishes = dict(given) | said
    try:
        return Request(**wishes)
    except RequestError:
        if "model" in given:
            raise
        return Request(**wishes | {"model": "composer"})
