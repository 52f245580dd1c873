"""Is what a composer writes from nothing like real music? Published measures, repetition, a classifier, and what it copied.

Every second piece of `valid` lends its outline (`boya.proof.drafts`); models write its first 24 bars, fewer where it is shorter.
Beside what they write stand those same bars of the same pieces, as far as measures go. In the two-sample test excerpts of 8 bars,
one after another, are told from excerpts of the *other* pieces of `valid`, so that nothing is compared with what lent its
outline; excerpts of one piece stay in one fold. Runs that voices share with `train` are looked for in all of it.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError, MissingExtraError
from boya.evaluation import music
from boya.evaluation.copying import RunIndex, moves_of, voices_of
from boya.evaluation.excerpts import describe_excerpts
from boya.evaluation.repetition import repetition
from boya.evaluation.scoreboard import Row
from boya.evaluation.two_sample import two_sample
from boya.proof.setup import Setup
from boya.score import Score

__all__ = ["DRAFT_BARS", "JUDGED", "REAL", "Music", "compare", "copies", "repetitions", "told_apart"]

DRAFT_BARS, EXCERPT_BARS = 24, 8
JUDGED, REAL = "composer", "data (valid)"
DISTANCES = (4, 8, 16)
REPETITION_BAR, TWO_SAMPLE_BAR = 90.0, 70.0
PER_CLASS = 1000


@dataclass(frozen=True)
class Figure:
    """A published measure: its function, unit, scale and the best published gap to real music."""

    name: str
    function: Callable[[Score], float]
    unit: str
    scale: float
    best: float


FIGURES = (
    Figure("pitch-class entropy", music.pitch_class_entropy, "bits", 1, 0.077),
    Figure("scale consistency", music.scale_consistency, "%", 100, 0.86),
    Figure("groove consistency", music.groove_consistency, "%", 100, 0.15),
)


@dataclass(frozen=True, eq=False)
class Music:
    """Pieces by one hand: scores of at most 24 bars, and the piece of the corpus that each belongs to."""

    name: str
    scores: tuple[Score, ...]
    pieces: tuple[int, ...]

    @classmethod
    def of(cls, name: str, scores: Sequence[Score], pieces: Sequence[int], n_bars: int = DRAFT_BARS) -> "Music":
        """Take the first bars of scores; what sounds on behind them is cut."""
        cut = (score.slice_bars(0, min(n_bars, score.n_bars)) for score in scores)
        return cls(name, tuple(cut), tuple(pieces))

    @property
    def n_notes(self) -> int:
        """Number of notes."""
        return sum(score.n_notes for score in self.scores)

    def excerpts(self) -> tuple[list[Score], NDArray[np.int64]]:
        """Return stretches of 8 bars, one after another, in which something is played, and the piece of each."""
        found, owners = [], []
        for score, piece in zip(self.scores, self.pieces, strict=True):
            for first in range(0, score.n_bars - EXCERPT_BARS + 1, EXCERPT_BARS):
                excerpt = score.slice_bars(first, first + EXCERPT_BARS)
                if excerpt.n_notes:
                    found.append(excerpt)
                    owners.append(piece)
        return found, np.array(owners, dtype=np.int64)


def compare(setup: Setup, real: Music, others: Sequence[Music]) -> Iterator[Row]:
    """Published measures of everybody's music, how far each is from real music, and how sure that is (one standard error)."""
    for figure in FIGURES:
        found = {hand.name: figure.scale * np.array([figure.function(s) for s in hand.scores]) for hand in (real, *others)}
        unit = "percentage points" if figure.unit == "%" else figure.unit
        for name, values in found.items():
            if np.isfinite(values).any():
                yield setup.row(figure.name, name, float(np.nanmean(values)), figure.unit)
        for hand in others:
            is_paired = hand.pieces == real.pieces
            if not _are_comparable(found[hand.name], found[real.name], is_paired=is_paired):
                setup.note(f"composer: no {figure.name} of {hand.name} to compare")
                continue
            gap, error = _gap(found[hand.name], found[real.name], is_paired=is_paired)
            bar = figure.best if hand.name == JUDGED else None
            published = None if bar is None else f"best published gap: {figure.best:g}"
            yield setup.row(f"{figure.name}, gap to data", hand.name, gap, unit, at_most=bar, published=published)
            yield setup.row(f"{figure.name}, gap to data, standard error", hand.name, error, unit)


