"""The area `gan`: is what it writes like what bands play? MuseGAN's measures, and a classifier that tries to tell them apart.

Every contestant gives as many phrases as there are in `valid`. Models write one over the chords, style, mode and tempo of each of
those, so that measures compare equal wishes. For the two-sample test the phrases of `valid` are dealt into two halves: what
was written over the first is told from the second, phrases of one piece staying in one fold. Baselines: other real music (`train`
against `valid`: what no model can be asked to beat), real tracks that never met, and an n-gram fitted on `train`.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from boya.errors import MissingExtraError
from boya.evaluation.comparison import Gap, compare
from boya.evaluation.descriptors import descriptors
from boya.evaluation.phrases import independent_tracks
from boya.evaluation.scoreboard import Row
from boya.evaluation.two_sample import two_sample
from boya.models.ngram import PhraseNgram
from boya.proof.bands import Band, band_phrases
from boya.proof.setup import Setup, median_second
from boya.proof.writers import MODELS, Writer, load_writers, write_all
from boya.representation.phrases import rolls_of

__all__ = ["Contestant", "judge", "rows"]

TWO_SAMPLE_BAR = 75.0
SPEED_BAR_SECOND = 1.0
SPEED_PHRASES = 100
JUDGED = "gan"
REAL = "data (valid)"
MUSEGAN = "MuseGAN: gaps of 20-45 points in its qualified notes"

Rolls = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Contestant:
    """Phrases to be told from `valid`: rolls, the piece of each (or None), and the chords each was written over (or None)."""

    name: str
    rolls: Rolls
    pieces: NDArray[np.int64] | None = None
    chords: NDArray[np.bool_] | None = None


def rows(setup: Setup) -> Iterator[Row]:
    """Measure all models and baselines."""
    packed = setup.corpus()
    valid = band_phrases(packed, "valid").thinned(setup.pick(2000, 120))
    train = band_phrases(packed, "train").thinned(setup.pick(8000, 400))
    writers = load_writers(setup.models, setup.note)
    contestants = [*baselines(train, len(valid), setup), *(written(name, w, valid, setup) for name, w in writers.items())]
    yield setup.row("phrases", REAL, float(len(valid)), "phrases of 4 bars")
    yield from judge(setup, valid, contestants)
    yield from _speeds(setup, valid, writers)


def baselines(train: Band, size: int, setup: Setup) -> Iterator[Contestant]:
    """Real music, tracks that never met, and the n-gram; `size` phrases each, or as many as there are."""
    some = train.take(setup.rng().permutation(len(train))[:size])
    yield Contestant("data (train)", some.rolls, some.pieces, some.chords)
    yield Contestant("independent tracks", independent_tracks(some.rolls, setup.rng()))
    model = PhraseNgram.fit(train.rolls)
    yield Contestant("n-gram", model.generate(size, setup.rng()))


def written(name: str, writer: Writer, valid: Band, setup: Setup) -> Contestant:
    """Let a model write over every phrase of `valid`."""
    frames = write_all(writer, valid.frames, valid.settings, setup.rng())
    return Contestant(name, rolls_of(frames), valid.pieces, valid.chords)


def judge(setup: Setup, valid: Band, contestants: list[Contestant]) -> Iterator[Row]:
    """Compare contestants with `valid`: values, gaps, what is within its bar, two-sample accuracy."""
    data = valid.rolls
    gaps = {c.name: compare(c.rolls, data) for c in contestants}
    yield from _measures(setup, gaps)
    for name, found in gaps.items():
        barred = [gap for gap in found if gap.bar is not None]
        within = float(sum(bool(gap.holds) for gap in barred))
        bar = float(len(barred)) if name == JUDGED else None
        yield setup.row(f"measures within their bars, of {len(barred)}", name, within, at_least=bar)
    for contestant in contestants:
        yield from _told_apart(setup, contestant, valid, data)


def _measures(setup: Setup, gaps: Mapping[str, tuple[Gap, ...]]) -> Iterator[Row]:
    """Values and gaps, measure by measure, so that models stand beside each other."""
    for of_one in zip(*gaps.values(), strict=True):
        gap = of_one[0]
        metric = f"{gap.measure} {gap.part}"
        named = dict(zip(gaps, of_one, strict=True))
        for name, value in [(REAL, gap.data), *((name, found.model) for name, found in named.items())]:
            is_shown = gap.bar is not None or name in (REAL, *MODELS)
            if is_shown and math.isfinite(value):
                yield setup.row(metric, name, value, gap.unit)
        for name, found in named.items():
            if found.bar is not None:
                yield from _gap(setup, metric, name, found)


def _gap(setup: Setup, metric: str, name: str, gap: Gap) -> Iterator[Row]:
    """One gap; it has a bar where the GAN is judged."""
    if not math.isfinite(gap.gap):
        setup.note(f"gan: {metric} cannot be measured on {name}, which counts as beyond its bar")
        return
    published = MUSEGAN if gap.measure == "fragmented notes" else None
    bar = gap.bar if name == JUDGED else None
    unit = "percentage points" if gap.unit == "%" else gap.unit
    yield setup.row(f"{metric}, gap to data", name, gap.gap, unit, at_most=bar, published=published)


def _told_apart(setup: Setup, contestant: Contestant, valid: Band, data: Rolls) -> Iterator[Row]:
    """How well boosted trees tell a contestant from other phrases of `valid`."""
    first, second = np.array_split(setup.rng().permutation(len(valid)), 2)
    mine = first[first < len(contestant.rolls)]
    is_judged = contestant.name == JUDGED
    for is_told in (False, True) if contestant.chords is not None else (False,):
        chords = (contestant.chords[mine], valid.chords[second]) if is_told and contestant.chords is not None else (None, None)
        try:
            found = two_sample(
                descriptors(contestant.rolls[mine], chords[0]),
                descriptors(data[second], chords[1]),
                setup.rng(),
                model_groups=None if contestant.pieces is None else contestant.pieces[mine],
                data_groups=valid.pieces[second],
            )
        except MissingExtraError as error:
            setup.note(f"gan: no two-sample test: {error}")
            return
        metric = "two-sample accuracy" + ", chords told" * is_told
        bar = TWO_SAMPLE_BAR if is_judged and not is_told else None
        yield setup.row(metric, contestant.name, 100 * found.accuracy, "%", at_most=bar)
        yield setup.row(f"{metric}, 95% interval from", contestant.name, 100 * found.low, "%")
        yield setup.row(f"{metric}, 95% interval to", contestant.name, 100 * found.high, "%")


def _speeds(setup: Setup, valid: Band, writers: Mapping[str, Writer]) -> Iterator[Row]:
    """Seconds for 100 phrases of 5 tracks, weights loaded."""
    some = valid.take(np.arange(SPEED_PHRASES) % len(valid))
    for name, writer in writers.items():
        write = partial(write_all, writer, some.frames, some.settings, setup.rng())
        bar = SPEED_BAR_SECOND if name == JUDGED else None
        second = median_second(write, setup.pick(5, 1))
        yield setup.row(f"{SPEED_PHRASES} phrases of 5 tracks, weights loaded", name, second, "s", at_most=bar)
