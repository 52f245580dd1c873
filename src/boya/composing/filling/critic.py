"""The critic of written passages: how far what was written is from what real tracks of its role do, and from what was wished.

Conventions: a lower distance is better. A track is measured over the bars that were written, by `FEATURES`; each measure is
compared with what the sheet wishes, else with what the same track does in the bars around, else with real tracks of its role, in
units of how much real music differs there. The averages and spreads of real tracks stand in `data/passages.toml`, measured on
the `train` split by `scripts/measure_passages.py`.
"""

import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from boya.composing.filling.ground import Ground, ground_of, notes_in_steps
from boya.composing.filling.sheet import Selection, Sheet
from boya.representation.stream.controls import CONTROL_EDGES
from boya.representation.stream.vocabulary import STEPS_PER_QUARTER
from boya.score import ROLES, Score, Track

__all__ = ["FEATURES", "band_features", "distances", "track_features", "usual"]

FEATURES = (
    "sounding bars",  # share of the bars in which it begins notes
    "onsets a quarter",  # in those bars
    "notes an onset",
    "note length",  # mean of log2 of steps
    "leap",  # mean semitones from one highest note to the next
    "repeated notes",  # share of highest notes that repeat the one before
    "range",  # semitones from lowest to highest
    "chord tones on beats",
    "rhythm as before",  # onsets that a bar shares with the bar before, as a share of those of both
    "register",  # mean pitch
    "velocity",  # mean
)
BAND_FEATURES = (
    "clashes",  # share of beats on which two tracks sound a semitone apart, in any octave
    "crossings",  # share of beats on which another track lies below the bass
)
NEARBY = 8  # bars around
FARTHEST = 4.0  # a measure counts no more than this
_PLACES = {"density": 1, "register": 9, "polyphony": 2, "dynamics": 10}  # the feature that a wish is about


def distances(scores: Sequence[Score], sheet: Sheet, written: Selection) -> NDArray[np.float64]:
    """Return how far each score is from good in the bars that were written. [shape=(n_tracks, n_bars)] -> [shape=(n_scores,)]"""
    ground = ground_of(sheet)
    return np.array([_distance(ground, score, sheet, written) for score in scores])


def usual(track: Track, feature: str) -> float:
    """Return what real tracks of the role of a track do, in the mean.

    >>> 0.7 < usual(Track(role="melody"), "chord tones on beats") < usual(Track(role="pad"), "chord tones on beats") < 1
    True
    """
    return float(_real()[_role(track)][0][FEATURES.index(feature)])


def track_features(ground: Ground, track: Track, bars: NDArray[np.int64]) -> NDArray[np.float64]:
    """Measure a track in some bars, rising. NaN where there is nothing to measure. [shape=(len(FEATURES),)]"""
    rows = np.column_stack([notes_in_steps(track), track.notes["velocity"].astype(np.int64)])
    bar_of = ground.bar_of(rows[:, 0])
    inside = rows[np.isin(bar_of, bars)]
    if not len(inside):
        return np.array([0.0, *[np.nan] * (len(FEATURES) - 1)])
    onsets, n_at = np.unique(inside[:, 0], return_counts=True)
    sounding = np.unique(ground.bar_of(onsets))
    quarters = np.diff(ground.lines)[sounding].sum() / STEPS_PER_QUARTER
    found = [len(sounding) / len(bars), len(onsets) / quarters, n_at.mean()]
    if track.is_drum:
        found += [np.nan] * 5
    else:
        found += [float(np.log2(inside[:, 1] - inside[:, 0]).mean()), *_shape(inside, onsets), _chord_tones(ground, inside)]
    found += [_alike(ground, np.unique(rows[:, 0]), bars), np.nan if track.is_drum else inside[:, 2].mean(), inside[:, 3].mean()]
    return np.array(found)


def band_features(ground: Ground, score: Score, bars: NDArray[np.int64]) -> NDArray[np.float64]:
    """Measure how tracks go together in some bars; NaN where fewer than two sound. [shape=(len(BAND_FEATURES),)]"""
    steps = np.concatenate([np.arange(ground.lines[bar], ground.lines[bar + 1], STEPS_PER_QUARTER) for bar in bars.tolist()])
    sounds = [(track.role, _sounding(track, steps)) for track in score.tracks if not track.is_drum and track.n_notes]
    if len(sounds) < 2:
        return np.full(len(BAND_FEATURES), np.nan)
    classes = np.stack([np.stack([s[:, pc::12].any(1) for pc in range(12)], axis=1) for _, s in sounds])
    others = classes.sum(0)[None] - classes > 0  # pitch classes of the other tracks
    clashes = (classes & np.roll(others, 1, axis=2) & ~np.roll(classes, 1, axis=2)).any((0, 2))
    lowest = np.stack([np.where(s.any(1), s.argmax(1), 128) for _, s in sounds])
    is_bass = np.array([role == "bass" for role, _ in sounds])
    bass = lowest[is_bass].min(0, initial=128)
    crossings = (lowest[~is_bass].min(0, initial=128) < bass) & (bass < 128)
    plays = (classes.any(2).sum(0) > 1).sum()
    return np.array([clashes.sum(), crossings.sum()]) / plays if plays else np.full(len(BAND_FEATURES), np.nan)


