"""Melody and bass leap no further than an octave.

It speaks of two notes in a row, so its mask allows all and `after` does the work. Source: J. J. Fux, "Gradus ad Parnassum",
1725: no leap beyond the octave.
"""

import numpy as np

from boya.composing.constraints.rule import Mask, Rule, any_pitch
from boya.composing.plan import Plan

__all__ = ["LARGEST", "RULE", "after"]

LARGEST = {"melody": 12, "bass": 12}


def after(plan: Plan, role: str, previous: int) -> Mask:
    """Return True for pitches within the largest leap of the role from `previous`. `[shape=(128,)]`"""
    if role not in LARGEST:
        return any_pitch(plan, role, previous)
    near: Mask = np.abs(np.arange(128) - previous) <= LARGEST[role]
    return near


RULE = Rule("leap", "melody and bass leap at most an octave", after=after, usual=False)
