"""The seq2seq task: phrases of tokens through the latent and back.

Conventions: tokens as in `boya.models.seq2seq`, `[shape=(batch, tracks, steps)]`, drums a 9-bit set. The loss is the
cross-entropy of all tracks in nats per phrase, plus the latent's divergence from a standard normal, its weight growing over
the first part of the run.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Optimizer

from boya.errors import ModelError
from boya.models.networks.seq2seq import Seq2SeqNetwork, Seq2SeqSettings
from boya.representation.grid import FIRST_PITCH, LINE_WINDOWS, N_DRUM_CLASSES, ROLL_SIZE, STEPS_PER_BAR
from boya.representation.phrases import LINE_TOKENS, Phrases, line_tokens
from boya.training.data import Corpus, phrase_set
from boya.training.draws import Draws
from boya.training.recipe import Recipe
from boya.training.settings import Seq2SeqObjective
from boya.training.task import Moment, optimizer_of

__all__ = ["Seq2SeqTask", "tokens_of", "transposed_tokens"]

Tokens = NDArray[np.int64]
VOCABULARY = dict.fromkeys(LINE_WINDOWS, LINE_TOKENS) | {"drums": 1 << N_DRUM_CLASSES}
EVALUATED_AT_ONCE = 200


@dataclass(frozen=True)
class Seq2SeqBatch:
    """Phrases, and the random numbers of an update."""

    phrase: Tensor
    noise: Tensor
    chance: Tensor


class Seq2SeqTask:
    """Encoder and decoder learn to give phrases back."""

    judged_by = "accuracy"
    is_more_better = True
    result = "network"

    def __init__(self, recipe: Recipe, corpus: Corpus, device: torch.device) -> None:
        self.recipe, self.device = recipe, device
        settings: Seq2SeqSettings = recipe.tables["network"]
        self.objective: Seq2SeqObjective = recipe.tables["objective"]
        _check(settings, recipe)
        self.network = Seq2SeqNetwork(settings).to(device)
        with torch.no_grad():
            self.network.to_latent.bias[settings.latent :] = self.objective.first_log_variance
        self.modules: Mapping[str, nn.Module] = {"network": self.network}
        self.optimizers: Mapping[str, Optimizer] = {"network": optimizer_of(self.network, recipe.loop)}
        self.train = phrase_set(corpus, recipe.data, is_dev=False)
        self.dev = phrase_set(corpus, recipe.data, is_dev=True).thinned(recipe.data.dev_phrases)

    def batch(self, draws: Draws, size: int, rows: slice) -> Seq2SeqBatch:
        """Draw phrases, move some to other keys, and mix bars of some."""
        data, settings, rng = self.recipe.data, self.network.settings, draws.rng
        which = rng.integers(len(self.train), size=size)
        shift = rng.integers(-6, 7, size=size) * (rng.random(size) < data.transposed_share)
        other = rng.permutation(size)
        is_mixed = (rng.random((size, data.bars)) < data.mixed_bars) & (rng.random((size, 1)) < data.mixed_share)
        tokens = self._tokens(which[rows], shift[rows])
        if data.mixed_share:
            others = self._tokens(which[other][rows], shift[other][rows])
            tokens = np.where(np.repeat(is_mixed[rows], STEPS_PER_BAR, axis=1)[:, None], others, tokens)
        shape = (size, len(settings.tracks), tokens.shape[2])
        noise, chance = draws.normal((size, settings.latent))[rows], draws.uniform(shape)[rows]
        return Seq2SeqBatch(torch.from_numpy(tokens).to(self.device), noise, chance)

    def update(self, batch: Seq2SeqBatch, moment: Moment) -> dict[str, Tensor]:
        """Descend the loss."""
        objective = self.objective
        weight = objective.kl_weight * min(1.0, moment.share / max(objective.kl_ramp, 1e-9))
        with moment.autocast():
            loss, parts = self.network.loss(
                batch.phrase,
                forget=objective.forget,
                kl_weight=weight,
                free_nats=objective.free_nats,
                noise=batch.noise,
                chance=batch.chance,
            )
        moment.descend(self.optimizers["network"], loss)
        return {"loss": loss.detach(), **parts}

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Share of steps right when dev phrases are written from their vectors, free-running, and nats with the past given."""
        self.network.eval()
        tracks = self.network.settings.tracks
        right, nats = np.zeros(len(tracks)), 0.0
        for first in range(0, len(self.dev), EVALUATED_AT_ONCE):
            which = np.arange(first, min(first + EVALUATED_AT_ONCE, len(self.dev)))
            phrase = torch.from_numpy(tokens_of(self.dev.take(which), tracks)).to(self.device)
            written = self.network.rewrite(self.network.encode(phrase)[0])
            right += (written == phrase).double().mean(2).sum(0).cpu().numpy()
            still = torch.zeros(len(phrase), self.network.settings.latent, device=self.device)
            loss, _ = self.network.loss(phrase, forget=0.0, kl_weight=0.0, free_nats=0.0, noise=still)
            nats += float(loss) * len(phrase)
        self.network.train()
        shares = right / len(self.dev)
        figures = {f"accuracy_{track}": float(share) for track, share in zip(tracks, shares, strict=True)}
        return figures | {"accuracy": float(shares.mean()), "nats": nats / len(self.dev)}

    def _tokens(self, which: NDArray[np.int64], shift: NDArray[np.int64]) -> Tokens:
        """Tokens of phrases, transposed where they stay in their windows."""
        tracks = self.network.settings.tracks
        return transposed_tokens(tokens_of(self.train.take(which), tracks), tracks, shift)


