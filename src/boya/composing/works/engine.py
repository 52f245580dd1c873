"""How works have bars written: one call of `boya.composing.filling`, watched and called off from outside.

Conventions: a *segment* is one bar of one track. Who watches is told bars done and bars in all.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from boya.composing.filling import Filled, Selection, Sheet, fill
from boya.errors import CancelledError

__all__ = ["CANDIDATES", "MOST_CANDIDATES", "Filled", "Selection", "Sheet", "Watch", "fill_in"]

CANDIDATES = 4
MOST_CANDIDATES = 32


@dataclass(frozen=True)
class Watch:
    """Who is told how far a work is, and may call it off.

    Attributes
    ----------
    listen
        called with bars done and bars in all
    is_cancelled
        asked now and then whether to stop
    before, total
        segments that were written before this call, and those of the whole work; 0 where this call is all of it
    bars
        bars of the whole work; 0 where they are those of this call
    """

    listen: Callable[[int, int], None] | None = None
    is_cancelled: Callable[[], bool] | None = None
    before: int = 0
    total: int = 0
    bars: int = 0

    def of(self, *selections: Selection) -> "Watch":
        """Return the watch over a work that has these selections written one after another."""
        return replace(
            self, before=0, total=sum(int(s.sum()) for s in selections), bars=sum(int(s.any(0).sum()) for s in selections)
        )

    def after(self, selection: Selection) -> "Watch":
        """Return the watch when a selection has been written."""
        return replace(self, before=self.before + int(selection.sum()))

    def tell(self, n_done: int, n_segments: int) -> None:
        """Tell how many segments of this call are written."""
        if self.listen is not None:
            total = self.total or n_segments
            self.listen(min((self.before + n_done) * self.bars // max(total, 1), self.bars), self.bars)


def fill_in(
    sheet: Sheet,
    selection: Selection,
    rng: np.random.Generator,
    *,
    alternatives: int = 1,
    candidates: int = CANDIDATES,
    returning: float = 0.0,
    watch: Watch | None = None,
) -> Filled:
    """Have the selected bars of a sheet written; parameters are those of `boya.composing.filling.fill`.

    Raises
    ------
    RequestError
        if the selection is empty, or its limits cannot be met.
    CancelledError
        if the watch says so.
    """
    watch = watch or Watch()
    watch = watch if watch.total else watch.of(selection)
    filled = fill(
        sheet,
        selection,
        rng,
        alternatives=alternatives,
        candidates=candidates,
        returning=returning,
        listen=lambda score, n_done, n_segments: watch.tell(n_done, n_segments),
        is_cancelled=watch.is_cancelled,
    )
    if not filled.is_complete:
        raise CancelledError("called off before it was done; nothing was written")
    return filled
