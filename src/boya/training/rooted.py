"""Teach what hears roots: chords and keys, from music whose chords and keys people wrote down."""

from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import cross_entropy

from boya.listening.recognition.rooted import Rooted, from_each_root

__all__ = ["teach_rooted"]

RATE, BATCH, DECAY, WARMUP, DROPPED, SMOOTHING = 3e-3, 512, 1e-4, 0.1, 0.1, 0.02
TEMPERATURES = np.geomspace(0.3, 3.0, 47)


def teach_rooted(
    kinds: tuple[str, ...],
    heard: NDArray[np.float32],
    plain: NDArray[np.float32],
    truth: NDArray[np.int64],
    is_aside: NDArray[np.bool_],
    *,
    width: int = 64,
    epochs: int = 6,
    seed: int = 0,
) -> Rooted:
    """Return the network that learnt from what is not kept aside; how sure it is is set on what is.

    Parameters
    ----------
    kinds
        names of the kinds.
    heard, plain
        as `boya.listening.recognition.rooted` takes them.
    truth
        root times the number of kinds, plus the kind `[shape=(things,)]`.
    is_aside
        what is not learnt from `[shape=(things,)]`.
    width
        of the hidden layer.
    epochs
        how often everything is seen.
    seed
        of weights and order.
    """
    learnt = np.flatnonzero(~is_aside)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        hidden, out = nn.Linear(12 * heard.shape[1] + plain.shape[1], width), nn.Linear(width, len(kinds))
        network = nn.Sequential(hidden, nn.ReLU(), nn.Dropout(DROPPED), out)
        _descend(network, heard[learnt], plain[learnt], truth[learnt], epochs, np.random.default_rng(seed))
    weights = [tensor.detach().numpy() for tensor in (hidden.weight.T, hidden.bias, out.weight.T, out.bias)]
    taught = Rooted(kinds, weights[0], weights[1], weights[2], weights[3])
    return _calibrated(taught, heard[is_aside], plain[is_aside], truth[is_aside])


def _descend(
    network: nn.Module,
    heard: NDArray[np.float32],
    plain: NDArray[np.float32],
    truth: NDArray[np.int64],
    epochs: int,
    rng: np.random.Generator,
) -> None:
    """Go down the nats of the right root and kind."""
    optimizer = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=DECAY)
    n_batches = len(truth) // BATCH + 1
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=epochs * n_batches, pct_start=WARMUP)
    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(len(truth)), n_batches):
            scores = network(_inputs(heard[rows], plain[rows])).flatten(1)
            loss = cross_entropy(scores, torch.from_numpy(truth[rows]), label_smoothing=SMOOTHING)
            optimizer.zero_grad()
            torch.autograd.backward([loss])
            optimizer.step()
            schedule.step()


def _inputs(heard: NDArray[np.float32], plain: NDArray[np.float32]) -> torch.Tensor:
    """What the network is asked of each root. [shape=(things, 12, inputs)]"""
    beside = np.broadcast_to(plain[:, None], (len(plain), 12, plain.shape[1]))
    return torch.from_numpy(np.concatenate([from_each_root(heard), beside], axis=2))


def _calibrated(network: Rooted, heard: NDArray[np.float32], plain: NDArray[np.float32], truth: NDArray[np.int64]) -> Rooted:
    """The same with the temperature of the least nats."""
    if not len(truth):
        return network
    scores = torch.from_numpy(network.scores(heard, plain).reshape(len(truth), -1))
    target = torch.from_numpy(truth)
    nats = [float(cross_entropy(scores / float(t), target)) for t in TEMPERATURES]
    return replace(network, temperature=float(TEMPERATURES[int(np.argmin(nats))]))
