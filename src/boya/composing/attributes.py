"""What a person can ask a melody to have more or less of, and how a line gets there.

A phrase goes several ways along the attribute's direction, from its vector and from slightly varied ones, and a listener keeps
the version that comes nearest to the wish while its notes, and what was not asked for, stay most as they were. The phrase itself
is one of the versions: none moves away from the wish.

Conventions: phrases are lines of window tokens `[shape=(phrases, steps)]`, as the seq2seq of two bars reads them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.lines import mean_height, onset_density, syncopation
from boya.models.seq2seq import Seq2Seq
from boya.representation.phrases import line_frames

__all__ = ["ATTRIBUTES", "Attribute", "changed"]

SHARES = (0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 4.0)
"""ways along the direction, as shares of what is asked for"""
VERSIONS, VARIATION = 4, 0.2
OTHERS_COUNT, NOTES_COUNT = 0.3, 0.3

Tokens = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Attribute:
    """Something that can be heard of a melody.

    Attributes
    ----------
    measure
        lines of frame tokens `[shape=(phrases, steps)]` to values `[shape=(phrases,)]`
    step
        what 1 stands for: from the low to the high quarter of two-bar phrases of the training split
    unit
        of the values
    """

    measure: Callable[[NDArray[Any]], Floats]
    step: float
    unit: str


ATTRIBUTES: dict[str, Attribute] = {
    "density": Attribute(onset_density, 2.5, "notes a bar"),
    "register": Attribute(mean_height, 9.0, "MIDI pitch"),
    "syncopation": Attribute(syncopation, 1.5, "points a bar"),
}


def changed(model: Seq2Seq, tokens: Tokens, attribute: str, by: float, rng: np.random.Generator) -> Tokens:
    """Write phrases anew with more of an attribute, or less. `[shape=(phrases, steps)]`

    Parameters
    ----------
    tokens
        phrases of melody `[shape=(phrases, steps)]`
    attribute
        a name of ATTRIBUTES
    by
        how much more, in the attribute's steps; less when negative
    """
    asked = ATTRIBUTES[attribute]
    before = _heard(tokens)
    goal = before[attribute] + by * asked.step
    vectors = model.encode(tokens[:, None])
    kept, least = tokens.copy(), np.full(len(tokens), abs(by))
    for version in range(VERSIONS):
        start = model.vary(vectors, VARIATION, rng) if version else vectors
        ways = np.concatenate([model.change(start, attribute, share * by) for share in SHARES])
        for written in model.decode(ways)[:, 0].reshape(len(SHARES), *tokens.shape):
            after = _heard(written)
            others = sum(np.abs(after[name] - before[name]) / ATTRIBUTES[name].step for name in before if name != attribute)
            cost = np.abs(after[attribute] - goal) / asked.step
            cost += OTHERS_COUNT * others + NOTES_COUNT * (written != tokens).mean(axis=1)
            is_better = cost < least  # never where nothing is left to hear: the register of silence is NaN
            kept[is_better], least[is_better] = written[is_better], cost[is_better]
    return kept


def _heard(tokens: Tokens) -> Mapping[str, Floats]:
    """Every attribute of phrases."""
    lines = line_frames(tokens, "melody")
    return {name: attribute.measure(lines) for name, attribute in ATTRIBUTES.items()}
