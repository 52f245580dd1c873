"""What the items that a pattern took say of the band: who plays, who does not, and what a section or a player is like.

Conventions: as in `boya.composing.words.readers`.
"""

from collections.abc import Iterator, Sequence

from boya.composing.words.instruments import can_be_bass
from boya.composing.words.items import Item
from boya.composing.works.bands import MOST_PLAYERS

__all__ = ["STRONGER", "Found", "Wish", "number_in", "of_kinds", "read_absent", "read_aside", "read_band", "read_likes"]

Wish = tuple[str, tuple[object, ...]] | tuple[str, tuple[object, ...], Item]
Found = Sequence[Wish] | None
STRONGER = {"high": "very high", "low": "very low", "slow": "slowest", "fast": "fastest"}
_PLAYERS = ("instrument", "ensemble", "bass", "bass-role", "drums", "pad-role")
_ROLES = ("lead", "accompaniment", "bass-role", "chords-word", "pad-role")


def of_kinds(items: Sequence[Item], *kinds: str) -> list[Item]:
    """Return the items of some kinds."""
    return [item for item in items if item.kind in kinds]


def number_in(items: Sequence[Item]) -> float:
    """Return the first number; 1 where there is none, as in "a minute"."""
    return float(next((item.value for item in items if item.kind == "number"), 1))


def read_absent(items: Sequence[Item]) -> Found:
    """Return the instruments and roles that are left out."""
    names = of_kinds(items, *_PLAYERS, *_ROLES, "without-drums")
    return [("absent", tuple(part for item in names for part in item.value.rpartition("; ")[2].split(", ")))]


def read_likes(items: Sequence[Item], label: str, part: str = "") -> Iterator[Wish]:
    """Yield what some words say of a section, or of a part of the band."""
    is_very = False
    for item in items:
        if item.kind == "control":
            name, _, value = item.value.partition("=")
            yield "control", (label, part, name, STRONGER.get(value, value) if is_very else value)
        elif item.kind == "mood":
            yield "mood", (label, item.value), item
        is_very = item.kind == "very"


def read_band(items: Sequence[Item]) -> Found:
    """Return who plays: how the list is meant, then name, role and number of each."""
    players: list[tuple[str, str, int]] = []
    wishes: list[Wish] = []
    waiting, count, like, before = "", 1, list[Item](), ""
    for item in items:
        is_bass = item.kind == "bass" and before == "instrument" and can_be_bass(players[-1][0])
        is_part = (item.kind in _ROLES and before in _PLAYERS and bool(players)) or is_bass
        is_part = is_part or (before == "for" and bool(players) and item.kind in ("bass", "bass-role", "lead", "accompaniment"))
        if is_part:
            players[-1] = (players[-1][0], _role(item), players[-1][2])
        elif item.kind in _PLAYERS:
            players.append((item.value, waiting or ("pad" if item.kind == "pad-role" else ""), count))
            wishes += read_likes(like, "", item.value)
            waiting, count, like = "", 1, []
        elif item.kind in _ROLES:
            waiting = _role(item)
        elif item.kind == "number":
            count = int(number_in([item])) if number_in([item]) <= MOST_PLAYERS else 1
        elif item.kind == "group" and len(players) == 1:
            players[0] = (*players[0][:2], int(item.value))
        elif item.kind in ("very", "control", "mood", "pace", "arc"):
            like.append(item)
        before = "" if is_part else item.kind
    wishes += read_likes(like, "", players[-1][0]) if like and players else ()
    how = "only" if of_kinds(items, "only", "solo") else "with" if items[0].kind == "with" else "whole"
    return [("band", (how, *players)), *wishes]


def read_aside(items: Sequence[Item]) -> Found:
    """Return one player, between commas."""
    return [(wish, ("aside", *value[1:]) if wish == "band" else value, *more) for wish, value, *more in read_band(items) or ()]  # type: ignore[misc]


def _role(item: Item) -> str:
    """The role that a word names."""
    return "chords" if item.kind == "chords-word" else item.value
