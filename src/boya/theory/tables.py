"""Read the knowledge tables of this package, and find an entry by a name that a person typed.

Tables are TOML files in `boya/theory/data`, each with its source. Names are compared without case, accents, spaces, hyphens and
underscores, so `Bossa Nova`, `bossa-nova` and `BossaNova` are one name; Chinese names are compared as they stand.
"""

import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from difflib import SequenceMatcher
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from boya.errors import InputError

__all__ = ["folded", "load_table", "nearest_names", "resolve"]

Entry = TypeVar("Entry")


@cache
def load_table(name: str) -> Mapping[str, Any]:
    """Return the table `data/<name>.toml`; read once, not to be changed.

    >>> load_table("drums")["key"][1]["class"]
    'open hat'
    """
    text = (files("boya.theory") / "data" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def folded(name: str) -> str:
    """Return a name as it is compared: lower case, without accents and separators.

    >>> folded("Bossa Nova") == folded("bossa-nova") == folded("BossaNova")
    True
    """
    plain = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in plain if c.isalnum() or c in "#♯♭+")


def nearest_names(name: str, known: Iterable[str], limit: int = 3) -> list[str]:
    """Return up to `limit` known names that resemble `name`, the nearest first.

    >>> nearest_names("blus", ["jazz", "blues", "latin"])
    ['blues']
    """
    wanted = folded(name)
    unlike = {folded(k): k for k in reversed(list(known))}
    ranked = sorted(((_likeness(wanted, plain), k) for plain, k in unlike.items()), key=lambda pair: (-pair[0], pair[1]))
    return [k for likeness, k in ranked[:limit] if likeness >= 0.6]


def resolve(
    name: str, names: Mapping[str, Entry], what: str, error: type[InputError] = InputError, known: Iterable[str] | None = None
) -> Entry:
    """Return the entry whose folded name is `name`, or raise with the nearest names.

    Parameters
    ----------
    name
        what the person typed
    names
        folded name -> entry
    what
        the kind of thing, for the message: "style", "instrument"
    error
        the error to raise
    known
        names as people read them, for the message; the keys of `names` if left out

    Raises
    ------
    InputError
        (or `error`) if no entry has this name.
    """
    found = names.get(folded(name)) if isinstance(name, str) else None
    if found is not None:
        return found
    known = list(names if known is None else known)
    near = nearest_names(str(name), known)
    hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known[:12])}{', ...' if len(known) > 12 else ''}"
    raise error(f"{what} must be a known name; got {name!r}; {hint}")


def _likeness(a: str, b: str) -> float:
    """Likeness 0-1 of two folded names; one inside the other counts as near."""
    inside = 0.7 if min(len(a), len(b)) >= 3 and (a in b or b in a) else 0.0
    return max(inside, SequenceMatcher(None, a, b).ratio())
