"""Which recordings have the landmarks of a clip at one and the same distance, and how sure that is.

Every landmark of the clip has one vote for each recording that has it, and the rarer it is in the whole store the more the vote
counts: what only one recording has tells which it is, a drum that many have tells little. A vote is for a distance: the frame in
the recording less the frame in the clip. A quarter of a second counts whole where two rare landmarks agree, and never more: a
chord or a drum in common is not taken for the same recording, which agrees all the way.

By chance as many quarters agree as the root of all that sound: there it is as likely another recording as this one. How fast that
changes was learnt from clips of 40 recordings that were known and of 60 that were not, 1-40 known at a time: clean, in noise, and
with other music as loud (played from pieces of the part `train`).

Source: A. Wang, ISMIR 2003, section 2.3; the weights after inverse document frequency.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.listening.recordings.landmarks import HASH_BITS
from boya.listening.recordings.peaks import FRAME_SECOND
from boya.listening.recordings.store import Found

__all__ = ["Place", "places"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

QUARTER = round(0.25 / FRAME_SECOND)  # frames
NEAR = 1  # frames by which landmarks of one place may be off
RARE = 1e-5  # of all frames of a store: what is not more common than that counts whole
ENOUGH = 2.0  # votes with which a quarter counts whole
STEEP = 5.0  # how fast more quarters than by chance make it likely


@dataclass(frozen=True)
class Place:
    """Where a clip may be from: the recording's number, the frame at which the clip begins, and what speaks for it.

    Attributes
    ----------
    quarters
        quarters of a second that agree
    n_landmarks
        landmarks that agree
    sure
        how likely it is right, 0-1
    """

    number: int
    frame: int
    quarters: float
    n_landmarks: int
    sure: float


def places(hashes: Ints, frames: Ints, found: Found, n_frames: int) -> list[Place]:
    """Return the best place of each recording that has landmarks of a clip.

    Parameters
    ----------
    hashes, frames
        landmarks of the clip `[shape=(landmarks,)]`
    found
        all that the store has of them
    n_frames
        how long all recordings are together

    Examples
    --------
    >>> frames = 20 * np.arange(9)
    >>> found = Found(np.arange(9), np.full(9, 3), frames + 70)
    >>> [place] = places(np.arange(9), frames, found, 10_000)
    >>> place.number, place.frame, place.quarters
    (3, 70, 4.5)
    """
    weights = _weights(found.which, len(hashes), n_frames)
    marks = hashes + (frames // QUARTER << HASH_BITS)  # the same for a landmark that several shifts have
    chance = np.sqrt(len(np.unique(frames // QUARTER)))
    return [_best(number, marks, frames, weights, found, mine, chance) for number, mine in _grouped(found.numbers)]


def _weights(which: Ints, n_landmarks: int, n_frames: int) -> Floats:
    """What the vote of each landmark of a clip counts."""
    counts = np.bincount(which, minlength=n_landmarks)
    return np.minimum(max(RARE * n_frames, 1) / np.maximum(counts, 1), 1)


def _grouped(numbers: Ints) -> Iterator[tuple[int, Ints]]:
    """Each number, and where it stands."""
    order = np.argsort(numbers, kind="stable")
    values, firsts = np.unique(numbers[order], return_index=True)
    return zip(values.tolist(), np.split(order, firsts[1:]), strict=True) if len(values) else iter(())


def _best(number: int, marks: Ints, frames: Ints, weights: Floats, found: Found, mine: Ints, chance: float) -> Place:
    """The best place of one recording."""
    which = found.which[mine]
    ways = found.frames[mine] - frames[which]
    way = _fullest(ways, weights[which])
    agreed = which[np.abs(ways - way) <= NEAR]
    own, firsts = np.unique(marks[agreed], return_index=True)
    votes = np.bincount(own >> HASH_BITS, weights=weights[agreed[firsts]])
    quarters = float(np.minimum(votes / ENOUGH, 1).sum())
    return Place(number, way, quarters, len(own), float(1 / (1 + (chance / quarters) ** STEEP)))


def _fullest(ways: Ints, weights: Floats) -> int:
    """The distance for which most votes are, with those beside it."""
    low = int(ways.min())
    votes = np.bincount(ways - low, weights, minlength=2 * NEAR + 1)
    return low + int(np.convolve(votes, np.ones(2 * NEAR + 1), mode="same").argmax())
