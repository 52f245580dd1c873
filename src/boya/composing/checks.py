"""Numbers that a person gives to a job."""

import math

import numpy as np

from boya.errors import RequestError

__all__ = ["check_share", "check_whole"]


def check_whole(name: str, value: object, low: int, high: int) -> int:
    """Return a whole number in [low, high], or raise.

    Raises
    ------
    RequestError
        if it is something else; the message names it.

    Examples
    --------
    >>> check_whole("bars", 4, 1, 256)
    4
    """
    if not isinstance(value, int | np.integer) or isinstance(value, bool) or not low <= value <= high:
        raise RequestError(f"{name} must be a whole number {low}-{high}; got {value!r:.60}")
    return int(value)


def check_share(name: str, value: object) -> float:
    """Return a number in [0, 1], or raise `RequestError`."""
    if (
        not isinstance(value, int | float | np.number)
        or isinstance(value, bool)
        or not math.isfinite(value)
        or not 0 <= value <= 1
    ):
        raise RequestError(f"{name} must be 0-1; got {value!r:.60}")
    return float(value)
