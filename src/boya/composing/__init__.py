"""From a wish to a piece: request, plan, constraints, and the composer that turns them into notes."""

from boya.composing.compose import compose, loops
from boya.composing.piece import Piece
from boya.composing.plan import Plan, plan_of
from boya.composing.replay import replay
from boya.composing.request import Request
from boya.composing.rework import accompany, continue_, morph, vary

__all__ = ["Piece", "Plan", "Request", "accompany", "compose", "continue_", "loops", "morph", "plan_of", "replay", "vary"]
