"""Teach what hears roots: chords and keys, from music whose chords and keys people wrote down."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, layer_norm, pad

from boya.listening.recognition.rooted import EVEN, Rooted, from_each_root

__all__ = ["Lesson", "Taught", "teach_rooted"]

WARMUP, SMOOTHING, STEEPEST, UNKNOWN = 0.15, 0.02, 1.0, -1
TEMPERATURES = np.geomspace(0.3, 3.0, 47)

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Taught:
    """Music to learn from.

    Attributes
    ----------
    heard, plain
        as `boya.listening.recognition.rooted` takes them
    truth
        of each unit the root times the number of kinds, plus the kind; -1 where it is not known `[shape=(units,)]`
    odds
        how likely it is read in a round
    """

    heard: Floats
    plain: Floats
    truth: NDArray[np.int64]
    odds: float = 1.0


@dataclass(frozen=True)
class Lesson:
    """How to learn.

    Attributes
    ----------
    width
        of what is known of a root
    reaches
        of the blocks, in units
    rounds
        how often everything is read
    span, batch
        units read at one time, and how many of those go into one update
    rate, decay, dropped
        of the updates, of the weights, share of numbers left out
    """

    width: int
    reaches: tuple[int, ...] = ()
    rounds: int = 6
    span: int = 128
    batch: int = 8
    rate: float = 4e-3
    decay: float = 1e-3
    dropped: float = 0.1


def teach_rooted(
    kinds: tuple[str, ...],
    learnt: Sequence[Taught],
    aside: Sequence[Taught],
    lesson: Lesson,
    *,
    seed: int = 0,
    note: Callable[[str], None] | None = None,
) -> Rooted:
    """Return the network that learnt, as sure of itself as it is right on what was kept aside.

    Parameters
    ----------
    kinds
        names of the kinds
    learnt, aside
        what is learnt from, and what is not; the latter may be empty
    lesson
        sizes and rates
    seed
        of weights and order
    note
        told the nats of each round
    """
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        n_inputs = 12 * learnt[0].heard.shape[1] + learnt[0].plain.shape[1]
        network = _Network(n_inputs, len(kinds), lesson)
        for number, nats in enumerate(_descend(network, learnt, lesson, rng), 1):
            if note:
                note(f"round {number} of {lesson.rounds}: {nats:.3f} nats a unit")
    return _calibrated(network.eval().as_rooted(kinds), aside)


class _Block(nn.Module):
    """What is known of a root before, at and after a unit, and of all roots in the mean."""

    def __init__(self, width: int, reach: int, dropped: float) -> None:
        super().__init__()
        self.reach = reach
        self.around, self.pooled = nn.Linear(3 * width, width), nn.Linear(width, width, bias=False)
        self.back, self.dropout = nn.Linear(width, width), nn.Dropout(dropped)

    def forward(self, known: Tensor) -> Tensor:
        """Add to what is known. [shape=(spans, units, 12, width)]"""
        even = layer_norm(known, known.shape[-1:], eps=EVEN)
        padded = pad(even, (0, 0, 0, 0, self.reach, self.reach))
        near = [padded[:, start : start + known.shape[1]] for start in (0, self.reach, 2 * self.reach)]
        inner = torch.relu(self.around(torch.cat(near, dim=-1)) + self.pooled(even.mean(dim=2, keepdim=True)))
        added: Tensor = self.dropout(self.back(inner))
        return known + added


class _Network(nn.Module):
    """`Rooted`, as it learns."""

    def __init__(self, n_inputs: int, n_kinds: int, lesson: Lesson) -> None:
        super().__init__()
        self.hidden, self.out = nn.Linear(n_inputs, lesson.width), nn.Linear(lesson.width, n_kinds)
        self.blocks = nn.ModuleList(_Block(lesson.width, reach, lesson.dropped) for reach in lesson.reaches)
        self.reaches, self.dropout = lesson.reaches, nn.Dropout(lesson.dropped)

    def forward(self, asked: Tensor) -> Tensor:
        """Score kinds on roots, from what is asked of each. [shape=(spans, units, 12, kinds)]"""
        known = self.dropout(torch.relu(self.hidden(asked)))
        for block in self.blocks:
            known = block(known)
        scores: Tensor = self.out(layer_norm(known, known.shape[-1:], eps=EVEN))
        return scores

    def as_rooted(self, kinds: tuple[str, ...]) -> Rooted:
        """The same weights, for NumPy."""
        width = self.out.in_features
        own = {name: tensor.numpy() for name, tensor in self.state_dict().items()}

        def stacked(name: str, rows: int) -> Floats:
            found = [own[f"blocks.{n}.{name}"].T for n in range(len(self.reaches))]
            shape = (0, rows, width) if rows else (0, width)
            return np.stack(found) if found else np.zeros(shape, dtype=np.float32)

        return Rooted(
            kinds,
            self.reaches,
            *(own["hidden.weight"].T, own["hidden.bias"]),
            *(stacked("around.weight", 3 * width), stacked("pooled.weight", width), stacked("around.bias", 0)),
            *(stacked("back.weight", width), stacked("back.bias", 0)),
            *(own["out.weight"].T, own["out.bias"]),
        )


def _descend(network: _Network, learnt: Sequence[Taught], lesson: Lesson, rng: np.random.Generator) -> Iterator[float]:
    """Go down the nats of the right root and kind; tell their mean after each round."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=lesson.rate, weight_decay=lesson.decay)
    rounds = [list(_spans(learnt, lesson.span, rng)) for _ in range(lesson.rounds)]
    n_updates = sum(-(-len(spans) // lesson.batch) for spans in rounds)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lesson.rate, total_steps=n_updates + 1, pct_start=WARMUP)
    for spans in rounds:
        nats = []
        for start in range(0, len(spans), lesson.batch):
            asked, truth = _together(learnt, spans[start : start + lesson.batch])
            scores = network(asked).flatten(0, 1).flatten(1)
            loss = cross_entropy(scores, truth, ignore_index=UNKNOWN, label_smoothing=SMOOTHING)
            optimizer.zero_grad()
            torch.autograd.backward([loss])
            nn.utils.clip_grad_norm_(network.parameters(), STEEPEST)
            optimizer.step()
            schedule.step()
            nats.append(loss.item())
        yield float(np.mean(nats))


def _spans(learnt: Sequence[Taught], span: int, rng: np.random.Generator) -> Iterator[tuple[int, int, int]]:
    """Number, first and last unit of what is read in a round, in any order; cut at other places each time."""
    found = []
    for number, music in enumerate(learnt):
        if rng.random() < music.odds:
            shift = int(rng.integers(span))
            bounds = sorted({0, *range(shift, len(music.truth), span), len(music.truth)})
            found += [(number, first, last) for first, last in pairwise(bounds)]
    yield from (found[place] for place in rng.permutation(len(found)).tolist() if _is_known(learnt, found[place]))


def _is_known(learnt: Sequence[Taught], span: tuple[int, int, int]) -> bool:
    """Whether there is anything to learn in a span."""
    number, first, last = span
    return bool((learnt[number].truth[first:last] != UNKNOWN).any())


def _together(learnt: Sequence[Taught], spans: Sequence[tuple[int, int, int]]) -> tuple[Tensor, Tensor]:
    """What is asked of each root `[shape=(spans, units, 12, inputs)]`, and the truth `[shape=(spans * units,)]`."""
    longest = max(last - first for _, first, last in spans)
    asked, truth = [], np.full((len(spans), longest), UNKNOWN)
    for place, (number, first, last) in enumerate(spans):
        music, rest = learnt[number], longest - (last - first)
        asked.append(np.pad(_asked(music.heard[first:last], music.plain[first:last]), ((0, rest), (0, 0), (0, 0))))
        truth[place, : last - first] = music.truth[first:last]
    return torch.from_numpy(np.stack(asked)), torch.from_numpy(truth.ravel())


def _asked(heard: Floats, plain: Floats) -> Floats:
    """What the network is asked of each root. [shape=(units, 12, inputs)]"""
    beside = np.broadcast_to(plain[:, None], (len(plain), 12, plain.shape[1]))
    return np.concatenate([from_each_root(heard), beside], axis=2)


def _calibrated(network: Rooted, aside: Sequence[Taught]) -> Rooted:
    """The same with the temperature of the least nats."""
    if not aside:
        return network
    scores = np.concatenate([network.scores(music.heard, music.plain).reshape(len(music.truth), -1) for music in aside])
    target = torch.from_numpy(np.concatenate([music.truth for music in aside]))
    nats = [float(cross_entropy(torch.from_numpy(scores) / float(t), target, ignore_index=UNKNOWN)) for t in TEMPERATURES]
    return replace(network, temperature=float(TEMPERATURES[int(np.argmin(nats))]))
