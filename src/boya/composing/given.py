"""What a job makes of a score it is given: roles, key and chords where the score is silent, and the part that models can read.

The models write on a grid of 4/4: of a score whose metre changes, `understood` takes the longest part in 4/4, 2/2 or 2/4 and
`last_part` what follows the last change; a score without such a part is refused by the grid with an error that names the metre.
Melodies are read as single lines on sixteenths, in the window of `boya.representation.grid`.
"""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boya.composing.checks import check_whole
from boya.composing.plan import STEPS_PER_HALF
from boya.errors import RequestError
from boya.representation.frames import Frames, parts_on_grid
from boya.representation.grid import HOLD, TICKS_PER_STEP
from boya.score import Chord, Key, Score, Timeline
from boya.theory.chord_naming import name_chords
from boya.theory.chords import chord_name
from boya.theory.keys import find_key
from boya.theory.roles import assign_roles

__all__ = ["half_bars", "last_part", "melody_of", "rng_of", "understood", "whole_bars"]

MOST_SEED = 2**63 - 1


def rng_of(seed: int) -> np.random.Generator:
    """Return the source of a job's draws.

    Raises
    ------
    RequestError
        if the seed is not a whole number from 0.
    """
    return np.random.default_rng(check_whole("seed", seed, 0, MOST_SEED))


def understood(score: Score) -> Score:
    """Return the longest part on the grid, with what the score does not say: roles, key, chords.

    Raises
    ------
    RequestError
        if there is no music.
    """
    known = assign_roles(_checked(score))
    parts = [part for part in parts_on_grid(known, 1) if part.n_notes] if len(known.metre_changes()) > 1 else []
    return _named(max(parts, key=lambda part: part.end) if parts else known)


def whole_bars(score: Score) -> Score:
    """Return the score with roles, key and chords, up to the end of the bar of its last note.

    Raises
    ------
    RequestError
        if there is no music.
    """
    known = _named(assign_roles(_checked(score)))
    bounds = known.bar_bounds
    end = max(track.end for track in known.tracks)
    return known.slice(0, int(bounds[np.searchsorted(bounds, end)]))


def last_part(score: Score) -> Score:
    """Return what follows the last change of metre, in the tempo and key of the end."""
    start, line = score.metre_changes()[-1].tick, score.timeline
    tail = score.slice(start, int(score.bar_bounds[-1]))
    tempo, metre, key = line.tempos[-1], tail.timeline.metres[0], line.key_at(score.end)
    return replace(tail, timeline=Timeline((replace(tempo, tick=0),), (metre,), (Key(0, key.tonic, key.mode),)))


def melody_of(frames: Frames) -> NDArray[np.uint8]:
    """Return the melody's tokens. `[shape=(steps,)]`

    Raises
    ------
    RequestError
        if there is none.
    """
    line = frames.steps["melody"]
    if not (line > HOLD).any():
        raise RequestError("the score must have a melody: a track of single notes; give one, or name a track 'Melody'")
    return line


def half_bars(chords: Iterable[Chord], n_bars: int) -> tuple[str, ...]:
    """Return the chord symbol in force at the start of each half bar of the grid.

    >>> half_bars([Chord(0, 1920, 0, "maj"), Chord(1920, 960, 7, "7")], 2)
    ('C', 'C', 'G7', 'N.C.')
    """
    symbols = ["N.C."] * (2 * n_bars)
    half = STEPS_PER_HALF * TICKS_PER_STEP
    for chord in chords:
        for number in range(-(-chord.onset // half), min(-(-chord.end // half), len(symbols))):
            symbols[number] = chord_name(chord.root, chord.quality, chord.bass)
    return tuple(symbols)


def _checked(score: Score) -> Score:
    """The score, if there is music in it."""
    if score.n_notes == 0:
        raise RequestError("the score has no notes; give one with a melody")
    return score


def _named(known: Score) -> Score:
    """The score with key and chords."""
    if "key" in known.timeline.assumed:
        known = replace(known, timeline=replace(known.timeline, keys=(find_key(known),)))
    return known if known.chords else replace(known, chords=name_chords(known, "bar"))
