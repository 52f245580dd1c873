"""Chords and key with learned ears.

Conventions: a unit is a beat. A chord is heard from what sounds in it, in two units before and after, in its bar and in the whole
piece; a path through all units (Viterbi, as in `boya.theory.chord_naming`) weighs that against how often chords change where. A
key is heard from what sounds, on which beats, and what begins and ends the piece. Both are `Rooted`: the same in every key.
Drums and chord symbols that the score carries are not read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from boya.listening.recognition.rooted import Rooted
from boya.score import Chord, Key, Score, note_ends
from boya.theory.chord_naming import heard_in_units, likeliest_path, silent_units, unit_bounds
from boya.theory.chords import chord_pitch_classes

__all__ = ["CHORD_KINDS", "KEY_KINDS", "HeardChord", "chord_kind", "heard_chords", "heard_key", "units_of", "weights_of"]

CHORD_KINDS = ("maj", "min", "7", "min7", "maj7", "dim", "hdim7", "dim7", "aug", "sus4", "sus2", "5")
KEY_KINDS = ("major", "minor")
AROUND = (-4, -3, -2, -1, 0, 1, 2, 3, 4)
PATIENCE = 5.0  # what is heard counts so much beside the odds of a change; set on works of pop909 train kept aside
REACH = max(AROUND)
LONGEST = 4 * 480

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
    shares = ears.shares(heard, plain).transpose(0, 2, 1).reshape(len(heard), -1)
    path = likeliest_path(PATIENCE * np.log(shares + 1e-9).astype(np.float64), kinds)
    sure = shares[np.arange(len(path)), path]
    path[is_silent] = -1
    return tuple(_merged(path, sure, bounds, ears.kinds))


def heard_key(score: Score, ears: Rooted) -> tuple[Key, float]:
    """Return the likeliest key of a score and how sure it is; C major at 0 where nothing pitched sounds."""
    heard = weights_of(score)
    if not heard.any():
        return Key(0, 0), 0.0
    shares = ears.shares(heard[None], np.zeros((1, 0), dtype=np.float32))[0]
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


def units_of(score: Score, bounds: Ints, kinds: Ints) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return what is heard of each unit, where it stands, and whether it is silent.

    Returns
    -------
    heard float32 `[shape=(units, channels, 12)]`, plain float32 `[shape=(units, 3)]`, is_silent `[shape=(units,)]`
    """
    shares, bass = heard_in_units(score, bounds)
    lowest = np.eye(13)[bass][:, :12]
    bars = np.cumsum(kinds == 0) - 1
    of_bars = np.zeros((bars[-1] + 1, 12))
    np.add.at(of_bars, bars, shares)
    of_bars /= np.bincount(bars)[:, None]
    whole = np.broadcast_to(shares.mean(axis=0), shares.shape)
    around = [_moved(channel, by) for channel in (shares, lowest) for by in AROUND]
    heard = np.stack([*around, _begun(score, bounds), of_bars[bars], whole], axis=1)
    return heard.astype(np.float32), np.eye(3, dtype=np.float32)[kinds], silent_units(shares)


def weights_of(score: Score) -> Floats:
    """Return what is heard of a piece to find its key. [shape=(8, 12)], zero where nothing pitched sounds

    The channels: how long pitch classes sound, how often they begin, how long on the first beats of bars, how long in the lowest
    voice, in the first and in the last eighth of the piece; the first and the last lowest pitch class.
    """
    tracks = [track.notes for track in score.tracks if track.n_notes and not track.is_drum]
    if not tracks:
        return np.zeros((8, 12), dtype=np.float32)
    notes = np.concatenate(tracks)
    onset, end, chroma = notes["onset"].astype(np.int64), note_ends(notes), notes["pitch"] % 12
    length = np.minimum(notes["duration"], LONGEST).astype(np.float64)
    first, last = int(onset.min()), int(end.max())
    eighth = (last - first) / 8
    is_low = _lowest(onset, notes["pitch"])
    weights = (
        length,
        np.ones(len(notes)),
        length * np.isin(onset, score.bar_bounds),
        length * is_low,
        length * (onset < first + eighth),
        length * (end > last - eighth),
        1.0 * (is_low & (onset == first)),
        1.0 * (is_low & (end >= last - 120) & (onset == onset[end >= last - 120].max())),
    )
    found = np.stack([np.bincount(chroma, weights=weight, minlength=12) for weight in weights])
    return np.asarray(found / np.maximum(found.sum(axis=1, keepdims=True), 1e-9), dtype=np.float32)


def _lowest(onset: Ints, pitch: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Whether no lower note begins together with a note. [shape=(notes,)]"""
    order = np.lexsort((pitch, onset))
    is_first = np.append(True, np.diff(onset[order]) > 0)
    lowest = np.zeros(len(onset), dtype=bool)
    lowest[order[is_first]] = True
    return lowest


def _moved(channel: NDArray[np.float64], by: int) -> NDArray[np.float64]:
    """What is heard `by` units later; nothing outside the piece. [shape=(units, 12)]"""
    padded = np.pad(channel, ((REACH, REACH), (0, 0)))
    return padded[REACH + by : REACH + by + len(channel)]


def _begun(score: Score, bounds: Ints) -> NDArray[np.float64]:
    """Notes of each pitch class that begin in each unit, of four at most. [shape=(units, 12)]"""
    found = np.zeros((len(bounds) - 1, 12))
    for track in score.tracks:
        if not track.is_drum and track.n_notes:
            np.add.at(found, (np.searchsorted(bounds, track.notes["onset"], side="right") - 1, track.notes["pitch"] % 12), 0.25)
    return np.minimum(found, 1.0)


def _merged(path: Ints, sure: Floats, bounds: Ints, kinds: Sequence[str]) -> list[HeardChord]:
    """Chords from one index a unit; equal neighbours are one, as sure as they are in the mean."""
    found = []
    for index, run in groupby(range(len(path)), key=lambda unit: int(path[unit])):
        units = list(run)
        onset, end = int(bounds[units[0]]), int(bounds[units[-1] + 1])
        named = (None, "") if index < 0 else (index % 12, kinds[index // 12])
        found.append(HeardChord(Chord(onset, end - onset, *named), 1.0 if index < 0 else float(sure[units].mean())))
    return found
