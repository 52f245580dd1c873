"""What each role of the phrase n-gram looks at: context columns over the tokens of all roles.

Conventions: tokens `[shape=(phrases, steps)]` per role as in `frame_tokens`, sixteenth steps, 16 a bar. A column is "lag k"
(the role's own token k steps ago), "position" (in the bar), "last" (the last token that began something), "since" (steps since
then), "now ROLE" and "last ROLE" (the same of a role written before it, this step included). The columns were added one at a
time, each time the one that lowered the nats on held-out pieces most, so that the most telling stands first.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from boya.models.frame_tokens import FIRST_FRAME

__all__ = ["COLUMNS", "context_at", "contexts"]

Tokens = NDArray[np.int64]

_BAR = 16
_LONGEST = 33  # steps since an event are counted up to here
# in the order in which the roles of a step are written
COLUMNS = {
    "bass": ("lag 16", "lag 1", "last", "position", "lag 4", "lag 8"),
    "chords": ("last", "since", "lag 8", "now bass", "lag 1", "position"),
    "pad": ("last", "since", "last chords", "now bass", "lag 4", "lag 8"),
    "melody": ("lag 2", "lag 1", "lag 4", "position", "last chords"),
    "drums": ("lag 8", "lag 4", "position", "last", "lag 32", "lag 1"),
}


def contexts(role: str, tokens: Mapping[str, Tokens]) -> Tokens:
    """Context rows of every step of every phrase. `[shape=(phrases * steps, columns)]`"""
    steps = range(tokens[role].shape[1])
    return np.stack([context_at(role, tokens, t) for t in steps], axis=1).reshape(-1, len(COLUMNS[role]))


def context_at(role: str, tokens: Mapping[str, Tokens], step: int) -> Tokens:
    """Context rows of one step; only tokens that are written by then are read. `[shape=(phrases, columns)]`"""
    own = tokens[role]
    last, since = _last_event(own[:, :step])
    columns = []
    for name in COLUMNS[role]:
        kind, _, what = name.partition(" ")
        if kind == "lag":
            back = step - int(what)
            columns.append(own[:, back] + 1 if back >= 0 else np.zeros(len(own), dtype=np.int64))
        elif kind == "now":
            columns.append(tokens[what][:, step])
        elif kind == "last":
            columns.append(_last_event(tokens[what][:, : step + 1])[0] if what else last)
        else:
            columns.append(since if kind == "since" else np.full(len(own), step % _BAR))
    return np.stack(columns, axis=1)


def _last_event(tokens: Tokens) -> tuple[Tokens, Tokens]:
    """The last token that is neither rest nor hold (0 where there is none), and how many steps ago it came."""
    n_steps = tokens.shape[1]
    if not n_steps:
        return np.zeros(len(tokens), dtype=np.int64), np.full(len(tokens), _LONGEST)
    event = tokens >= FIRST_FRAME
    since = event[:, ::-1].argmax(axis=1)
    found = event.any(axis=1)
    value = np.where(found, tokens[np.arange(len(tokens)), n_steps - 1 - since], 0)
    return value, np.where(found, np.minimum(since, _LONGEST), _LONGEST)
