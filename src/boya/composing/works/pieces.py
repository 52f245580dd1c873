"""A piece from nothing: a plan, each new section of its form written once, and what comes back really coming back."""

from dataclasses import asdict, replace

import numpy as np

from boya.composing.decisions import Plan
from boya.composing.filling import Sheet
from boya.composing.filling.fill import RETURNING
from boya.composing.piece import Piece
from boya.composing.plan_text import write_plan
from boya.composing.request import Request
from boya.composing.works.engine import CANDIDATES, Watch, fill_in
from boya.composing.works.habits import heard_as
from boya.composing.works.rest import at_rest
from boya.composing.works.returns import parts_of
from boya.composing.works.saying import said_of
from boya.composing.works.sheets import controls_of_bars, limits_for, tracks_of
from boya.score import Score
from boya.theory.scales import scale_pitch_classes

__all__ = ["compose_piece"]


def compose_piece(
    request: Request, plan: Plan, rng: np.random.Generator, *, candidates: int = CANDIDATES, watch: Watch | None = None
) -> Piece:
    """Compose a piece with the composer, section by section, each carrying on from those before.

    Parameters
    ----------
    request
        what holds beside the plan: limits, chord tones, how much of what comes back is varied

    Raises
    ------
    RequestError
        if wishes cannot be met together; the message names the pair and the place.
    CancelledError
        if the watch says so.
    """
    sheet = _sheet(plan, request)
    parts = parts_of(plan)
    chosen = [part.chosen(sheet.n_tracks, request.vary_repeats or 0.0, rng) for part in parts]
    watch = (watch or Watch()).of(*chosen)
    score, said = sheet.score, list[str]()
    for part, cells in zip(parts, chosen, strict=True):
        score = part.laid(score, plan.timeline.metres[0].ticks_per_bar, cells)
        if not cells.any():
            continue
        selection = sheet.blank_selection()
        selection[:, part.first : part.last] = cells
        so_far = replace(sheet, score=score, is_open=part.last < plan.n_bars)
        filled = fill_in(so_far, selection, rng, candidates=candidates, returning=RETURNING, watch=watch)
        score, watch = filled.scores[0], watch.after(selection)
        said += filled.report
    score = replace(at_rest(score, sheet.limits), title=f"{plan.substyle or plan.style} {request.seed}")
    repeats = [part.told(cells) for part, cells in zip(parts, chosen, strict=True) if not part.is_new]
    call = said_of("compose", asdict(request) | {"model": "composer", "candidates": candidates})
    return Piece(score, call, {"repeats": repeats, "said": list(dict.fromkeys(said))}, write_plan(plan))


def _sheet(plan: Plan, request: Request) -> Sheet:
    """A plan as an empty sheet."""
    tracks = tracks_of(plan.players)
    wishes = [section.wishes for section in plan.sections for _ in range(section.bars)]
    scale = frozenset(scale_pitch_classes(plan.tonic, plan.scale))
    return Sheet(
        Score(tracks, plan.timeline, plan.chords, plan.score_sections),
        plan.n_bars,
        *heard_as(plan.style, plan.substyle),
        limits_for(tracks, request.hard_limits, request.chord_tones, scale),
        controls_of_bars(tracks, wishes),
    )
