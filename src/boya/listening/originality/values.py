"""What an originality report holds.

Conventions: as in `report`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from boya.errors import InputError
from boya.listening.originality.wording import LANGUAGES, text_of_report

__all__ = ["LineReport", "Originality", "Passage", "Run", "Stretch"]


@dataclass(frozen=True)
class Run:
    """A run shared with a piece of the corpus.

    Attributes
    ----------
    track
        number of the track from 0; -1 is the skyline
    notes, telling, equal
        notes of the run; those that it does not itself repeat; those that follow as there. Of an exact run all follow; of a near
        one those that do are taken as telling
    bars
        in the score
    piece, piece_bars
        id, title, composer, source and licence of the piece, and the bars there
    """

    track: int
    notes: int
    telling: int
    equal: int
    bars: tuple[int, int]
    piece: Mapping[str, Any]
    piece_bars: tuple[int, int]

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "track": None if self.track < 0 else self.track + 1,
            "notes": self.notes,
            "telling": self.telling,
            "equal": self.equal,
            "bars": [self.bars[0] + 1, self.bars[1]],
            "piece": dict(self.piece),
            "piece_bars": [self.piece_bars[0] + 1, self.piece_bars[1]],
        }


@dataclass(frozen=True)
class LineReport:
    """What one line shares: its longest run and its most telling one, if it has any.

    `track` is -1 for the skyline; `kind` melody, accompaniment, track or skyline; `limit` how many telling notes are usual.
    """

    track: int
    name: str
    kind: str
    n_notes: int
    limit: int
    longest: Run | None = None
    telling: Run | None = None

    @property
    def is_copied(self) -> bool:
        """Whether more is shared than in 99 of 100 real pieces."""
        return self.telling is not None and self.telling.telling > self.limit

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "track": None if self.track < 0 else self.track + 1,
            "name": self.name,
            "kind": self.kind,
            "n_notes": self.n_notes,
            "limit": self.limit,
            "is_copied": self.is_copied,
            "longest": self.longest.as_json() if self.longest else None,
            "most_telling": self.telling.as_json() if self.telling else None,
        }


@dataclass(frozen=True)
class Stretch:
    """A window of 16 quarters: its bars, how original it is from 0 to 1, and the piece that shares most of it."""

    bars: tuple[int, int]
    originality: float
    piece: Mapping[str, Any] | None


@dataclass(frozen=True)
class Passage:
    """Where lines are found together: 16 quarters of the score in bars of a piece; how many notes agree, on how many lines."""

    notes: int
    n_lines: int
    bars: tuple[int, int]
    piece: Mapping[str, Any]
    piece_bars: tuple[int, int]

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "notes": self.notes,
            "n_lines": self.n_lines,
            "bars": [self.bars[0] + 1, self.bars[1]],
            "piece": dict(self.piece),
            "piece_bars": [self.piece_bars[0] + 1, self.piece_bars[1]],
        }


@dataclass(frozen=True)
class Originality:
    """A report on a score.

    Attributes
    ----------
    n_pieces
        of the corpus
    lines
        of the tracks, then the skyline
    near
        the best run of at least 10 notes as there, among which others may stand
    passage
        where lines are found together: notes of 16 quarters that stand in one place of a piece
    windows
        of 16 quarters, one every 8
    unknown
        share of the score's stretches of 8 moves that stand nowhere in the corpus; None where no line is as long
    typical
        what held-out real music shares: figures by name, each as 101 percentiles
    why_nothing
        empty, drums or short when there is nothing to compare, else nothing
    """

    n_pieces: int
    lines: tuple[LineReport, ...] = ()
    near: Run | None = None
    passage: Passage | None = None
    windows: tuple[Stretch, ...] = ()
    unknown: float | None = None
    typical: Mapping[str, Any] = field(default_factory=dict, repr=False)
    why_nothing: str = ""

    @property
    def most_telling(self) -> Run | None:
        """The most telling run of all lines."""
        return max((line.telling for line in self.lines if line.telling), key=lambda run: run.telling, default=None)

    @property
    def longest(self) -> Run | None:
        """The longest run of all lines."""
        return max((line.longest for line in self.lines if line.longest), key=lambda run: run.notes, default=None)

    @property
    def is_copied(self) -> bool:
        """Whether a line shares more than real music does."""
        return any(line.is_copied for line in self.lines)

    @property
    def figures(self) -> dict[str, float]:
        """Each figure by name; those of lines are the most telling run of each kind, 0 where no run is shared."""
        found: dict[str, float] = {}
        for line in self.lines:
            found[line.kind] = max(found.get(line.kind, 0.0), float(line.telling.telling if line.telling else 0))
        if self.lines:
            found["longest"] = float(self.longest.notes if self.longest else 0)
            found["near"] = float(self.near.equal if self.near else 0)
            found["passage"] = float(self.passage.notes if self.passage else 0)
        if self.windows:
            values = [window.originality for window in self.windows]
            found |= {"originality": sum(values) / len(values), "least originality": min(values)}
        return found if self.unknown is None else found | {"unknown": self.unknown}

    def rank(self, figure: str) -> int | None:
        """Return how many of a hundred held-out real pieces have at most as much; None where nobody measured."""
        percentiles = self.typical.get("figures", {}).get(figure)
        if not percentiles or figure not in self.figures:
            return None
        return max(0, min(100, int(np.searchsorted(percentiles, self.figures[figure], side="right")) - 1))

    def in_words(self, language: str = "en") -> str:
        """Return the report as a person reads it, in English (en) or Chinese (zh).

        Raises
        ------
        InputError
            if the language is another one.
        """
        if language not in LANGUAGES:
            raise InputError(f"language must be {' or '.join(LANGUAGES)}; got {language!r:.40}")
        return text_of_report(self, language)

    def __str__(self) -> str:
        return self.in_words()

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            "pieces": self.n_pieces,
            "why_nothing": self.why_nothing or None,
            "is_copied": self.is_copied,
            "figures": {
                name: {"value": round(value, 4), "rank": self.rank(name), "real_median": self.real(name)}
                for name, value in self.figures.items()
            },
            "most_telling": self.most_telling.as_json() if self.most_telling else None,
            "near": self.near.as_json() if self.near else None,
            "passage": self.passage.as_json() if self.passage else None,
            "lines": [line.as_json() for line in self.lines],
            "windows": [
                {"bars": [w.bars[0] + 1, w.bars[1]], "originality": round(w.originality, 4), "piece": w.piece and dict(w.piece)}
                for w in self.windows
            ],
            "typical": {name: value for name, value in self.typical.items() if name != "figures"},
        }

    def real(self, figure: str) -> float | None:
        """Return the median of held-out real music; None where nobody measured."""
        percentiles = self.typical.get("figures", {}).get(figure)
        return float(percentiles[50]) if percentiles else None
