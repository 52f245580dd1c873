"""New music from given music: vary, morph, continue, accompany.

A score that comes without roles, key or chords is given them first. The models write on a grid of 4/4: of a score whose metre
changes, `vary`, `morph` and `accompany` take the longest part in 4/4, 2/2 or 2/4, and `continue_` carries on from its last
part; a score without such a part is refused by the grid with an error that names the metre. Melodies are read as single lines on
sixteenths, in the window of `boya.representation.frames`.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import cycle, islice

import numpy as np
from numpy.typing import NDArray

from boya.composing.checks import check_share, check_whole
from boya.composing.compose import CANDIDATES, MOST_CANDIDATES
from boya.composing.critic import rank
from boya.composing.piece import Piece
from boya.composing.plan import STEPS_PER_HALF, Plan, PlanSection, plan_of
from boya.composing.plan_text import write_plan
from boya.composing.request import Request
from boya.composing.stage import Stage, with_dynamics
from boya.composing.writers import last_bar, seq2seq_model, write_band
from boya.errors import RequestError
from boya.models.seq2seq import morph as path_between
from boya.representation.frames import FRAME_DTYPE, HOLD, STEPS_PER_BAR, TICKS_PER_STEP, Frames, parts_on_grid
from boya.representation.phrases import Phrases, line_frames, line_tokens
from boya.score import ROLES, Chord, Key, Score, Section, Timeline
from boya.theory.chord_naming import name_chords
from boya.theory.chords import chord_name
from boya.theory.keys import find_key
from boya.theory.roles import assign_roles

__all__ = ["accompany", "continue_", "morph", "vary"]

TWO_BARS = 2 * STEPS_PER_BAR
TICKS_PER_BAR = STEPS_PER_BAR * TICKS_PER_STEP
MOST_SEED = 2**63 - 1


def vary(score: Score, amount: float = 0.3, *, seed: int = 0) -> Piece:
    """Write the melody of a score anew, nearer or farther; the other tracks stay.

    Parameters
    ----------
    amount
        0 keeps the melody, as the grid has it; 1 forgets it

    Raises
    ------
    RequestError
        if there is no melody, or a number is out of range.
    ScoreError
        if no part of the score is in 4/4, 2/2 or 2/4.
    """
    amount, rng = check_share("amount", amount), _rng(seed)
    known = _understood(score)
    frames = Frames.of(known)
    line = _melody(frames)
    written = _only(frames.steps, ())
    written["melody"] = _varied(line, amount, rng) if amount else line
    old = next(t for t in known.tracks if t.role == "melody")
    new = with_dynamics(replace(frames, steps=written).score({"melody": old.program}), rng)
    kept = [t for t in known.tracks if t.role != "melody"]
    kept[known.tracks.index(old) : 0] = [replace(t, name=old.name) for t in new.tracks]
    said = {"job": "vary", "wishes": {"amount": amount, "seed": seed}}
    return Piece(known.with_tracks(kept), said, given=(score,))


def morph(first: Score, second: Score, steps: int = 8, *, seed: int = 0) -> Piece:
    """Walk from the first two bars of one melody to those of another in `steps` phrases of two bars, a section each.

    Raises
    ------
    RequestError
        if `steps` is not 2-64, or a score has no melody.
    ScoreError
        if no part of a score is in 4/4, 2/2 or 2/4.
    """
    check_whole("steps", steps, 2, 64)
    rng = _rng(seed)
    start, goal = (Frames.of(_understood(score)) for score in (first, second))
    lines = np.stack([_first_two_bars(start), _first_two_bars(goal)])
    model = seq2seq_model("seq2seq-melody-2")
    ends = model.encode(line_tokens(lines, "melody")[:, None])
    frames = np.zeros(steps * TWO_BARS, dtype=FRAME_DTYPE)
    frames["melody"] = line_frames(model.decode(path_between(ends[0], ends[1], steps))[:, 0], "melody").ravel()
    sections = [Section(2 * number * TICKS_PER_BAR, 2 * TICKS_PER_BAR, str(number + 1)) for number in range(steps)]
    score = replace(replace(start, steps=frames).score(), title=f"morph in {steps} steps", sections=tuple(sections))
    said = {"job": "morph", "wishes": {"steps": steps, "seed": seed}}
    return Piece(with_dynamics(score, rng), said, given=(first, second))


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
    rng = _rng(seed)
    known = _whole_bars(_named(assign_roles(_checked(score))))
    tail = _last_part(known)
    frames, metre = Frames.of(tail), tail.timeline.metres[0]
    n_bars = -(-bars * metre.ticks_per_bar // TICKS_PER_BAR)
    symbols = _half_bars(tail.chords, frames.n_bars)[-8 * max(1, frames.n_bars // 4) :]
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
    rng = _rng(seed)
    known = _understood(score)
    frames = Frames.of(known)
    _melody(frames)
    plan = _plan_for(known, _half_bars(known.chords, frames.n_bars), style, seed)
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


def _rng(seed: int) -> np.random.Generator:
    """The source of a job's draws."""
    return np.random.default_rng(check_whole("seed", seed, 0, MOST_SEED))


