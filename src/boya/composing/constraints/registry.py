"""All constraints by name. A new one is a file with a `RULE`, and a line here."""

from collections.abc import Mapping

from boya.composing.constraints import chord_tones, drum_map, instrument_range, leap, scale
from boya.composing.constraints.rule import Rule
from boya.errors import RequestError
from boya.theory.tables import folded, resolve

__all__ = ["CONSTRAINTS", "find_constraint"]

CONSTRAINTS: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        scale.RULE,
        instrument_range.RULE,
        chord_tones.RULE,
        drum_map.RULE,
        leap.RULE,
    )
}


def find_constraint(name: str) -> Rule:
    """Return the constraint of that name.

    Raises
    ------
    RequestError
        if there is none; the message offers the nearest names.

    Examples
    --------
    >>> find_constraint("drum map").about
    'drums are kick, snare, closed and open hat, low, mid and high tom, crash, ride'
    """
    return resolve(
        name, {folded(known): rule for known, rule in CONSTRAINTS.items()}, "constraint", RequestError, list(CONSTRAINTS)
    )
