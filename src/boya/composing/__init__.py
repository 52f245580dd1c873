"""From a wish to a piece: request, plan, constraints, and the composer that turns them into notes."""

from boya.composing.compose import compose, loops
from boya.composing.melodies import change, morph
from boya.composing.piece import Piece
from boya.composing.plan import Plan, plan_of
from boya.composing.replay import replay
from boya.composing.request import Request
from boya.composing.works.adding import add
from boya.composing.works.arranging import accompany, arrange
from boya.composing.works.chorale import chorale
from boya.composing.works.continuing import continue_
from boya.composing.works.harmonising import harmonise
from boya.composing.works.rewriting import rewrite
from boya.composing.works.varying import vary

__all__ = [
    "Piece",
    "Plan",
    "Request",
    "accompany",
    "add",
    "arrange",
    "change",
    "chorale",
    "compose",
    "continue_",
    "harmonise",
    "loops",
    "morph",
    "plan_of",
    "replay",
    "rewrite",
    "vary",
]
