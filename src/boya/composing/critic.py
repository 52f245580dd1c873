"""The listener that ranks finished phrases: how far each is from what real phrases are like, and what in it is simply wrong.

Conventions: a phrase is FRAME_DTYPE `[shape=(steps,)]` in whole bars; a lower score is better; 0 is a phrase like the average
real one.
The averages and spreads of real phrases stand in `data/phrases.toml`, measured on the training split.
"""

import tomllib
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from boya.representation.grid import FIRST_PITCH, HOLD, REST, STEPS_PER_BAR, roll_of
from boya.representation.phrases import Phrases

__all__ = ["FEATURES", "features", "rank"]

FEATURES = (
    "melody onsets a bar",
    "melody rests",
    "melody chord tones on beats",
    "melody mean leap",
    "melody range",
    "melody repeated pitches",
    "melody bars alike",
    "chords onsets a bar",
    "bass onsets a bar",
    "drums strokes a bar",
)


def features(phrases: Phrases) -> NDArray[np.float64]:
    """Measure phrases. [shape=(phrases, steps)] -> [shape=(phrases, len(FEATURES))]"""
    n_bars = phrases.shape[1] / STEPS_PER_BAR
    melody = phrases["melody"].astype(int)
    rows = [
        (melody >= FIRST_PITCH).sum(1) / n_bars,
        (melody == REST).mean(1),
        _chord_tones(phrases),
        *np.array([_line_shape(line) for line in melody]).T,
        _bars_alike(melody),
        (phrases["chords_onset"] > 0).sum(1) / n_bars,
        (phrases["bass"] >= FIRST_PITCH).sum(1) / n_bars,
        roll_of(phrases["drums"].astype(np.uint64), 9).sum((1, 2)) / n_bars,
    ]
    return np.stack(rows, axis=1)


def rank(phrases: Phrases, roles: tuple[str, ...]) -> NDArray[np.float64]:
    """Return how far each phrase is from real ones, over the features of the roles that play. [shape=(phrases,)]"""
    average, spread = _real()
    heard = np.array([name.split()[0] in roles for name in FEATURES])
    distance = np.abs(features(phrases) - average) / spread
    return np.asarray(np.minimum(distance, 4)[:, heard].mean(axis=1) if heard.any() else np.zeros(len(phrases)))


def _chord_tones(phrases: Phrases) -> NDArray[np.float64]:
    """Share of melody onsets on a beat that belong to the chord."""
    on_beat = phrases[:, ::4]
    tokens = on_beat["melody"].astype(int)
    begins = (tokens >= FIRST_PITCH) & (on_beat["chroma"] > 0)
    fits = (on_beat["chroma"] >> ((tokens - FIRST_PITCH) % 12) & 1).astype(bool)
    return np.asarray((begins & fits).sum(1) / np.maximum(begins.sum(1), 1))


def _line_shape(line: NDArray[np.int64]) -> tuple[float, float, float]:
    """Mean leap, range and share of repeated pitches of a line."""
    pitches = line[line >= FIRST_PITCH]
    if len(pitches) < 2:
        return 0.0, 0.0, 0.0
    leaps = np.abs(np.diff(pitches))
    return float(leaps.mean()), float(np.ptp(pitches)), float((leaps == 0).mean())


def _bars_alike(line: NDArray[np.int64]) -> NDArray[np.float64]:
    """Share of steps where a bar has the rhythm of the bar before."""
    rhythm = np.where(line > HOLD, 2, line).reshape(len(line), -1, STEPS_PER_BAR)
    if rhythm.shape[1] < 2:
        return np.full(len(line), 0.6)
    return np.asarray((rhythm[:, 1:] == rhythm[:, :-1]).mean((1, 2)))


@cache
def _real() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Average and spread of each feature on real phrases."""
    text = (files("boya.composing") / "data" / "phrases.toml").read_text(encoding="utf-8")
    by_name = {row["name"]: row for row in tomllib.loads(text)["feature"]}
    return np.array([by_name[n]["mean"] for n in FEATURES]), np.array([by_name[n]["spread"] for n in FEATURES])
