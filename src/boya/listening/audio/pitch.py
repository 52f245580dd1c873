"""The pitch of one voice, frame by frame: candidates of YIN, each with its probability, and the likeliest path through them.

Conventions: audio is mono at `RATE` frames a second; a *frame* is a moment every `HOP` samples. Pitches are MIDI numbers with
fractions, NaN where nothing is sung; levels are decibels below full scale.

Source: A. de Cheveigne & H. Kawahara, "YIN", JASA 111(4), 2002; M. Mauch & S. Dixon, "pYIN", ICASSP 2014 (probabilities: the
share of the thresholds' prior that each dip takes, here in closed form); the path after P. Boersma, "Accurate short-term analysis
of the fundamental frequency", IFA Proceedings 17, 1993.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.listening.audio.framing import Audio

__all__ = ["HOP", "HOP_SECOND", "RATE", "WINDOW", "Candidates", "PitchTrack", "candidates", "path"]

Floats = NDArray[np.float32]

RATE, HOP = 22050, 256
HOP_SECOND = HOP / RATE
LOWEST_HZ, HIGHEST_HZ = 60.0, 2400.0
ALIKE = 1024  # samples that are compared
SHORTEST, LONGEST = int(RATE / HIGHEST_HZ), int(RATE / LOWEST_HZ) + 2  # lags
WINDOW = ALIKE + LONGEST
SIZE = 2048  # of the transform; holds a window
N_CANDIDATES = 6
QUIET_DECIBEL = -70.0  # below this nothing is heard
PRIOR = 10  # thresholds are distributed as Beta(2, 10), about 0.17
HARMONICS, SPAN_DECIBEL, PRESENCE = 4, 40.0, 3
LOW_SHARE = 0.01  # what the deepest dip gets of the thresholds below it
OCTAVE_COST = 1.5  # nats for a leap of an octave between two frames
VOICING_COST = 2.5  # nats for a beginning or an end
FLOOR = 1e-5  # probability of what was not measured
TOGETHER = 4096  # frames whose leaps are reckoned at once


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pitches that each frame may have: MIDI numbers, and probabilities that sum to at most 1. `[shape=(frames, 6)]`"""

    pitches: Floats
    chances: Floats


@dataclass(frozen=True, eq=False)
class PitchTrack:
    """The pitch of each frame.

    Attributes
    ----------
    pitches
        MIDI numbers with fractions, NaN where there is none `[shape=(frames,)]`
    clarity
        probability of the pitch; of having any, where there is none `[shape=(frames,)]`
    """

    pitches: Floats
    clarity: Floats

    def __len__(self) -> int:
        return len(self.pitches)


def candidates(windows: Audio) -> Candidates:
    """Return the candidates of frames.

    Parameters
    ----------
    windows
        `[shape=(frames, WINDOW)]`

    Examples
    --------
    >>> tone = np.sin(2 * np.pi * 440 / RATE * np.arange(WINDOW, dtype=np.float32))
    >>> best = candidates(tone[None])
    >>> best.pitches[0, 0].round(1), bool(best.chances[0, 0] > 0.9)
    (np.float32(69.0), True)
    """
    dips = _normalised(windows)
    middle, before, after = dips[:, 1:-1], dips[:, :-2], dips[:, 2:]
    is_dip = (middle < before) & (middle <= after)
    is_dip[:, : SHORTEST - 1] = False
    depth = np.where(is_dip, middle, np.float32(1))
    deepest = np.minimum.accumulate(depth, axis=1)
    earlier = np.concatenate([np.ones((len(depth), 1), np.float32), deepest[:, :-1]], axis=1)
    chances = np.maximum(_below(earlier) - _below(depth), 0)
    least = np.argmin(depth, axis=1)
    rows = np.arange(len(depth))
    chances[rows, least] += LOW_SHARE * _below(depth[rows, least])
    level = 10 * np.log10(np.square(windows).mean(axis=1) + 1e-12)
    chances[level < QUIET_DECIBEL] = 0
    best = np.argpartition(-chances, N_CANDIDATES, axis=1)[:, :N_CANDIDATES]
    at = rows[:, None], best
    lags = best + 1 + _vertex(before[at], middle[at], after[at])
    pitches = (69 + 12 * np.log2(RATE / lags / 440)).astype(np.float32)
    weights = chances[at] * _presence(windows, lags) ** PRESENCE
    total = chances[at].sum(axis=1, keepdims=True)
    shares = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
    return Candidates(pitches, (shares * total).astype(np.float32))


