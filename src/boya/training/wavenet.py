"""The WaveNet task: parts of tones, each sample guessed from the ones before it.

Conventions: a part begins at a whole frame, and hears a lead of silence or of the tone before it that covers the network's
reach. Samples are divided by the tone's level. The samples heard carry a little noise: without it, the network trusts its own
past so much that small mistakes grow when it plays alone. The loss is the negative logarithm of the likelihood, in nats a
sample. Weights are judged by how far dev tones are from the teacher's when they are played: likelihood on new pitches says
little of that.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Optimizer

from boya.models.networks.wavenet import WaveNet, WaveNetSettings
from boya.sound.neural.controls import amplitude, hop_of, with_level
from boya.sound.neural.phases import harmonic_phases
from boya.sound.neural.teacher import phase_of
from boya.training.draws import Draws
from boya.training.neural_export import dev_distance
from boya.training.recipe import Recipe
from boya.training.settings import ToneSettings, WaveSettings
from boya.training.task import Moment, optimizer_of
from boya.training.tones import Tones, check_controls

__all__ = ["WaveNetTask"]

LEVEL_SCALE = 20.0  # decibels that cost as much as a nat
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Parts:
    """Parts of tones: what is told, what was played."""

    samples: Tensor
    phases: Tensor
    controls: Tensor
    level: Tensor
    noise: Tensor


class WaveNetTask:
    """A WaveNet learns tones."""

    judged_by = "distance"
    is_more_better = False
    result = "network"

    def __init__(self, recipe: Recipe, tones: Tones, device: torch.device) -> None:
        self.device, self.tones, self.recipe = device, tones, recipe
        self.data: ToneSettings = recipe.tables["data"]
        self.objective: WaveSettings = recipe.tables["objective"]
        settings: WaveNetSettings = recipe.tables["network"]
        check_controls(settings.controls, self.data)
        self.network = WaveNet(settings).to(device)
        self.modules: Mapping[str, nn.Module] = {"network": self.network}
        self.optimizers: Mapping[str, Optimizer] = {"network": optimizer_of(self.network, recipe.loop)}
        self.hop = hop_of(self.data.sample_rate)
        self.lead = -(-settings.reach // self.hop)
        self.levels = [tones.level(number) for number in range(len(tones.rows))]
        self.starts = [phase_of(tones.tone(n), tones.frequency(n), self.data.sample_rate) for n in range(len(tones.rows))]

    def batch(self, draws: Draws, size: int, rows: slice) -> Parts:
        """Draw parts of tones, in proportion to their length."""
        learnt = self.tones.of(is_dev=False)
        lengths = self.tones.rows["n"][learnt]
        which = learnt[draws.rng.choice(len(learnt), size, p=lengths / lengths.sum())]
        first = (draws.rng.random(size) * (self.tones.rows["n"][which] // self.hop - self.objective.frames)).astype(np.int64)
        low, high = np.log(self.objective.noise)
        loud = torch.exp(low + (high - low) * draws.uniform((size, 1)))
        parts = self._parts(which[rows], first[rows])
        noise = draws.normal((size, parts.samples.shape[1])) * loud
        return Parts(parts.samples, parts.phases, parts.controls, parts.level, noise[rows])

    def update(self, batch: Parts, moment: Moment) -> dict[str, Tensor]:
        """Descend the loss."""
        with moment.autocast():
            nats, level = self._losses(batch)
        moment.descend(self.optimizers["network"], nats + level)
        return {"nats": nats.detach(), "level": LEVEL_SCALE * level.detach()}

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Return how far dev tones are from the teacher's, nats a sample, and decibels that the performer is off."""
        self.network.eval()
        dev = self.tones.some_dev()
        ends = self.tones.rows["n"][dev] // self.hop - self.objective.frames
        parts = self._parts(dev, np.where(np.arange(len(dev)) % 2, ends // 3, 0))
        still = Draws(0, 0, self.device).normal(parts.samples.shape) * float(self.objective.noise[0])
        nats, level = self._losses(Parts(parts.samples, parts.phases, parts.controls, parts.level, still))
        self.network.train()
        distance = dev_distance(self.network, self.recipe, self.tones)
        return {"distance": distance, "nats": float(nats), "level_decibel": LEVEL_SCALE * float(level)}

    def _losses(self, parts: Parts) -> tuple[Tensor, Tensor]:
        """Return nats a sample, and how far the performer is off."""
        heard = functional.pad(parts.samples + parts.noise, (1, 0))[:, :-1]
        mean, log_scale = self.network(heard, parts.phases, parts.controls)
        lead = self.lead * self.hop
        away = (parts.samples[:, lead:] - mean[:, lead:]) * torch.exp(-log_scale[:, lead:])
        nats = (log_scale[:, lead:] + 0.5 * away**2).mean() + 0.5 * float(np.log(2 * np.pi))
        level = self.network.performer(parts.controls[:, self.lead :, :-1])
        return nats, (level - parts.level[:, self.lead :]).abs().mean() / LEVEL_SCALE

    def _parts(self, which: NDArray[np.int64], first: NDArray[np.int64]) -> Parts:
        """Cut parts out of tones, each with its lead."""
        cut = [self._part(int(number), int(frame)) for number, frame in zip(which, first, strict=True)]
        samples, phases, controls, level = (
            torch.from_numpy(np.stack(column).astype(np.float32)).to(self.device) for column in zip(*cut, strict=True)
        )
        return Parts(samples, phases, controls, level, torch.zeros(()))

    def _part(self, number: int, first: int) -> tuple[Array, Array, Array, Array]:
        """Cut one part: samples, phases, controls with level, level."""
        hop, rate = self.hop, self.data.sample_rate
        frames = np.arange(first - self.lead, first + self.objective.frames + 1)
        level = self.levels[number][np.clip(frames, 0, len(self.levels[number]) - 1)]
        places = np.arange(frames[0] * hop, frames[-1] * hop)
        loud = np.interp(places, frames * hop, amplitude(level))
        tone = self.tones.tone(number)
        samples = np.where(places >= 0, tone[np.maximum(places, 0)] / loud, 0)
        turns, off = self.starts[number]
        phases = harmonic_phases(self.tones.frequency(number) + off, turns, places, rate, self.network.settings.harmonics)
        return samples, phases, with_level(self.tones.controls(number, frames), level), level
