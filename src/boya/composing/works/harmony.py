"""Chords for a melody, by theory: the likeliest way through the chords of a style, given the notes that sound.

Conventions: a *unit* is a beat (of compound metres a dotted one); a chord is an index into a vocabulary of chords that the
progressions of the style use in the key. A melody's note speaks for the chords it belongs to, the more the longer it sounds and
the heavier the beat on which it begins; progressions say which chords follow one another; a chord changes most easily at a bar
line. The best path is found exactly (Viterbi), others are drawn by their odds (forward filtering, backward sampling).

Source of the weights of chord notes: W. Piston, "Harmony", 1941, on chord and non-harmonic notes; of the order of chords: the
progressions of `boya.theory` and of `boya.composing.works.habits`.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from boya.composing.works.habits import is_of_bands, progressions_of
from boya.score import MINOR_MODES, NoteArray, Score, note_ends
from boya.theory.chords import chord_pitch_classes
from boya.theory.progressions import SECTION_KINDS, Progression, progressions, progressions_for
from boya.theory.roman import parse_roman
from boya.theory.scales import scale_pitch_classes

__all__ = ["Chords", "Units", "chords_of_style", "path", "units_of"]

ROOT, THIRD, FIFTH, OTHER = 1.0, 1.2, 1.0, 0.3  # what a note is worth as a note of a chord
PASSING, FOREIGN, CLASH = -0.6, -0.6, -0.85  # in the scale, outside of it, a semitone above a note of the chord
ACCENT = {"bar": 2.0, "part": 1.5, "beat": 1.0}  # weight of what begins there
CHANGE = {"bar": 0.0, "part": -1.4, "beat": -2.2}  # what a change of chord is worth there
FIT, ORDER, USE = 1.25, 0.2, 0.17  # weight of notes, of the order of chords, of how common a chord is
HOME, CADENCE = 2.5, 0.8  # what a tonic is worth at the beginning and, twice, at the end; a dominant before it

Floats = NDArray[np.float64]
Kind = tuple[int, str]


@dataclass(frozen=True)
class Units:
    """The beats of a melody: first ticks and the tick behind the last, what kind of place each begins, what sounds in it."""

    bounds: tuple[int, ...]
    places: tuple[str, ...]
    sounding: Floats
    """weight of each pitch class `[shape=(n_units, 12)]`"""


@dataclass(frozen=True)
class Chords:
    """The chords of a style in a key: root and quality, log odds of each and of each after each."""

    kinds: tuple[Kind, ...]
    use: Floats
    order: Floats
    worth: Floats
    """what each pitch class is worth over each chord `[shape=(n_chords, 12)]`"""
    tonics: NDArray[np.bool_]
    dominants: NDArray[np.bool_]


def units_of(score: Score, melody: NoteArray) -> Units:
    """Return the beats of a score, and what sounds of a melody in each.

    >>> from boya.score import note_array
    >>> notes = note_array([(0, 480, 60, 80), (480, 960, 64, 80), (1440, 480, 67, 80)])
    >>> units_of(Score(), notes).places
    ('bar', 'beat', 'part', 'beat')
    """
    end = int(note_ends(melody).max())
    starts = score.timeline.bar_starts(end).tolist()
    stop = starts[-1] + score.timeline.metre_at(starts[-1]).ticks_per_bar
    bounds, places = [], []
    for start, following in pairwise([*starts, stop]):
        metre = score.timeline.metre_at(start)
        group = 3 if metre.numerator % 3 == 0 and metre.numerator > 3 and metre.denominator >= 8 else 1
        middle = (metre.numerator // group + 1) // 2
        for beat, tick in enumerate(range(start, following, group * metre.ticks_per_beat)):
            bounds.append(tick)
            places.append("bar" if beat == 0 else "part" if beat == middle else "beat")
    return Units((*bounds, stop), tuple(places), _sounding(melody, [*bounds, stop], places))


def chords_of_style(style: str, tonic: int, mode: str) -> Chords:
    """Return the chords that the progressions of a style use in a key.

    >>> chords = chords_of_style("waltz", 0, "major")
    >>> (0, "maj") in chords.kinds, (7, "7") in chords.kinds
    (True, True)
    """
    rows = _progressions(style, mode)
    read = [[parse_roman(numeral, tonic, mode)[:2] for bar in row.bars for numeral in bar] for row, _ in rows]
    kinds = tuple(dict.fromkeys(kind for line in read for kind in line))
    place = {kind: number for number, kind in enumerate(kinds)}
    use, order = np.full(len(kinds), 0.2), np.full((len(kinds), len(kinds)), 0.05)
    for line, (_, weight) in zip(read, rows, strict=True):
        for kind in line:
            use[place[kind]] += weight
        for before, after in pairwise([*line, line[0]]):
            order[place[before], place[after]] += weight * (before != after)
    scale = scale_pitch_classes(tonic, mode)
    return Chords(
        kinds,
        np.log(use / use.sum()),
        np.log(order / order.sum(axis=1, keepdims=True)),
        np.array([_worth(root, quality, scale) for root, quality in kinds]),
        np.array([root == tonic for root, _ in kinds]),
        np.array([root == (tonic + 7) % 12 and not quality.startswith("min") for root, quality in kinds]),
    )


def path(units: Units, chords: Chords, surprise: float, rng: np.random.Generator) -> list[int]:
    """Return a chord for each unit: the best way for a surprise of 0, ways drawn by their odds above. `[len=n_units]`

    Parameters
    ----------
    surprise
        0-1: how far the odds of all ways are levelled
    """
    fits = _fits(units, chords)
    steps = [_steps(chords, place) for place in units.places]
    heat = max(surprise, 1e-6)
    forward = [fits[0]]
    for fit, step in zip(fits[1:], steps[1:], strict=True):
        through = forward[-1][:, None] + step
        best = through.max(axis=0)
        spread = heat * np.log(np.exp((through - best) / heat).sum(axis=0)) if surprise else 0.0
        forward.append(best + spread + fit)
    chosen = [_drawn(forward[-1], surprise, rng)]
    for unit in range(len(fits) - 1, 0, -1):
        chosen.append(_drawn(forward[unit - 1] + steps[unit][:, chosen[-1]], surprise, rng))
    return chosen[::-1]


def _progressions(style: str, mode: str) -> list[tuple[Progression, float]]:
    """Progressions of a style for all kinds of sections; of modes without any in the style, those of the mode."""
    known = progressions_for if is_of_bands(style) else progressions_of
    found = {row.name: (row, weight) for kind in SECTION_KINDS for row, weight in known(style, mode, kind)}
    if len(found) < 4:  # a style with a few progressions only would force every melody into them
        like = "minor" if mode in MINOR_MODES else "major"
        found = {row.name: (row, 0.3) for row in progressions() if row.mode in (mode, like) and row.mode == mode} | found
    return list(found.values())


def _sounding(melody: NoteArray, lines: list[int], places: list[str]) -> Floats:
    """Weight of each pitch class in each unit: the share of the unit it sounds, more where it begins with it."""
    sounding = np.zeros((len(lines) - 1, 12))
    for onset, end, pitch in zip(melody["onset"].tolist(), note_ends(melody).tolist(), melody["pitch"].tolist(), strict=True):
        first = int(np.searchsorted(lines, onset, side="right")) - 1
        for unit in range(first, len(lines) - 1):
            start, stop = lines[unit], lines[unit + 1]
            if start >= end:
                break
            share = (min(end, stop) - max(onset, start)) / (stop - start)
            begins = onset <= start + (stop - start) // 8
            sounding[unit, pitch % 12] += share * (ACCENT[places[unit]] if begins else 0.8)
    return sounding


def _worth(root: int, quality: str, scale: tuple[int, ...]) -> Floats:
    """What each pitch class is worth over a chord. `[shape=(12,)]`"""
    notes = chord_pitch_classes(root, quality)
    worth = np.array([PASSING if pitch_class in scale else FOREIGN for pitch_class in range(12)])
    worth[[(note + 1) % 12 for note in notes]] += CLASH
    for note, value in zip(notes, (ROOT, THIRD, FIFTH, *[OTHER] * len(notes)), strict=False):
        worth[note] = value
    return worth


def _fits(units: Units, chords: Chords) -> Floats:
    """How well each chord goes with each unit, beginning and end included. `[shape=(n_units, n_chords)]`"""
    fits = FIT * units.sounding @ chords.worth.T + USE * chords.use
    fits[0] += HOME * chords.tonics
    last_bar = max((number for number, place in enumerate(units.places) if place == "bar"), default=0)
    fits[last_bar:] += 2 * HOME / (len(fits) - last_bar) * chords.tonics
    if last_bar:
        fits[last_bar - 1] += CADENCE * chords.dominants
    return np.asarray(fits)


def _steps(chords: Chords, place: str) -> Floats:
    """What each chord is worth after each at a place of the bar. `[shape=(n_chords, n_chords)]`"""
    step = ORDER * chords.order + ORDER * np.log(len(chords.kinds)) / 2 + CHANGE[place]
    np.fill_diagonal(step, 0.0)
    return np.asarray(step)


def _drawn(scores: Floats, surprise: float, rng: np.random.Generator) -> int:
    """The best, or one by its odds."""
    if not surprise:
        return int(scores.argmax())
    odds = np.exp((scores - scores.max()) / surprise)
    return int(rng.choice(len(odds), p=odds / odds.sum()))
