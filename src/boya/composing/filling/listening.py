"""The judge of drafts: how far they are from good, and how much they sound like a machine's to a listener that has learnt it.

Conventions: a lower value is better. The listener (`boya.evaluation.listener`) hears the eight bars up to the last that was
written, so that a passage is heard with what stands before it; nothing behind it, which may not be written yet.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boya.composing.filling.critic import distances
from boya.composing.filling.ground import ground_of
from boya.composing.filling.sheet import Selection, Sheet
from boya.evaluation.ear import ear
from boya.representation.stream.vocabulary import TICKS_PER_STEP
from boya.score import Score

__all__ = ["listened"]

HEARD = 8  # bars
SHARE = 0.15  # of a distance, for each unit of log-odds
SUREST = 4.0  # log-odds count no more than this


def listened(scores: Sequence[Score], sheet: Sheet, written: Selection) -> NDArray[np.float64]:
    """Return how far each score is from good and from real in the bars that were written. [shape=(n_scores,)]

    Parameters
    ----------
    scores
        drafts of the same bars
    sheet
        what they were written from
    written
        which bars of which tracks `[shape=(n_tracks, n_bars)]`
    """
    last = int(np.flatnonzero(written.any(axis=0))[-1]) + 1
    start, stop = (int(line) * TICKS_PER_STEP for line in ground_of(sheet).lines[[max(last - HEARD, 0), last]])
    excerpts = [score.slice(start, stop) for score in scores]
    odds = ear(excerpts)
    return distances(scores, sheet, written) + SHARE * np.clip(odds, -SUREST, SUREST)
