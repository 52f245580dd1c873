"""Phrases and the cadences that close them.

A phrase ends where the music rests. Every place where the upper line has finished a note is weighed: how long that note is beside
the others, whether a rest follows, whether the voices stand still, whether the chords make a cadence, and whether the phrase so
closed is as long as its neighbours and a whole number of bars; the best division is found exactly. A cadence is read from the
last chords before the end. Sources: F. Lerdahl, R. Jackendoff, "A Generative Theory of Tonal Music", 1983, ch. 3 (rests, long
notes, parallel lengths); W. Caplin, "The Classical Cadence", JAMS 57 (2004); W. Piston, "Harmony", 1941.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boya.score import Score
from boya.theory.analysis.events import Cadence, Harmony, Phrase
from boya.theory.analysis.frames import Notes
from boya.theory.analysis.harmonies import Clock
from boya.theory.figured import figured_name, parse_figured

__all__ = ["cadences", "phrase_ends", "phrases"]

REST = 240
LONGEST_BAR = 9
LONG, RESTS, STILL, PRICE, WHOLE, ODD = 0.8, 1.5, 1.4, 2.2, 0.5, 1.0
WORTH = {"perfect authentic": 1.2, "imperfect authentic": 0.8, "half": 0.6, "phrygian half": 0.9, "deceptive": 0.4, "plagal": 0.4}

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def phrase_ends(score: Score, notes: Notes, chords: tuple[Harmony, ...]) -> list[int]:
    """Return the ticks at which phrases end, the end of the last bar last."""
    end = int(score.bar_bounds[-1])
    ticks, worth = _places(notes, chords, end)
    bar = float(np.median(np.diff(score.bar_bounds))) if len(score.bar_bounds) > 1 else 1920.0
    start = float(notes.onset.min(initial=0))
    best, came = np.zeros(len(ticks)), np.full(len(ticks), -1)
    for i, tick in enumerate(ticks.tolist()):
        options = np.append(best[:i], 0.0)
        lengths = (tick - np.append(ticks[:i], start)) / bar
        total = options + _length_worth(lengths)
        came[i] = int(total.argmax()) if total.argmax() < i else -1
        best[i] = total.max() + worth[i] - PRICE
    found: list[int] = []
    at = len(ticks) - 1
    while at >= 0:
        found.append(int(ticks[at]))
        at = int(came[at])
    return found[::-1]


def cadences(chords: tuple[Harmony, ...], ends: list[int], notes: Notes, clock: Clock) -> tuple[Cadence, ...]:
    """Return the cadence before each phrase end, where there is one."""
    found = []
    for end in ends:
        last, kind = _cadence_before(end, chords, notes)
        if kind:
            place = clock.place(chords[last].onset, end)
            pair = (_in_key_of(chords[last], chords[last - 1]).numeral, chords[last].numeral)
            where = (place.onset, place.end, place.bar, place.beat)
            found.append(Cadence(*where, kind, pair, chords[last].tonic, chords[last].mode))
    return tuple(found)


def phrases(ends: list[int], closes: tuple[Cadence, ...], clock: Clock) -> tuple[Phrase, ...]:
    """Return the phrases between the ends."""
    kinds = {c.end: c.kind for c in closes}
    spans = [clock.place(start, end) for start, end in zip([0, *ends[:-1]], ends, strict=True) if end > start]
    return tuple(Phrase(p.onset, p.end, p.bar, p.beat, kinds.get(p.end, "")) for p in spans)


def _places(notes: Notes, chords: tuple[Harmony, ...], end: int) -> tuple[Ints, Floats]:
    """Where phrases may end, and what speaks for each; the end of the piece is the last."""
    top = _upper_line(notes)
    onset, stop = notes.onset[top], notes.end[top]
    following = np.append(onset[1:], end)
    length = following - onset
    usual = float(np.median(length)) if len(length) else 1.0
    worth = LONG * np.log2(np.maximum(length / max(usual, 1.0), 0.25)) + RESTS * (following - stop >= REST)
    onsets = np.unique(notes.onset)
    for i, (begin, until) in enumerate(zip(onset.tolist(), following.tolist(), strict=True)):
        inside = np.searchsorted(onsets, until) - np.searchsorted(onsets, begin, side="right")
        worth[i] += STILL * (inside == 0) * (until - begin >= usual)
        worth[i] += WORTH.get(_cadence_before(int(until), chords, notes)[1], 0.0)
    kept = (worth > 0) & (following < end)
    return np.append(following[kept], end), np.append(worth[kept], 0.0)


def _length_worth(bars: Floats) -> Floats:
    """What the length of a phrase speaks for it: whole and even bars, neither tiny nor endless."""
    off = np.abs(bars - np.round(bars))
    is_even = (np.round(bars) % 2 == 0) & (off < 0.05)
    worth: Floats = WHOLE * is_even - ODD * np.maximum(0, 1.75 - bars) * 2 - ODD * np.maximum(0, bars - LONGEST_BAR) * 0.5
    return worth


def _cadence_before(end: int, chords: tuple[Harmony, ...], notes: Notes) -> tuple[int, str]:
    """Index of the last chord that begins before a tick, and the kind of cadence that it makes with the one before."""
    low, high = 0, len(chords)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if chords[middle].onset < end else (low, middle)
    last = low - 1
    if last < 1 or chords[last].root is None or chords[last - 1].root is None:
        return last, ""
    return last, _kind(_in_key_of(chords[last], chords[last - 1]), chords[last], notes)


def _in_key_of(last: Harmony, before: Harmony) -> Harmony:
    """The chord before the last as it is heard in the key of the last."""
    if before.root is None or (before.tonic, before.mode) == (last.tonic, last.mode):
        return before
    name = figured_name(before.root, before.quality, before.bass, last.tonic, last.mode)
    told = parse_figured(name, last.tonic, last.mode)
    return replace(before, tonic=last.tonic, mode=last.mode, numeral=name, degree=told.degree, of=told.of)


def _kind(before: Harmony, last: Harmony, notes: Notes) -> str:
    """Kind of cadence that two chords make at a phrase end; empty for none."""
    is_tonic, is_at_home = last.degree in ("I", "i"), not before.of
    if is_tonic and is_at_home and before.degree in ("V", "viio", "viiø"):
        is_perfect = before.degree == "V" and before.inversion == last.inversion == 0 and _soprano(last, notes) == last.tonic
        return "perfect authentic" if is_perfect else "imperfect authentic"
    if last.degree == "V" and last.inversion == 0 and not last.of and not last.quality.endswith("7"):
        return "phrygian half" if before.numeral == "iv6" else "half"
    if is_at_home and before.degree == "V" and last.degree in ("vi", "VI", "bVI"):
        return "deceptive"
    if is_tonic and before.degree in ("IV", "iv") and last.inversion == 0:
        return "plagal"
    return ""


def _soprano(chord: Harmony, notes: Notes) -> int:
    """Pitch class of the highest note that sounds when a chord begins."""
    until = np.searchsorted(notes.onset, chord.onset, side="right")
    there = notes.end[:until] > chord.onset
    return int(notes.pitch[:until][there].max()) % 12 if there.any() else -1


def _upper_line(notes: Notes) -> Ints:
    """Indices of the notes of the track that lies highest on the whole, the highest at each onset."""
    if not len(notes.pitch):
        return np.zeros(0, dtype=np.int64)
    tracks, counts = np.unique(notes.track, return_counts=True)
    is_line = counts >= min(8, counts.max())
    height = [float(np.median(notes.pitch[notes.track == t])) if line else -1.0 for t, line in zip(tracks, is_line, strict=True)]
    mine = np.flatnonzero(notes.track == tracks[int(np.argmax(height))])
    line: Ints = mine[np.append(notes.onset[mine][1:] != notes.onset[mine][:-1], True)]
    return line
