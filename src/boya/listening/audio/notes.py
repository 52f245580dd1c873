"""From the pitch of each frame to notes: the likeliest row of notes and rests, which a vibrato does not break and an attack does.

A hidden Markov model with a state for each third of a semitone and one for silence. What a frame tells are the candidates of
`pitch`; to begin a note costs `BEGIN`, less where an attack is heard, so that a repeated note is two; a glide is too short to be
worth a note of its own. While a hammer knocks, its noise is no evidence. Hummed pitches drift: each note is rounded against a
tuning that follows the notes before it.

Source: M. Mauch et al., "Computer-aided melody note transcription using the Tony software", TENOR 2015; here with the candidates
in place of one pitch, and with attacks. The cost of leaps as a distance transform: P. Felzenszwalb & D. Huttenlocher, "Distance
transforms of sampled functions", 2004.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.listening.audio.pitch import HOP_SECOND, Candidates

__all__ = ["BEGIN", "Heard", "notes_of", "tuning_of"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

LOWEST, HIGHEST, PER_SEMITONE = 35, 103, 3
WIDTH = 0.35  # semitones by which a sung pitch is off its note
FLOOR = 0.02  # likelihood of what does not fit
TEMPER = 0.5  # neighbouring frames tell the same twice
BEGIN, END, LEAP = 6.0, 6.0, 0.08  # nats: to begin a note, to fall silent, for each semitone of a leap
MOST_ATTACK = 1.5
KNOCK, LOUD_KNOCK, DEAF = 6, 4.0, 0.9  # frames after an attack that tell less of pitch, from which strength on, and by how much
SHORTEST_SECOND = 0.05
FOLLOW = 0.15  # how far the tuning follows each note
QUIETEST = -45.0  # decibels below the loudest frame


@dataclass(frozen=True)
class Heard:
    """A note that was heard: onset and end in seconds, a MIDI number, the same with its fraction, and its velocity 1-127."""

    onset: float
    end: float
    pitch: int
    exact: float
    velocity: int


def notes_of(found: Candidates, attacks: Floats, levels: Floats, begin: float = BEGIN) -> list[Heard]:
    """Return the notes of one voice.

    Parameters
    ----------
    found
        candidates of all frames
    attacks
        strength of the attack that begins at a frame `[shape=(frames,)]`
    levels
        decibels below full scale `[shape=(frames,)]`
    begin
        nats that it costs to begin a note; with less, short notes are told more often, and what is none as well
    """
    if not len(levels):
        return []
    is_loud = levels > levels.max() + QUIETEST
    bonus = np.float32(begin) * (np.minimum(attacks, np.float32(MOST_ATTACK)) - 1)
    states, begins = _decoded(_evidence(found, attacks, is_loud), bonus)
    firsts = np.flatnonzero(begins)
    rows = []
    for first, last in zip(firsts.tolist(), [*firsts[1:].tolist(), len(states)], strict=True):
        if states[first] and (last - first) * HOP_SECOND >= SHORTEST_SECOND:
            rows.append((first, last, _exact(found, first, last, LOWEST + (int(states[first]) - 1) / PER_SEMITONE)))
    pitches = _rounded([exact for _, _, exact in rows])
    high = float(levels.max())
    return [
        Heard(first * HOP_SECOND, last * HOP_SECOND, pitch, exact, _velocity(float(levels[first:last].max()) - high))
        for (first, last, exact), pitch in zip(rows, pitches, strict=True)
    ]


def tuning_of(exact: Sequence[float]) -> float:
    """Return by how many semitones, -0.5 to 0.5, pitches are usually sharp.

    >>> round(tuning_of([60.2, 64.1, 66.9]), 2)
    0.07
    """
    return float(np.angle(np.exp(2j * np.pi * np.array(exact)).mean()) / (2 * np.pi))


def _evidence(found: Candidates, attacks: Floats, is_loud: NDArray[np.bool_]) -> Floats:
    """Log likelihood of silence and of each pitch. `[shape=(frames, states)]`"""
    centres = np.arange(LOWEST, HIGHEST + 1, 1 / PER_SEMITONE, dtype=np.float32)
    likely = np.zeros((len(found.pitches), len(centres) + 1), dtype=np.float32)
    chances = np.where(is_loud[:, None], found.chances, 0)
    likely[:, 0] = 1 - chances.sum(axis=1)
    for pitches, chance in zip(found.pitches.T, chances.T, strict=True):
        likely[:, 1:] += chance[:, None] * np.exp(-0.5 * ((pitches[:, None] - centres) / np.float32(WIDTH)) ** 2)
    knock = np.zeros(len(attacks) + KNOCK, dtype=np.float32)
    for late in range(KNOCK):
        np.maximum(knock[late : late + len(attacks)], attacks, out=knock[late : late + len(attacks)])
    told = TEMPER * (1 - DEAF * np.minimum(knock[: len(attacks), None] / LOUD_KNOCK, 1))
    return np.asarray(told * np.log(np.maximum(likely, 0) + FLOOR), dtype=np.float32)


def _decoded(evidence: Floats, bonus: Floats) -> tuple[Ints, NDArray[np.bool_]]:
    """The state of each frame, and whether something begins there, for which there is a bonus (or where below 0 a cost)."""
    n_frames, n_states = evidence.shape
    order = np.arange(1, n_states)
    slope = np.float32(LEAP / PER_SEMITONE) * order
    came = np.full((n_frames, n_states), -1, dtype=np.int16)
    score = evidence[0].copy()
    for frame in range(1, n_frames):
        new = np.empty(n_states, dtype=np.float32)
        best = np.empty(n_states, dtype=np.int64)
        new[1:], best[1:] = _leapt(score[1:], slope, order)
        is_rest = score[0] > new[1:]
        new[1:][is_rest], best[1:][is_rest] = score[0], 0
        new[1:] += bonus[frame]
        best[0] = 1 + score[1:].argmax()
        new[0] = score[best[0]] - END
        is_new = new > score
        came[frame, is_new] = best[is_new]
        score = np.where(is_new, new, score) + evidence[frame]
    return _walk_back(came, int(score.argmax()))


def _leapt(score: Floats, slope: Floats, order: Ints) -> tuple[Floats, Ints]:
    """The best score to come from for each state, less what the leap costs, and where that is."""
    rising, falling = score + slope, (score - slope)[::-1]
    below, above = np.maximum.accumulate(rising), np.maximum.accumulate(falling)
    of_below = np.maximum.accumulate(np.where(rising == below, order, 0))
    of_above = np.minimum.accumulate(np.where(falling == above, order[::-1], len(order)))
    up, down = below - slope, above[::-1] + slope
    return np.maximum(up, down), np.where(up >= down, of_below, of_above[::-1])


def _walk_back(came: NDArray[np.int16], state: int) -> tuple[Ints, NDArray[np.bool_]]:
    """The states of a path from its end, and where each begins."""
    states, begins = np.zeros(len(came), dtype=np.int64), np.zeros(len(came), dtype=bool)
    for frame in range(len(came) - 1, -1, -1):
        states[frame] = state
        if came[frame, state] >= 0 or not frame:
            begins[frame] = True
            state = int(came[frame, state])
    return states, begins


def _exact(found: Candidates, first: int, last: int, near: float) -> float:
    """The middle of the pitches of a note, without its ends."""
    part = slice(first + (last - first) // 5, last - (last - first) // 5)
    pitches, chances = found.pitches[part].ravel(), found.chances[part].ravel()
    is_near = (np.abs(pitches - near) < 1) & (chances > 0.05)
    return float(np.median(pitches[is_near])) if is_near.any() else near


def _rounded(exact: list[float]) -> list[int]:
    """Whole pitches, against a tuning that follows the singer."""
    if not exact:
        return []
    tuning, pitches = tuning_of(exact), []
    for value in exact:
        pitches.append(round(value - tuning))
        tuning += FOLLOW * (value - tuning - pitches[-1])
    return pitches


def _velocity(decibel: float) -> int:
    """A velocity for a level below the loudest."""
    return int(np.clip(round(100 + 2 * decibel), 10, 110))
