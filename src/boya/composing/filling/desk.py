"""A sheet made ready for writing: what stays, what is to be written in which order, and whether it can be.

Conventions: a segment is (bar, track), as in the bar stream; segments are written by bar, then by role, as `by_role` has it. Bars
count those of the sheet, and further ones if the music goes on behind them.
"""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from boya.composing.checks import contradiction
from boya.composing.filling.ground import Ground, Notes, ground_of, notes_in_steps
from boya.composing.filling.lanes import Hand, lane_of
from boya.composing.filling.limits import Bounds, bounds_of
from boya.composing.filling.sheet import Selection, Sheet
from boya.errors import RequestError
from boya.representation.stream.vocabulary import MAX_SLOTS
from boya.score import NoteArray, Score

__all__ = ["Desk", "Segment", "by_role", "desk_of"]

ORDER = ("melody", "drums", "chords", "pad", "bass")  # of most bands of the `train` split: the composer knows it best

Segment = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Desk:
    """A sheet with a selection.

    Attributes
    ----------
    kept, kept_steps
        notes of each track that stay: as they are, and in steps
    selection
        over all bars `[shape=(n_tracks, n_bars)]`
    order
        the segments to be written
    due
        segments that may not stay silent if their track has nothing written yet: its last chance
    closing
        the segment that may not stay silent if nothing sounds in the last bar yet
    """

    sheet: Sheet
    ground: Ground
    bounds: tuple[Bounds, ...]
    kept: tuple[NoteArray, ...]
    kept_steps: tuple[Notes, ...]
    selection: Selection
    order: tuple[Segment, ...]
    due: frozenset[Segment]
    closing: Segment | None

    @property
    def n_filled(self) -> int:
        """Number of bars up to the last that is selected or in which something kept begins."""
        onsets = [int(notes[:, 0].max(initial=0)) for notes in self.kept_steps]
        return max(int(self.ground.bar_of(np.array(max(onsets)))), self.order[-1][0]) + 1


def desk_of(sheet: Sheet, selection: Selection) -> Desk:
    """Look at a sheet and what is selected.

    Raises
    ------
    RequestError
        if the selection is empty, not one of this sheet, or cannot be filled; a contradiction names both sides and the place.
    """
    selected = _checked(sheet, selection)
    ground = ground_of(sheet)
    selected = np.pad(selected, ((0, 0), (0, ground.n_bars - sheet.n_bars)))
    bounds = bounds_of(sheet.score.tracks, sheet.limits)
    kept, kept_steps = [], []
    for track, row in zip(sheet.score.tracks, selected, strict=True):
        steps = notes_in_steps(track)
        stays = ~row[ground.bar_of(steps[:, 0])]
        kept.append(track.notes[stays])
        kept_steps.append(steps[stays])
    for number in np.flatnonzero(selected.any(1)).tolist():
        _check_track(sheet, ground, bounds[number], np.flatnonzero(selected[number]))
    due = [
        _last_chance(ground, bounds[number], kept_steps[number], np.flatnonzero(selected[number]), number)
        for number in np.flatnonzero(selected.any(1)).tolist()
    ]
    numbers = by_role(sheet.score)
    order = tuple((bar, number) for bar in range(ground.n_bars) for number in numbers if selected[number, bar])
    has_end = ground.n_bars == sheet.n_bars and not sheet.is_open
    closing = _closing(ground, bounds, kept_steps, order) if has_end else None
    return Desk(sheet, ground, bounds, tuple(kept), tuple(kept_steps), selected, order, frozenset(due), closing)


def by_role(score: Score) -> list[int]:
    """Return the numbers of the tracks as the composer reads them: by role, whatever their order in the score.

    >>> from boya.score import Track
    >>> by_role(Score((Track(role="bass"), Track(is_drum=True), Track(role="melody"))))
    [2, 1, 0]
    """
    roles = ["drums" if track.is_drum else track.role or "chords" for track in score.tracks]
    return sorted(range(len(roles)), key=lambda number: (ORDER.index(roles[number]), number))


