"""From a wish to a piece, and the shorter way to new music: loops."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np

from boya.composing.checks import check_whole
from boya.composing.ending import with_ending
from boya.composing.piece import Piece
from boya.composing.plan import plan_of
from boya.composing.plan_text import read_plan, write_plan
from boya.composing.request import METRE, Request, contradiction, request_from
from boya.composing.stage import Stage
from boya.composing.works.bands import named_as_asked
from boya.composing.works.engine import Watch
from boya.composing.works.pieces import compose_piece
from boya.composing.writers import write_gan, writer_of
from boya.errors import RequestError
from boya.evaluation.fingerprints import copied

__all__ = ["compose", "loop", "loops"]

CANDIDATES = 4
DRAWS = 3  # of a piece that is taken for a copy
LOOP_BARS = 4
MOST_LOOPS = 1000
MOST_CANDIDATES = 32


def compose(
    request: Request | str | None = None,
    *,
    candidates: int = CANDIDATES,
    listen: Callable[[int, int], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
    **wishes: Any,
) -> Piece:
    """Compose a piece.

    Parameters
    ----------
    request
        the wishes, or a request in plain English or Chinese (`boya.composing.words`), to which keywords may be added; or give
        the wishes as keywords, as for `Request`
    candidates
        how many versions of each section are written for the critic to choose from, 1-32
    listen
        told bars done and bars in all while the composer writes
    is_cancelled
        asked by the composer whether to stop

    Raises
    ------
    RequestError
        if a wish cannot be met, or two contradict each other.
    ModelError
        if the weights are missing.
    CancelledError
        if `is_cancelled` says so.

    Examples
    --------
    >>> piece = compose(style="bossa nova", key="A minor", bars=4, seed=7)
    >>> piece.score.n_bars
    4
    >>> compose("a bossa nova in A minor, 4 bars", seed=7, candidates=1).score.n_bars
    4
    """
    check_whole("candidates", candidates, 1, MOST_CANDIDATES)
    words = request if isinstance(request, str) else None
    request = _request_of(request, wishes)
    piece = _original(request, candidates, Watch(listen, is_cancelled))
    return piece if words is None else replace(piece, request={**piece.request, "words": words})


def _original(request: Request, candidates: int, watch: Watch) -> Piece:
    """Compose; where a piece has more of one in the corpus than real pieces have, compose again, and keep what has least."""
    drawn = []
    for attempt in range(DRAWS):
        piece = _composed(request, candidates, watch, attempt)
        drawn.append((piece, copied(piece.score)))
        if not drawn[-1][1]:
            break
    piece, found = min(drawn, key=lambda pair: len(pair[1]))
    score = piece.score.with_tracks(named_as_asked(piece.score.tracks, request.pairs))
    told = {"drawn": len(drawn), "copied": [asdict(run) for run in found]}
    return replace(piece, score=score, report={**piece.report, "originality": told})


def _composed(request: Request, candidates: int, watch: Watch, attempt: int) -> Piece:
    """Plan a piece, and have it written; the plan is the same in every attempt."""
    plan_rng, rng = np.random.default_rng(request.seed).spawn(2)
    if attempt:
        rng = np.random.default_rng(np.random.SeedSequence(request.seed, spawn_key=(1 + attempt,)))
    plan = plan_of(request, plan_rng) if request.plan is None else read_plan(request.plan)
    if request.writer == "composer":
        return compose_piece(request, plan, rng, candidates=candidates, watch=watch)
    if not plan.is_on_grid:
        raise contradiction("plan", "model", "it asks for what only the composer writes; ask for model composer")
    stage = Stage.of(plan)
    draft = writer_of(request.writer)(stage, candidates, rng)
    ended = with_ending(draft.frames, stage.mask)
    score = stage.score(ended, rng, title=f"{plan.substyle or plan.style} {request.seed}")
    given = asdict(request) | {"model": request.writer} | ({} if request.plan else {"metre": METRE})
    said = {name: value for name, value in given.items() if value not in (None, ())} | {"candidates": candidates}
    return Piece(score, {"job": "compose", "wishes": said}, {"critic": draft.heard}, write_plan(plan))


def loops(
    count: int = 4,
    *,
    seed: int = 0,
    style: str | None = None,
    key: str | None = None,
    qpm: float | None = None,
    model: str | None = None,
    candidates: int = CANDIDATES,
) -> list[Piece]:
    """Compose `count` loops of four bars over one plan of style, key, tempo and chords.

    >>> [piece.score.n_bars for piece in loops(2, style="funk", seed=3)]
    [4, 4]
    """
    check_whole("count", count, 1, MOST_LOOPS)
    wishes: dict[str, Any] = {"style": style, "key": key, "qpm": qpm, "model": model, "candidates": candidates}
    return [loop(number, seed=seed, **wishes) for number in range(count)]


def loop(
    number: int = 0,
    *,
    seed: int = 0,
    style: str | None = None,
    key: str | None = None,
    qpm: float | None = None,
    model: str | None = None,
    candidates: int = CANDIDATES,
) -> Piece:
    """Compose the loop of that number, from 0, among those that `loops` composes of these wishes.

    >>> loop(1, style="funk", seed=3).score == loops(2, style="funk", seed=3)[1].score
    True
    """
    check_whole("number", number, 0, MOST_LOOPS - 1)
    check_whole("candidates", candidates, 1, MOST_CANDIDATES)
    request = Request(style=style, key=key, qpm=qpm, bars=LOOP_BARS, form="A", seed=seed, model=model or "gan")
    plan_rng, rng = (np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(child,))) for child in (0, 1 + number))
    wishes = {"number": number, "seed": seed, "style": style, "key": key, "qpm": qpm, "model": model, "candidates": candidates}
    plan = plan_of(request, plan_rng)
    title = f"{plan.substyle or plan.style} loop {number + 1}"
    if request.writer == "composer":
        piece = compose_piece(request, plan, rng, candidates=candidates)
        return replace(piece, score=replace(piece.score, title=title), request={"job": "loops", "wishes": wishes})
    stage = Stage.of(plan)
    draft = writer_of(model, write_gan)(stage, candidates, rng)
    score = stage.score(draft.frames, rng, title=title)
    return Piece(score, {"job": "loops", "wishes": wishes}, {"critic": draft.heard}, write_plan(plan))


def _request_of(request: Request | str | None, wishes: dict[str, Any]) -> Request:
    """The request, or one made of words or wishes."""
    if isinstance(request, str):
        from boya.composing.words import request_of  # noqa: PLC0415  (the graph is opened where there are words to read)

        return request_of(request, **wishes)
    if request is not None and wishes:
        raise RequestError(f"give a request or wishes, not both; got a request and {', '.join(wishes)}")
    return request if request is not None else request_from(wishes)
