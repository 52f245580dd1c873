"""The area `seq2seq`: how much of a phrase comes back from its vector, and what the vector is good for.

Phrases of `valid`, free-running: encoded to the mean vector, written again from their own past, always the likeliest token. The
bars are the figures of Roberts et al. 2018 (MusicVAE) on its own data: the definition is the same, the music is another.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.corpus.packed import Packed
from boya.errors import ModelError
from boya.evaluation.reconstruction import nearest_training_phrase, smoothness, track_accuracies
from boya.evaluation.scoreboard import Row
from boya.models.ngram import NGram
from boya.models.runtime import graphs
from boya.models.seq2seq import Seq2Seq, morph
from boya.proof import changes
from boya.proof.forcing import Forced, Graphs, Posterior, next_token_accuracy, posterior, teacher_forced
from boya.proof.setup import Setup, median_second
from boya.proof.windows import Tokens, token_windows

__all__ = ["MODELS", "Case", "measure", "rows"]

MODELS = ("seq2seq-melody-2", "seq2seq-melody-16", "seq2seq-trio-16")
MUSICVAE = "MusicVAE"
BARS = {
    "seq2seq-melody-2": {"melody": 0.95},
    "seq2seq-melody-16": {"melody": 0.81},
    "seq2seq-trio-16": {"melody": 0.75, "bass": 0.77, "drums": 0.86},
}
"""Roberts et al. 2018, reconstruction accuracy with sampling (hierarchical decoder for 16 bars); ours must reach it"""
SPEEDS = {"seq2seq-melody-2": (100, 1.0), "seq2seq-trio-16": (1, 0.3)}
"""phrases written at once, seconds allowed"""
KINDS = {"steps": "step accuracy", "onsets": "onset accuracy", "notes": "note F1"}
TRUE_PAST, NATS = "step accuracy, true past,", "nats a step"
MORPH_POINTS = 9
CHANGED = "seq2seq-melody-2"
"""the model of `boya change`"""
ORDER, BAR_STEPS = 8, 16


@dataclass(frozen=True, eq=False)
class Case:
    """A model, its graphs, and phrases to measure it on `[shape=(phrases, tracks, steps)]`."""

    name: str
    model: Any
    graphs: Graphs
    valid: Tokens
    train: Tokens

    @property
    def tracks(self) -> tuple[str, ...]:
        """Roles of the phrases."""
        tracks: tuple[str, ...] = self.model.tracks
        return tracks

    def metric(self, kind: str, track: str = "") -> str:
        """Name a metric, such as `2 bars, step accuracy melody`."""
        n_bars = self.valid.shape[2] // BAR_STEPS
        return f"{n_bars} bars{' trio' * (len(self.tracks) > 1)}, {kind} {track}".strip()


def rows(setup: Setup) -> Iterator[Row]:
    """Measure every seq2seq that ships."""
    packed = setup.corpus()
    for name in MODELS:
        try:
            model, parts = Seq2Seq(name), graphs(name)
        except (ModelError, OSError) as error:
            setup.note(f"seq2seq: {name} is left out: {error}")
            continue
        case = _case(setup, packed, name, model, parts)
        yield from measure(setup, case)
        if name == CHANGED:
            yield from changes.rows(setup, model, _thinned(case.valid, setup.pick(500, 20))[:, 0], name)


def measure(setup: Setup, case: Case) -> Iterator[Row]:
    """Measure one model."""
    found = posterior(case.graphs, case.valid)
    yield setup.row(case.metric("phrases of valid"), case.name, float(len(case.valid)), "phrases")
    yield from _accuracies(setup, case, _decoded(case.model, found.mean), case.name)
    yield from _copies(setup, case)
    yield from _forced(setup, case, found)
    yield from _morphs(setup, case, found.mean)
    yield from _speed(setup, case)


def _case(setup: Setup, packed: Packed, name: str, model: Seq2Seq, parts: Graphs) -> Case:
    """Cut the phrases of a model; evenly thinned where there are very many."""
    n_bars = model.n_steps // BAR_STEPS
    valid = token_windows(packed, "valid", model.tracks, n_bars)
    train = token_windows(packed, "train", model.tracks, n_bars)
    return Case(name, model, parts, _thinned(valid, setup.pick(2000, 60)), _thinned(train, setup.pick(40_000, 1000)))


def _accuracies(setup: Setup, case: Case, written: Tokens, model: str) -> Iterator[Row]:
    """How much came back, track by track."""
    sides = [dict(zip(case.tracks, side.transpose(1, 0, 2), strict=True)) for side in (written, case.valid[: len(written)])]
    found = track_accuracies(*sides)
    for track, values in found.items():
        for kind, value in values.items():
            bar = BARS.get(case.name, {}).get(track) if kind == "steps" else None
            judged = {"at_least": bar, "published": None if bar is None else f"{MUSICVAE} {bar:g}"} if model == case.name else {}
            if np.isfinite(value):
                yield setup.row(case.metric(KINDS[kind], track), model, value, **judged)  # type: ignore[arg-type]


def _copies(setup: Setup, case: Case) -> Iterator[Row]:
    """The baseline: copy the training phrase that is nearest over all tracks."""
    asked = case.valid[: setup.pick(500, 20)].astype(np.int16)
    copies = nearest_training_phrase(asked.reshape(len(asked), -1), case.train.astype(np.int16).reshape(len(case.train), -1))
    yield from _accuracies(setup, case, copies.tokens.reshape(asked.shape), "nearest training phrase")


def _forced(setup: Setup, case: Case, found: Posterior) -> Iterator[Row]:
    """Guesses with the true past, what the vector costs, and the n-gram's figures beside them."""

    def force(vectors: NDArray[np.float32]) -> Forced:
        n_segments = int(case.model.card["settings"]["segments"])
        return teacher_forced(case.graphs, vectors, case.valid, case.tracks, case.model.vocabulary, n_segments)

    at_mean = force(found.mean)
    for track in case.tracks:
        yield setup.row(case.metric(TRUE_PAST, track), case.name, at_mean.accuracy[track])
        yield setup.row(case.metric("nats a step, true past and vector known,", track), case.name, at_mean.nats[track], "nats")
    yield setup.row(case.metric("KL"), case.name, found.kl, "nats a phrase")
    bound = sum(force(found.draw(setup.rng())).nats.values()) + found.kl / case.valid.shape[2]
    yield setup.row(case.metric(NATS), case.name, bound, "nats, at most")
    if case.tracks == ("melody",):
        ngram = NGram.fit(case.train[:, 0], ORDER, n_tokens=case.model.vocabulary[0], period=BAR_STEPS)
        valid = case.valid[:, 0]
        yield setup.row(case.metric(TRUE_PAST, "melody"), "n-gram", next_token_accuracy(ngram, valid))
        yield setup.row(case.metric(NATS), "n-gram", ngram.nats_per_token(valid), "nats")


