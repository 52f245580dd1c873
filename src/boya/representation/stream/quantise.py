"""What the bar stream keeps of a score, as a score again.

Conventions: a step is 40 ticks, rounding is to the nearest step, half up. What is kept, and how it is repaired:

- notes: onset and end on steps, at least one and at most 2016 steps long; of notes of one track that begin together on one pitch
  the longest (then loudest) stays; velocity is the middle of one of 8 classes; drum notes last a step, and a key outside 27-87
  becomes the one that stands for its class, or goes where it has none;
- tracks: program (of drums 0), role, drums; at most 16. Names, titles, composer and licence go;
- metre changes on steps; tempo (the nearest of 63) and key as they are at each bar line;
- chords: each ends where the next begins, at the latest; a quality without a word becomes the nearest one; "no chord" is a gap;
- sections: from bar line to bar line, at least a bar each; a label without a word becomes "other".
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from boya.errors import StreamError
from boya.representation.stream.vocabulary import (
    LONGEST_NOTE,
    LOWEST_DRUM,
    MAX_SLOTS,
    METRES,
    N_DRUMS,
    SECTIONS,
    TEMPOS,
    TICKS_PER_STEP,
)
from boya.representation.stream.words import QUALITIES
from boya.score import (
    MAX_TICK,
    NOTE_DTYPE,
    Chord,
    Key,
    Metre,
    NoteArray,
    Score,
    Section,
    Tempo,
    Timeline,
    Track,
    note_array,
    note_ends,
)
from boya.theory.chords import quality_degrees
from boya.theory.drums import canonical_pitch

__all__ = ["home_shift", "quantise"]

_TRAILING_NUMBER = re.compile(r"[\s_.:-]*\d*'*$")

Event = TypeVar("Event", Tempo, Key)


def quantise(score: Score) -> Score:
    """Return what a bar stream keeps of a score; quantising that again changes nothing.

    Raises
    ------
    StreamError
        if there are more than 16 tracks, or a metre is none of n/2, n/4, n/8 or n/16 with bars of at most 8 quarters.
    InputError
        if a chord quality cannot be read.

    Examples
    --------
    >>> notes = note_array([(13, 460, 60, 77), (475, 10, 62, 80)])
    >>> quantise(Score((Track(notes, name="Tune"),))).tracks[0].notes.tolist()
    [(0, 480, 60, 72), (480, 40, 62, 88)]
    """
    if len(score.tracks) > MAX_SLOTS:
        raise StreamError(
            f"a bar stream holds at most {MAX_SLOTS} tracks; the score has {len(score.tracks)}. Merge tracks or leave some out."
        )
    tracks = tuple(_track(track) for track in score.tracks)
    chords = tuple(_chords(score.chords))
    whole = max([t.end for t in tracks] + [c.end for c in chords] + [s.end for s in score.sections], default=0)
    metres = _metres(score.timeline.metres, whole)
    sections = tuple(_sections(score.sections, _bounds(metres, whole)))
    end = max([t.end for t in tracks] + [c.end for c in chords] + [s.end for s in sections], default=0)
    metres = _metres(metres, end)
    bounds = _bounds(metres, end)
    if sections and sections[-1].end > bounds[-2]:  # without a metre change at the very end, the last bar is a whole one
        sections = (*sections[:-1], replace(sections[-1], duration=int(bounds[-1]) - sections[-1].onset))
    _check_metres(metres)
    return Score(tracks, _timeline(score.timeline, metres, bounds[:-1].tolist()), chords, sections)


def home_shift(tonic: int) -> int:
    """Return the semitones, -6 to 5, that bring a tonic to C.

    >>> [home_shift(tonic) for tonic in (0, 2, 7, 6)]
    [0, -2, 5, -6]
    """
    return (6 - tonic) % 12 - 6


def _on_step(tick: int) -> int:
    """The tick of the nearest step."""
    return (tick + TICKS_PER_STEP // 2) // TICKS_PER_STEP * TICKS_PER_STEP


def _track(track: Track) -> Track:
    """A track with its notes on steps."""
    notes = note_array(_notes(track.notes, track.is_drum))
    return Track(notes, 0 if track.is_drum else track.program, track.is_drum, "", track.role)


def _notes(notes: NoteArray, is_drum: bool) -> NoteArray:
    """Notes on steps and in classes; of equal onset and pitch the longest, then loudest, stays."""
    pitch = _drum_keys()[notes["pitch"]] if is_drum else notes["pitch"].astype(np.int64)
    notes, pitch = notes[pitch >= 0], pitch[pitch >= 0]
    half = TICKS_PER_STEP // 2
    first = (notes["onset"].astype(np.int64) + half) // TICKS_PER_STEP
    steps = np.clip((note_ends(notes) + half) // TICKS_PER_STEP - first, 1, 1 if is_drum else LONGEST_NOTE)
    placed = np.empty(len(notes), dtype=NOTE_DTYPE)
    placed["onset"] = first * TICKS_PER_STEP
    placed["duration"] = steps * TICKS_PER_STEP
    placed["pitch"] = pitch
    placed["velocity"] = notes["velocity"] // 16 * 16 + 8
    placed = placed[np.lexsort((placed["velocity"], placed["duration"], placed["pitch"], placed["onset"]))]
    follows = (placed["onset"][1:] == placed["onset"][:-1]) & (placed["pitch"][1:] == placed["pitch"][:-1])
    return placed[np.append(~follows, True)] if len(placed) else placed


@cache
def _drum_keys() -> NDArray[np.int64]:
    """The key that each drum key is written as: itself, the one of its class, or -1. `[shape=(128,)]`"""
    keys = [key if LOWEST_DRUM <= key < LOWEST_DRUM + N_DRUMS else canonical_pitch(key) for key in range(128)]
    return np.array([-1 if key is None else key for key in keys])


def _chords(chords: Iterable[Chord]) -> Iterable[Chord]:
    """Chords on steps, cut where the next begins."""
    spans = [(_on_step(c.onset), max(_on_step(c.end), _on_step(c.onset) + TICKS_PER_STEP), c) for c in chords]
    limits = [*(start for start, _, _ in spans[1:]), MAX_TICK]
    for (start, end, chord), limit in zip(spans, limits, strict=False):
        if chord.root is not None and min(end, limit) > start:
            yield Chord(start, min(end, limit) - start, chord.root, _known_quality(chord.quality), chord.bass)


@lru_cache(maxsize=1024)
def _known_quality(quality: str) -> str:
    """The quality itself if it has a word, or the one that differs in the fewest degrees, of those the simplest."""
    if quality in QUALITIES:
        return quality
    degrees = set(quality_degrees(quality))
    return min(QUALITIES, key=lambda name: (len(degrees ^ set(quality_degrees(name))), len(quality_degrees(name))))


def _metres(metres: Iterable[Metre], end: int) -> tuple[Metre, ...]:
    """Metres on steps, those that begin before the end."""
    kept = [replace(m, tick=_on_step(m.tick)) for m in metres if not m.tick or _on_step(m.tick) < end]
    return Timeline.of(metres=kept).metres


def _bounds(metres: tuple[Metre, ...], end: int) -> NDArray[np.int64]:
    """First tick of every bar before the end (of one at least), and the tick after the last bar."""
    return Score(timeline=Timeline(metres=metres), sections=(Section(0, max(end, 1), ""),)).bar_bounds


def _sections(sections: Iterable[Section], bounds: NDArray[np.int64]) -> Iterable[Section]:
    """Sections from bar line to bar line, cut where the next begins."""
    ordered = sorted(sections, key=lambda section: (section.onset, section.duration))
    spans = [(_nearest(bounds[:-1], s.onset), _nearest(bounds, s.end), s.label) for s in ordered]
    limits = [*(first for first, _, _ in spans[1:]), len(bounds)]
    for (first, last, label), limit in zip(spans, limits, strict=False):
        stop = min(max(last, first + 1), limit)
        if stop > first:
            yield Section(int(bounds[first]), int(bounds[stop] - bounds[first]), _known_label(label))


def _nearest(bounds: NDArray[np.int64], tick: int) -> int:
    """The place of the bar line nearest to a tick, the earlier of two."""
    return int(np.abs(bounds - tick).argmin())


def _known_label(label: str) -> str:
    """A label of SECTIONS: without its number ("Verse 2") or prime, "other" where there is no word for it."""
    name = _TRAILING_NUMBER.sub("", label.strip())
    return next((word for word in (name, name.lower(), name.upper()) if word in SECTIONS), "other")


def _check_metres(metres: tuple[Metre, ...]) -> None:
    """Raise unless every metre has a token."""
    for metre in metres:
        if (metre.numerator, metre.denominator) not in METRES:
            raise StreamError(
                "a bar stream holds metres n/2, n/4, n/8 and n/16, at most 16 beats and 8 quarters a bar; "
                f"got {metre.numerator}/{metre.denominator}. Write it in shorter bars."
            )


def _timeline(timeline: Timeline, metres: tuple[Metre, ...], lines: list[int]) -> Timeline:
    """Tempo and key as they are at each bar line."""
    tempos = [Tempo(tick, _known_tempo(tempo.qpm)) for tick, tempo in _at_lines(timeline.tempos, lines)]
    keys = [Key(tick, key.tonic, key.mode) for tick, key in _at_lines(timeline.keys, lines)]
    return replace(Timeline.of(tempos, metres, keys), assumed=frozenset())


def _at_lines(events: Sequence[Event], lines: list[int]) -> Iterable[tuple[int, Event]]:
    """The event in force at each bar line where it has changed, with the tick of the line."""
    starts: list[int] = [_on_step(event.tick) for event in events]
    for event, start, stop in zip(events, starts, [*starts[1:], MAX_TICK], strict=True):
        at = int(np.searchsorted(lines, start))
        if at < len(lines) and lines[at] < stop:
            yield lines[at], event


@lru_cache(maxsize=4096)
def _known_tempo(qpm: float) -> float:
    """The nearest of TEMPOS, by ratio."""
    return float(TEMPOS[int(np.abs(np.log(np.array(TEMPOS) / qpm)).argmin())])
