"""The ear that chooses among drafts: how much one sounds like a machine's, and how long a run of it stands in the training music.

Conventions: less is better; log-odds, to which each doubling of the longest shared run adds the same.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.fingerprints import SHORTEST, lines_of, shipped
from boya.evaluation.listener import Listener, machine_odds
from boya.score import Score

__all__ = ["ear"]

OF_A_RUN = 0.75  # log-odds, for a run e times as long: chosen on pieces kept aside of training


def ear(excerpts: Sequence[Score], listener: Listener | None = None) -> NDArray[np.float64]:
    """Return how little excerpts please: the listener's log-odds, and more for what is known. `[shape=(excerpts,)]`

    The listener is the one that ships, when left out.

    >>> ear([]).shape
    (0,)
    """
    if not excerpts:
        return np.zeros(0)
    longest = [int(shipped().runs(lines_of(excerpt)).notes.max(initial=SHORTEST)) for excerpt in excerpts]
    return np.asarray(machine_odds(excerpts, listener) + OF_A_RUN * np.log(np.array(longest) / SHORTEST))
