"""Which segments of a window say what an earlier bar of it says: `same:8` stands for a segment eight bars ago.

A piece that is longer than what a model reads leans on bars that it no longer sees: `recall` says which of them to show it again.

Conventions: the content of a segment is a number, equal where the notes and the length of the bar are, SILENT where there are
none; `[shape=(bars, slots)]`. A lag is counted in bars by their numbers; 0 is none. A bar leans on as few others as it can: the
lag that serves most of its tracks is taken first, of equals the nearest.

Source: J. Ziv, A. Lempel, "A universal algorithm for sequential data compression", 1977 (what was said is pointed at); the bars
that a piece leans on: Yu et al., "Museformer", 2022.
"""

import numpy as np
from numpy.typing import NDArray

from boya.representation.stream.vocabulary import MOST_BARS

__all__ = ["COMPARED", "SILENT", "echoes", "recall"]

SILENT = -1
COMPARED, FADING = 8, 0.7  # latest bars, by which it is told where to look back; each counts so much less than the next
USUAL = {16: 0.1, 8: 0.08, 4: 0.05, 1: 0.01}  # how alike bars are whose distance is a multiple of so many, about
DOUBT = 2.0  # bars' worth of it, where few bars tell


def echoes(content: NDArray[np.int32], numbers: NDArray[np.int64], is_hole: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """Return how many bars ago each segment was said, 0 where it is to be spelled out.

    Parameters
    ----------
    content
        of each segment `[shape=(bars, slots)]`
    numbers
        of the bars, rising `[shape=(bars,)]`
    is_hole
        which segments are written last: they may lean on all, the others on what is no hole `[shape=(bars, slots)]`

    Examples
    --------
    >>> echoes(np.array([[1, 2], [3, 2], [1, 2]], dtype=np.int32), np.arange(3)).tolist()
    [[0, 0], [0, 1], [2, 2]]
    """
    lags = np.zeros(content.shape, dtype=np.int64)
    is_said = content != SILENT
    is_kept = is_said if is_hole is None else is_said & ~is_hole
    for bar in range(1, len(content)):
        first = int(np.searchsorted(numbers, numbers[bar] - MOST_BARS, side="right"))
        alike = (content[first:bar] == content[bar]) & is_said[bar]
        if not alike.any():
            continue
        distances = numbers[bar] - numbers[first:bar]
        if is_hole is None:
            _settle(alike, distances, lags[bar])
        else:
            _settle(alike & is_kept[first:bar] & is_kept[bar], distances, lags[bar])
            _settle(alike & is_hole[bar], distances, lags[bar])
    return lags


def recall(content: NDArray[np.int32], first: int) -> int | None:
    """Return the bar that the coming one may say again: as far behind the place that the latest bars say again, if there is any,
    or where music of its kind looks back.

    Parameters
    ----------
    content
        of the bars so far `[shape=(bars, slots)]`
    first
        the earliest of those that are read anyway; the bar returned lies before it by two at least

    Examples
    --------
    >>> tune = [[0], [1], [2], [3], [4], [5], [6], [7], [0], [1], [2], [3], [8], [9], [0], [1]]
    >>> recall(np.array(tune, dtype=np.int32), 12)
    2
    """
    bar, scores = len(content), {}
    for start in range(max(bar - MOST_BARS + COMPARED, 0), first - 1):
        n = min(COMPARED, start)
        fading = FADING ** np.arange(n)[::-1]
        alike = _alike(content[bar - n :], content[start - n : start])
        usual = next(share for period, share in USUAL.items() if (bar - start) % period == 0)
        scores[start] = (float(fading @ alike) + DOUBT * usual) / (float(fading.sum()) + DOUBT), start
    return max(scores, key=lambda start: scores[start], default=None)


def _alike(latest: NDArray[np.int32], earlier: NDArray[np.int32]) -> NDArray[np.float64]:
    """The share of the segments said in either of two bars that both say alike. [shape=(bars, slots)] both -> [shape=(bars,)]"""
    said = (latest != SILENT) | (earlier != SILENT)
    return np.asarray(((latest == earlier) & said).sum(1) / np.maximum(said.sum(1), 1))


def _settle(alike: NDArray[np.bool_], distances: NDArray[np.int64], lags: NDArray[np.int64]) -> None:
    """Give the slots of a bar their lags; `alike` says which earlier bars say the same. [shape=(earlier bars, slots)]"""
    while alike.any():
        counts = alike.sum(axis=1)
        best = len(counts) - 1 - int(counts[::-1].argmax())
        lags[alike[best]] = distances[best]
        alike = alike & ~alike[best]
