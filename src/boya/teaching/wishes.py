"""What the person asked for, told as theirs."""

from collections.abc import Iterator
from typing import Any

from boya.composing.words import fill, read_words
from boya.errors import InputError
from boya.score import ROLES
from boya.teaching.explanation import Decision
from boya.teaching.names import key_words
from boya.teaching.origins import Origin
from boya.teaching.wording import Words, listed, load, say
from boya.theory.graph import graph
from boya.theory.instruments import find_instrument
from boya.theory.keys import parse_key

__all__ = ["band_wishes", "wish_of", "wishes_of"]

_NO_WISHES = ("seed", "candidates", "plan", "band", "number", "words", "text")
_CHOSEN = ("hybrid", "composer")  # a piece names these also where the person did not
_ABSENT = ("none", "no", "None")


def wish_of(origin: Origin, name: str) -> Any:
    """Return a wish of the person; None where it is none of theirs.

    The models of the grid write 4/4 whatever is asked, so that a 4/4 in their calls is no wish.
    """
    wish = origin.wishes.get(name)
    if name == "metre" and wish == "4/4":
        return None
    return None if wish in (None, "", [], ()) else wish


def wishes_of(origin: Origin) -> tuple[Decision, ...]:
    """Return the wishes of a call.

    >>> wishes = {"key": "Am", "band": [["melody", "flute"], ["drums", "none"]], "seed": 1}
    >>> [d.words.en for d in wishes_of(Origin("compose", wishes))]
    ['You asked for the key: A minor.', 'You asked for the melody: Flute.', 'You asked for the drums: nothing.']
    """
    return tuple(_wishes(origin))


def _wishes(origin: Origin) -> Iterator[Decision]:
    """Fields one by one, then the band; what follows from plain words is told apart from what they say."""
    known = load("explain")["origin"]["what"]
    filled = _filled(origin)
    if origin.words:
        yield Decision("words", "wish", say("explain", "origin.words", words=origin.words))
    for name in origin.wishes:
        wish = wish_of(origin, name)
        if wish is None or name in _NO_WISHES or (name == "model" and wish in _CHOSEN):
            continue
        what = Words(known[name]["en"], known[name]["zh"]) if name in known else Words(name, name)
        if name in filled:
            words = say("explain", "origin.filled", what=what, value=_shown(name, wish), why=filled[name])
            yield Decision(name, "table", words, source="boya/theory/graph/data")
        else:
            yield Decision(name, "wish", say("explain", "origin.wish", what=what, value=_shown(name, wish)))
    for role, player in band_wishes(origin):
        if player != "any":
            what = say("explain", "origin.what.role", role=say("explain", f"origin.role.{role}"))
            yield Decision("band", "wish", say("explain", "origin.wish", what=what, value=_player(player)))


def band_wishes(origin: Origin) -> list[tuple[str, Any]]:
    """Return role and wish of each player that was asked for; what is no such pair is passed over.

    >>> band_wishes(Origin("compose", {"band": [["melody", "flute"], [3]]}))
    [('melody', 'flute')]
    """
    band = origin.wishes.get("band")
    rows = band if isinstance(band, list | tuple) else []
    return [(row[0], row[1]) for row in rows if isinstance(row, list | tuple) and len(row) == 2 and row[0] in ROLES]


def _filled(origin: Origin) -> dict[str, Words]:
    """Fields that were not said but follow from the words, with what they are due to."""
    seed = origin.wishes.get("seed")
    if not origin.words or not isinstance(seed, int):
        return {}
    try:
        rows = fill(read_words(origin.words), seed=seed).filled
    except InputError:
        return {}
    due = {name: [part for part in why.split(", ") if part] for name, _, why in rows}
    return {
        name: listed([Words(graph().label(part), graph().label(part, "zh")) for part in parts] or [Words("them", "其中")])
        for name, parts in due.items()
    }


def _shown(name: str, wish: Any) -> Words:
    """A wish as a person reads it."""
    if name == "key":
        try:
            return key_words(*parse_key(str(wish)))
        except InputError:
            pass
    text = _flat(wish)
    return Words(text, text)


def _flat(wish: Any) -> str:
    """A wish as one line: rows apart by commas, what belongs together by spaces."""
    if isinstance(wish, list | tuple):
        is_row = not any(isinstance(part, list | tuple) for part in wish)
        return (" " if is_row else ", ").join(filter(None, map(_flat, wish)))
    return f"{wish:g}" if isinstance(wish, int | float) else str(wish)


def _player(name: Any) -> Words:
    """An instrument, or that nobody plays."""
    if name is None or str(name) in _ABSENT:
        return say("terms", "nothing")
    try:
        known = find_instrument(name)
    except InputError:
        return Words(str(name), str(name))
    return Words(known.name, known.zh)
