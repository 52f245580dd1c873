"""The composer's task: windows of the bar stream, each token from those before it.

Conventions: figures are nats. Of an update, a token; of the dev part, a token and a quarter of music in whole pieces, and a
token of the holes (`fill`), which are written when both sides have been heard. Means are over tokens, not over windows, also
where processes share a batch.
"""

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

from boya.errors import ModelError
from boya.models.networks.composer import UNCOUNTED, ComposerNetwork, ComposerSettings
from boya.representation.stream import VOCABULARY
from boya.training.draws import Draws
from boya.training.recipe import Recipe
from boya.training.settings import LoopSettings, WindowSettings
from boya.training.streams import Streams
from boya.training.task import Moment
from boya.training.windows import Tokens, draw_window, plain_windows, side_by_side

__all__ = ["ComposerTask"]

Nats = Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True)
class Windows:
    """Tokens, and the token after each or UNCOUNTED. [shape=(rows, context)] both"""

    tokens: Tensor
    following: Tensor

    @property
    def count(self) -> Tensor:
        """How many tokens are scored, as a float."""
        return (self.following != UNCOUNTED).sum().float()

    def split(self, rows: int) -> Iterator["Windows"]:
        """Yield parts of so many rows."""
        for tokens, following in zip(self.tokens.split(rows), self.following.split(rows), strict=True):
            yield Windows(tokens, following)


class ComposerTask:
    """A decoder learns which token comes next."""

    judged_by = "nats"
    is_more_better = False
    result = "network"

    def __init__(self, recipe: Recipe, streams: Streams, device: torch.device) -> None:
        self.recipe, self.device = recipe, device
        self.settings: ComposerSettings = recipe.tables["network"]
        self.objective: WindowSettings = recipe.tables["objective"]
        if self.settings.vocabulary != len(VOCABULARY):
            raise ModelError(f"vocabulary must be the {len(VOCABULARY)} tokens of the stream; got {self.settings.vocabulary}")
        self.network = ComposerNetwork(self.settings).to(device)
        self.nats: Nats = _fused(self.network.nats, device) if self.objective.is_fused else self.network.nats
        self.modules: Mapping[str, nn.Module] = {"network": self.network}
        self.optimizers: Mapping[str, Optimizer] = {"network": _optimizer(self.network, recipe.loop)}
        self.train = streams.part(recipe.data.dev_share, is_dev=False)
        self.whole, self.quarters, self.fills = self._dev(streams.part(recipe.data.dev_share, is_dev=True))

    def batch(self, draws: Draws, size: int, rows: slice) -> Windows:
        """Draw windows; each has a seed of its own, so that a process need not cut those of another."""
        which = self.train.draw(draws.rng, size, self.objective.length_power)[rows]
        seeds = draws.rng.integers(2**62, size=size)[rows]
        return self._windows(
            [
                draw_window(self.train[piece], self.settings.context + 1, self.objective, np.random.default_rng(seed))
                for piece, seed in zip(which.tolist(), seeds.tolist(), strict=True)
            ]
        )

    def update(self, batch: Windows, moment: Moment) -> dict[str, Tensor]:
        """Descend the nats a token."""
        count = batch.count
        moment.world.average([count])
        with moment.autocast():
            loss = self.nats(batch.tokens, batch.following) / count
        moment.descend(self.optimizers["network"], loss)
        return {"loss": loss.detach()}

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Measure dev pieces as they are, and holes in them."""
        whole, fills = self._measured(self.whole), self._measured(self.fills)
        return {
            "nats": whole / max(float(self.whole.count), 1.0),
            "nats_quarter": whole / self.quarters,
            "nats_fill": fills / max(float(self.fills.count), 1.0),
        }

    def _measured(self, windows: Windows) -> float:
        """Nats of many windows, in all."""
        is_mixed = self.recipe.loop.precision == "bfloat16"
        with torch.autocast(self.device.type, torch.bfloat16, enabled=is_mixed):
            return sum(float(self.nats(part.tokens, part.following)) for part in windows.split(self.recipe.loop.batch))

    def _dev(self, part: Streams) -> tuple[Windows, float, Windows]:
        """Windows of whole dev pieces, how many quarters they last, and windows with holes of the same pieces."""
        length, n_rows = self.settings.context + 1, self.recipe.data.dev_phrases
        pieces = range(len(part))
        cut = [(piece, *window) for piece in pieces for window in plain_windows(part[piece], length)]
        cut = [cut[at] for at in np.linspace(0, len(cut) - 1, min(len(cut), n_rows)).round().astype(int)]
        holed = WindowSettings(styleless_share=0.0, controlled_share=0.0, holed_share=1.0)
        fills = self._windows([draw_window(part[piece], length, holed, np.random.default_rng(piece)) for piece, _, _ in cut])
        is_fill = (fills.tokens == VOCABULARY.id("fill")).cumsum(1) > 0
        fills = Windows(fills.tokens, torch.where(is_fill, fills.following, UNCOUNTED))
        return self._windows([window for _, window, _ in cut]), sum(quarters for _, _, quarters in cut), fills

    def _windows(self, windows: list[Tokens]) -> Windows:
        """Windows as rows on the device."""
        tokens, following = side_by_side(windows, self.settings.context)
        return Windows(torch.from_numpy(tokens).to(self.device), torch.from_numpy(following).to(self.device))


def _optimizer(network: ComposerNetwork, settings: LoopSettings) -> Optimizer:
    """AdamW that leaves embedding and norms undecayed."""
    decayed = [weight for name, weight in network.named_parameters() if name.endswith("_proj.weight")]
    free = [weight for name, weight in network.named_parameters() if not name.endswith("_proj.weight")]
    optimizer = AdamW(
        [{"params": decayed, "weight_decay": settings.weight_decay}, {"params": free, "weight_decay": 0.0}],
        lr=settings.learning_rate,
        betas=(settings.betas[0], settings.betas[1]),
        fused=True,
    )
    for group in optimizer.param_groups:
        group["initial_lr"] = settings.learning_rate
    return optimizer


def _fused(nats: Nats, device: torch.device) -> Nats:
    """Compile where that is possible: an accelerator, or a processor with a C++ compiler."""
    if device.type == "cpu" and shutil.which(os.environ.get("CXX", "g++")) is None:
        return nats
    return torch.compile(nats, dynamic=False)
