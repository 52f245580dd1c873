"""Landmarks of a recording: pairs of peaks of its spectrogram, by which the same recording is known again.

A landmark is a number of 22 bits, made of the bin of one peak and the way to a later one; with it goes the frame of the first.
The same recording has the same landmarks, whatever part of it is heard; another recording of the same music has others.

Source: A. Wang, ISMIR 2003, section 2.2 (see `peaks`); landmarks of several shifts for a question after D. Ellis, "Robust
landmark-based audio fingerprinting", 2009.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from boya.listening.audio.framing import Audio
from boya.listening.recordings.peaks import HOP, peaks

__all__ = ["HASH_BITS", "landmarks", "shifted"]

Ints = NDArray[np.int64]

HASH_BITS = 22
SHIFTS = 4  # parts of a hop by which a question is tried
FAN = 6  # landmarks that begin at a peak
SOONEST, LATEST, STEEPEST = 2, 63, 63  # frames and bins between the two peaks


def landmarks(blocks: Iterable[Audio]) -> tuple[Ints, Ints]:
    """Return the landmarks of a recording and the frame of each. `[shape=(landmarks,)]` both

    Examples
    --------
    >>> noise = np.random.default_rng(0).normal(scale=0.1, size=66150).astype(np.float32)
    >>> whole, _ = landmarks([noise])
    >>> part, _ = landmarks([3 * noise[40 * HOP :]])
    >>> bool(np.isin(part, whole).mean() > 0.7)
    True
    """
    return _paired(*peaks(blocks))


def shifted(audio: Audio) -> tuple[Ints, Ints]:
    """Return the landmarks of a question, for all shifts of its frames together, each once. `[shape=(landmarks,)]` both"""
    found = [landmarks([audio[shift * HOP // SHIFTS :]]) for shift in range(SHIFTS)]
    both = np.unique(np.stack([np.concatenate(column) for column in zip(*found, strict=True)]), axis=1)
    return both[0], both[1]


def _paired(frames: Ints, bins: Ints) -> tuple[Ints, Ints]:
    """Landmarks of peaks that are sorted by frame."""
    hashes, starts = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    n_pairs = np.zeros(len(frames), dtype=np.int64)
    for ahead in range(1, min(8 * FAN, len(frames))):
        late = frames[ahead:] - frames[:-ahead]
        up = bins[ahead:] - bins[:-ahead]
        fits = (late >= SOONEST) & (late <= LATEST) & (np.abs(up) <= STEEPEST) & (n_pairs[:-ahead] < FAN)
        n_pairs[:-ahead] += fits
        hashes.append((bins[:-ahead] << 13 | (up + STEEPEST + 1) << 6 | late)[fits])
        starts.append(frames[:-ahead][fits])
    return np.concatenate(hashes), np.concatenate(starts)