def path(found: Candidates) -> PitchTrack:
    """Return the likeliest pitch of each frame.

    >>> path(Candidates(np.full((9, 6), 60, np.float32), np.full((9, 6), 0.16, np.float32))).pitches[:2].tolist()
    [60.0, 60.0]
    """
    n_frames, n_states = len(found.pitches), N_CANDIDATES + 1
    silent = np.maximum(1 - found.chances.sum(axis=1), 0)
    evidence = np.log(np.concatenate([found.chances, silent[:, None]], axis=1) + np.float32(FLOOR))
    came = np.zeros((n_frames, n_states), dtype=np.int8)
    score = np.zeros(n_states, dtype=np.float32)
    states = np.arange(n_states)
    for first in range(0, n_frames, TOGETHER):
        costs = _leaps(found.pitches[max(first - 1, 0) : first + TOGETHER])
        for frame in range(first, min(first + TOGETHER, n_frames)):
            if frame:
                ways = score[:, None] - costs[frame - max(first, 1)]
                came[frame] = ways.argmax(axis=0)
                score = ways[came[frame], states]
            score = score + evidence[frame]
    chosen = _walk_back(came, int(score.argmax()) if n_frames else 0)
    rows, is_sung = np.arange(n_frames), chosen < N_CANDIDATES
    pitches = np.where(is_sung, found.pitches[rows, np.minimum(chosen, N_CANDIDATES - 1)], np.float32(np.nan))
    clarity = np.where(is_sung, found.chances[rows, np.minimum(chosen, N_CANDIDATES - 1)], 1 - silent)
    return PitchTrack(pitches.astype(np.float32), clarity.astype(np.float32))


def _normalised(windows: Audio) -> Floats:
    """The cumulative mean normalised difference of each lag. `[shape=(frames, LONGEST + 1)]`"""
    lags = LONGEST + 1
    spectra = np.fft.rfft(windows, SIZE, axis=1)
    spectra *= np.conj(np.fft.rfft(windows[:, :ALIKE], SIZE, axis=1))
    likeness = np.fft.irfft(spectra, SIZE, axis=1)[:, :lags]
    energy = np.concatenate([np.zeros((len(windows), 1)), np.cumsum(np.square(windows, dtype=np.float64), axis=1)], axis=1)
    power = energy[:, ALIKE:][:, :lags] - energy[:, :lags]
    difference = np.maximum(power[:, :1] + power - 2 * likeness, 0)
    total = np.cumsum(difference[:, 1:], axis=1)
    normalised = np.ones(difference.shape, dtype=np.float32)
    np.divide(difference[:, 1:] * np.arange(1, lags), total, out=normalised[:, 1:], where=total > 1e-9, casting="unsafe")
    return normalised


def _below(depth: Floats) -> Floats:
    """The share of the thresholds that lie below: Beta(2, PRIOR)."""
    rest = np.maximum(1 - depth, 0)
    power = np.square(np.square(rest))
    power *= power * np.square(rest)  # the tenth: many times as fast as **
    return np.asarray(1 - power * (1 + PRIOR * depth), dtype=np.float32)


def _vertex(before: Floats, middle: Floats, after: Floats) -> Floats:
    """Where between its neighbours the lowest point of a parabola lies, in lags."""
    bend = before - 2 * middle + after
    return np.asarray(np.clip(0.5 * (before - after) / np.maximum(bend, 1e-6), -0.5, 0.5), dtype=np.float32)


def _presence(windows: Audio, lags: Floats) -> Floats:
    """How much of the first harmonics of each candidate stands out of the spectrum, 0-1. `[shape=(frames, candidates)]`"""
    n = windows.shape[1]
    spectrum = np.abs(np.fft.rfft(windows * np.hanning(n).astype(np.float32), SIZE, axis=1))
    decibel = 20 * np.log10(spectrum + 1e-9)
    high = decibel.max(axis=1)[:, None]
    total, rows = np.zeros(lags.shape), np.arange(len(lags))[:, None]
    for number in range(1, HARMONICS + 1):
        at = np.minimum(np.rint(number * SIZE / lags).astype(np.int64), SIZE // 2 - 1)
        level = np.maximum(np.maximum(decibel[rows, at - 1], decibel[rows, at]), decibel[rows, at + 1])
        total += np.clip((level - high) / SPAN_DECIBEL + 1, 0, 1) / number
    return np.asarray(total / (1 / np.arange(1, HARMONICS + 1)).sum())


def _leaps(pitches: Floats) -> Floats:
    """What each step from state to state costs, between every two frames. `[shape=(frames - 1, from, to)]`"""
    n_states = N_CANDIDATES + 1
    costs = np.full((max(len(pitches) - 1, 0), n_states, n_states), VOICING_COST, dtype=np.float32)
    octaves = np.abs(pitches[1:, None, :] - pitches[:-1, :, None]) / 12
    costs[:, :-1, :-1] = OCTAVE_COST * octaves
    costs[:, -1, -1] = 0
    return costs


def _walk_back(came: NDArray[np.int8], last: int) -> NDArray[np.int64]:
    """The states of a path, from its end."""
    chosen = np.zeros(len(came), dtype=np.int64)
    for frame in range(len(came) - 1, -1, -1):
        chosen[frame] = last
        last = int(came[frame, last])
    return chosen
