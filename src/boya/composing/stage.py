"""Where a plan meets the models: chords as frames, musical masks in the models' key and windows, frames back to a score.

Conventions: frames as in `boya.representation.frames`, in the key of C; a plan's masks are absolute pitches
`[shape=(5, steps, 128)]`.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boya.composing.constraints import combine
from boya.composing.plan import Plan
from boya.representation.frames import Frames
from boya.representation.grid import LINE_WINDOWS, ROLL_BASE, ROLL_SIZE, STEPS_PER_BAR, TICKS_PER_STEP
from boya.representation.phrases import Phrases
from boya.score import ROLES, Score, Track
from boya.theory.drums import CLASS_PITCHES
from boya.theory.instruments import instrument

__all__ = ["Stage", "with_dynamics"]

BAR_ACCENTS = np.array([10, -4, 0, -4, 4, -4, 0, -4, 7, -4, 0, -4, 4, -4, 0, -4])
LOUDNESS = {"melody": 92, "chords": 66, "bass": 82, "pad": 54, "drums": 80}
WINDOWS = {"chords": (ROLL_BASE, ROLL_BASE + ROLL_SIZE), "pad": (ROLL_BASE, ROLL_BASE + ROLL_SIZE), **LINE_WINDOWS}
NARROWEST = 11


@dataclass(frozen=True, eq=False)
class Stage:
    """A plan made ready for the models.

    Attributes
    ----------
    harmony
        frames that hold the plan's chords and nothing else `[shape=(steps,)]`
    shift
        semitones from the plan's key to C
    mask
        pitches that may begin, a role each, in the models' windows `[shape=(steps, 48)]`, drums `[shape=(steps, 9)]`
    lifts
        whole octaves in semitones, a role each, that the frames stand above the score: not 0 where an instrument plays outside
        the models' window

    Examples
    --------
    >>> from boya.composing.plan import plan_of
    >>> from boya.composing.request import Request
    >>> stage = Stage.of(plan_of(Request(key="C", bars=1, band={"melody": "slap bass 1"})))
    >>> stage.lifts["melody"], stage.lifts["bass"]
    (24, 0)
    """

    plan: Plan
    harmony: Phrases
    shift: int
    mask: dict[str, NDArray[np.bool_]]
    lifts: dict[str, int]

    @classmethod
    def of(cls, plan: Plan) -> "Stage":
        """Prepare a plan."""
        frames = Frames.of(Score(timeline=plan.timeline, chords=plan.chords, sections=plan.score_sections))
        allowed = combine(plan)
        rows = {role: allowed[ROLES.index(role)] for role in WINDOWS}
        lifts = {role: _lift(rows[role].any(axis=0), *window, frames.shift) for role, window in WINDOWS.items()}
        mask = {role: _windowed(rows[role], *window, frames.shift + lifts[role]) for role, window in WINDOWS.items()}
        mask["drums"] = allowed[ROLES.index("drums")][:, CLASS_PITCHES]
        return cls(plan, frames.steps, frames.shift, mask, lifts)

    def span(self, first_bar: int, last_bar: int) -> tuple[Phrases, dict[str, NDArray[np.bool_]]]:
        """Return harmony and mask of bars [first, last)."""
        part = slice(first_bar * STEPS_PER_BAR, last_bar * STEPS_PER_BAR)
        return self.harmony[part], {role: allowed[part] for role, allowed in self.mask.items()}

    def score(self, frames: Phrases, rng: np.random.Generator, title: str = "") -> Score:
        """Write frames of the whole piece as a score with the plan's instruments, chords and sections."""
        programs = {role: program or 0 for role, program in zip(ROLES, self.plan.programs, strict=True)}
        score = Frames(frames, self.shift, self.plan.mode, self.plan.qpm).score(programs, LOUDNESS)
        score = score.with_tracks(_playable(_lowered(track, self.lifts.get(track.role, 0))) for track in score.tracks)
        score = replace(
            score, timeline=self.plan.timeline, chords=self.plan.chords, sections=self.plan.score_sections, title=title
        )
        return with_dynamics(score, rng)


def with_dynamics(score: Score, rng: np.random.Generator) -> Score:
    """Return the score with metrical accents and small uneven touches, as players give them."""
    return score.with_tracks(_played(track, rng) for track in score.tracks)


def _played(track: Track, rng: np.random.Generator) -> Track:
    """Accent a track."""
    notes = track.notes.copy()
    place = notes["onset"] // TICKS_PER_STEP % STEPS_PER_BAR
    touch = notes["velocity"] + BAR_ACCENTS[place] + rng.integers(-4, 5, len(notes))
    notes["velocity"] = np.clip(touch, 20, 120)
    return replace(track, notes=notes)


def _lowered(track: Track, lift: int) -> Track:
    """Move a track from the models' window to its instrument."""
    notes = track.notes.copy()
    notes["pitch"] = notes["pitch"].astype(int) - lift
    return replace(track, notes=notes)


def _playable(track: Track) -> Track:
    """The highest notes of each onset, no more than the instrument plays at once."""
    if track.is_drum:
        return track
    most = instrument(track.program).polyphony
    notes = np.sort(track.notes, order=["onset", "pitch"])
    later = np.searchsorted(notes["onset"], notes["onset"], side="right") - np.arange(len(notes)) - 1  # higher ones, same onset
    return replace(track, notes=notes[later < most])


def _lift(allowed: NDArray[np.bool_], low: int, high: int, shift: int) -> int:
    """Octaves, in semitones, that bring allowed pitches `[shape=(128,)]` into a window in C; 0 where it holds one as it is."""
    pitches = np.flatnonzero(allowed) + shift
    rooms = {}
    for lift in (0, 12, -12, 24, -24, 36, -36, 48, -48):
        inside = pitches[(pitches + lift >= low) & (pitches + lift < high)]
        rooms[lift] = int(np.ptp(inside)) if len(inside) else -1
        if lift == 0 and rooms[lift] >= NARROWEST:
            return 0
    return max(rooms, key=lambda lift: rooms[lift])


def _windowed(allowed: NDArray[np.bool_], low: int, high: int, shift: int) -> NDArray[np.bool_]:
    """Cut absolute pitches to a window in C. [shape=(steps, 128)] -> [shape=(steps, high - low)]"""
    pitches = np.arange(low, high) - shift
    inside = (pitches >= 0) & (pitches < 128)
    return allowed[:, np.clip(pitches, 0, 127)] & inside
