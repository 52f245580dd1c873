"""The contract of every metric: its range holds on any music, and equal input is perfect."""

import math

import numpy as np
import pytest

from boya.evaluation.registry import METRICS
from boya.score import Score, Track, note_array


def rolls(kind: str) -> np.ndarray:
    roll = np.zeros((2, 5, 64, 128), np.uint8)
    if kind == "one note":
        roll[0, 0, 3, 60] = 2
    elif kind == "drums only":
        roll[:, 4, ::3, 38] = 2
    elif kind == "extremes":
        roll[0, :, :, [0, 127]] = 2
        roll[1] = 1
    return roll


def lines(kind: str) -> np.ndarray:
    line = np.zeros((3, 32), np.int64)
    if kind == "one note":
        line[0, 5] = 62
    elif kind == "drums only":
        line[:] = 1
    elif kind == "extremes":
        line[:] = [[2], [129], [0]]
        line[2, 1::2] = 60  # every note before a heavier step
    return line


def score(kind: str) -> Score:
    if kind == "empty":
        return Score()
    if kind == "one note":
        return Score((Track(note_array([(0, 1, 60, 80)])),))
    if kind == "drums only":
        return Score((Track(note_array([(480 * i, 120, 38, 80) for i in range(9)]), is_drum=True),))
    return Score((Track(note_array([(7 * i, 10_000, pitch, 80) for i, pitch in enumerate((0, 127, 64, 3))])),))


def token_pair(kind: str) -> tuple[np.ndarray, np.ndarray]:
    silent, one = np.zeros((2, 8), np.int64), np.zeros((2, 8), np.int64)
    one[0, 0] = 62
    pairs = {
        "empty": (silent[:0], silent[:0]),
        "one note": (one, silent),
        "drums only": (silent + 1, one),
        "extremes": (one + 450, one),
    }
    return pairs[kind]


INPUTS = {
    "phrases": lambda kind: (rolls(kind),),
    "lines": lambda kind: (lines(kind),),
    "score": lambda kind: (score(kind),),
    "token pair": token_pair,
}


@pytest.mark.parametrize("kind", ["empty", "one note", "drums only", "extremes"])
@pytest.mark.parametrize("name", METRICS)
def test_range_holds(name, kind):
    metric = METRICS[name]
    for value in np.atleast_1d(metric.function(*INPUTS[metric.takes](kind))).ravel().tolist():
        assert math.isnan(value) or metric.low - 1e-9 <= value <= metric.high + 1e-9


@pytest.mark.parametrize("name", [name for name, metric in METRICS.items() if metric.takes == "token pair"])
def test_equal_tokens_are_perfect(name):
    music = np.random.default_rng(0).integers(0, 9, (4, 16))
    assert METRICS[name].function(music, music) == 1


def test_every_public_measure_module_is_listed():
    takes = {metric.takes for metric in METRICS.values()}
    assert takes == set(INPUTS)