def _checked(score: Score) -> Score:
    """The score, if there is music in it."""
    if score.n_notes == 0:
        raise RequestError("the score has no notes; give one with a melody")
    return score


def _understood(score: Score) -> Score:
    """The longest part on the grid, with what the score does not say: roles, key, chords."""
    known = assign_roles(_checked(score))
    parts = [part for part in parts_on_grid(known, 1) if part.n_notes] if len(known.metre_changes()) > 1 else []
    return _named(max(parts, key=lambda part: part.end) if parts else known)


def _named(known: Score) -> Score:
    """The score with key and chords."""
    if "key" in known.timeline.assumed:
        known = replace(known, timeline=replace(known.timeline, keys=(find_key(known),)))
    return known if known.chords else replace(known, chords=name_chords(known, "bar"))


def _last_part(score: Score) -> Score:
    """What follows the last change of metre, in the tempo and key of the end."""
    start, line = score.metre_changes()[-1].tick, score.timeline
    tail = score.slice(start, int(score.bar_bounds[-1]))
    tempo, metre, key = line.tempos[-1], tail.timeline.metres[0], line.key_at(score.end)
    return replace(tail, timeline=Timeline((replace(tempo, tick=0),), (metre,), (Key(0, key.tonic, key.mode),)))


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
    written = line_frames(model.decode(model.vary(vectors, amount, rng))[:, 0], "melody")
    silent = ~(padded > HOLD).any(axis=1)
    written[silent] = padded[silent]
    return np.asarray(written.ravel()[: len(line)])


def _only(steps: Phrases, roles: tuple[str, ...]) -> Phrases:
    """Keep some roles and the chord symbols."""
    kept = np.zeros_like(steps)
    for name in (*roles, "root", "root_bass", "chroma"):
        kept[name] = steps[name]
    return kept


def _whole_bars(score: Score) -> Score:
    """The score up to the end of the bar of its last note."""
    bounds = score.bar_bounds
    end = max(track.end for track in score.tracks)
    return score.slice(0, int(bounds[np.searchsorted(bounds, end)]))


def _half_bars(chords: Iterable[Chord], n_bars: int) -> tuple[str, ...]:
    """The chord symbol in force at the start of each half bar of the grid."""
    symbols = ["N.C."] * (2 * n_bars)
    half = STEPS_PER_HALF * TICKS_PER_STEP
    for chord in chords:
        for number in range(-(-chord.onset // half), min(-(-chord.end // half), len(symbols))):
            symbols[number] = chord_name(chord.root, chord.quality, chord.bass)
    return tuple(symbols)


def _plan_for(known: Score, symbols: tuple[str, ...], style: str | None, seed: int) -> Plan:
    """A plan with these chords, the key and tempo of the score, and a band of the style."""
    drawn = plan_of(Request(style=style, seed=seed))
    key = known.timeline.keys[0]
    qpm = min(max(known.timeline.tempos[0].qpm, 20.0), 400.0)
    return replace(drawn, tonic=key.tonic, mode=key.mode, scale=key.mode, qpm=qpm, sections=(PlanSection("A", symbols),))
