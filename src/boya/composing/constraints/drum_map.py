"""Drums use the nine keys that stand for the nine classes of `boya.theory.drums`."""

import numpy as np

from boya.composing.constraints.rule import Mask, Rule, everything
from boya.composing.plan import Plan
from boya.score import ROLES
from boya.theory.drums import CLASS_PITCHES

__all__ = ["RULE", "mask"]


def mask(plan: Plan) -> Mask:
    """Return True for the nine drum keys in the drums row. `[shape=(5, steps, 128)]`"""
    result = everything(plan)
    result[ROLES.index("drums")] = np.isin(np.arange(128), CLASS_PITCHES)
    return result


RULE = Rule("drum_map", "drums are kick, snare, closed and open hat, low, mid and high tom, crash, ride", mask)
