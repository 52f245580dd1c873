"""What a constraint is: a rule that says which pitches may begin, for each role, at each step of a plan.

Conventions: a mask is bool `[shape=(5, steps, 128)]`: roles in ROLES order, sixteenth steps over the whole piece, MIDI pitches
as they sound (drum keys in the drums row); True is allowed. A mask speaks of onsets: a note that is held is judged where it
began. A rule says True for every role that is none of its business, silent roles included.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.composing.plan import Plan
from boya.score import ROLES

__all__ = ["PITCHED", "Mask", "Rule", "any_pitch", "everything"]

Mask = NDArray[np.bool_]
PITCHED = tuple(i for i, role in enumerate(ROLES) if role != "drums")


def everything(plan: Plan) -> Mask:
    """Return the mask that allows all. `[shape=(5, steps, 128)]`"""
    return np.ones((len(ROLES), plan.n_steps, 128), dtype=bool)


def any_pitch(plan: Plan, role: str, previous: int) -> Mask:
    """Allow every pitch after `previous`. `[shape=(128,)]`"""
    return np.ones(128, dtype=bool)


@dataclass(frozen=True)
class Rule:
    """A constraint.

    Attributes
    ----------
    name
        as in the registry
    about
        what it demands, in a sentence
    mask
        plan -> what may begin where `[shape=(5, steps, 128)]`
    after
        plan, role, previous pitch -> what may follow that pitch in the role `[shape=(128,)]`
    usual
        whether it holds unless someone says otherwise
    """

    name: str
    about: str
    mask: Callable[[Plan], Mask] = everything
    after: Callable[[Plan, str, int], Mask] = any_pitch
    usual: bool = True
