"""Chords and key with learned ears.

Conventions: a unit is a beat. A chord is heard from what sounds in it and in the bars around it; odds of a change beside that, as
in `boya.theory.chord_naming`, made it worse (works of pop909 `train` kept aside). A key is heard from what sounds, on which
beats, what ends phrases and where lines lead, beside the profiles of `find_key`. Both ears are `Rooted`: the same in every key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from boya.listening.recognition.heard import FITS, LAST_LOW, units_of, weights_of
from boya.listening.recognition.rooted import Rooted
from boya.score import Chord, Key, Score
from boya.theory.chord_naming import unit_bounds
from boya.theory.chords import chord_pitch_classes
from boya.theory.keys import FINAL_BONUS

__all__ = ["CHORD_KINDS", "KEY_KINDS", "HeardChord", "chord_kind", "heard_chords", "heard_key"]

CHORD_KINDS = ("maj", "min", "7", "min7", "maj7", "dim", "hdim7", "dim7", "aug", "sus4", "sus2", "5")
KEY_KINDS = ("major", "minor")
FITS_WEIGHT, FITS_TEMPERATURE = 16.0, 2.0
"""how much the fit of a key's profile counts beside what was learnt, so that music of other kinds is not heard worse than by
`find_key`: lieder, lead sheets and pop songs were left out of the learning in turn, and this weight makes the least gain on
their melodies largest; and what the sum is divided by, to be as sure as it is right there"""

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class HeardChord:
    """A chord and how sure it is, 0-1."""

    chord: Chord
    confidence: float


def heard_chords(score: Score, ears: Rooted) -> tuple[HeardChord, ...]:
    """Return the chords of a score without gaps; root None where nothing sounds for long; empty for an empty score."""
    bounds, kinds = unit_bounds(score, "beat")
    if len(bounds) < 2:
        return ()
    heard, plain, is_silent = units_of(score, bounds, kinds)
    shares = ears.shares(heard, plain).reshape(len(heard), -1)
    best = np.where(is_silent, -1, shares.argmax(axis=1))
    return tuple(_merged(best, shares.max(axis=1), bounds, ears.kinds))


def heard_key(score: Score, ears: Rooted) -> tuple[Key, float]:
    """Return the likeliest key of a score and how sure it is; C major at 0 where nothing pitched sounds."""
    heard = weights_of(score)
    if not heard.any():
        return Key(0, 0), 0.0
    fits = heard[FITS] + FINAL_BONUS * (heard[LAST_LOW] > 0)
    scores = ears.scores(heard[None], np.zeros((1, 0), dtype=np.float32))[0] + FITS_WEIGHT * fits.T
    powers = np.exp((scores - scores.max()) / FITS_TEMPERATURE)
    shares = powers / powers.sum()
    tonic, kind = divmod(int(shares.argmax()), len(ears.kinds))
    return Key(0, tonic, ears.kinds[kind]), float(shares[tonic, kind])


def chord_kind(quality: str) -> str:
    """Return the kind nearest to a quality: its triad, and its seventh where that is a common chord.

    >>> [chord_kind(quality) for quality in ("7(b9)", "min6", "hdim7", "sus4(b7)", "minmaj7")]
    ['7', 'min', 'hdim7', 'sus4', 'min']
    """
    tones = set(chord_pitch_classes(0, quality)) if quality else {0, 7}
    if not tones & {3, 4}:
        return "sus4" if 5 in tones else "sus2" if 2 in tones else "5"
    if 4 in tones:
        is_raised = 8 in tones and 7 not in tones
        return "aug" if is_raised else "7" if 10 in tones else "maj7" if 11 in tones else "maj"
    if 6 in tones and 7 not in tones:
        return "hdim7" if 10 in tones else "dim7" if 9 in tones else "dim"
    return "min7" if 10 in tones else "min"


def _merged(best: Ints, sure: Floats, bounds: Ints, kinds: Sequence[str]) -> list[HeardChord]:
    """Chords from one index a unit; equal neighbours are one, as sure as they are in the mean."""
    found = []
    for index, run in groupby(range(len(best)), key=lambda unit: int(best[unit])):
        units = list(run)
        onset, end = int(bounds[units[0]]), int(bounds[units[-1] + 1])
        named = (None, "") if index < 0 else (index // len(kinds), kinds[index % len(kinds)])
        found.append(HeardChord(Chord(onset, end - onset, *named), 1.0 if index < 0 else float(sure[units].mean())))
    return found
