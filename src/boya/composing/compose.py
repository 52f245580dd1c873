"""From a wish to a piece, and the shorter ways to new music: loops, and the same piece again."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from boya.composing.ending import with_ending
from boya.composing.piece import Piece, read_request
from boya.composing.plan import plan_of
from boya.composing.plan_text import write_plan
from boya.composing.request import Request
from boya.composing.stage import Stage
from boya.composing.writers import WRITERS, write_gan
from boya.errors import RequestError

__all__ = ["compose", "loops", "replay"]

CANDIDATES = 4
LOOP_BARS = 4


def compose(request: Request | None = None, *, candidates: int = CANDIDATES, **wishes: Any) -> Piece:
    """Compose a piece.

    Parameters
    ----------
    request
        the wishes; or give them as keywords, as for `Request`
    candidates
        how many versions of each section are written for the critic to choose from, 1-32

    Raises
    ------
    RequestError
        if a wish cannot be met, or two contradict each other.
    ModelError
        if the weights are missing.

    Examples
    --------
    >>> piece = compose(style="bossa nova", key="A minor", bars=4, seed=7)
    >>> piece.score.n_bars
    4
    """
    if not 1 <= candidates <= 32:
        raise RequestError(f"candidates must be 1-32; got {candidates}")
    request = request if request is not None else Request(**wishes)
    plan_rng, rng = np.random.default_rng(request.seed).spawn(2)
    plan = plan_of(request, plan_rng)
    stage = Stage.of(plan)
    draft = WRITERS[request.model](stage, candidates, rng)
    score = stage.score(with_ending(draft.frames), rng, title=f"{plan.substyle or plan.style} {request.seed}")
    said = {name: value for name, value in asdict(request).items() if value not in (None, ())} | {"candidates": candidates}
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
    if not 1 <= count <= 100:
        raise RequestError(f"count must be 1-100; got {count}")
    request = Request(style=style, key=key, qpm=qpm, bars=LOOP_BARS, form="A", seed=seed, model=model)
    plan_rng, *rngs = np.random.default_rng(seed).spawn(1 + count)
    plan = plan_of(request, plan_rng)
    stage = Stage.of(plan)
    write = WRITERS[model] if model else write_gan
    pieces = []
    for number, rng in enumerate(rngs):
        draft = write(stage, candidates, rng)
        score = stage.score(draft.frames, rng, title=f"{plan.substyle or plan.style} loop {number + 1}")
        wishes = {"count": count, "seed": seed, "style": style, "key": key, "qpm": qpm, "model": model, "candidates": candidates}
        said = {"job": "loops", "number": number, "wishes": wishes}
        pieces.append(Piece(score, said, {"critic": draft.heard}, write_plan(plan)))
    return pieces


def replay(path: str | Path) -> Piece:
    """Make the piece of a saved `.json` again, note for note.

    Raises
    ------
    FormatError
        if the file is not a piece with a request.
    """
    request = read_request(path)
    jobs: dict[str, Callable[..., Piece]] = {"compose": compose}
    if request["job"] not in jobs:
        raise RequestError(f"only composed pieces can be replayed; this one came from {request['job']!r} of another piece")
    return jobs[request["job"]](**request["wishes"])
