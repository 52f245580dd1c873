"""Is the draft that is chosen better than the first one? Eight bars of bands, written under the chords of real pieces.

Half of the pieces of `valid` lend their first bars without a note, chords and all; the composer fills them, once with the first
draft of each passage and once with the best of several in the ears of critic and listener. Both are told from excerpts of the
other half, as in `boya.proof.likeness`. The listener has learnt from pieces of `train` only.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from boya.composing.filling import Sheet, fill
from boya.errors import InputError, MissingExtraError
from boya.evaluation.excerpts import describe_excerpts
from boya.evaluation.scoreboard import Row
from boya.evaluation.two_sample import two_sample
from boya.models.composer import Composer
from boya.proof.drafts import heard
from boya.proof.likeness import EXCERPT_BARS
from boya.proof.setup import Setup
from boya.representation.stream import Encoded
from boya.score import Score

__all__ = ["ranked"]

CANDIDATES = 4


def ranked(setup: Setup, composer: Composer, name: str, pieces: Sequence[Encoded]) -> Iterator[Row]:
    """Tell first drafts and chosen ones from real music."""
    long = [piece for piece in pieces if piece.n_bars >= EXCERPT_BARS]
    lent = long[::2][:: max(len(long[::2]) // setup.pick(100, 3), 1)]
    owners = np.arange(len(long))
    real = describe_excerpts([heard(piece, EXCERPT_BARS) for piece in long[1::2]])
    found: dict[int, float] = {}
    for candidates in (1, CANDIDATES):
        written = describe_excerpts([_written(setup, composer, piece, candidates) for piece in lent])
        try:
            test = two_sample(written, real, setup.rng(), model_groups=-1 - owners[: len(lent)], data_groups=owners[: len(real)])
        except (MissingExtraError, InputError) as error:
            setup.note(f"composer: no test of first and chosen drafts: {error}")
            return
        found[candidates] = 100 * test.accuracy
        metric = f"two-sample accuracy of eight bars under given chords, {'first draft' if candidates == 1 else 'best of four'}"
        bar = found[1] if candidates > 1 else None
        yield setup.row(metric, name, found[candidates], "%", at_most=bar)
        yield setup.row(f"{metric}, excerpts", name, float(test.n_per_class), "excerpts")


def _written(setup: Setup, composer: Composer, piece: Encoded, candidates: int) -> Score:
    """The first bars of a piece, all of its notes written anew."""
    sheet = Sheet(heard(piece, EXCERPT_BARS), EXCERPT_BARS, style=piece.style, substyle=piece.substyle, is_open=True)
    filled = fill(sheet, ~sheet.blank_selection(), setup.rng(), composer=composer, candidates=candidates)
    return filled.scores[0].slice_bars(0, min(EXCERPT_BARS, filled.scores[0].n_bars))
