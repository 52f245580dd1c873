"""Chords and keys that people wrote, as ears of roots learn them.

**Chords**: those of pop songs, and of bands, whose songs are few and read less often. **Keys**: tonics that are certain. Where a
mode was named by listening, the tonic is the tonic or the relative minor of the signature, whichever the last written chord (else
the first) stands on, or the last bass note where no chords are written; pieces where it is neither, or whose signature changes,
are left out. Keys are learnt from whole pieces, their melodies, and excerpts of these of the length of folk tunes; of some the
seventh or sixth degree is altered, which makes them mixolydian, dorian or aeolian: so few of our pieces are modal.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.listening.recognition.harmony import CHORD_KINDS, KEY_KINDS, chord_kind
from boya.listening.recognition.heard import units_of, weights_of
from boya.score import Score, Track, note_ends
from boya.theory.chord_naming import unit_bounds
from boya.training.pieces import Packed, is_dev_work
from boya.training.rooted import Lesson, Taught

__all__ = ["CHORD_LESSON", "KEY_LESSON", "chords_to_learn", "chords_told", "in_mode", "key_told", "keys_to_learn"]

ASIDE = 0.1
CHORDS_OF = {"pop909": 1.0, "band": 0.15}
CHORD_LESSON = Lesson(width=48, reaches=(1, 2, 4, 8), rounds=15)
KEYS_OF = ("lieder", "quartets", "ewld", "pop909")
KEY_LESSON = Lesson(width=32, span=1, batch=128, decay=1e-2, dropped=0.2)
EXCERPTS, EXCERPT_BARS, FEWEST_NOTES = 3, (8, 33), 16
FROM_START, TO_END = 0.4, 0.4
"""how likely an excerpt begins with the piece, and ends with it"""
MODES = {
    "major": ((0.15, {11: 10}),),
    "minor": ((0.25, {8: 9, 11: 10}), (0.15, {11: 10})),
}
"""how likely a melody in a mode is altered, and which steps above the tonic become which"""
LATE = 60

Ints = NDArray[np.int64]
Parts = tuple[list[Taught], list[Taught]]


def chords_to_learn(packed: Packed) -> Parts:
    """Return the chords of `train` to learn from, and those of the works kept aside (pop songs alone)."""
    learnt: list[Taught] = []
    aside: list[Taught] = []
    for number, entry in _of_train(packed, CHORDS_OF):
        is_aside = is_dev_work(entry["group"], ASIDE)
        if "chords" in entry.get("named", ()) or (is_aside and CHORDS_OF[entry["source"]] < 1):
            continue
        score = packed.score(number)
        bounds, kinds = unit_bounds(score, "beat")
        heard, plain, is_silent = units_of(score, bounds, kinds)
        told = np.where(is_silent, -1, chords_told(score, (bounds[:-1] + bounds[1:]) // 2))
        (aside if is_aside else learnt).append(Taught(heard, plain, told, CHORDS_OF[entry["source"]]))
    return learnt, aside


def chords_told(score: Score, ticks: Ints) -> Ints:
    """Return the chord that a score tells at some ticks, as a number; -1 where it tells none. [shape=(ticks,)]

    >>> from boya.score import Chord
    >>> chords_told(Score(chords=(Chord(480, 480, 2, "min"),)), np.array([0, 480, 960])).tolist()
    [-1, 25, -1]
    """
    onsets, ends = (np.array([getattr(chord, name) for chord in score.chords]) for name in ("onset", "end"))
    kinds = [-1 if c.root is None else c.root * len(CHORD_KINDS) + CHORD_KINDS.index(chord_kind(c.quality)) for c in score.chords]
    if not kinds:
        return np.full(len(ticks), -1)
    at = np.searchsorted(onsets, ticks, side="right") - 1
    return np.where((at >= 0) & (ticks < ends[at]), np.array(kinds)[at], -1)


def keys_to_learn(packed: Packed, rng: np.random.Generator) -> Parts:
    """Return the keys of `train` to learn from, and those of the works kept aside, there without alterations."""
    learnt: list[Taught] = []
    aside: list[Taught] = []
    for number, entry in _of_train(packed, KEYS_OF):
        score = packed.score(number)
        key = key_told(score, entry.get("named", ()))
        if key is None or not score.n_notes:
            continue
        is_aside = is_dev_work(entry["group"], ASIDE)
        for music in _to_hear(score, key, rng, is_altered=not is_aside):
            heard = weights_of(music)[None]
            truth = np.array([key[0] * len(KEY_KINDS) + KEY_KINDS.index(key[1])])
            (aside if is_aside else learnt).append(Taught(heard, np.zeros((1, 0), dtype=np.float32), truth))
    return learnt, aside


def key_told(score: Score, named: Collection[str]) -> tuple[int, str] | None:
    """Return tonic and mode, major or minor, of a score whose key is certain; None of others.

    Parameters
    ----------
    score
        with its key, and chords
    named
        which of `key`, `mode` and `chords` were found by listening, as the manifest tells

    Examples
    --------
    >>> from boya.score import Chord, Key, Timeline
    >>> relative = Score(timeline=Timeline(keys=(Key(0, 0),)), chords=(Chord(0, 480, 0, "maj"), Chord(480, 480, 9, "min")))
    >>> key_told(relative, ["mode"]), key_told(relative, []), key_told(relative, ["key"])
    ((9, 'minor'), (0, 'major'), None)
    """
    keys = score.timeline.keys
    if "key" in named or "key" in score.timeline.assumed:
        return None
    if "mode" not in named:
        return (keys[0].tonic, keys[0].mode) if len(keys) == 1 and keys[0].mode in KEY_KINDS else None
    signatures = {key.tonic if key.mode == "major" else (key.tonic + 3) % 12 for key in keys}
    if len(signatures) > 1:
        return None
    signature = signatures.pop()
    likely = {signature: "major", (signature + 9) % 12: "minor"}
    roots = [_last_bass(score)] if "chords" in named else [chord.root for chord in score.chords if chord.root is not None]
    return next(((root, likely[root]) for root in (*roots[-1:], *roots[:1]) if root in likely), None)


def in_mode(track: Track, key: tuple[int, str], rng: np.random.Generator) -> Track:
    """Return the track as it is, or in a mode of the same third and another sixth or seventh."""
    drawn = rng.random()
    for odds, moved in MODES[key[1]]:
        if drawn < odds:
            notes, above = track.notes.copy(), (track.notes["pitch"].astype(np.int64) - key[0]) % 12
            shift = np.array([moved.get(step, step) - step for step in range(12)])
            notes["pitch"] = notes["pitch"].astype(np.int64) + shift[above]
            return replace(track, notes=notes)
        drawn -= odds
    return track


def _of_train(packed: Packed, collections: Collection[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Numbers and entries of the pieces of some collections."""
    for number in packed.split("train").tolist():
        if packed.pieces[number]["source"] in collections:
            yield number, packed.pieces[number]


