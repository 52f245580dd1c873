"""What an excerpt's tracks of one role do, in numbers: how much, how high, how long, how loud, how alike from bar to bar.

Conventions: notes stand by step (a twelfth of a quarter from the excerpt's beginning), then pitch; several tracks are one part.
A part that plays nothing has zeros for what is counted and NaN for all else.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.score import NOTE_DTYPE, TICKS_PER_QUARTER, Score, note_ends

__all__ = ["PART_LABELS", "STEP", "Part", "described"]

STEPS_PER_QUARTER = 12
STEP = TICKS_PER_QUARTER // STEPS_PER_QUARTER
LEAPS = (-128, -12, -7, -4, -2, 0, 1, 3, 5, 8, 13, 128)  # edges of the interval classes, in semitones
SHORT, LONG = 3, 24  # a sixteenth and a half note, in steps
APART = (1, 2, 4)

PART_LABELS = (
    *("bars", "notes", "onsets", "notes an onset", "largest chord"),
    *("length", "short", "long", "different lengths", "sounding", "voices"),
    *("pitch", "pitch deviation", "lowest", "highest", "pitches", "pitch classes a bar", "chord tones"),
    *(f"pitch class {interval}" for interval in range(12)),
    *(f"interval {low}" for low in LEAPS[:-1]),
    *("on the bar line", "distances", *(f"place {place}" for place in range(STEPS_PER_QUARTER))),
    *("velocity", "velocity deviation", "velocity changes"),
    *(f"bar likeness {bars}" for bars in APART),
    *(f"rhythm likeness {bars}" for bars in APART),
)

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Part:
    """The notes of one part.

    Attributes
    ----------
    step, length, pitch, velocity
        of each note `[shape=(notes,)]`
    bounds
        first step of each bar, and the step after the last
    harmony
        pitch classes of the chord in force `[shape=(steps, 12)]`
    tonic
        of the first key
    """

    step: Ints
    length: Ints
    pitch: Ints
    velocity: Ints
    bounds: Ints
    harmony: Bools
    tonic: int

    @classmethod
    def of(cls, score: Score, role: str, harmony: Bools) -> "Part":
        """Take the tracks of a role."""
        notes = np.concatenate([np.empty(0, dtype=NOTE_DTYPE), *(t.notes for t in score.tracks if t.role == role)])
        step = notes["onset"].astype(np.int64) // STEP
        length = np.maximum(note_ends(notes) // STEP - step, 1)
        order = np.lexsort((notes["pitch"], step))
        pitch, velocity = (notes[name].astype(np.int64)[order] for name in ("pitch", "velocity"))
        bounds = score.bar_bounds // STEP
        return cls(step[order], length[order], pitch, velocity, bounds, harmony, score.timeline.keys[0].tonic)

    @property
    def n_steps(self) -> int:
        """Steps of the excerpt."""
        return int(self.bounds[-1])

    @property
    def bar(self) -> Ints:
        """The bar of each note."""
        return np.searchsorted(self.bounds, self.step, side="right") - 1

    @property
    def is_begun(self) -> Bools:
        """Where a note begins. [shape=(steps,)]"""
        begun = np.zeros(self.n_steps, dtype=bool)
        begun[self.step] = True
        return begun

    @property
    def voices(self) -> Ints:
        """How many notes sound. [shape=(steps,)]"""
        change = np.zeros(self.n_steps + 1, dtype=np.int64)
        np.add.at(change, self.step, 1)
        np.add.at(change, np.minimum(self.step + self.length, self.n_steps), -1)
        return np.cumsum(change)[:-1]

    @property
    def chroma(self) -> Bools:
        """Which pitch classes sound. [shape=(steps, 12)]"""
        change = np.zeros((self.n_steps + 1, 12), dtype=np.int64)
        np.add.at(change, (self.step, self.pitch % 12), 1)
        np.add.at(change, (np.minimum(self.step + self.length, self.n_steps), self.pitch % 12), -1)
        return np.cumsum(change, axis=0)[:-1] > 0


def described(part: Part) -> list[float]:
    """Return the numbers of a part, in the order of PART_LABELS."""
    if not len(part.step):
        return [0.0, 0.0, 0.0, *[float("nan")] * (len(PART_LABELS) - 3)]
    values = [*_amount(part), *_lengths(part), *_pitches(part), *_intervals(part), *_rhythm(part), *_dynamics(part)]
    return [*values, *_likeness(part)]


def _amount(part: Part) -> list[float]:
    """Bars that play, notes and onsets a bar, notes at an onset."""
    n_bars = len(part.bounds) - 1
    sizes = np.unique(part.step, return_counts=True)[1]
    return [len(np.unique(part.bar)) / n_bars, len(part.step) / n_bars, len(sizes) / n_bars, sizes.mean(), sizes.max()]


def _lengths(part: Part) -> list[float]:
    """Lengths of notes, and how much sounds at once."""
    length, voices = part.length, part.voices
    shares = [(length <= SHORT).mean(), (length >= LONG).mean(), len(np.unique(length)) / len(length)]
    return [length.mean() / STEPS_PER_QUARTER, *shares, (voices > 0).mean(), voices[voices > 0].mean()]


def _pitches(part: Part) -> list[float]:
    """Height, variety, fitness to the chords, and pitch classes."""
    pitch, n_bars = part.pitch, len(np.unique(part.bar))
    classes = np.unique(part.bar * 12 + pitch % 12)
    has_chord = part.harmony[part.step].any(axis=1)
    fits = part.harmony[part.step, pitch % 12][has_chord]
    range_ = [pitch.mean(), pitch.std(), pitch.min(), pitch.max(), len(np.unique(pitch)), len(classes) / n_bars]
    histogram = np.bincount((pitch - part.tonic) % 12, minlength=12) / len(pitch)
    return [*map(float, range_), float(fits.mean()) if len(fits) else float("nan"), *histogram.tolist()]


def _intervals(part: Part) -> list[float]:
    """Steps and leaps of the highest notes."""
    top = part.pitch[np.append(part.step[1:] != part.step[:-1], True)]  # the last note of an onset is its highest
    kind = np.searchsorted(LEAPS, np.diff(top), side="right") - 1
    counts = np.bincount(kind, minlength=len(LEAPS) - 1)
    return [float(count) / max(len(kind), 1) for count in counts]


def _rhythm(part: Part) -> list[float]:
    """Where notes begin in the bar and in the quarter, and how varied the distances of onsets are, in bits."""
    onsets, firsts = np.unique(part.step, return_index=True)
    place = onsets - part.bounds[part.bar[firsts]]
    shares = np.unique(np.diff(onsets), return_counts=True)[1] / max(len(onsets) - 1, 1)
    entropy = abs(float(-(shares * np.log2(shares)).sum()))
    histogram = np.bincount(place % STEPS_PER_QUARTER, minlength=STEPS_PER_QUARTER) / len(onsets)
    return [float((place == 0).mean()), entropy, *histogram.tolist()]


def _dynamics(part: Part) -> list[float]:
    """Loudness, and how often it changes."""
    velocity = part.velocity
    changes = float((np.diff(velocity) != 0).mean()) if len(velocity) > 1 else float("nan")
    return [float(velocity.mean()), float(velocity.std()), changes]


def _likeness(part: Part) -> list[float]:
    """Share of the notes, then of the onsets, that two bars have in common (Jaccard), by how far they are apart."""
    bar, place = part.bar, part.step - part.bounds[part.bar]
    return [_jaccard(bar, code, apart) for code in (place * 128 + part.pitch, place) for apart in APART]


def _jaccard(bar: Ints, code: Ints, apart: int) -> float:
    """What bars share with those `apart` bars later, over what either has."""
    width = int(code.max()) + 1
    here = np.unique(bar * width + code)
    last = int(bar.max())
    one, other = here[here // width + apart <= last], here[here // width >= apart] - apart * width
    both = len(np.intersect1d(one, other, assume_unique=True))
    either = len(one) + len(other) - both
    return both / either if either else float("nan")
