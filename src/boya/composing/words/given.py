"""Wishes by name beside a request in words, as if they had been heard, so that they are compared with the words.

Conventions: names and values are those of `boya.composing.request.Request`; style, band, model, seed and limits are left out.
"""

from collections.abc import Mapping
from typing import Any

from boya.composing.request import request_from
from boya.composing.words.told import Heard
from boya.theory.graph import graph
from boya.theory.keys import key_name
from boya.theory.scales import find_scale

__all__ = ["as_heard"]

_PLAIN = ("bars", "seconds", "qpm", "metre")


def as_heard(given: Mapping[str, Any]) -> list[Heard]:
    """Return wishes by name as heard ones.

    Raises
    ------
    RequestError
        if a name or a value is none of a request.

    Examples
    --------
    >>> [(heard.wish, heard.value) for heard in as_heard({"bars": 8, "key": "Bb", "seed": 3})]
    [('bars', (8,)), ('key', ('Bb', 'major', ''))]
    """
    request = request_from(given)

    def heard(name: str, *value: object, wish: str = "") -> Heard:
        return Heard(f"{name}={given[name]}", 0, 0, wish or name, value)

    found = [heard(name, float(given[name]) if name in ("seconds", "qpm") else given[name]) for name in _PLAIN if name in given]
    if request.tonic_and_mode is not None:
        tonic, mode = key_name(*request.tonic_and_mode).split()
        found.append(heard("key", tonic, mode, ""))
    if "scale" in given:
        found.append(heard("scale", graph().find(find_scale(given["scale"]).name, "scale").id))
    if request.sections is not None:
        found.append(heard("form", *(label if size is None else f"{label}:{size}" for label, size in request.sections)))
    if "chords" in given:
        found.append(heard("chords", "", given["chords"]))
    for label, wishes in request.section_controls:
        found += [heard("controls", label, *wish, wish="control") for wish in wishes]
    return found
