"""The next passage to write, and the window of the piece that the composer reads for it.

Conventions: where nothing is left to keep from some bar to the end, the passage goes *ahead*: the window ends before it, its bars
are told one by one, and the composer writes what follows each. Anywhere else its segments are *holes* of a window with both
sides. Holes that a later passage will write are holes already. About half of the context is for what is written; the rest holds
the nearest bars.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boya.composing.filling.desk import Desk, Segment, by_role
from boya.composing.filling.lanes import Row
from boya.errors import RequestError
from boya.representation.stream import VOCABULARY, Encoded, Grammar, encode
from boya.representation.stream.vocabulary import CONTROLS, MAX_SLOTS, MOST_BARS, TICKS_PER_STEP
from boya.score import NOTE_DTYPE, NoteArray, Score, Track

__all__ = ["Passage", "Rows", "next_passage", "to_notes"]

Rows = tuple[tuple[Row, ...], ...]

LONGEST_PASSAGE = 8  # bars: longer ones are settled piece by piece, so that each is judged on its own
USUAL_TOKENS = {False: 20, True: 32}  # of a segment, pitched and drums; the mean of tracks of the `train` split is 13-18 and 31
HEAD, RESERVE = 40, 8  # tokens of a window beside its tracks, its bars and what is written; the latter's reserve for each track
NEARBY = 4  # bars

_BAR, _SLOT = VOCABULARY.span("bar"), VOCABULARY.span("slot")
_FILL, _END = VOCABULARY.id("fill"), VOCABULARY.id("end")


@dataclass(frozen=True, eq=False)
class Passage:
    """What is written next.

    Attributes
    ----------
    tracks
        the track of each slot
    first, last
        bars of the piece that the composer reads, [first, last)
    segments
        what is written: (bar, slot), by bar and slot
    prompt, grammar
        what is read before, and the state behind it
    scripts
        going ahead: by bar, what it says before its notes; empty otherwise
    """

    tracks: tuple[int, ...]
    first: int
    last: int
    segments: tuple[Segment, ...]
    prompt: NDArray[np.int16]
    grammar: Grammar
    scripts: dict[int, list[int]]

    @property
    def is_ahead(self) -> bool:
        """Whether the composer goes ahead, with nothing behind the passage."""
        return bool(self.scripts)

    @property
    def needs(self) -> int:
        """Tokens that its segments have as a rule, and their scripts."""
        usual = sum(USUAL_TOKENS[self.grammar.state.is_drum[slot]] for _, slot in self.segments)
        return usual + sum(map(len, self.scripts.values())) + self.reserve

    @property
    def reserve(self) -> int:
        """Tokens in which a unit can be brought to its end, whatever must still be said."""
        return 16 + RESERVE * (len(self.tracks) if self.is_ahead else 1)

    @property
    def bars(self) -> tuple[int, ...]:
        """Bars with segments, rising."""
        return tuple(sorted({bar for bar, _ in self.segments}))


def to_notes(rows: tuple[Row, ...]) -> NoteArray:
    """Return rows as notes, in ticks.

    >>> to_notes(((0, 12, 60, 5),)).tolist()
    [(0, 480, 60, 88)]
    """
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    notes = np.empty(len(table), dtype=NOTE_DTYPE)
    notes["onset"] = table[:, 0] * TICKS_PER_STEP
    notes["duration"] = (table[:, 1] - table[:, 0]) * TICKS_PER_STEP
    notes["pitch"], notes["velocity"] = table[:, 2], table[:, 3] * 16 + 8
    return notes


def next_passage(desk: Desk, rows: Rows, n_done: int, context: int) -> Passage:
    """Return the next passage of a piece.

    Parameters
    ----------
    desk
        the piece
    rows
        what is written so far, by track
    n_done
        how many of its segments that is
    context
        tokens that the composer can have in mind

    Raises
    ------
    RequestError
        if a single bar is longer than the context.
    """
    pending = desk.selection.copy()
    for bar, number in desk.order[:n_done]:
        pending[number, bar] = False
    start = desk.order[n_done][0]
    is_open = desk.sheet.is_open
    is_ahead = bool(np.all(pending[:, start : desk.n_filled])) and (is_open or desk.n_filled == desk.ground.n_bars)
    stop = _stop(desk, pending, start)
    tracks = _seen(desk, rows, pending, start)
    while True:
        encoded = encode(_scaffold(desk, rows, pending, tracks), desk.sheet.style, desk.sheet.substyle)
        n_read = start if is_ahead else desk.n_filled if is_open else encoded.n_bars  # ahead, nothing is read behind
        for is_echoed in (True, False):
            costs = _costs(encoded, is_echoed=is_echoed)
            span = _window(encoded, pending[tracks], (start, stop), n_read, context, costs)
            if span is not None:
                passage = _cut(desk, encoded, pending, tracks, span, is_ahead)
                if not is_echoed or len(passage.prompt) + passage.needs <= context:
                    return passage
        tracks, stop = _without_one(encoded, pending, tracks, start, context), start + 1


def _stop(desk: Desk, pending: NDArray[np.bool_], start: int) -> int:
    """The bar before which the passage ends at the latest: where a section begins, or a wish changes."""
    wishes, stop = desk.sheet.wishes, start + 1
    last = int(np.flatnonzero(pending.any(0))[-1])
    while stop <= min(start + LONGEST_PASSAGE - 1, last) and stop not in desk.ground.starts:
        written = pending[:, stop] | pending[:, start]
        if (wishes[stop, written] != wishes[start, written]).any():
            break
        stop += 1
    return stop


def _seen(desk: Desk, rows: Rows, pending: NDArray[np.bool_], start: int) -> list[int]:
    """The tracks that are read: those to be written, then those with most notes near by, as many as the stream holds."""
    low = int(desk.ground.lines[max(start - NEARBY, 0)])
    high = int(desk.ground.lines[min(start + LONGEST_PASSAGE + NEARBY, desk.ground.n_bars)])
    written = np.any(pending[:, start : start + LONGEST_PASSAGE], axis=1)
    nearby = [
        int(((notes[:, 0] >= low) & (notes[:, 0] < high)).sum()) + sum(low <= row[0] < high for row in own)
        for notes, own in zip(desk.kept_steps, rows, strict=True)
    ]
    order = sorted(range(len(nearby)), key=lambda number: (not written[number], -nearby[number], number))
    return [number for number in by_role(desk.sheet.score) if number in order[:MAX_SLOTS]]


def _without_one(encoded: Encoded, pending: NDArray[np.bool_], tracks: list[int], start: int, context: int) -> list[int]:
    """Tracks without the one that says most in a bar that is too long, of those that need not be there."""
    first, last = encoded.bars["segment"][start : start + 2]
    starts = np.append(encoded.segments["start"], encoded.bars["start"][-1])
    lengths = np.bincount(encoded.segments["slot"][first:last], np.diff(starts)[first:last], len(tracks))
    spare = [slot for slot, number in enumerate(tracks) if not pending[number, start]]
    if not spare:
        raise RequestError(
            f"a bar of {len(tracks)} tracks must fit into the composer's context of {context} tokens; bar {start + 1} does not. "
            "Write fewer tracks at once"
        )
    longest = max(spare, key=lambda slot: lengths[slot])
    return [number for slot, number in enumerate(tracks) if slot != longest]


def _scaffold(desk: Desk, rows: Rows, pending: NDArray[np.bool_], tracks: list[int]) -> Score:
    """The piece as it is, with a mark where it has to reach; nobody reads the mark.

    That is the last segment to be written, so that its bar is there, or in an open piece the bar behind, so that none is last.
    """
    bar = desk.n_filled if desk.sheet.is_open else int(np.flatnonzero(pending[tracks].any(0))[-1])
    marked = tracks[0] if desk.sheet.is_open else next(number for number in tracks if pending[number, bar])
    onset, made = int(desk.ground.lines[bar]), []
    for number in tracks:
        track = desk.sheet.score.tracks[number]
        mark = ((onset, onset + 1, 36 if track.is_drum else 60, 4),) if number == marked else ()
        notes = [desk.kept[number], to_notes(rows[number]), to_notes(mark)]
        made.append(Track(np.concatenate(notes), track.program, track.is_drum, "", track.role))
    return replace(desk.sheet.score, tracks=tuple(made))


def _costs(encoded: Encoded, *, is_echoed: bool) -> NDArray[np.int64]:
    """Tokens of each bar: spelled out, or at the least, if all that an earlier bar says is read there."""
    costs = np.diff(encoded.bars["start"]).astype(np.int64)
    return costs - encoded.echoed(0, encoded.n_bars) if is_echoed else costs


def _window(
    encoded: Encoded,
    pending: NDArray[np.bool_],
    span: tuple[int, int],
    n_read: int,
    context: int,
    costs: NDArray[np.int64],
) -> tuple[int, int, int, int] | None:
    """First and last bar to read and, between them, to write: first, start, stop, last; None where one bar is too long."""
    start, stop = span
    usual = np.array([USUAL_TOKENS[part.is_drum] for part in encoded.parts])
    fills = np.cumsum(pending[:, start:stop].T @ usual)
    n_there = min(encoded.n_bars, pending.shape[1])
    costs = costs[:n_there] + 2 * pending[:, :n_there].sum(0)
    room = context - HEAD - len(encoded.parts) * (RESERVE + 3 + len(CONTROLS))
    needs = np.cumsum(costs[start:stop]) + fills
    n_bars = min(np.searchsorted(needs, room, side="right"), np.searchsorted(fills, context // 2, side="right"))
    if needs[0] > room:
        return None
    stop = start + _even(stop - start, max(int(n_bars), 1))
    room -= int(needs[stop - start - 1])
    first, last, sides = start, stop, [0, 0]  # tokens of what is read on either side
    while True:
        left = int(costs[first - 1]) if first else None
        right = int(costs[last]) if last < n_read else None
        goes_left = right is None or (left is not None and sides[0] + left <= sides[1] + right)
        cost = left if goes_left else right
        if cost is None or last - first >= MOST_BARS or sum(sides) + cost > room:
            return first, start, stop, last
        sides[not goes_left] += cost
        first, last = (first - 1, last) if goes_left else (first, last + 1)


def _even(whole: int, most: int) -> int:
    """The length of the first of equal parts of some bars, none longer than may be.

    >>> [_even(8, most) for most in (3, 7, 8)]
    [3, 4, 8]
    """
    return -(-whole // -(-whole // most))


def _cut(
    desk: Desk,
    encoded: Encoded,
    pending: NDArray[np.bool_],
    tracks: list[int],
    span: tuple[int, int, int, int],
    is_ahead: bool,
) -> Passage:
    """The window as the composer reads it."""
    first, start, stop, last = span
    controls = desk.sheet.wishes[start, tracks].copy()
    controls[~pending[tracks, start:stop].any(1)] = -1
    controls[[part.is_drum for part in encoded.parts], list(CONTROLS).index("register")] = -1
    segments = tuple((bar, slot) for bar in range(start, stop) for slot, n in enumerate(tracks) if pending[n, bar])
    holes = None if is_ahead else pending[tracks, first:last].T
    window = encoded.window(first, last, holes=holes, controls=controls, number=first % MOST_BARS)
    if is_ahead:
        prompt, scripts = _scripts(window, first, start)
    else:
        prompt, scripts = window[: int(np.argmax(window == _FILL)) + 1], {}
    grammar = Grammar()
    for token in prompt.tolist():
        grammar.take(token)
    return Passage(tuple(tracks), first, last, segments, prompt, grammar, scripts)


def _scripts(window: NDArray[np.int16], first: int, start: int) -> tuple[NDArray[np.int16], dict[int, list[int]]]:
    """What is read before a bar, and what each bar from there on says before its notes."""
    begins = np.flatnonzero((window >= _BAR.start) & (window < _BAR.stop))
    prompt = window[: begins[start - first]]
    scripts = {}
    for bar, words in enumerate(np.split(window, begins[start - first :])[1:], start):
        music = np.flatnonzero(((words >= _SLOT.start) & (words < _SLOT.stop)) | (words == _END))
        scripts[bar] = words[: music[0] if len(music) else None].tolist()
    return prompt, scripts
