"""Whether a melody that is asked for more of an attribute, or less, has it afterwards (`boya change`).

Phrases of `valid`, as the seq2seq of two bars reads them, each changed alone; where less is asked, only phrases that have any of
the attribute. Beside it the plain way of Roberts et al. 2018: the vector moved once along the attribute's direction.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from boya.composing.attributes import ATTRIBUTES, changed
from boya.evaluation.scoreboard import Row
from boya.models.seq2seq import Seq2Seq
from boya.proof.setup import Setup
from boya.representation.phrases import line_frames

__all__ = ["rows"]

STEPS = (-1.0, 1.0)
PLAIN = "direction alone"

Tokens = NDArray[np.int64]


def rows(setup: Setup, model: Seq2Seq, phrases: Tokens, name: str) -> Iterator[Row]:
    """Change phrases of melody `[shape=(phrases, steps)]` by a step down and a step up of every attribute."""
    for attribute in ATTRIBUTES:
        for by in STEPS:
            chosen = phrases[_heard(attribute, phrases) > 0] if by < 0 else phrases
            if not len(chosen):
                setup.note(f"seq2seq: no phrase of valid has any {attribute} to lose")
                continue
            plain = model.decode(model.change(model.encode(chosen[:, None]), attribute, by))[:, 0]
            yield from _moves(setup, attribute, by, name, chosen, changed(model, chosen, attribute, by, setup.rng()))
            yield from _moves(setup, attribute, by, PLAIN, chosen, plain)


def _moves(setup: Setup, attribute: str, by: float, model: str, given: Tokens, written: Tokens) -> Iterator[Row]:
    """How many phrases follow the wish, and how far; a phrase that fell silent has no height and does not follow."""
    moves = np.nan_to_num(_heard(attribute, written) - _heard(attribute, given))
    known, metric = ATTRIBUTES[attribute], f"2 bars, {attribute} changed by {by:+g}"
    yield setup.row(f"{metric}, phrases that follow", model, 100 * float((moves * by > 0).mean()), "%")
    yield setup.row(f"{metric}, mean move", model, float(moves.mean()), f"{known.unit}; {by * known.step:+g} asked")


def _heard(attribute: str, tokens: Tokens) -> NDArray[np.float64]:
    """The attribute of each phrase."""
    return ATTRIBUTES[attribute].measure(line_frames(tokens, "melody"))