def _to_hear(score: Score, key: tuple[int, str], rng: np.random.Generator, *, is_altered: bool) -> Iterator[Score]:
    """A piece, its melody, and excerpts of that."""
    yield score
    tune = next((track for track in score.tracks if track.role == "melody" and track.n_notes), None)
    if tune is None:
        return
    for number in range(1 + EXCERPTS):
        line = score.with_tracks([in_mode(tune, key, rng) if is_altered else tune])
        heard = _excerpt(line, rng) if number else line
        if heard.n_notes >= FEWEST_NOTES:
            yield heard


def _excerpt(line: Score, rng: np.random.Generator) -> Score:
    """Some bars, more often from the start or to the end than from the middle; all of a short piece."""
    n_bars, place = int(rng.integers(*EXCERPT_BARS)), rng.random()
    rest = line.n_bars - n_bars
    if rest <= 0:
        return line
    first = 0 if place < FROM_START else rest if place < FROM_START + TO_END else int(rng.integers(rest + 1))
    return line.slice_bars(first, first + n_bars)


def _last_bass(score: Score) -> int:
    """Pitch class of the lowest note that sounds to the end."""
    tracks = [track.notes for track in score.tracks if track.n_notes and not track.is_drum]
    end = max(int(note_ends(notes).max()) for notes in tracks)
    return min(int(notes["pitch"][note_ends(notes) >= end - LATE].min(initial=127)) for notes in tracks) % 12
