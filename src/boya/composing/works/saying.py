"""What a piece remembers of the call that made it, so that it can be made again."""

from collections.abc import Iterable, Mapping
from typing import Any

from boya.composing.works.given_score import is_wished

__all__ = ["said_of"]


def said_of(job: str, wishes: Mapping[str, Any]) -> dict[str, Any]:
    """Return a call as a piece keeps it: what was not wished for is left out.

    >>> said_of("rewrite", {"bars": range(2), "tracks": None, "seed": 3})
    {'job': 'rewrite', 'wishes': {'bars': [0, 1], 'seed': 3}}
    """
    return {"job": job, "wishes": {name: _plain(value) for name, value in wishes.items() if is_wished(value)}}


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_plain(inner) for inner in value]
    return value.item() if hasattr(value, "item") else value
