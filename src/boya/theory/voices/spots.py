"""A place where a rule is broken, as the functions of the rules return it."""

from typing import NamedTuple

__all__ = ["Spot"]


class Spot(NamedTuple):
    """Where a rule is broken: the moment, the voices that break it, as numbers from the top, and the moment before that is meant.

    `since` is None for the moment just before; where it is the moment itself, only that counts.
    """

    moment: int
    voices: tuple[int, ...]
    since: int | None = None
