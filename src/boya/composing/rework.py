"""New music from given music: vary, morph, continue, accompany.

A score that comes without roles, key or chords is given them first; what is not 4/4 is refused by the grid with a clear error.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boya.composing.critic import rank
from boya.composing.piece import Piece
from boya.composing.plan import Plan, PlanSection, plan_of
from boya.composing.plan_text import write_plan
from boya.composing.request import Request
from boya.composing.stage import Stage, with_dynamics
from boya.composing.writers import gan_model, seq2seq_model, write_band
from boya.errors import RequestError
from boya.models.gan import Setting
from boya.models.seq2seq import morph as path_between
from boya.representation.frames import FRAME_DTYPE, HOLD, LINE_WINDOWS, STEPS_PER_BAR, TICKS_PER_STEP, Frames
from boya.representation.phrases import Phrases, line_tokens
from boya.score import ROLES, Score
from boya.theory.chord_naming import name_chords
from boya.theory.chords import chord_name
from boya.theory.keys import find_key
from boya.theory.roles import assign_roles

__all__ = ["accompany", "continue_", "morph", "vary"]

TWO_BARS = 2 * STEPS_PER_BAR


def vary(score: Score, amount: float = 0.3, *, seed: int = 0) -> Piece:
    """Write the melody of a score anew, nearer or farther; the other tracks stay.

    Parameters
    ----------
    amount
        0 keeps the melody, 1 forgets it

    Raises
    ------
    RequestError
        if there is no melody, or the amount is out of range.
    """
    if not 0 <= amount <= 1:
        raise RequestError(f"amount must be 0-1; got {amount:g}")
    known = _understood(score)
    rng = np.random.default_rng(seed)
    frames = Frames.of(known)
    line = _melody(frames)
    if amount:
        line = _varied(line, amount, rng)
    written = frames.steps.copy()
    written["melody"] = line[: len(written)]
    melody = _melody_score(replace(frames, steps=_only(written, ("melody",))), known, rng)
    tracks = [melody.tracks[0] if t.role == "melody" and melody.tracks else t for t in known.tracks]
    return Piece(known.with_tracks(tracks), {"job": "vary", "wishes": {"amount": amount, "seed": seed}})


def morph(first: Score, second: Score, steps: int = 8, *, seed: int = 0) -> Piece:
    """Walk from the first two bars of one melody to those of another in `steps` phrases of two bars.

    Raises
    ------
    RequestError
        if `steps` is not 2-64, or a score has no melody.
    """
    if not 2 <= steps <= 64:
        raise RequestError(f"steps must be 2-64; got {steps}")
    model = seq2seq_model("seq2seq-melody-2")
    start, goal = (Frames.of(_understood(score)) for score in (first, second))
    lines = np.stack([_first_two_bars(start), _first_two_bars(goal)])
    ends = model.encode(line_tokens(lines, "melody")[:, None])
    tokens = model.decode(path_between(ends[0], ends[1], steps))[:, 0]
    frames = np.zeros(steps * TWO_BARS, dtype=FRAME_DTYPE)
    frames["melody"] = _absolute(tokens).ravel()
    frames["root"] = frames["root_bass"] = -1
    score = replace(start, steps=frames).score()
    piece = with_dynamics(replace(score, title=f"morph in {steps} steps"), np.random.default_rng(seed))
    return Piece(piece, {"job": "morph", "wishes": {"steps": steps, "seed": seed}})


def continue_(score: Score, *, bars: int = 8, seed: int = 0, style: str | None = None) -> Piece:
    """Carry a score on for `bars` more bars, its chords going round again; returns the whole.

    Raises
    ------
    RequestError
        if `bars` is not 1-256.
    """
    if not 1 <= bars <= 256:
        raise RequestError(f"bars must be 1-256; got {bars}")
    known = _understood(score)
    frames = Frames.of(known)
    plan = _plan_for(known, frames, style, seed)
    harmony = np.zeros(bars * STEPS_PER_BAR, dtype=FRAME_DTYPE)
    for name in ("root", "root_bass", "chroma"):
        harmony[name] = np.resize(frames.steps[name][-4 * STEPS_PER_BAR * max(1, frames.n_bars // 4) :], len(harmony))
    playing = tuple(track.role for track in known.tracks if track.role)
    setting = Setting(plan.style, frames.mode, frames.qpm)
    rng = np.random.default_rng(seed)
    written = gan_model().write(
        harmony[None],
        [setting],
        rng,
        given=np.zeros_like(harmony)[None],
        keep=tuple(role for role in ROLES if role not in playing),
        lead=frames.steps[None, -4 * STEPS_PER_BAR :],
    )[0]
    programs = {track.role: track.program for track in known.tracks if track.role}
    more = with_dynamics(replace(frames, steps=written).score(programs), rng)
    names = {track.role: track for track in known.tracks if track.role}
    more = more.with_tracks(replace(t, name=names[t.role].name, is_drum=names[t.role].is_drum) for t in more.tracks)
    return Piece(_whole_bars(known).join(more), {"job": "continue", "wishes": {"bars": bars, "seed": seed, "style": style}})


def accompany(score: Score, *, seed: int = 0, style: str | None = None, candidates: int = 4) -> Piece:
    """Write a band around the melody of a score; the melody stays as it is.

    Raises
    ------
    RequestError
        if there is no melody, or the style is unknown.
    """
    known = _understood(score)
    frames = Frames.of(known)
    _melody(frames)
    plan = _plan_for(known, frames, style, seed)
    stage = Stage.of(plan)
    rng = np.random.default_rng(seed)
    given = np.tile(_only(frames.steps, ("melody",)), (candidates, 1))
    written = write_band(stage, 0, plan.n_bars, given, ("melody",), None, rng)
    best = int(rank(written, plan.roles).argmin())
    band = stage.score(written[best], rng, title=known.title or "accompanied")
    melody = [t for t in known.tracks if t.role == "melody"]
    piece = band.with_tracks([*melody, *(t for t in band.tracks if t.role != "melody")])
    return Piece(piece, {"job": "accompany", "wishes": {"seed": seed, "style": style}}, {"kept": best}, write_plan(plan))


def _understood(score: Score) -> Score:
    """Give a score what it does not say: roles, key, chords."""
    if score.n_notes == 0:
        raise RequestError("the score has no notes; give one with a melody")
    known = assign_roles(score)
    if "key" in known.timeline.assumed:
        known = replace(known, timeline=replace(known.timeline, keys=(find_key(known),)))
    return known if known.chords else replace(known, chords=name_chords(known, "bar"))


def _melody(frames: Frames) -> NDArray[np.uint8]:
    """The melody's tokens."""
    line = frames.steps["melody"]
    if not (line > HOLD).any():
        raise RequestError("the score must have a melody: a track of single notes; give one, or name a track 'Melody'")
    return line


