"""Metre and tempo: as the score states them, or the metre as its accents suggest.

Conventions: an accent is how much begins on a sixteenth of the piece, long and low notes more, whatever metre a file says. How
alike accents are some sixteenths later is what an ear of metres hears.
"""

import numpy as np
from numpy.typing import NDArray

from boya.listening.recognition.classes import Guess
from boya.listening.recognition.softmax import Softmax
from boya.score import Score

__all__ = ["echoes_of", "heard_metre", "metre_of", "stated_metre", "tempo_name"]

STEP = 120
LAGS = range(1, 33)
SHORTEST = 2 * max(LAGS)
TEMPI = ((60.0, "very slow"), (80.0, "slow"), (112.0, "moderate"), (144.0, "fast"))

Floats = NDArray[np.float32]


def metre_of(score: Score, ear: Softmax) -> Guess:
    """Return the metre that lasts longest where the score states it, with certainty; else what is heard."""
    if "metre" in score.timeline.assumed:
        return heard_metre(score, ear)
    return Guess(stated_metre(score), 1.0, ("stated",))


def stated_metre(score: Score) -> str:
    """Return the metre that lasts longest.

    >>> stated_metre(Score())
    '4/4'
    """
    metres = score.metre_changes()
    ends = [*(metre.tick for metre in metres[1:]), max(score.end, 1)]
    longest = max(zip(metres, ends, strict=True), key=lambda pair: pair[1] - pair[0].tick)[0]
    return f"{longest.numerator}/{longest.denominator}"


def heard_metre(score: Score, ear: Softmax) -> Guess:
    """Return the metre that accents suggest; 4/4 at 0 in music of fewer than 64 sixteenths."""
    echoes = echoes_of(score)
    if not echoes.any():
        return Guess("4/4", 0.0)
    shares = ear.shares(echoes[None])[0]
    best = int(shares.argmax())
    return Guess(ear.classes[best], float(shares[best]), ("accents",))


def echoes_of(score: Score) -> Floats:
    """Return how alike accents are 1 to 32 sixteenths later: of all notes, of the lowest half. [shape=(64,)]

    Zero in music of fewer than 64 sixteenths, and where every step is alike.

    >>> from boya.score import Track, note_array
    >>> waltz = [(480 * n, 480, 40 if n % 3 == 0 else 64, 80) for n in range(48)]
    >>> echoes = echoes_of(Score((Track(note_array(waltz)),)))[:32]
    >>> int(echoes.argmax()) + 1, round(float(echoes[11]), 2)
    (12, 1.0)
    """
    tracks = [track.notes for track in score.tracks if track.n_notes]
    if not tracks:
        return np.zeros(2 * len(LAGS), dtype=np.float32)
    notes = np.concatenate(tracks)
    step = np.rint(notes["onset"] / STEP).astype(np.int64)
    step -= step.min()
    weight = np.minimum(notes["duration"], 8 * STEP) / (4 * STEP) + np.maximum(60.0 - notes["pitch"], 0) / 12
    low = notes["pitch"] <= np.median(notes["pitch"])
    lanes = tuple(np.bincount(step, weights=own).astype(np.float64) for own in (weight, weight * low))
    return np.array([_alike(lane, lag) for lane in lanes for lag in LAGS], dtype=np.float32)


def tempo_name(qpm: float) -> str:
    """Return the class of a tempo in quarters per minute.

    >>> tempo_name(120), tempo_name(60)
    ('fast', 'slow')
    """
    return next((name for below, name in TEMPI if qpm < below), "very fast")


def _alike(accents: NDArray[np.float64], lag: int) -> float:
    """How alike accents are some steps later, from -1 to 1."""
    first, later = accents[:-lag], accents[lag:]
    if len(accents) < SHORTEST or not np.ptp(first) or not np.ptp(later):
        return 0.0
    return float(np.corrcoef(first, later)[0, 1])
