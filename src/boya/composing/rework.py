"""More music around given music, by the GAN: continue, accompany.

A score that comes without roles, key or chords is given them first; where the metre changes, `accompany` takes the longest part
in 4/4, 2/2 or 2/4 and `continue_` the last (`boya.composing.given`).
"""

from dataclasses import replace
from itertools import cycle, islice

import numpy as np

from boya.composing.checks import check_whole
from boya.composing.compose import CANDIDATES, MOST_CANDIDATES
from boya.composing.critic import rank
from boya.composing.given import half_bars, last_part, melody_of, rng_of, understood, whole_bars
from boya.composing.piece import Piece
from boya.composing.plan import Plan, PlanSection, plan_of
from boya.composing.plan_text import write_plan
from boya.composing.request import Request
from boya.composing.stage import Stage
from boya.composing.writers import last_bar, write_band
from boya.representation.frames import FRAME_DTYPE, Frames
from boya.representation.grid import TICKS_PER_BAR
from boya.representation.phrases import Phrases
from boya.score import ROLES, Score, Section

__all__ = ["accompany", "continue_"]


def continue_(score: Score, *, bars: int = 8, seed: int = 0, style: str | None = None, candidates: int = CANDIDATES) -> Piece:
    """Carry a score on for `bars` more bars, its last chords going round again; returns the whole.

    The bars that were given stay note for note; silent ones at the end are left out. The new ones have the metre, tempo and
    key of the end, and are written for the same roles and instruments.

    Raises
    ------
    RequestError
        if `bars` is not 1-256, or the style is unknown.
    ScoreError
        if the score does not end in 4/4, 2/2 or 2/4.
    """
    check_whole("bars", bars, 1, 256)
    check_whole("candidates", candidates, 1, MOST_CANDIDATES)
    rng = rng_of(seed)
    known = whole_bars(score)
    tail = last_part(known)
    frames, metre = Frames.of(tail), tail.timeline.metres[0]
    n_bars = -(-bars * metre.ticks_per_bar // TICKS_PER_BAR)
    symbols = half_bars(tail.chords, frames.n_bars)[-8 * max(1, frames.n_bars // 4) :]
    plan = _plan_for(tail, tuple(islice(cycle(symbols), 2 * n_bars)), style, seed)
    tracks = {t.role: t for t in reversed(known.tracks) if t.role and t.n_notes}
    plan = replace(plan, programs=tuple(tracks[role].program if role in tracks else None for role in ROLES))
    stage = Stage.of(plan)
    empty = np.zeros((candidates, plan.n_steps), FRAME_DTYPE)
    written = write_band(stage, 0, plan.n_bars, empty, (), last_bar(frames.steps[None]), rng)
    best = int(rank(written, plan.roles).argmin())
    more = stage.score(written[best], rng).slice(0, bars * metre.ticks_per_bar)
    more = replace(more, timeline=tail.timeline, sections=(Section(0, bars * metre.ticks_per_bar, "continuation"),))
    more = more.with_tracks(replace(t, name=tracks[t.role].name, is_drum=tracks[t.role].is_drum) for t in more.tracks)
    said = {"job": "continue", "wishes": {"bars": bars, "seed": seed, "style": style, "candidates": candidates}}
    return Piece(known.join(more), said, {"kept": best}, given=(score,))


def accompany(score: Score, *, seed: int = 0, style: str | None = None, candidates: int = CANDIDATES) -> Piece:
    """Write a band around the melody of a score; the melody stays as it is.

    Raises
    ------
    RequestError
        if there is no melody, the style is unknown, or the melody is longer than 512 bars.
    ScoreError
        if no part of the score is in 4/4, 2/2 or 2/4.
    """
    check_whole("candidates", candidates, 1, MOST_CANDIDATES)
    rng = rng_of(seed)
    known = understood(score)
    frames = Frames.of(known)
    melody_of(frames)
    plan = _plan_for(known, half_bars(known.chords, frames.n_bars), style, seed)
    stage = Stage.of(plan)
    given = np.tile(_only(frames.steps, ("melody",)), (candidates, 1))
    written = write_band(stage, 0, plan.n_bars, given, ("melody",), None, rng)
    best = int(rank(written, plan.roles).argmin())
    band = stage.score(written[best], rng, title=known.title or "accompanied")
    melody = [t for t in known.tracks if t.role == "melody"]
    band = replace(band, timeline=known.timeline, sections=known.sections or band.sections)
    piece = band.with_tracks([*melody, *(t for t in band.tracks if t.role != "melody")])
    said = {"job": "accompany", "wishes": {"seed": seed, "style": style, "candidates": candidates}}
    return Piece(piece, said, {"kept": best}, write_plan(plan), (score,))


def _only(steps: Phrases, roles: tuple[str, ...]) -> Phrases:
    """Keep some roles and the chord symbols."""
    kept = np.zeros_like(steps)
    for name in (*roles, "root", "root_bass", "chroma"):
        kept[name] = steps[name]
    return kept


def _plan_for(known: Score, symbols: tuple[str, ...], style: str | None, seed: int) -> Plan:
    """A plan with these chords, the key and tempo of the score, and a band of the style."""
    drawn = plan_of(Request(style=style, seed=seed, model="gan"))
    key = known.timeline.keys[0]
    qpm = min(max(known.timeline.tempos[0].qpm, 20.0), 400.0)
    return replace(drawn, tonic=key.tonic, mode=key.mode, scale=key.mode, qpm=qpm, sections=(PlanSection("A", symbols),))
