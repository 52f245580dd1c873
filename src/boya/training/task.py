"""What a family brings to the loop, and what the loop gives it at every update.

Conventions: after update `n` a run is at step `n`. An optimizer holds its full learning rate as `initial_lr`, which is scaled.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from boya.training.distributed import World
from boya.training.draws import Draws
from boya.training.settings import LoopSettings

__all__ = ["Moment", "Task", "optimizer_of", "rate_share"]


@dataclass(frozen=True)
class Moment:
    """Where the run is when an update is made, and how a loss becomes an update."""

    step: int
    settings: LoopSettings
    world: World

    @property
    def share(self) -> float:
        """Share of the run that is done."""
        return self.step / self.settings.steps

    def autocast(self) -> torch.autocast:
        """Mixed precision where the recipe asks for it."""
        return torch.autocast(self.world.device.type, torch.bfloat16, enabled=self.settings.precision == "bfloat16")

    def descend(self, optimizer: Optimizer, loss: Tensor, *, beside: Tensor | None = None, is_clipped: bool = True) -> None:
        """Take one step down a loss, its gradient averaged over all processes and clipped, and down what stands beside it."""
        parameters = [p for group in optimizer.param_groups for p in group["params"]]
        optimizer.zero_grad()
        for part in (loss, beside):
            if part is not None:
                torch.autograd.backward([part], inputs=parameters)
                self.world.average([p.grad for p in parameters if p.grad is not None])
            if part is loss and is_clipped:
                nn.utils.clip_grad_norm_(parameters, self.settings.clip)
        for group in optimizer.param_groups:
            group["lr"] = group["initial_lr"] * rate_share(self.step, self.settings)
        optimizer.step()


class Task(Protocol):
    """Networks, data and loss of one family."""

    modules: Mapping[str, nn.Module]
    """all that is saved, by name"""
    optimizers: Mapping[str, Optimizer]
    """each with `initial_lr` in its groups"""
    result: str
    """name of the module that is the outcome"""
    judged_by: str
    """name of the figure of `evaluate` that decides which weights are best"""
    is_more_better: bool
    """whether a larger figure is better"""

    def batch(self, draws: Draws, size: int, rows: slice) -> Any:
        """Make these rows of a batch of `size`, with every random number that the update needs."""

    def update(self, batch: Any, moment: Moment) -> dict[str, Tensor]:
        """Update the weights; return figures as tensors without a shape."""

    def evaluate(self) -> dict[str, float]:
        """Look at the dev part."""


def rate_share(step: int, settings: LoopSettings) -> float:
    """Return the learning rate of an update as a share of the full one: a linear warm-up on a falling cosine.

    >>> settings = LoopSettings(steps=100, warmup=10, last_share=0.0)
    >>> [round(rate_share(step, settings), 3) for step in (0, 9, 50)]
    [0.1, 0.98, 0.5]
    """
    fall = settings.last_share + (1 - settings.last_share) * 0.5 * (1 + math.cos(math.pi * step / settings.steps))
    return min(1.0, (step + 1) / max(settings.warmup, 1)) * fall


def optimizer_of(module: nn.Module, settings: LoopSettings) -> Optimizer:
    """Return AdamW for a module, its full learning rate noted in it for the loop to scale."""
    betas = (settings.betas[0], settings.betas[1])
    optimizer = AdamW(module.parameters(), lr=settings.learning_rate, betas=betas, weight_decay=settings.weight_decay)
    for group in optimizer.param_groups:
        group["initial_lr"] = settings.learning_rate
    return optimizer