def _distance(ground: Ground, score: Score, sheet: Sheet, written: Selection) -> float:
    """How far one score is from good."""
    real, total = _real(), []
    for number in np.flatnonzero(written.any(1)).tolist():
        track, bars = score.tracks[number], np.flatnonzero(written[number])
        found = track_features(ground, track, bars)
        average, spread, nearby = real[_role(track)]
        around = np.setdiff1d(np.arange(max(bars[0] - NEARBY, 0), min(bars[-1] + 1 + NEARBY, sheet.n_bars)), bars)
        theirs = track_features(ground, track, around) if len(around) else np.full(len(FEATURES), np.nan)
        is_near = ~np.isnan(theirs) & (len(around) > 1)
        apart = np.abs(found - np.where(is_near, theirs, average)) / np.where(is_near, nearby, spread)
        missed = _missed(track, found, sheet.wishes[bars[0], number], ground, bars)
        for name, place in _PLACES.items():
            apart[place] = apart[place] if np.isnan(missed[name]) else 0.0
        apart = np.minimum(apart[~np.isnan(apart)], FARTHEST)
        silent = 0.0 if found[0] else 1.0 if track.n_notes else FARTHEST  # a track that plays elsewhere may rest
        total.append(float(apart.mean()) + silent + float(np.nansum(list(missed.values()))))
    average, spread, _ = real["band"]
    apart = (band_features(ground, score, np.flatnonzero(written.any(0))) - average) / spread
    apart = np.clip(apart[~np.isnan(apart)], 0, FARTHEST)  # only more than is usual counts
    return float(np.mean(total)) + (float(apart.mean()) if len(apart) else 0.0)


def _role(track: Track) -> str:
    """The role that a track is measured by."""
    return track.role or ("drums" if track.is_drum else "none")


def _missed(
    track: Track, found: NDArray[np.float64], wishes: NDArray[np.int8], ground: Ground, bars: NDArray[np.int64]
) -> dict[str, float]:
    """By how many classes each wish is missed; NaN where there is none."""
    missed = {}
    onsets_a_bar = found[1] * np.diff(ground.lines)[bars].mean() / STEPS_PER_QUARTER
    values = {"density": onsets_a_bar * found[2], "register": found[9], "polyphony": found[2], "dynamics": found[10]}
    for (name, value), wish in zip(values.items(), wishes.tolist(), strict=True):
        is_wish = wish >= 0 and not np.isnan(value)
        missed[name] = float(abs(np.searchsorted(CONTROL_EDGES[name], value, side="right") - wish)) if is_wish else np.nan
    return missed


def _shape(rows: NDArray[np.int64], onsets: NDArray[np.int64]) -> tuple[float, float, float]:
    """Mean leap, share of repeated notes, and range, of the highest notes."""
    last = np.searchsorted(rows[:, 0], onsets, side="right") - 1
    top = rows[last, 2] if len(rows) else rows[:, 2]
    leaps = np.abs(np.diff(top))
    span = float(np.ptp(rows[:, 2]))
    return (float(leaps.mean()), float((leaps == 0).mean()), span) if len(leaps) else (np.nan, np.nan, span)


def _chord_tones(ground: Ground, rows: NDArray[np.int64]) -> float:
    """Share of notes on a quarter that are of the chord."""
    line = ground.lines[ground.bar_of(rows[:, 0])]
    on_beat = rows[((rows[:, 0] - line) % STEPS_PER_QUARTER == 0) & ground.has_chord[rows[:, 0]]]
    return float(ground.chord[on_beat[:, 0], on_beat[:, 2] % 12].mean()) if len(on_beat) else np.nan


def _alike(ground: Ground, onsets: NDArray[np.int64], bars: NDArray[np.int64]) -> float:
    """How much of its rhythm each bar has from the bar before, in the mean over bars where both sound."""
    bar_of = ground.bar_of(onsets)
    shares = []
    for bar in bars.tolist():
        here, before = (onsets[bar_of == b] - ground.lines[b] for b in (bar, bar - 1)) if bar else (onsets[:0], onsets[:0])
        if len(here) and len(before):
            shared = len(np.intersect1d(here, before, assume_unique=True))
            shares.append(shared / (len(here) + len(before) - shared))
    return float(np.mean(shares)) if shares else np.nan


def _sounding(track: Track, steps: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which pitches sound at steps. [shape=(len(steps), 128)]"""
    sounds = np.zeros((len(steps), 128), dtype=bool)
    rows = notes_in_steps(track)
    first, last = np.searchsorted(steps, rows[:, 0]), np.searchsorted(steps, rows[:, 1])
    for start, stop, pitch in zip(first.tolist(), last.tolist(), rows[:, 2].tolist(), strict=True):
        sounds[start:stop, pitch] = True
    return sounds


@cache
def _real() -> dict[str, tuple[NDArray[np.float64], ...]]:
    """Average, spread, and spread within a piece, of each feature of real tracks, by role; of whole bands under "band"."""
    text = (files("boya.composing.filling") / "data" / "passages.toml").read_text(encoding="utf-8")
    rows = {(row["role"], row["feature"]): row for row in tomllib.loads(text)["measure"]}
    found = {}
    for role in (*ROLES, "none", "band"):
        names = BAND_FEATURES if role == "band" else FEATURES
        columns = (
            [rows[role, name][column] if (role, name) in rows else np.nan for name in names]
            for column in ("mean", "spread", "nearby")
        )
        found[role] = tuple(np.array(column, dtype=float) for column in columns)
    return found
