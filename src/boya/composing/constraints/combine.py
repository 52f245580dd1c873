"""Several constraints at once: what all of them allow, never nothing.

Conventions: masks as in `boya.composing.constraints.rule`.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np

from boya.composing.constraints.registry import CONSTRAINTS, find_constraint
from boya.composing.constraints.rule import Mask, Rule, everything
from boya.composing.plan import STEPS_PER_BAR, Plan
from boya.composing.request import contradiction
from boya.errors import RequestError
from boya.score import ROLES

__all__ = ["allowed", "combine"]


def combine(plan: Plan, constraints: Iterable[str | Rule] | None = None) -> Mask:
    """Return what every constraint allows.

    Parameters
    ----------
    plan
        the piece
    constraints
        names of the registry, or rules; None: the usual ones

    Returns
    -------
    mask
        bool `[shape=(5, steps, 128)]`, with at least one pitch for each role and step

    Raises
    ------
    RequestError
        if constraints contradict each other (the message names the two and the place), or one forbids everything.

    Examples
    --------
    >>> from boya.composing.plan import plan_of
    >>> from boya.composing.request import Request
    >>> mask = combine(plan_of(Request(key="C", chords="C", bars=1, band={"melody": "flute"})))
    >>> mask.shape, np.flatnonzero(mask[0, 4])[:4].tolist()
    ((5, 16, 128), [62, 64, 65, 67])
    """
    rules = _rules(constraints)
    masks = [rule.mask(plan) for rule in rules]
    result = everything(plan)
    for mask in masks:
        result &= mask
    empty = np.argwhere(~result.any(axis=2))
    if len(empty):
        raise _conflict(rules, masks, int(empty[0][0]), int(empty[0][1]))
    return result


def allowed(
    plan: Plan, role: str, step: int, constraints: Iterable[str | Rule] | None = None, previous: int | None = None
) -> Mask:
    """Return what may begin in one role at one step, after the pitch `previous` if one is given. `[shape=(128,)]`

    What rules say about two notes in a row gives way where it would leave nothing.
    """
    rules = _rules(constraints)
    here: Mask = combine(plan, rules)[ROLES.index(role), step]
    if previous is None:
        return here
    near = here & np.logical_and.reduce([rule.after(plan, role, previous) for rule in rules] or [here])
    return near if near.any() else here


def _rules(constraints: Iterable[str | Rule] | None) -> list[Rule]:
    """Rules of names; the usual ones of None."""
    if constraints is None:
        return [rule for rule in CONSTRAINTS.values() if rule.usual]
    return [constraint if isinstance(constraint, Rule) else find_constraint(constraint) for constraint in constraints]


def _conflict(rules: Sequence[Rule], masks: Sequence[Mask], row: int, step: int) -> RequestError:
    """The error for a place where nothing is allowed: the rule that forbids all, or the first pair, or all rules together."""
    where = f"no pitch is left for {ROLES[row]} in bar {step // STEPS_PER_BAR + 1}, step {step % STEPS_PER_BAR}"
    here = [mask[row, step] for mask in masks]
    for rule, mask in zip(rules, here, strict=True):
        if not mask.any():
            return RequestError(f"constraint {rule.name} forbids everything: {where}; leave it out or change the plan")
    for (first, a), (second, b) in combinations(zip(rules, here, strict=True), 2):
        if not (a & b).any():
            return contradiction(f"constraint {first.name}", f"constraint {second.name}", where)
    names = " and ".join(rule.name for rule in rules)
    return RequestError(f"constraints {names} contradict each other: {where}; leave one of them out")
