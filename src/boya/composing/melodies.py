"""New melodies from given ones, by way of vectors: vary, change, morph.

A melody is read two bars at a time by the seq2seq of two bars, moved as a vector, and written again; the tracks beside it stay. A
score that comes without roles, key or chords is given them first (`boya.composing.given`).
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boya.composing.attributes import ATTRIBUTES, changed
from boya.composing.checks import check_number, check_share, check_whole
from boya.composing.given import melody_of, rng_of, understood
from boya.composing.piece import Piece
from boya.composing.stage import with_dynamics
from boya.composing.writers import seq2seq_model
from boya.errors import RequestError
from boya.models.seq2seq import morph as path_between
from boya.representation.frames import FRAME_DTYPE, Frames
from boya.representation.grid import HOLD, STEPS_PER_BAR, TICKS_PER_BAR
from boya.representation.phrases import line_frames, line_tokens
from boya.score import Score, Section
from boya.theory.tables import resolve

__all__ = ["change", "morph", "vary"]

TWO_BARS = 2 * STEPS_PER_BAR
MODEL = "seq2seq-melody-2"
MOST_BY = 4

Line = NDArray[np.uint8]
Tokens = NDArray[np.int64]


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
    amount, rng = check_share("amount", amount), rng_of(seed)
    known = understood(score)
    frames = Frames.of(known)
    line = melody_of(frames)
    model = seq2seq_model(MODEL)

    def varied(phrases: Tokens) -> Tokens:
        return model.decode(model.vary(model.encode(phrases[:, None]), amount, rng))[:, 0]

    written = _rewritten(line, varied) if amount else line
    said = {"job": "vary", "wishes": {"amount": amount, "seed": seed}}
    return Piece(_with_melody(known, frames, written, rng), said, given=(score,))


def change(score: Score, attribute: str, by: float = 1.0, *, seed: int = 0) -> Piece:
    """Write the melody of a score anew with more of an attribute, or less; the other tracks stay.

    Parameters
    ----------
    attribute
        density: notes a bar; register: how high; syncopation: how much falls between the beats
    by
        how much more, -4 to 4, less when negative: 1 leads from the low to the high quarter of the melodies learnt from (2.5
        notes a bar, 9 semitones, 1.5 points of syncopation); 0 keeps the melody, as the grid has it

    Raises
    ------
    RequestError
        if there is no melody, no such attribute, or a number is out of range.
    ScoreError
        if no part of the score is in 4/4, 2/2 or 2/4.
    """
    name = resolve(attribute, {name: name for name in ATTRIBUTES}, "attribute", RequestError)
    by, rng = check_number("by", by, -MOST_BY, MOST_BY), rng_of(seed)
    known = understood(score)
    frames = Frames.of(known)
    line = melody_of(frames)
    model = seq2seq_model(MODEL)
    written = _rewritten(line, lambda phrases: changed(model, phrases, name, by, rng)) if by else line
    measure = ATTRIBUTES[name].measure
    heard = [round(float(measure(_in_key(side, frames.shift)[None])[0]), 3) for side in (line, written)]
    said = {"job": "change", "wishes": {"attribute": name, "by": by, "seed": seed}}
    report = {"attribute": name, "before": heard[0], "after": heard[1], "unit": ATTRIBUTES[name].unit}
    return Piece(_with_melody(known, frames, written, rng), said, report, given=(score,))


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
    rng = rng_of(seed)
    start, goal = (Frames.of(understood(score)) for score in (first, second))
    lines = np.stack([_first_two_bars(start), _first_two_bars(goal)])
    model = seq2seq_model(MODEL)
    ends = model.encode(line_tokens(lines, "melody")[:, None])
    frames = np.zeros(steps * TWO_BARS, dtype=FRAME_DTYPE)
    frames["melody"] = line_frames(model.decode(path_between(ends[0], ends[1], steps))[:, 0], "melody").ravel()
    sections = [Section(2 * number * TICKS_PER_BAR, 2 * TICKS_PER_BAR, str(number + 1)) for number in range(steps)]
    score = replace(replace(start, steps=frames).score(), title=f"morph in {steps} steps", sections=tuple(sections))
    said = {"job": "morph", "wishes": {"steps": steps, "seed": seed}}
    return Piece(with_dynamics(score, rng), said, given=(first, second))


def _rewritten(line: Line, write: Callable[[Tokens], Tokens]) -> Line:
    """Write a line anew two bars at a time; what is empty stays empty."""
    padded = np.append(line, np.zeros(-len(line) % TWO_BARS, dtype=np.uint8)).reshape(-1, TWO_BARS)
    written = line_frames(write(line_tokens(padded, "melody")), "melody")
    silent = ~(padded > HOLD).any(axis=1)
    written[silent] = padded[silent]
    return np.asarray(written.ravel()[: len(line)])


def _with_melody(known: Score, frames: Frames, line: Line, rng: np.random.Generator) -> Score:
    """The score with another melody, on the first melody's instrument and in its place."""
    steps = np.zeros_like(frames.steps)
    steps["melody"] = line
    old = next(t for t in known.tracks if t.role == "melody")
    new = with_dynamics(replace(frames, steps=steps).score({"melody": old.program}), rng)
    kept = [t for t in known.tracks if t.role != "melody"]
    kept[known.tracks.index(old) : 0] = [replace(t, name=old.name) for t in new.tracks]
    return known.with_tracks(kept)


def _in_key(line: Line, shift: int) -> Tokens:
    """A line in C back in its own key."""
    return np.where(line > HOLD, line.astype(np.int64) - shift, line)


def _first_two_bars(frames: Frames) -> Line:
    """The two bars from where the melody begins."""
    line = melody_of(frames)
    start = int(np.flatnonzero(line > HOLD)[0]) // STEPS_PER_BAR * STEPS_PER_BAR
    return np.resize(np.append(line[start : start + TWO_BARS], np.zeros(TWO_BARS, np.uint8)), TWO_BARS)