def tokens_of(phrases: Phrases, tracks: tuple[str, ...]) -> Tokens:
    """Return phrases as tokens. [shape=(phrases, tracks, steps)]

    >>> from boya.representation.frames import FRAME_DTYPE
    >>> tokens_of(np.zeros((2, 32), dtype=FRAME_DTYPE), ("melody", "drums")).shape
    (2, 2, 32)
    """
    lines = [phrases[t].astype(np.int64) if t == "drums" else line_tokens(phrases[t], t) for t in tracks]
    return np.stack(lines, axis=1)


def transposed_tokens(tokens: Tokens, tracks: tuple[str, ...], shift: NDArray[np.int64]) -> Tokens:
    """Move the pitches of phrases by `shift` semitones each; a phrase that would leave a window stays as it is.

    >>> transposed_tokens(np.array([[[2, 1, 0]], [[2, 1, 0]]]), ("melody",), np.array([3, -1]))[:, 0].tolist()
    [[5, 1, 0], [2, 1, 0]]
    """
    is_line = np.array([track in LINE_WINDOWS for track in tracks])[:, None]
    is_pitch = (tokens >= FIRST_PITCH) & is_line
    moved = np.where(is_pitch, tokens + shift[:, None, None], FIRST_PITCH)
    fits = ((moved >= FIRST_PITCH) & (moved < FIRST_PITCH + ROLL_SIZE)).all(axis=(1, 2), keepdims=True)
    return np.where(is_pitch & fits, moved, tokens)


def _check(settings: Seq2SeqSettings, recipe: Recipe) -> None:
    """Check that the network fits the data."""
    unknown = [track for track in settings.tracks if track not in VOCABULARY]
    if unknown:
        raise ModelError(f"tracks of a seq2seq must be among {', '.join(VOCABULARY)}; got {unknown[0]!r}")
    wanted = tuple(VOCABULARY[track] for track in settings.tracks)
    if settings.vocabulary != wanted:
        raise ModelError(f"vocabulary of {', '.join(settings.tracks)} must be {list(wanted)}; got {list(settings.vocabulary)}")
    steps = recipe.data.bars * STEPS_PER_BAR
    if settings.segments * settings.segment_steps != steps:
        raise ModelError(
            f"segments * segment_steps must be the {steps} steps of a phrase; got {settings.segments * settings.segment_steps}"
        )
