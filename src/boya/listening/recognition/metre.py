"""Metre and tempo: as the score states them, or the metre as its accents suggest.

Conventions: an accent is how much begins at a moment, long and low notes more. A bar is as long as what brings accents back: the
accents of each step are compared with those one bar later, for each common metre, and with how strong its first beats are.
"""

import numpy as np
from numpy.typing import NDArray

from boya.listening.recognition.classes import Guess
from boya.score import Score

__all__ = ["heard_metre", "metre_of", "tempo_name"]

STEPS_PER_QUARTER = 4
METRES = {"4/4": 16, "3/4": 12, "2/4": 8, "6/8": 12}
GROUPS = {"4/4": 4, "3/4": 4, "2/4": 4, "6/8": 6}
"""metre -> sixteenths of a bar, of a beat"""
SHARPNESS = 6.0
TEMPI = ((60.0, "very slow"), (80.0, "slow"), (112.0, "moderate"), (144.0, "fast"))


def metre_of(score: Score) -> Guess:
    """Return the metre that lasts longest where the score states it, with certainty; else what is heard."""
    if "metre" in score.timeline.assumed:
        return heard_metre(score)
    metres = score.metre_changes()
    ends = [*(metre.tick for metre in metres[1:]), max(score.end, 1)]
    longest = max(zip(metres, ends, strict=True), key=lambda pair: pair[1] - pair[0].tick)[0]
    return Guess(f"{longest.numerator}/{longest.denominator}", 1.0, ("stated",))


def heard_metre(score: Score) -> Guess:
    """Return the metre in which accents come back, and how sure that is.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> waltz = [(480 * n, 480, 40 if n % 3 == 0 else 64, 80) for n in range(48)]
    >>> heard_metre(Score((Track(note_array(waltz)),))).name
    '3/4'
    """
    accents = _accents(score)
    if accents is None:
        return Guess("4/4", 0.0)
    fit = np.array([_comes_back(accents, bar) + _stands_out(accents, bar, GROUPS[name]) for name, bar in METRES.items()])
    shares = np.exp(SHARPNESS * (fit - fit.max()))
    best = int(shares.argmax())
    return Guess(list(METRES)[best], float(shares[best] / shares.sum()), ("accents",))


def tempo_name(qpm: float) -> str:
    """Return the class of a tempo in quarters per minute.

    >>> tempo_name(120), tempo_name(60)
    ('fast', 'slow')
    """
    return next((name for below, name in TEMPI if qpm < below), "very fast")


def _accents(score: Score) -> NDArray[np.float64] | None:
    """How much begins on each sixteenth; None in music shorter than four bars. [shape=(steps,)]"""
    tracks = [track.notes for track in score.tracks if track.n_notes]
    if not tracks:
        return None
    notes = np.concatenate(tracks)
    step = np.rint(notes["onset"] / (480 / STEPS_PER_QUARTER)).astype(np.int64)
    weight = np.minimum(notes["duration"], 960) / 480 + np.maximum(60.0 - notes["pitch"], 0) / 12
    accents = np.bincount(step - step.min(), weights=weight)
    return accents / max(accents.max(), 1e-9) if len(accents) >= 4 * max(METRES.values()) else None


def _comes_back(accents: NDArray[np.float64], bar: int) -> float:
    """How alike accents are a bar later, from -1 to 1."""
    first, later = accents[:-bar], accents[bar:]
    if not np.ptp(first) or not np.ptp(later):
        return 0.0
    return float(np.corrcoef(first, later)[0, 1])


def _stands_out(accents: NDArray[np.float64], bar: int, group: int) -> float:
    """By how much the first step of bars is stronger than that of their other beats, at best over where bars may begin."""
    folded = accents[: len(accents) // bar * bar].reshape(-1, bar).mean(axis=0)
    beats = [np.roll(folded, -start)[::group] for start in range(0, bar, 2)]
    return float(max((beat[0] - beat[1:].mean()) / max(folded.max(), 1e-9) for beat in beats))