def _morphs(setup: Setup, case: Case, vectors: NDArray[np.float32]) -> Iterator[Row]:
    """How evenly music moves between the vectors of random pairs."""
    pairs = setup.rng().integers(len(vectors), size=(setup.pick(100, 5), 2))
    walks = np.concatenate([morph(vectors[one], vectors[other], MORPH_POINTS) for one, other in pairs.tolist()])
    written = _decoded(case.model, walks.astype(np.float32))
    found = smoothness(written.reshape(len(pairs), MORPH_POINTS, -1))
    even = 1 / (MORPH_POINTS - 1)
    for kind, value in (("mean", found.mean), ("largest", found.largest)):
        metric = case.metric(f"morph of {MORPH_POINTS} points, {kind} move (even: {even:g})")
        if np.isfinite(value):
            yield setup.row(metric, case.name, value, "of the ends' distance")


def _speed(setup: Setup, case: Case) -> Iterator[Row]:
    """Seconds to write new phrases, weights loaded."""
    count, bar = SPEEDS.get(case.name, (1, None))

    def write() -> object:
        rng = setup.rng()
        return case.model.decode(case.model.imagine(count, rng), rng, temperature=0.3)

    metric = case.metric(f"{count} new phrase{'s' * (count > 1)}, weights loaded")
    yield setup.row(metric, case.name, median_second(write, setup.pick(7, 1)), "s", at_most=bar)


def _decoded(model: Any, vectors: NDArray[np.float32], at_once: int = 200) -> Tokens:
    """Write vectors again, the likeliest token each."""
    return np.concatenate([model.decode(vectors[i : i + at_once]) for i in range(0, len(vectors), at_once)])


def _thinned(tokens: Tokens, most: int) -> Tokens:
    """At most so many, evenly chosen."""
    if len(tokens) <= most:
        return tokens
    return tokens[np.linspace(0, len(tokens) - 1, most).round().astype(np.int64)]
