"""Hard musical rules: which pitches may begin, for each role, at each step. They speak music, so they serve every model."""

from boya.composing.constraints.combine import allowed, combine
from boya.composing.constraints.registry import CONSTRAINTS, find_constraint
from boya.composing.constraints.rule import Mask, Rule

__all__ = ["CONSTRAINTS", "Mask", "Rule", "allowed", "combine", "find_constraint"]
