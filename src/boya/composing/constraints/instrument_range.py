"""Every role stays where its instrument sounds well and the role belongs.

Source: comfortable ranges and registers of `boya.theory.instruments`.
"""

from boya.composing.constraints.rule import PITCHED, Mask, Rule, everything
from boya.composing.plan import Plan
from boya.score import ROLES
from boya.theory.instruments import playing_range

__all__ = ["RULE", "mask"]


def mask(plan: Plan) -> Mask:
    """Return True inside the range of each role's instrument, at least an octave wide. `[shape=(5, steps, 128)]`"""
    result = everything(plan)
    for row in PITCHED:
        program = plan.programs[row]
        if program is not None:
            low, high = playing_range(program, ROLES[row])
            result[row, :, :low] = False
            result[row, :, high + 1 :] = False
    return result


RULE = Rule("instrument_range", "each instrument stays in its comfortable range and in the register of its role", mask)
