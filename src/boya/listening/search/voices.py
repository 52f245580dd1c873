"""The melodic lines of a score: what the index keeps and a query is compared with.

Conventions: a *line* is a row of notes that begin one after another; `gaps` are the distances of their onsets in twelfths of a
quarter, the last one the length of the last note. A pitched track gives its highest notes; where it has chords, also its lowest;
a score of several parts also gives its skyline, the highest note that sounds. Drums have no line. Where nothing begins for
`MOST_GAP` steps the line ends and another one begins; lines of fewer than `FEWEST` notes hold nothing to find and are left out.

Source: skyline after Uitdenbogerd & Zobel, "Manipulation of music for melody matching", ACM Multimedia 1998.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.score import TICKS_PER_QUARTER, Score, Track

__all__ = ["FEWEST", "MOST_GAP", "STEPS_PER_QUARTER", "Line", "lines_of"]

STEPS_PER_QUARTER = 12
STEP = TICKS_PER_QUARTER // STEPS_PER_QUARTER
FEWEST = 4
MOST_GAP = 255
SKYLINE = "skyline"

Steps = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Line:
    """Notes one after another.

    Attributes
    ----------
    pitches
        MIDI numbers, uint8 `[shape=(notes,)]`
    gaps
        steps to the next onset, 1-255, uint8 `[shape=(notes,)]`
    voice
        what it is called: a track, its lowest notes, or the skyline
    onset
        steps before the first note
    """

    pitches: NDArray[np.uint8]
    gaps: NDArray[np.uint8]
    voice: str = ""
    onset: int = 0

    def __len__(self) -> int:
        return len(self.pitches)


def lines_of(score: Score) -> list[Line]:
    """Return the lines of a score; equal ones once.

    Examples
    --------
    >>> from boya.score import note_array
    >>> notes = [(i * 480, 480, pitch, 80) for i, pitch in enumerate((60, 62, 64, 67))]
    >>> [line] = lines_of(Score((Track(note_array(notes), name="Violin"),)))
    >>> line.voice, line.pitches.tolist(), line.gaps.tolist()
    ('Violin', [60, 62, 64, 67], [12, 12, 12, 12])
    """
    found: dict[tuple[int, bytes, bytes], Line] = {}
    for voice, (onsets, pitches, ends) in _voices(score):
        for line in _cut(voice, onsets, pitches, ends):
            found.setdefault((line.onset, line.pitches.tobytes(), line.gaps.tobytes()), line)
    return list(found.values())


def _voices(score: Score) -> Iterator[tuple[str, tuple[Steps, Steps, Steps]]]:
    """Each voice with its onsets, pitches and ends."""
    tracks = [track for track in score.tracks if not track.is_drum and track.n_notes]
    several = len(tracks) > 1
    for number, track in enumerate(tracks, 1):
        name = track.name or (f"track {number}" if several else "")
        onsets, pitches, ends = _steps(track)
        top = np.append(onsets[1:] != onsets[:-1], True)
        yield name, (onsets[top], pitches[top], ends[top])
        if not top.all():
            low = np.roll(top, 1)
            yield f"{name} lowest".strip(), (onsets[low], pitches[low], ends[low])
    notes = [np.concatenate(parts) for parts in zip(*map(_steps, tracks), strict=True)]
    if notes:
        yield SKYLINE, _skyline(*notes)


def _steps(track: Track) -> tuple[Steps, Steps, Steps]:
    """Onset, pitch and end of each note in steps, by onset and pitch."""
    notes = track.notes
    onsets = (notes["onset"].astype(np.int64) + STEP // 2) // STEP
    ends = (notes["onset"].astype(np.int64) + notes["duration"] + STEP // 2) // STEP
    pitches = notes["pitch"].astype(np.int64)
    order = np.lexsort((pitches, onsets))
    return onsets[order], pitches[order], np.maximum(ends, onsets + 1)[order]


def _skyline(onsets: Steps, pitches: Steps, ends: Steps) -> tuple[Steps, Steps, Steps]:
    """The highest note of each onset, unless a higher one that began before still sounds."""
    order = np.lexsort((-pitches, onsets))
    onsets, pitches, ends = onsets[order], pitches[order], ends[order]
    kept: list[int] = []
    held: list[tuple[int, int]] = []  # what sounds, as (pitch, end): from high to low, each longer than those above it
    for at, (onset, pitch, end) in enumerate(zip(onsets.tolist(), pitches.tolist(), ends.tolist(), strict=True)):
        held = [(p, e) for p, e in held if e > onset]
        if (not held or pitch >= held[0][0]) and not (kept and onsets[kept[-1]] == onset):
            kept.append(at)
        if not any(p >= pitch and e >= end for p, e in held):
            held = sorted([(pitch, end), *((p, e) for p, e in held if p > pitch or e > end)], reverse=True)
    return onsets[kept], pitches[kept], ends[kept]


def _cut(voice: str, onsets: Steps, pitches: Steps, ends: Steps) -> Iterator[Line]:
    """The lines of a voice: it is cut where nothing begins for long."""
    gaps = np.append(np.diff(onsets), np.maximum(ends[-1:] - onsets[-1:], 1))
    cuts = np.flatnonzero(gaps[:-1] > MOST_GAP) + 1
    for part in np.split(np.arange(len(onsets)), cuts):
        if len(part) >= FEWEST:
            steps = np.minimum(gaps[part], MOST_GAP).astype(np.uint8)
            yield Line(pitches[part].astype(np.uint8), steps, voice, int(onsets[part[0]]))