def _first_two_bars(frames: Frames) -> NDArray[np.uint8]:
    """The two bars from where the melody begins."""
    line = _melody(frames)
    start = int(np.flatnonzero(line > HOLD)[0]) // STEPS_PER_BAR * STEPS_PER_BAR
    return np.resize(np.append(line[start : start + TWO_BARS], np.zeros(TWO_BARS, np.uint8)), TWO_BARS)


def _varied(line: NDArray[np.uint8], amount: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Vary a line two bars at a time; what is empty stays empty."""
    model = seq2seq_model("seq2seq-melody-2")
    padded = np.append(line, np.zeros(-len(line) % TWO_BARS, dtype=np.uint8)).reshape(-1, TWO_BARS)
    vectors = model.encode(line_tokens(padded, "melody")[:, None])
    written = _absolute(model.decode(model.vary(vectors, amount, rng))[:, 0])
    silent = ~(padded > HOLD).any(axis=1)
    written[silent] = padded[silent]
    return np.asarray(written.ravel()[: len(line)])


def _absolute(tokens: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Window tokens of a melody to frame tokens."""
    return np.where(tokens > HOLD, tokens + LINE_WINDOWS["melody"][0], tokens).astype(np.uint8)


def _only(steps: Phrases, roles: tuple[str, ...]) -> Phrases:
    """Keep some roles and the chord symbols."""
    kept = np.zeros_like(steps)
    for name in (*roles, "root", "root_bass", "chroma"):
        kept[name] = steps[name]
    return kept


def _melody_score(frames: Frames, known: Score, rng: np.random.Generator) -> Score:
    """Write a melody as the track that it replaces."""
    old = next(t for t in known.tracks if t.role == "melody")
    score = with_dynamics(frames.score({"melody": old.program}), rng)
    return score.with_tracks(replace(track, name=old.name) for track in score.tracks)


def _whole_bars(score: Score) -> Score:
    """The score without chords and sections beyond its last note."""
    end = max(track.end for track in score.tracks)
    return score.slice(0, int(-(-end // (STEPS_PER_BAR * TICKS_PER_STEP)) * STEPS_PER_BAR * TICKS_PER_STEP))


def _plan_for(known: Score, frames: Frames, style: str | None, seed: int) -> Plan:
    """A plan with the score's own key, tempo and chords, and a band of the style."""
    drawn = plan_of(Request(style=style, bars=min(frames.n_bars, 512), seed=seed))
    key = known.timeline.keys[0]
    half = STEPS_PER_BAR * TICKS_PER_STEP // 2
    symbols = []
    for number in range(2 * frames.n_bars):
        over = [c for c in known.chords if c.onset <= number * half < c.end]
        symbols.append(chord_name(over[-1].root, over[-1].quality, over[-1].bass) if over else "N.C.")
    section = PlanSection("A", tuple(symbols))
    qpm = min(max(known.timeline.tempos[0].qpm, 20.0), 400.0)
    return replace(drawn, tonic=key.tonic, mode=key.mode, scale=key.mode, qpm=qpm, sections=(section,))
