"""Notes that do not fit: how strange a note is among the notes around it, as a small network learnt from chorales says.

Conventions: everything is heard from the note itself, pitch classes counted upwards from it, so that transposed music is equally
strange; a note that is repeated counts as one. Strangeness is a log odds: above `THRESHOLD` a note is foreign. The network has
one hidden layer; its weights in `data/foreign.npz` come from 184 training chorales of N. Boulanger-Lewandowski's set (2012):
their notes in place are told from the same notes moved by one or two semitones. On the other 45 training chorales it finds 99%
of such notes at 0.0012 false alarms a note (command: `python tests/theory/voices/learn.py DATA`). It knows the four voices of a
choir, nothing else: other music is not judged.
"""

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from boya.score import TICKS_PER_QUARTER, note_ends
from boya.theory.voices.setting import Setting
from boya.theory.voices.spots import Spot
from boya.theory.voices.voices import PART_RANGES, Voices, joined

__all__ = ["THRESHOLD", "all_notes", "features", "foreign_notes", "strangeness"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

THRESHOLD = 0.7
N_VOICES = 4
WIDEST = 13  # intervals are told apart up to an octave; 13 stands for more, and -14 for no note
SHORT, LONG = 240, 960


def foreign_notes(setting: Setting) -> list[Spot]:
    """Notes that are strange; of several that share a moment or follow each other, the strangest alone."""
    if tuple((line.lowest, line.highest) for line in setting.voices.lines) != PART_RANGES:
        return []
    voices = joined(setting.voices)
    owner, row = all_notes(voices)
    odds = strangeness(voices, owner, row)
    spots: list[Spot] = []
    taken: list[tuple[int, int]] = []
    for number in np.argsort(-odds, kind="stable")[: int((odds > THRESHOLD).sum())].tolist():
        line = voices.lines[owner[number]].notes
        start, end = int(line["onset"][row[number]]), int(note_ends(line)[row[number]])
        if all(end < a or start > b for a, b in taken):
            taken.append((start, end))
            moment = int(np.searchsorted(setting.voices.ticks, start))
            spots.append(Spot(moment, (int(owner[number]),), moment))
    return spots


def strangeness(voices: Voices, owner: Ints, row: Ints, moved: int = 0) -> NDArray[np.float64]:
    """Return how strange notes are: log odds of being out of place. `[shape=(n_notes,)]`

    Parameters
    ----------
    owner, row
        the voice of each note, and its row in that line
    moved
        semitones by which the notes are heard elsewhere, all else as it is
    """
    weights = _network()
    hidden = np.maximum(features(voices, owner, row, moved) @ weights["in"] + weights["in_bias"], 0)
    return np.asarray(hidden @ weights["out"] + weights["out_bias"], dtype=np.float64)


def features(voices: Voices, owner: Ints, row: Ints, moved: int = 0) -> Floats:
    """Return what the network hears of notes: the other voices before, in and after each, its line, the key, its place."""
    notes = [line.notes for line in voices.lines]
    onset = np.array([notes[v]["onset"][r] for v, r in zip(owner, row, strict=True)], dtype=np.int64)
    end = np.array([note_ends(notes[v][r : r + 1])[0] for v, r in zip(owner, row, strict=True)], dtype=np.int64)
    pitch = np.array([notes[v]["pitch"][r] for v, r in zip(owner, row, strict=True)], dtype=np.int64) + moved
    heard = _Heard(voices)
    beat, bars = TICKS_PER_QUARTER, 4 * TICKS_PER_QUARTER
    first, last = np.zeros_like(onset), np.full_like(end, voices.ticks[-1])
    spans = [
        (onset, np.minimum(end, onset + beat // 4)), (onset, end), (np.maximum(end - beat // 4, onset), end),
        (onset - beat // 4, onset), (onset - beat, onset), (end, end + beat // 4), (end, end + beat),
        (onset - bars, end + bars), (first, last),
    ]  # fmt: skip
    parts = [heard.others(owner, pitch, a, b) for a, b in spans]
    moment = np.searchsorted(voices.ticks, onset)
    for shift in (0, -1, 1):
        at = np.clip(moment + shift, 0, voices.n_moments - 1)
        parts.append(_bass(voices, owner, pitch, at))
    parts += [_neighbour(notes, owner, row, pitch, step) for step in (-2, -1, 1, 2)]
    parts.append(np.eye(N_VOICES, dtype=np.float32)[owner])
    length = end - onset
    place = [onset % beat == 0, onset % (beat // 2) == 0, length < SHORT, length == SHORT, length >= LONG]
    begins = voices.begins[moment].sum(axis=1) - 1
    parts.append(np.stack([*place, begins / (N_VOICES - 1)], axis=1).astype(np.float32))
    return np.concatenate(parts, axis=1)


class _Heard:
    """How long each voice sings each pitch class from the beginning to each moment."""

    def __init__(self, voices: Voices) -> None:
        self.ticks = voices.ticks
        sings = voices.pitch[:, :, None] % 12 == np.arange(12)
        self.rate = (sings & (voices.pitch >= 0)[:, :, None]).astype(np.float64)  # [shape=(n_moments, n_voices, 12)]
        spent = self.rate * np.diff(self.ticks)[:, None, None]
        self.sum = np.concatenate([np.zeros((1, *spent.shape[1:])), np.cumsum(spent, axis=0)])

    def until(self, tick: Ints) -> NDArray[np.float64]:
        """Time spent on each pitch class before ticks. `[shape=(n_ticks, n_voices, 12)]`"""
        tick = np.clip(tick, self.ticks[0], self.ticks[-1])
        at = np.clip(np.searchsorted(self.ticks, tick, side="right") - 1, 0, len(self.rate) - 1)
        return np.asarray(self.sum[at] + self.rate[at] * (tick - self.ticks[at])[:, None, None])

    def others(self, owner: Ints, pitch: Ints, start: Ints, end: Ints) -> Floats:
        """Share of a span that the other voices sing each pitch class, counted from the note. `[shape=(n_notes, 12)]`"""
        spent = self.until(end) - self.until(start)
        whole = spent.sum(axis=1) - spent[np.arange(len(owner)), owner]
        share = whole / np.maximum(end - start, 1)[:, None]
        return np.take_along_axis(share, (pitch[:, None] + np.arange(12)) % 12, axis=1).astype(np.float32)


def _bass(voices: Voices, owner: Ints, pitch: Ints, moment: Ints) -> Floats:
    """Pitch class of the lowest other voice counted from the note, and whether it lies below it. `[shape=(n_notes, 13)]`"""
    sounding = np.where(voices.pitch[moment] >= 0, voices.pitch[moment], 999)
    sounding[np.arange(len(owner)), owner] = 999
    lowest = sounding.min(axis=1)
    found = np.zeros((len(owner), 13), dtype=np.float32)
    here = np.flatnonzero(lowest < 999)
    found[here, (lowest - pitch)[here] % 12] = 1
    found[:, 12] = lowest < pitch
    return found


def _neighbour(notes: list[NDArray[np.void]], owner: Ints, row: Ints, pitch: Ints, step: int) -> Floats:
    """The interval to a note before or after in the same voice, one of 28. `[shape=(n_notes, 28)]`"""
    found = np.full(len(owner), -WIDEST - 1, dtype=np.int64)
    for number, (voice, at) in enumerate(zip(owner.tolist(), (row + step).tolist(), strict=True)):
        if 0 <= at < len(notes[voice]):
            found[number] = np.clip(int(notes[voice]["pitch"][at]) - pitch[number], -WIDEST, WIDEST)
    return np.eye(2 * WIDEST + 2, dtype=np.float32)[found + WIDEST + 1]


def all_notes(voices: Voices) -> tuple[Ints, Ints]:
    """Return voice and row of every note, voice by voice."""
    counts = [len(line.notes) for line in voices.lines]
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.concatenate([np.arange(count) for count in counts])


@cache
def _network() -> dict[str, Floats]:
    """The weights of the network."""
    with (files("boya.theory.voices") / "data" / "foreign.npz").open("rb") as file, np.load(file, allow_pickle=False) as found:
        return {name: found[name].astype(np.float32) for name in found.files}
