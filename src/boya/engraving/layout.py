"""Where things stand in a piano roll: rows of bars, and in each row one lane per track.

Times are ticks, lengths pixels. Bars are broken into rows of equal scale; a lane is as high as its track's range asks.
"""

from dataclasses import dataclass

import numpy as np

from boya.score import Score, Track
from boya.theory.drums import DRUM_CLASSES, drum_class

__all__ = ["PERCUSSION", "Lane", "Layout", "Row", "drum_lines", "lay_out"]

GUTTER = 150.0
MARGIN = 16.0
HEADER = 46.0
LANE_GAP = 5.0
ROW_GAP = 20.0
MAX_LANES = 24
LANE_ORDER = ("melody", "", "chords", "pad", "bass", "drums")
DRUM_LINE = 10.0
PERCUSSION = "percussion"
# From the top of a kit to its foot.
DRUM_ORDER = ("crash", "ride", "open hat", "closed hat", PERCUSSION, "high tom", "mid tom", "low tom", "snare", "kick")


@dataclass(frozen=True)
class Lane:
    """One track's strip: its place below the top of a row, and the pitches it shows; `turn` counts tracks without a role."""

    track: Track
    top: float
    height: float
    low: int
    high: int
    drums: tuple[str, ...] = ()
    turn: int = 0

    @property
    def step(self) -> float:
        """Height of a semitone."""
        return self.height / (self.high - self.low + 1)

    def y(self, pitch: float) -> float:
        """Return the top of a pitch, below the top of the row."""
        return self.top + (self.high - pitch) * self.step


@dataclass(frozen=True)
class Row:
    """Bars [first, last), ticks [start, end), and the y of the top of its lanes."""

    first: int
    last: int
    start: int
    end: int
    top: float


@dataclass(frozen=True)
class Layout:
    """The whole picture."""

    width: float
    height: float
    pixels_per_tick: float
    head: float
    lanes: tuple[Lane, ...]
    rows: tuple[Row, ...]
    n_hidden: int

    def x(self, row: Row, tick: float) -> float:
        """Return where a tick stands in its row."""
        return MARGIN + GUTTER + (tick - row.start) * self.pixels_per_tick

    @property
    def lanes_height(self) -> float:
        """Height of all lanes of a row."""
        return self.lanes[-1].top + self.lanes[-1].height if self.lanes else 0.0


def lay_out(score: Score, width: float, bars_per_row: int | None) -> Layout:
    """Choose rows and lanes for a score."""
    bounds = score.bar_bounds
    n_bars = len(bounds) - 1
    per_row = bars_per_row or _bars_per_row(n_bars)
    shown = [t for t in score.tracks if t.n_notes]
    shown.sort(key=lambda t: LANE_ORDER.index("drums" if t.is_drum else t.role))
    lanes = _lanes(shown[:MAX_LANES], is_dense=len(shown) > 8 or n_bars > 64)
    head = 16.0 + 17.0 * bool(score.chords) + 17.0 * bool(score.sections)
    lanes_height = lanes[-1].top + lanes[-1].height if lanes else 0.0
    firsts = range(0, n_bars, per_row)
    rows = []
    y = MARGIN + HEADER
    for first in firsts:
        last = min(first + per_row, n_bars)
        rows.append(Row(first, last, int(bounds[first]), int(bounds[last]), y + head))
        y += head + lanes_height + ROW_GAP
    longest = max((r.end - r.start for r in rows), default=1)
    scale = (width - 2 * MARGIN - GUTTER) / longest
    height = y - ROW_GAP + MARGIN if rows else MARGIN + HEADER + 30
    return Layout(width, height, scale, head, lanes, tuple(rows), max(0, len(shown) - MAX_LANES))


def drum_lines(track: Track) -> tuple[str, ...]:
    """Return the kinds of drum a track plays, cymbals first."""
    used = {DRUM_CLASSES[c] if (c := drum_class(int(p))) is not None else PERCUSSION for p in np.unique(track.notes["pitch"])}
    return tuple(name for name in DRUM_ORDER if name in used)


def _bars_per_row(n_bars: int) -> int:
    """Return 4 to 8 bars in a row for what fits a screen, more for longer pieces, so that there are at most 8 rows or so."""
    if n_bars <= 10:
        return max(n_bars, 4)
    if n_bars <= 32:
        return 8
    return 16 if n_bars <= 128 else -(-n_bars // 8)


def _lanes(tracks: list[Track], is_dense: bool) -> tuple[Lane, ...]:
    """Stack the lanes."""
    lanes = []
    top, turn = 0.0, 0
    for track in tracks:
        if track.is_drum:
            drums = drum_lines(track)
            height = max(30.0, DRUM_LINE * len(drums) + 6)
            lane = Lane(track, top, height, 0, max(len(drums) - 1, 0), drums)
        else:
            low, high = int(track.notes["pitch"].min()), int(track.notes["pitch"].max())
            spare = max(0, 11 - (high - low))
            low, high = low - 1 - spare // 2, high + 1 + (spare + 1) // 2
            pixels = 2.2 if is_dense else 3.3
            lane = Lane(track, top, float(np.clip((high - low + 1) * pixels, 34, 70 if is_dense else 112)), low, high, turn=turn)
            turn += not track.role
        lanes.append(lane)
        top += lane.height + LANE_GAP
    return tuple(lanes)