def repetitions(setup: Setup, real: Music, others: Sequence[Music]) -> Iterator[Row]:
    """How alike bars are at a distance, and that as a share of real music's."""
    for distance in DISTANCES:
        metric = f"repetition, {distance} bars apart"
        found = {hand.name: 100 * _finite_mean(repetition(score, distance) for score in hand.scores) for hand in (real, *others)}
        if not math.isfinite(found[real.name]):
            setup.note(f"composer: no piece is long enough for {metric}")
            continue
        for name, value in found.items():
            if math.isfinite(value):
                yield setup.row(metric, name, value, "% of the notes")
        for hand in others:
            if found[real.name] > 0 and math.isfinite(found[hand.name]):
                bar = REPETITION_BAR if hand.name == JUDGED else None
                share = 100 * found[hand.name] / found[real.name]
                yield setup.row(f"{metric}, of real music's", hand.name, share, "%", at_least=bar)


def told_apart(setup: Setup, other: Music, hands: Sequence[Music]) -> Iterator[Row]:
    """How well boosted trees tell excerpts of 8 bars from those of other real music."""
    data, data_pieces = other.excerpts()
    described = describe_excerpts(data)
    for hand in hands:
        written, pieces = hand.excerpts()
        try:
            found = two_sample(
                describe_excerpts(written),
                described,
                setup.rng(),
                model_groups=pieces,
                data_groups=data_pieces,
                n_per_class=PER_CLASS,
            )
        except (MissingExtraError, InputError) as error:
            setup.note(f"composer: no two-sample test of {hand.name}: {error}")
            continue
        bar = TWO_SAMPLE_BAR if hand.name == JUDGED else None
        metric = f"two-sample accuracy, {EXCERPT_BARS} bars"
        yield setup.row(metric, hand.name, 100 * found.accuracy, "%", at_most=bar)
        yield setup.row(f"{metric}, 95% interval from", hand.name, 100 * found.low, "%")
        yield setup.row(f"{metric}, 95% interval to", hand.name, 100 * found.high, "%")
        if hand.name == JUDGED:
            yield setup.row(f"{metric}, excerpts of each kind", hand.name, float(found.n_per_class), "excerpts")


def copies(setup: Setup, index: RunIndex, real: Music, others: Sequence[Music]) -> Iterator[Row]:
    """The longest run of notes that pieces, and their melodies alone, share with the corpus behind the index."""
    hands = (real, *others)
    kinds: dict[str, Callable[[Score], list[NDArray[np.int64]]]] = {
        "pieces": voices_of,
        "melodies": lambda score: [moves_of(track) for track in score.tracks if track.role == "melody" and not track.is_drum],
    }
    for kind, voices in kinds.items():
        found = {hand.name: _longest(index, [voices(score) for score in hand.scores]) for hand in hands}
        for statistic, reduced in (("mean of", np.mean), ("longest of all", np.max)):
            values = {name: float(reduced(runs)) for name, runs in found.items() if len(runs)}
            for name, value in values.items():
                bar = values.get(real.name) if name == JUDGED else None
                yield setup.row(f"run shared with train, {statistic} {kind}", name, value, "notes", at_most=bar)


def _longest(index: RunIndex, voices: list[list[NDArray[np.int64]]]) -> NDArray[np.int64]:
    """The longest run of each piece that has a voice."""
    flat = [voice for of_one in voices for voice in of_one]
    owner = np.repeat(np.arange(len(voices)), [len(of_one) for of_one in voices])
    longest = np.zeros(len(voices), dtype=np.int64)
    np.maximum.at(longest, owner, index.longest(flat))
    return longest[longest > 0]


def _are_comparable(values: NDArray[np.float64], data: NDArray[np.float64], *, is_paired: bool) -> bool:
    """Whether there is anything measured on both sides; of the same piece, if they are paired."""
    sides = (values + data,) if is_paired else (values, data)
    return all(bool(np.isfinite(side).any()) for side in sides)


def _gap(values: NDArray[np.float64], data: NDArray[np.float64], *, is_paired: bool) -> tuple[float, float]:
    """The distance of two means, and its standard error; pairs are of the same piece."""
    if is_paired:
        values, data = (side[~np.isnan(values + data)] for side in (values, data))
        return abs(float((values - data).mean())), float((values - data).std() / math.sqrt(len(values)))
    sides = [side[~np.isnan(side)] for side in (values, data)]
    return abs(float(sides[0].mean() - sides[1].mean())), math.sqrt(sum(float(side.var()) / len(side) for side in sides))


def _finite_mean(values: Iterator[float]) -> float:
    """Mean of the numbers among values; NaN where there is none."""
    kept = [value for value in values if math.isfinite(value)]
    return sum(kept) / len(kept) if kept else float("nan")
