"""The form of a piece as what is new and what comes back: written where a label first stands, copied where it stands again.

Bars of a copy are written again where their chords are others than at first, at the very end of a piece, and for the share that
is to be varied. Nothing rings over from one section into the next.

Conventions: bars count from 0; a *source* is the bar that a bar is copied from, NEW where there is none.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from boya.composing.decisions import Plan, PlanSection
from boya.composing.filling import Selection
from boya.score import NoteArray, Score

__all__ = ["NEW", "Part", "parts_of"]

NEW = -1


@dataclass(frozen=True)
class Part:
    """A section in its place.

    Attributes
    ----------
    first, last
        its bars, [first, last)
    sources
        for each of its bars the bar that it is copied from, or NEW
    origin
        the bar where what it repeats begins; NEW where it repeats nothing
    """

    first: int
    last: int
    sources: tuple[int, ...]
    origin: int = NEW

    @property
    def is_new(self) -> bool:
        """Whether nothing of it is copied."""
        return self.origin == NEW

    def chosen(self, n_tracks: int, share: float, rng: np.random.Generator) -> Selection:
        """Return what is written: all that is not copied, and at least a share of a copy. `[shape=(n_tracks, n_bars)]`"""
        cells = np.repeat(np.array(self.sources)[None] == NEW, n_tracks, axis=0)
        if not self.is_new:
            copied = np.flatnonzero(~cells.ravel())
            more = max(round(share * cells.size) - int(cells.sum()), 0)
            cells.flat[rng.choice(copied, min(more, len(copied)), replace=False)] = True
        return cells

    def laid(self, score: Score, bar_ticks: int, cells: Selection) -> Score:
        """Return the score with what the part copies. What rings into it, or into cells that will be written, is cut there."""
        start = self.first * bar_ticks
        tracks = []
        for track, chosen in zip(score.tracks, cells, strict=True):
            before = _cut(track.notes, start, 0)
            copies = np.concatenate([track.notes[:0], *self._runs(track.notes, bar_ticks)])
            for bar in np.flatnonzero(chosen):
                copies = _cut(copies, start + int(bar) * bar_ticks, start)
            tracks.append(replace(track, notes=np.concatenate([before, copies])))
        return score.with_tracks(tracks)

    def told(self, cells: Selection) -> dict[str, Any]:
        """Return what the part repeats, in bars counted from 1, and how much of it is written again."""
        bars = [self.first + 1, self.last]
        return {"bars": bars, "repeats_bar": self.origin + 1, "written_again": int(cells.sum()), "of": int(cells.size)}

    def _runs(self, notes: NoteArray, ticks: int) -> list[NoteArray]:
        """The copied notes of a track, run by run of bars that follow one another at their source too."""
        breaks = [bar for bar, (a, b) in enumerate(pairwise(self.sources), 1) if a == NEW or b != a + 1]
        runs: list[NoteArray] = []
        if self.is_new:
            return runs
        for start, stop in pairwise([0, *breaks, len(self.sources)]):
            source = self.sources[start]
            if source != NEW:
                begin, end = source * ticks, (source + stop - start) * ticks
                run = notes[(notes["onset"] >= begin) & (notes["onset"] < end)].copy()
                run["duration"] = np.minimum(run["duration"], end - run["onset"])
                run["onset"] += (self.first + start - source) * ticks
                runs.append(run)
        return runs


def _cut(notes: NoteArray, tick: int, start: int) -> NoteArray:
    """The notes, none of which rings from before a tick beyond it; those that begin before `start` stay as they are."""
    cut = notes.copy()
    rings = (cut["onset"] >= start) & (cut["onset"] < tick)
    cut["duration"][rings] = np.minimum(cut["duration"][rings], tick - cut["onset"][rings])
    return cut


def parts_of(plan: Plan) -> tuple[Part, ...]:
    """Return the sections of a plan as what is new and what comes back.

    A section whose bars have other chords than where its label stood first, for the most part, or other wishes, is new.

    Examples
    --------
    >>> a = PlanSection("A", ("C", "C", "G7", "G7"))
    >>> parts = parts_of(Plan("pop", "", 0, "major", "major", 90, (a, replace(a, label="B"), a), (0, None, None, None, None)))
    >>> [part.sources for part in parts]
    [(-1, -1), (-1, -1), (0, -1)]
    """
    known: dict[str, tuple[PlanSection, int]] = {}
    parts: list[Part] = []
    first = 0
    for section in plan.sections:
        last = first + section.bars
        before, origin = known.get(section.label, (None, NEW))
        sources = [] if before is None else _same_bars(before, section, origin)
        if 2 * sum(bar != NEW for bar in sources) < section.bars or not sources:
            known.setdefault(section.label, (section, first))
            parts.append(Part(first, last, (NEW,) * section.bars))
        else:
            sources[-1] = NEW if last == plan.n_bars else sources[-1]
            parts.append(Part(first, last, tuple(sources), origin))
        first = last
    return tuple(parts)


def _same_bars(before: PlanSection, section: PlanSection, origin: int) -> list[int]:
    """The bar behind each bar of a section that comes back, NEW where chords or wishes are others."""
    pairs = zip(before.chords[::2], before.chords[1::2], section.chords[::2], section.chords[1::2], strict=False)
    same = [(a, b) == (c, d) and before.wishes == section.wishes for a, b, c, d in pairs]
    return [origin + bar if bar < len(same) and same[bar] else NEW for bar in range(section.bars)]