def _checked(sheet: Sheet, selection: Selection) -> NDArray[np.bool_]:
    """The selection, after looking that it is one."""
    selected, shape = np.asarray(selection), (sheet.n_tracks, sheet.n_bars)
    if selected.shape != shape or selected.dtype != np.bool_:
        raise RequestError(f"a selection must be boolean, {shape} tracks and bars; got {selected.dtype} {selected.shape}")
    n_selected = int(selected.any(1).sum())
    if not n_selected:
        raise RequestError("a selection must name at least one bar of one track; it is empty. Say what is to be written")
    if n_selected > MAX_SLOTS:
        raise RequestError(f"at most {MAX_SLOTS} tracks can be written at once; {n_selected} are selected. Select fewer")
    return selected


def _check_track(sheet: Sheet, ground: Ground, bounds: Bounds, bars: NDArray[np.int64]) -> None:
    """Raise if range, scale and chords leave nothing in a bar of a track."""
    if bounds.is_drum:
        return
    inside = np.zeros(12, dtype=bool)
    inside[[pitch % 12 for pitch in bounds.pitches]] = True
    everywhere = slice(0, ground.n_steps)
    playable = np.any(ground.classes(bounds, everywhere) & inside, axis=1)
    for bar in bars.tolist():
        steps = slice(int(ground.lines[bar]), int(ground.lines[bar + 1]))
        if playable[steps].any():
            continue
        strict = ground.has_chord[steps] & (bounds.chord_tones != "free")
        wishes = {
            f"the range {min(bounds.pitches)}-{max(bounds.pitches)}": np.tile(inside, (steps.stop - steps.start, 1)),
            "the scale": ground.scale[steps],
            "chord tones": ground.chord[steps] | ~strict[:, None],
        }
        where = f"no pitch is left for {bounds.name} in bar {bar + 1}"
        for (first, a), (second, b) in combinations(wishes.items(), 2):
            if not (a & b).any():
                raise contradiction(first, second, where)
        raise RequestError(f"{', '.join(wishes)} contradict each other: {where}; change one of them")


def _last_chance(ground: Ground, bounds: Bounds, kept: Notes, bars: NDArray[np.int64], number: int) -> Segment:
    """The last segment in which a track that has nothing written can play."""
    for bar in bars[::-1].tolist():
        if _can_play(ground, bounds, kept, bar):
            return bar, number
    free = Bounds(bounds.name, bounds.pitches, bounds.voices, None, bounds.chord_tones, bounds.is_drum)
    without_leap = any(_can_play(ground, free, kept, bar) for bar in bars.tolist())
    limit = f"the largest leap of {bounds.leap}" if without_leap else f"the limit of {bounds.voices} voices"
    where = f"bar {bars[0] + 1}" if len(bars) == 1 else f"bars {bars[0] + 1}-{bars[-1] + 1}"
    raise contradiction(limit, "the notes that are kept", f"no pitch is left for {bounds.name} in {where}")


def _can_play(ground: Ground, bounds: Bounds, kept: Notes, bar: int) -> bool:
    """Whether a track that has nothing written can begin a note in a bar."""
    hand = Hand(lane_of(ground, bounds, kept, [bar]))
    hand.begin(bar)
    return bool(hand.is_open.any())


def _closing(ground: Ground, bounds: tuple[Bounds, ...], kept: list[Notes], order: tuple[Segment, ...]) -> Segment | None:
    """The last segment of the last bar that can play, if nothing that is kept reaches into that bar."""
    last = ground.n_bars - 1
    ends = [int(notes[:, 1].max(initial=0)) for notes in kept]
    if max(ground.reach, *ends) > ground.lines[last]:
        return None
    chances = [number for bar, number in order if bar == last and _can_play(ground, bounds[number], kept[number], last)]
    return (last, chances[-1]) if chances else None
