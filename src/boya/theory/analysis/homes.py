"""Which keys a piece is likely to be in at any place, given the key it is in as a whole."""

import numpy as np
from numpy.typing import NDArray

from boya.score import MINOR_MODES, Score
from boya.theory.analysis.odds import Odds
from boya.theory.keys import find_key

__all__ = ["home_odds"]


def home_odds(score: Score, odds: Odds) -> NDArray[np.float64]:
    """Return the logarithmic odds of each key, mode * 12 + tonic. `[shape=(24,)]`"""
    key = find_key(score)
    by_mode: NDArray[np.float64] = np.roll(odds.home[int(key.mode in MINOR_MODES)], key.tonic, axis=0).T.reshape(24)
    return by_mode
