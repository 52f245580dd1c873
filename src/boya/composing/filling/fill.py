"""Writing the selected segments of a sheet, passage after passage.

Conventions: what is kept of a sheet is returned as it was, tick for tick. What is written lies on steps, save where a kept note
of the same pitch is in its way by less than a step. Randomness comes from the generator that is passed; the same one gives the
same scores.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from boya.composing.filling.desk import desk_of
from boya.composing.filling.drafting import Draft, Judge, Listener, Work, judged, settle
from boya.composing.filling.listening import listened
from boya.composing.filling.merging import merged
from boya.composing.filling.sheet import Selection, Sheet
from boya.errors import RequestError
from boya.models.composer import Composer, write
from boya.models.drawing import Reader
from boya.representation.stream.vocabulary import MAX_SLOTS
from boya.score import Score

__all__ = ["Filled", "fill"]

TEMPERATURE, MIN_P = 1.0, 0.0005
RETURNING = 0.85  # for what is composed, not for what is written anew: measured on pieces kept aside of training
MOST_DRAFTS = 64


@dataclass(frozen=True)
class Filled:
    """What came of it.

    Attributes
    ----------
    scores
        the alternatives, best first, no two alike
    distances
        how far the judge finds each from good
    report
        what a person should know: bars and tracks that could not be read, alternatives that there are not, a halt
    is_complete
        whether all is written; False after a halt
    """

    scores: tuple[Score, ...]
    distances: tuple[float, ...]
    report: tuple[str, ...] = ()
    is_complete: bool = True


def fill(
    sheet: Sheet,
    selection: Selection,
    rng: np.random.Generator,
    *,
    alternatives: int = 1,
    candidates: int = 4,
    composer: Reader | None = None,
    temperature: float = TEMPERATURE,
    top_p: float = 1.0,
    min_p: float = MIN_P,
    returning: float = 0.0,
    listen: Listener | None = None,
    is_cancelled: Callable[[], bool] | None = None,
    judge: Judge | None = None,
) -> Filled:
    """Write the selected bars of the selected tracks.

    Parameters
    ----------
    sheet
        the piece, and what must hold
    selection
        what is written; the notes there are given up. bool `[shape=(n_tracks, n_bars)]`
    rng
        source of all draws
    alternatives
        how many scores to return
    candidates
        how many drafts of a passage each of them is chosen from
    composer
        who writes; the shipped composer if left out
    temperature, top_p, min_p, returning
        as in `boya.models.drawing.write`
    listen
        called with the piece so far, and how many of how many segments are written, whenever a passage is settled; with one
        candidate and one alternative, whenever a bar is
    is_cancelled
        asked all the time; where it says yes, what is settled by then is returned
    judge
        says how far scores are from good, given them, the sheet and what was written `[shape=(n_tracks, n_bars)]`; the critic and
        the listener if left out

    Raises
    ------
    RequestError
        if the selection is empty or not of this sheet, limits leave nothing to play (the message names the pair that
        contradicts itself and the place), or a bar is longer than the composer's context.
    StreamError
        if the bar stream has no word for a metre.
    """
    for name, count in (("alternatives", alternatives), ("candidates", candidates)):
        if not (isinstance(count, (int, np.integer)) and 1 <= count <= MOST_DRAFTS):
            raise RequestError(f"{name} must be a whole number 1-{MOST_DRAFTS}; got {count!r:.60}")
    desk = desk_of(sheet, selection)
    ask = is_cancelled or (lambda: False)
    work = Work(
        desk,
        composer or _shipped(),
        rng,
        candidates,
        judge or listened,
        partial(write, temperature=temperature, top_p=top_p, min_p=min_p, returning=returning, is_cancelled=ask),
        listen,
        ask,
        is_streamed=candidates == alternatives == 1,
    )
    first = settle(work, Draft(((),) * sheet.n_tracks), alternatives)
    return _ranked(work, [_finished(work, draft) for draft in first], alternatives)


@cache
def _shipped() -> Composer:
    """The shipped composer, loaded once."""
    return Composer()


def _finished(work: Work, draft: Draft) -> Draft:
    """Write passages until none is left, or no more are wanted."""
    while draft.n_done < work.n_segments and not work.is_cancelled():
        draft = settle(work, draft, 1)[0]
    return draft


def _ranked(work: Work, drafts: list[Draft], alternatives: int) -> Filled:
    """The alternatives in their order, with what there is to say of them."""
    drafts = list({draft.rows: draft for draft in drafts}.values())
    n_done = min(draft.n_done for draft in drafts)
    far = [draft.distance for draft in drafts if draft.distance is not None]
    if len(far) < len(drafts):
        far = judged(work, drafts, 0, n_done).tolist() if n_done else [0.0] * len(drafts)
    order = np.argsort(far, kind="stable").tolist()
    scores = tuple(merged(work.desk, drafts[place].rows) for place in order)
    report = tuple(_report(work, len(drafts), alternatives, n_done))
    return Filled(scores, tuple(far[place] for place in order), report, n_done == work.n_segments)


def _report(work: Work, n_different: int, alternatives: int, n_done: int) -> Iterator[str]:
    """What a person should know."""
    whole = {"bars": work.desk.n_filled, "tracks": len(work.desk.kept)}
    near = {"bars": "those nearest to each passage", "tracks": "those that play most around it"}
    for name, count in work.unread.items():
        yield (
            f"The composer has {work.composer.context} tokens and {MAX_SLOTS} tracks in mind: of {whole[name]} {name} it read "
            f"{near[name]}, {count} at the least."
        )
    if n_done < work.n_segments:
        yield f"Writing was halted after {n_done} of {work.n_segments} bars, those of all tracks together."
    elif n_different < alternatives:
        yield f"Of {alternatives} alternatives {n_different} are different; the limits or the composer leave no more."
