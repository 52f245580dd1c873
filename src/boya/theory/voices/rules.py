"""The rules by name: what each asks for, how hard it is, and where it comes from.

The table is `data/rules.toml`; the functions that look for breaches are listed in `boya.theory.voices.checking`. Sets of rules
have names too: `usual` (hard, and notes that do not fit), `hard`, `soft`, `all`, the scopes (`voices`, `melody`, `chord`), and
`species 1` to `species 5` for two-voice counterpoint.
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from boya.errors import InputError
from boya.theory.tables import folded, resolve

__all__ = ["FOUR_PART", "Rule", "chosen_rules", "rules", "species_of"]

HEARD = "foreign-note"
FOUR_PART = ("voices", "melody", "chord")
_COUNTERPOINT = ("parallel-fifths", "parallel-octaves", "parallel-unisons", "crossing", "range", "augmented-leap", "large-leap")
_SPECIES_SOFT = ("leap-recovery", "tritone-outline")


@dataclass(frozen=True)
class Rule:
    """A row of the table: scope voices, melody, chord or counterpoint; severity hard or soft; what it says; its source."""

    name: str
    scope: str
    severity: str
    weight: float
    en: str
    zh: str
    source: str


@cache
def rules() -> Mapping[str, Rule]:
    """Return all rules by name, in the order of the table.

    >>> rules()["parallel-fifths"].severity, rules()["climax"].scope
    ('hard', 'counterpoint')
    """
    text = (files("boya.theory.voices") / "data" / "rules.toml").read_text(encoding="utf-8")
    return MappingProxyType({row["name"]: Rule(**row) for row in tomllib.loads(text)["rule"]})


def chosen_rules(wish: str | Iterable[str]) -> tuple[Rule, ...]:
    """Return the rules that names stand for, in the order of the table.

    Parameters
    ----------
    wish
        names of rules or of sets of rules: usual, hard, soft, all (of four-part writing), voices, melody, chord, "species 1" to
        "species 5"; several as a list, or in one text with commas

    Raises
    ------
    InputError
        if a name is unknown; the message offers the nearest ones.

    Examples
    --------
    >>> [rule.name for rule in chosen_rules("crossing, parallel fifths")]
    ['parallel-fifths', 'crossing']
    """
    words = wish.split(",") if isinstance(wish, str) else list(wish)
    sets = _sets()
    names = {name for word in words if word.strip() for name in resolve(word.strip(), sets, "rule", known=_known())}
    if not names:
        raise InputError("a check needs at least one rule, such as hard or parallel-fifths; got none")
    return tuple(rule for rule in rules().values() if rule.name in names)


def species_of(wish: str | Iterable[str]) -> int | None:
    """Return the species that a wish names, None if it names none.

    >>> species_of("species 2"), species_of(["hard"])
    (2, None)
    """
    words = wish.split(",") if isinstance(wish, str) else list(wish)
    found = [int(word[-1]) for word in map(folded, words) if word.startswith("species") and word[-1:] in tuple("12345")]
    return found[0] if found else None


def _known() -> list[str]:
    """Names as people read them."""
    return ["usual", "hard", "soft", "all", *FOUR_PART, *(f"species {n}" for n in range(1, 6)), *rules()]


@cache
def _sets() -> Mapping[str, tuple[str, ...]]:
    """Folded name -> names of rules."""
    table = rules()
    sets: dict[str, tuple[str, ...]] = {name: (name,) for name in table}
    four = [rule for rule in table.values() if rule.scope in FOUR_PART]
    sets["usual"] = tuple(rule.name for rule in four if rule.severity == "hard" or rule.name == HEARD)
    sets["all"] = tuple(rule.name for rule in four)
    for severity in ("hard", "soft"):
        sets[severity] = tuple(rule.name for rule in four if rule.severity == severity)
    for scope in FOUR_PART:
        sets[scope] = tuple(rule.name for rule in four if rule.scope == scope)
    own = [rule.name for rule in table.values() if rule.scope == "counterpoint"]
    for number in range(1, 6):
        sets[f"species {number}"] = (*own, *_COUNTERPOINT, *_SPECIES_SOFT)
    return MappingProxyType({folded(name): names for name, names in sets.items()})
