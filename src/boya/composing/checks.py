"""Words and numbers that a person gives to a job, and wishes that cannot both hold."""

from collections.abc import Callable
from typing import TypeGuard, TypeVar

import numpy as np

from boya.errors import InputError, RequestError

__all__ = ["check_number", "check_share", "check_whole", "contradiction", "wished"]

Found = TypeVar("Found")


def contradiction(first: str, second: str, why: str) -> RequestError:
    """Return the error for two wishes that cannot both hold.

    >>> str(contradiction("key", "chords", "no chord is in C major"))
    'key and chords contradict each other: no chord is in C major; change one of the two'
    """
    return RequestError(f"{first} and {second} contradict each other: {why}; change one of the two")


def wished(find: Callable[..., Found], *words: object) -> Found:
    """Return what theory finds for some words; what it cannot use is a wish that cannot be met.

    Raises
    ------
    RequestError
        in the place of an `InputError`.

    Examples
    --------
    >>> from boya.theory.keys import parse_key
    >>> wished(parse_key, "A minor")
    (9, 'minor')
    """
    try:
        return find(*words)
    except InputError as error:
        raise RequestError(str(error)) from error


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


def check_number(name: str, value: object, low: float, high: float) -> float:
    """Return a number in [low, high], or raise.

    Raises
    ------
    RequestError
        if it is something else; the message names it.

    Examples
    --------
    >>> check_number("by", -1.5, -4, 4)
    -1.5
    """
    if not _lies_in(value, low, high):
        raise RequestError(f"{name} must be a number from {low:g} to {high:g}; got {value!r:.60}")
    return float(value)


def check_share(name: str, value: object) -> float:
    """Return a number in [0, 1], or raise `RequestError`."""
    if not _lies_in(value, 0, 1):
        raise RequestError(f"{name} must be 0-1; got {value!r:.60}")
    return float(value)


def _lies_in(value: object, low: float, high: float) -> TypeGuard[float]:
    """Whether it is a finite number in [low, high]."""
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    return is_number and bool(low <= value <= high)  # type: ignore[operator]
