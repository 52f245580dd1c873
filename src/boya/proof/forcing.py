"""What a seq2seq thinks of music it did not write: its guesses when the true past is given, and the vector's information.

Conventions: tokens `[shape=(phrases, tracks, steps)]`; graphs as exported (`encode`, `conductor`, `write`; see
`boya.training.export`); nats are natural logarithms, a mean over phrases or steps as named.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.models.ngram import NGram

__all__ = ["Forced", "Posterior", "next_token_accuracy", "posterior", "teacher_forced"]

Tokens = NDArray[np.int64]
Floats = NDArray[np.float32]
Graphs = Mapping[str, Callable[..., list[NDArray[Any]]]]
AT_ONCE = 100


@dataclass(frozen=True)
class Forced:
    """With the true past: share of steps guessed right, and nats a step, by track."""

    accuracy: Mapping[str, float]
    nats: Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Posterior:
    """What the encoder makes of phrases: mean and logarithm of the variance of their vectors. [shape=(phrases, latent)]"""

    mean: Floats
    log_variance: Floats

    @property
    def kl(self) -> float:
        """Divergence from a standard normal, mean over phrases, in nats."""
        each = 0.5 * (self.mean**2 + np.exp(self.log_variance) - 1 - self.log_variance).sum(axis=1)
        return float(each.mean())

    def draw(self, rng: np.random.Generator) -> Floats:
        """Draw a vector for each phrase."""
        noise = rng.standard_normal(self.mean.shape, dtype=np.float32)
        return np.asarray(self.mean + noise * np.exp(0.5 * self.log_variance), dtype=np.float32)


def posterior(graphs: Graphs, tokens: Tokens) -> Posterior:
    """Encode phrases."""
    parts = [graphs["encode"](phrase=tokens[first : first + AT_ONCE]) for first in range(0, len(tokens), AT_ONCE)]
    mean, log_variance = (np.concatenate(side) for side in zip(*parts, strict=True))
    return Posterior(mean, log_variance)


def teacher_forced(
    graphs: Graphs, vectors: Floats, tokens: Tokens, tracks: tuple[str, ...], unknown: tuple[int, ...], n_segments: int
) -> Forced:
    """Guess every step from the vector and the true step before it, as in training.

    Parameters
    ----------
    vectors
        `[shape=(phrases, latent)]`
    unknown
        the token of each track that stands before a segment
    n_segments
        parts a phrase falls into; the past does not reach over their bounds
    """
    right, nats = np.zeros(len(tracks)), np.zeros(len(tracks))
    for first in range(0, len(tokens), AT_ONCE):
        found = _force(graphs, vectors[first : first + AT_ONCE], tokens[first : first + AT_ONCE], unknown, n_segments)
        right, nats = right + found[0], nats + found[1]
    n_steps = len(tokens) * tokens.shape[2]
    return Forced(
        dict(zip(tracks, (right / n_steps).tolist(), strict=True)), dict(zip(tracks, (nats / n_steps).tolist(), strict=True))
    )


def next_token_accuracy(model: NGram, tokens: Tokens) -> float:
    """Return the share of steps at which the n-gram's likeliest token after the true past is right. tokens [shape=(n, steps)]"""
    n, length = tokens.shape
    width = model.order - 1
    past = np.concatenate([np.full((n, width), model.n_tokens), tokens], axis=1)
    right = 0
    for step in range(length):
        context = past[:, step : step + width][:, ::-1]
        if model.period:
            context = np.column_stack([context, np.full(n, step % model.period)])
        right += int((model.table.probabilities(context).argmax(axis=1) == tokens[:, step]).sum())
    return right / tokens.size


def _force(
    graphs: Graphs, vectors: Floats, tokens: Tokens, unknown: tuple[int, ...], n_segments: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Right guesses and nats of some phrases, summed, by track."""
    n_tracks = tokens.shape[1]
    true = (
        tokens.reshape(len(tokens), n_tracks, n_segments, -1)
        .transpose(0, 2, 1, 3)
        .reshape(-1, n_tracks, tokens.shape[2] // n_segments)
    )
    step_vectors, state = graphs["conductor"](latent=vectors)
    token = np.tile(np.array(unknown, dtype=np.int64), (len(true), 1))
    right, nats = np.zeros(n_tracks), np.zeros(n_tracks)
    for step in range(true.shape[2]):
        place = np.full(len(true), step, dtype=np.int64)
        *logits, state = graphs["write"](token=token, place=place, vector=step_vectors[:, step], state=state)
        token = true[:, :, step]
        for track, scores in enumerate(logits):
            right[track] += (scores.argmax(axis=1) == token[:, track]).sum()
            nats[track] += _nats(scores, token[:, track]).sum()
    return right, nats


def _nats(scores: Floats, token: Tokens) -> NDArray[np.float64]:
    """-log of the softmax at the tokens. [shape=(rows,)]"""
    exact = scores.astype(np.float64)
    top = exact.max(axis=1)
    return np.asarray(top + np.log(np.exp(exact - top[:, None]).sum(axis=1)) - exact[np.arange(len(token)), token])
