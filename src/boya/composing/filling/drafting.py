"""One passage: several drafts of it at once, of which the best go on.

Conventions: a `Draft` is the whole piece so far, notes by track as rows in steps. All drafts of a passage that are compared are
equally long: as long as the longest that found room in the context.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from boya.composing.filling.desk import Desk
from boya.composing.filling.guide import Writing, guide_of
from boya.composing.filling.merging import merged
from boya.composing.filling.passage import Passage, Rows, next_passage
from boya.composing.filling.sheet import Selection, Sheet
from boya.errors import RequestError
from boya.models.drawing import Reader
from boya.score import Score

__all__ = ["Draft", "Judge", "Listener", "Work", "judged", "settle"]

TRIES = 4  # batches of drafts, where too few differ

Judge = Callable[[Sequence[Score], Sheet, Selection], NDArray[np.float64]]
Listener = Callable[[Score, int, int], None]


@dataclass(frozen=True, eq=False)
class Draft:
    """A piece on its way.

    Attributes
    ----------
    rows
        notes written, by track
    n_done
        how many of the segments that is
    distance
        what the judge says, if all of it was written and judged at once
    """

    rows: Rows
    n_done: int = 0
    distance: float | None = None


@dataclass(frozen=True, eq=False)
class Work:
    """A job: what stays the same from passage to passage.

    Attributes
    ----------
    write
        `boya.models.drawing.write`, with its settings
    is_streamed
        whether every bar is told: where there is only one draft
    unread
        by "bars" and "tracks": how few were read at the least, where not all were
    """

    desk: Desk
    composer: Reader
    rng: np.random.Generator
    candidates: int
    judge: Judge
    write: Callable[..., list[NDArray[np.int16]]]
    listen: Listener | None
    is_cancelled: Callable[[], bool]
    is_streamed: bool
    unread: dict[str, int] = field(default_factory=dict)

    @property
    def n_segments(self) -> int:
        """How many segments are to be written."""
        return len(self.desk.order)


def settle(work: Work, draft: Draft, n: int) -> list[Draft]:
    """Write the next passage of a piece, and return the piece with the `n` best drafts of it; as it was where writing was halted.

    Raises
    ------
    RequestError
        if there is no room for it in the composer's context.
    """
    passage = next_passage(work.desk, draft.rows, draft.n_done, work.composer.context)
    _note_what_is_read(work, passage)
    found = _drafts(work, passage, draft, n)
    if not found:
        return [draft]
    if len(found) > 1:
        found = _best(work, found, draft.n_done)[:n]
    if work.listen and not work.is_streamed:
        work.listen(merged(work.desk, found[0].rows), found[0].n_done, work.n_segments)
    return found


def judged(work: Work, drafts: Sequence[Draft], first: int, last: int) -> NDArray[np.float64]:
    """Return how far each piece is from good, in its segments [first, last). [shape=(len(drafts),)]"""
    written = work.desk.sheet.blank_selection()
    for bar, number in work.desk.order[first:last]:
        written[number, bar] = True
    return np.asarray(work.judge([merged(work.desk, draft.rows) for draft in drafts], work.desk.sheet, written))


def _best(work: Work, drafts: list[Draft], first: int) -> list[Draft]:
    """Drafts, best first."""
    n_done = drafts[0].n_done
    distances = judged(work, drafts, first, n_done)
    is_whole = first == 0 and n_done == work.n_segments
    order = np.argsort(distances, kind="stable").tolist()
    return [Draft(drafts[i].rows, n_done, float(distances[i]) if is_whole else None) for i in order]


def _drafts(work: Work, passage: Passage, draft: Draft, n: int) -> list[Draft]:
    """At least `n` different drafts of a passage, if they can be had; none where writing was halted."""
    guide = guide_of(work.desk, passage, draft.rows, work.composer.context)
    written: list[Writing] = []
    found: list[Draft] = []
    for _ in range(TRIES):
        guides = [guide() for _ in range(work.candidates + n - 1)]
        work.write(work.composer, passage.prompt, guides, work.rng, listen=_streaming(work, passage, draft, guides))
        written += guides
        n_units = max(one.n_closed for one in written)
        whole = [_with(draft, passage, one, n_units) for one in written if one.n_closed == n_units]
        found = list({one.rows: one for one in whole}.values()) if n_units else []
        if len(found) >= n or work.is_cancelled():
            break
    if not found and not work.is_cancelled():
        raise RequestError(
            f"a bar must fit into the composer's context of {work.composer.context} tokens; bar {passage.bars[0] + 1} does not. "
            "Write fewer tracks at once"
        )
    return found


def _with(draft: Draft, passage: Passage, writing: Writing, n_units: int) -> Draft:
    """The piece with the first units of a passage."""
    new = writing.written(n_units)
    rows = tuple(new.get(number, own) for number, own in enumerate(draft.rows))
    return Draft(rows, draft.n_done + n_units * (len(passage.tracks) if passage.is_ahead else 1))


def _streaming(
    work: Work, passage: Passage, draft: Draft, guides: list[Writing]
) -> Callable[[int, NDArray[np.int16]], None] | None:
    """What tells of every bar, where there is one draft only."""
    listen = work.listen
    if listen is None or not work.is_streamed:
        return None
    n_heard = 0

    def tell(row: int, tokens: NDArray[np.int16]) -> None:
        nonlocal n_heard
        if guides[row].n_heard > n_heard:
            n_heard = guides[row].n_heard
            now = _with(draft, passage, guides[row], n_heard)
            listen(merged(work.desk, now.rows), now.n_done, work.n_segments)

    return tell


def _note_what_is_read(work: Work, passage: Passage) -> None:
    """Note how many bars and tracks the composer sees, where it does not see all."""
    seen = {"bars": passage.last - passage.first, "tracks": len(passage.tracks)}
    there = {"bars": passage.last if passage.is_ahead else work.desk.n_filled, "tracks": len(work.desk.kept)}
    for name, count in seen.items():
        if count < there[name]:
            work.unread[name] = min(count, work.unread.get(name, count))
