"""Scores as notation: bars of voices of notes, chords and rests whose lengths can be written.

Time is counted in units of 1/12 quarter, the grid that holds sixteenths and triplets; scores are quantised to it. A voice is a
line in which nothing overlaps; notes that begin and end together share it as a chord. Where a note crosses a bar line, or lasts a
length no single sign has, it is written as several, tied. A pitch that sounds again before it has ended is cut short there.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from boya.score import TICKS_PER_QUARTER, NoteArray, Score, Track, note_ends

__all__ = ["UNITS_PER_QUARTER", "Bar", "Sign", "bars_of", "grid_score", "in_key", "spelled", "voices_of"]

UNITS_PER_QUARTER = 12
TICKS_PER_UNIT = TICKS_PER_QUARTER // UNITS_PER_QUARTER
LENGTHS = (72, 48, 36, 24, 18, 16, 12, 9, 8, 6, 4, 3, 2, 1)
"""Units one sign can last, longest first: dotted whole to a triplet of 32nds."""
_LETTER_OF_FIFTH = "FCGDAEB"


@dataclass(frozen=True)
class Bar:
    """A bar: first unit, length in units, and the ticks at which it begins and ends in the score."""

    onset: int
    duration: int
    tick: int
    end_tick: int


@dataclass(frozen=True)
class Sign:
    """A note, a chord or (without pitches) a rest, `onset` units after the bar line."""

    onset: int
    duration: int
    pitches: tuple[int, ...]
    velocity: int = 80
    is_tied_before: bool = False
    is_tied_after: bool = False


@dataclass(frozen=True)
class _Block:
    """Notes that begin and end together, in units from the start."""

    onset: int
    end: int
    pitches: tuple[int, ...]
    velocity: int


def grid_score(score: Score) -> Score:
    """Return the score on the grid of 1/12 quarter, no pitch overlapping itself within a track."""
    on_grid = score.quantize(UNITS_PER_QUARTER)
    return on_grid.with_tracks(replace(track, notes=_without_overlap(track.notes)) for track in on_grid.tracks if track.n_notes)


def _without_overlap(notes: NoteArray) -> NoteArray:
    """Cut each note at the next onset of its pitch."""
    cut = notes[np.lexsort((notes["onset"], notes["pitch"]))].copy()
    same = cut["pitch"][1:] == cut["pitch"][:-1]
    room = np.where(same, cut["onset"][1:].astype(np.int64) - cut["onset"][:-1], np.iinfo(np.int32).max)
    cut["duration"][:-1] = np.minimum(cut["duration"][:-1], room)
    return cut


def bars_of(score: Score) -> list[Bar]:
    """Return the bars of a score on the grid; at least one."""
    bounds = score.bar_bounds if score.end else np.array([0, score.timeline.metre_at(0).ticks_per_bar])
    units: NDArray[np.int64] = np.rint(bounds / TICKS_PER_UNIT).astype(np.int64)
    pairs = pairwise(zip(units.tolist(), bounds.tolist(), strict=True))
    return [Bar(first, last - first, tick, end) for (first, tick), (last, end) in pairs if last > first]


def voices_of(track: Track, bars: Sequence[Bar]) -> list[list[list[Sign]]]:
    """Return the voices of a track on the grid: per voice, per bar, its signs; at least one voice.

    >>> from boya.score import note_array
    >>> track = Track(note_array([(0, 2400, 60, 80)]))
    >>> [[sign.duration for sign in bar] for bar in voices_of(track, [Bar(0, 48, 0, 1920), Bar(48, 48, 1920, 3840)])[0]]
    [[48], [12, 36]]
    """
    voices: list[list[_Block]] = [[]]
    for block in _blocks(track):
        voice = next((v for v in voices if not v or v[-1].end <= block.onset), None)
        if voice is None:
            voice = []
            voices.append(voice)
        voice.append(block)
    return [_in_bars(voice, bars) for voice in voices]


def _blocks(track: Track) -> list[_Block]:
    """Notes by common onset and end, the highest first."""
    groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
    ends = note_ends(track.notes)
    for (onset, _, pitch, velocity), end in zip(track.notes.tolist(), ends.tolist(), strict=True):
        groups.setdefault((onset // TICKS_PER_UNIT, end // TICKS_PER_UNIT), []).append((pitch, velocity))
    blocks = [
        _Block(onset, end, tuple(sorted(p for p, _ in group)), max(v for _, v in group)) for (onset, end), group in groups.items()
    ]
    return sorted(blocks, key=lambda block: (block.onset, -block.pitches[-1], block.end))


def _in_bars(voice: Sequence[_Block], bars: Sequence[Bar]) -> list[list[Sign]]:
    """Cut a voice at the bar lines and fill it with rests."""
    signs: list[list[Sign]] = []
    at = 0
    for bar in bars:
        end, now, inside = bar.onset + bar.duration, bar.onset, []
        while at < len(voice) and voice[at].onset < end:
            block = voice[at]
            start, stop = max(block.onset, bar.onset), min(block.end, end)
            inside += _signs(Sign(now - bar.onset, start - now, ()))
            inside += _signs(
                Sign(start - bar.onset, stop - start, block.pitches, block.velocity, block.onset < start, block.end > stop)
            )
            now = stop
            if block.end > end:
                break
            at += 1
        signs.append(inside + _signs(Sign(now - bar.onset, end - now, ())))
    return signs


def _signs(sign: Sign) -> list[Sign]:
    """Write a length as signs that exist, tied; nothing when it is empty."""
    parts: list[Sign] = []
    onset, left = sign.onset, sign.duration
    while left > 0:
        length = next(length for length in LENGTHS if length <= left)
        left -= length
        tied = bool(sign.pitches)
        parts.append(
            replace(
                sign,
                onset=onset,
                duration=length,
                is_tied_before=sign.is_tied_before if not parts else tied,
                is_tied_after=sign.is_tied_after if not left else tied,
            )
        )
        onset += length
    return parts


def in_key(letter: str, sharps: int) -> int:
    """Return the alteration of a letter in a key signature.

    >>> in_key("F", 1), in_key("B", -1), in_key("C", 1)
    (1, -1, 0)
    """
    place = _LETTER_OF_FIFTH.index(letter)
    return 1 if place < sharps else -1 if place >= 7 + sharps else 0


def spelled(pitch: int, sharps: int) -> tuple[str, int, int]:
    """Return letter, alteration and octave of a pitch in a key signature: three fifths flatwards to eight sharpwards of C there.

    >>> spelled(61, 0), spelled(61, -3), spelled(71, -6), spelled(60, 7)
    (('C', 1, 4), ('D', -1, 4), ('C', -1, 5), ('B', 1, 3))
    """
    fifth = (pitch * 7 - (sharps - 3)) % 12 + sharps - 3
    letter, alter = _LETTER_OF_FIFTH[(fifth + 1) % 7], (fifth + 1) // 7
    return letter, alter, (pitch - alter) // 12 - 1
