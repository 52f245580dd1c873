"""Runs that stand in the corpus with some notes changed.

Conventions: as in `boya.evaluation.fingerprints`. A near run begins at four or eight equal moves that are not common, and goes
on as long as that pays: an equal move is worth 1, another costs 2. One changed pitch changes two moves; a changed onset two or
three. Notes that are left out or put in end a near run; what follows is another one. The worth of a run orders runs.

Source: ungapped extension after Altschul et al., "Basic local alignment search tool", 1990.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.fingerprints import EXACT, NEAR, Fingerprints, Line, Matches, text_of

__all__ = ["near_runs", "worth_of"]

REACH = 64  # moves that a near run goes on at most, to each side
COST = 2
TOGETHER = 4096

Moves = NDArray[np.uint8]
Ints = NDArray[np.int64]


def near_runs(prints: Fingerprints, lines: Sequence[Line]) -> Matches:
    """Return runs in which some notes may differ, the best first.

    >>> from boya.evaluation.fingerprints import lines_of
    >>> from boya.listening.originality.building import build_fingerprints
    >>> from boya.score import Score, Track, note_array
    >>> tune = [(480 * i, 480, 60 + i * i % 7, 80) for i in range(16)]
    >>> prints = build_fingerprints([(Score((Track(note_array(tune)),)), {"id": "a"})])
    >>> tune[7] = (480 * 7, 480, 72, 80)
    >>> found = near_runs(prints, lines_of(Score((Track(note_array(tune)),))))
    >>> int(found.notes[0]), int(found.equal[0])
    (16, 14)
    """
    text, starts = text_of(lines)
    pairs = [prints.seeds(text, size) for size in (NEAR, EXACT)]
    here, there = (np.concatenate(places) for places in zip(*pairs, strict=True))
    chunks = [slice(first, first + TOGETHER) for first in range(0, len(here), TOGETHER)]
    parts = [_extent(text, prints.moves, here[chunk], there[chunk]) for chunk in chunks]
    back, on, equal = np.concatenate(parts, axis=1) if parts else np.zeros((3, 0), dtype=np.int64)
    found = prints.matches(text, starts, here - back, there - back, back + on, equal)
    return found.take(np.argsort(-worth_of(found), kind="stable"))


def worth_of(found: Matches) -> Ints:
    """Return what runs are worth: notes that follow as there, less twice those that do not. `[shape=(runs,)]`"""
    return found.equal - COST * (found.notes - found.equal)


def _extent(one: Moves, other: Moves, here: Ints, there: Ints) -> Ints:
    """How far a near run goes back and on from two places, and how many of its moves are equal. `[shape=(3, places)]`"""
    back, same_back = _side(one, other, here - 1, there - 1, -1)
    on, same_on = _side(one, other, here, there, 1)
    return np.stack([back, on, same_back + same_on])


def _side(one: Moves, other: Moves, here: Ints, there: Ints, step: int) -> tuple[Ints, Ints]:
    """The stretch worth most to one side: moves, and equal ones among them."""
    along = step * np.arange(REACH)
    left, right = (m[np.clip(at[:, None] + along, 0, len(m) - 1)] for m, at in ((one, here), (other, there)))
    is_over = np.logical_or.accumulate((left == 0) | (right == 0), axis=1)
    is_same = (left == right) & ~is_over
    total = np.cumsum(np.where(is_same, 1, -COST), axis=1)
    total[is_over] = -REACH * COST
    best = np.argmax(total, axis=1)
    length = np.where(total[np.arange(len(here)), best] > 0, best + 1, 0)
    return length, np.sum(is_same & (np.arange(REACH) < length[:, None]), axis=1)
