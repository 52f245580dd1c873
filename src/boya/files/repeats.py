"""Repeats played out.

Marks are read bar by bar: a sign that opens or closes a repeat, and the numbers of the ending a bar lies in. Jumps by words (da
capo, dal segno) are not followed, since a file of several movements does not say where to.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from boya.score import Chord, Score, Section, Timeline, note_ends

__all__ = ["BarMarks", "played_order", "played_out"]

MAX_BARS = 100_000


@dataclass(frozen=True)
class BarMarks:
    """Repeat marks of a bar: `times` is how often the repeat that ends here is played, 1 when none ends here."""

    onset: int
    opens: bool = False
    times: int = 1
    endings: frozenset[int] = frozenset()


def played_order(bars: Sequence[BarMarks]) -> list[int]:
    """Return the bars in the order they are played.

    >>> plain, first, second = BarMarks(0), BarMarks(1, times=2, endings=frozenset({1})), BarMarks(2, endings=frozenset({2}))
    >>> played_order([plain, first, second, plain])
    [0, 1, 0, 2, 3]
    """
    order: list[int] = []
    at = start = 0
    turn = 1
    while at < len(bars) and len(order) <= MAX_BARS:
        bar = bars[at]
        left_endings = at > 0 and bars[at - 1].endings and not bar.endings
        if (bar.opens and at != start) or (left_endings and at > start):
            start, turn = at, 1
        if bar.endings and turn not in bar.endings:
            at += 1
            continue
        order.append(at)
        times = max(bar.times, max(bar.endings) + 1) if bar.times > 1 and bar.endings else bar.times
        if times > turn:
            at, turn = start, turn + 1
            continue
        if bar.times > 1:
            start, turn = at + 1, 1
        at += 1
    return order


def played_out(score: Score, bars: Sequence[BarMarks], end: int) -> Score:
    """Return the score with its bars in the order they are played; `end` is the tick after the last bar."""
    order = played_order(bars)
    if order == list(range(len(bars))) or len(order) > MAX_BARS:
        return score
    bounds = [bar.onset for bar in bars] + [max(end, score.end)]
    runs = [order[0]]
    spans: list[tuple[int, int]] = []
    for before, after in pairwise([*order, -1]):
        if after != before + 1:
            spans.append((bounds[runs[-1]], bounds[before + 1]))
            runs.append(after)
    return _joined(score, spans)


def _joined(score: Score, spans: Sequence[tuple[int, int]]) -> Score:
    """Stretches of a score, one after the other."""
    lengths = [stop - start for start, stop in spans]
    shifts = np.concatenate([[0], np.cumsum(lengths)[:-1]]).tolist() if spans else []
    tracks = []
    for track in score.tracks:
        pieces = []
        for (start, stop), shift in zip(spans, shifts, strict=True):
            inside = (track.notes["onset"] >= start) & (track.notes["onset"] < stop)
            piece = track.notes[inside].copy()
            piece["duration"] = np.minimum(note_ends(piece), stop) - piece["onset"]
            piece["onset"] += shift - start
            pieces.append(piece)
        tracks.append(replace(track, notes=np.concatenate(pieces)))
    chords: list[Chord] = []
    sections: list[Section] = []
    lines = []
    for (start, stop), shift in zip(spans, shifts, strict=True):
        part = score.with_tracks(()).slice(start, stop)
        chords += [replace(chord, onset=chord.onset + shift) for chord in part.chords]
        sections += [replace(section, onset=section.onset + shift) for section in part.sections]
        lines.append((part.timeline, shift))
    return replace(
        score, tracks=tuple(tracks), timeline=_timeline(score.timeline, lines), chords=tuple(chords), sections=tuple(sections)
    )


def _timeline(whole: Timeline, lines: Sequence[tuple[Timeline, int]]) -> Timeline:
    """Timelines one after the other."""
    tempos = [replace(t, tick=t.tick + shift) for line, shift in lines for t in line.tempos]
    metres = [replace(m, tick=m.tick + shift) for line, shift in lines for m in line.metres]
    keys = [replace(k, tick=k.tick + shift) for line, shift in lines for k in line.keys]
    return replace(Timeline.of(tempos, metres, keys), assumed=whole.assumed)
