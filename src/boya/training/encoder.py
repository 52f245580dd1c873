"""The encoder's task: what is hidden in a window, what its notes are in the music, and which two windows are of one piece.

Conventions: a batch is pairs of windows, rows `2 i` and `2 i + 1` of one piece. Figures: nats a hidden field and a part, the
share of right parts, and how often the other window of a piece is the nearest. The vector is learnt by telling pieces apart: of
the windows in a batch, each has to find its pair, in whatever key, with other parts hidden.
Source: Devlin et al. 2019 (BERT); Chen et al. 2020 (SimCLR) for the pairs.
"""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch.optim import Optimizer

from boya.models.networks.encoder import SPANS, EncoderNetwork, EncoderSettings
from boya.representation.note_rows import FIELDS, UNKNOWN
from boya.training.draws import Draws
from boya.training.note_corpus import NoteCorpus, Windows, draw_windows
from boya.training.recipe import Recipe
from boya.training.settings import HidingSettings
from boya.training.task import Moment, optimizer_of

__all__ = ["EncoderTask"]

DEV_SEED = 20


class EncoderTask:
    """Notes hear each other and learn what is hidden."""

    judged_by = "loss"
    is_more_better = False
    result = "network"

    def __init__(self, recipe: Recipe, corpus: NoteCorpus, device: torch.device) -> None:
        self.recipe, self.device = recipe, device
        self.settings: EncoderSettings = recipe.tables["network"]
        self.objective: HidingSettings = recipe.tables["objective"]
        self.network = EncoderNetwork(self.settings).to(device)
        self.modules: Mapping[str, nn.Module] = {"network": self.network}
        self.optimizers: Mapping[str, Optimizer] = {"network": optimizer_of(self.network, recipe.loop)}
        self.train = corpus.part(recipe.data.dev_share, is_dev=False)
        dev, rng = corpus.part(recipe.data.dev_share, is_dev=True), np.random.default_rng(DEV_SEED)
        batch, n_batches = recipe.loop.batch, max(recipe.data.dev_phrases // recipe.loop.batch, 1)
        self.dev = [self._drawn(dev, rng, batch) for _ in range(n_batches)]

    def batch(self, draws: Draws, size: int, rows: slice) -> Windows:
        """Draw pairs of windows; every process draws all of them and takes its rows."""
        drawn = self._drawn(self.train, draws.rng, size)
        return Windows(*(array[rows] for array in vars(drawn).values()))

    def update(self, batch: Windows, moment: Moment) -> dict[str, Tensor]:
        """Descend all that is asked, weighted."""
        with moment.autocast():
            figures = self._measured(batch)
        moment.descend(self.optimizers["network"], figures["loss"])
        return {name: value.detach() for name, value in figures.items()}

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Measure windows of the dev part, the same each time."""
        is_mixed = self.recipe.loop.precision == "bfloat16"
        found: dict[str, list[float]] = {}
        with torch.autocast(self.device.type, torch.bfloat16, enabled=is_mixed):
            for windows in self.dev:
                for name, value in self._measured(windows).items():
                    found.setdefault(name, []).append(float(value))
        return {name: float(np.mean(values)) for name, values in found.items()}

    def _drawn(self, corpus: NoteCorpus, rng: np.random.Generator, size: int) -> Windows:
        """Pairs of windows of pieces drawn by their lengths."""
        places = np.repeat(corpus.draw(rng, (size + 1) // 2, self.objective.length_power), 2)[:size]
        return draw_windows(corpus, places, self.settings.context, self.objective, rng)

    def _measured(self, windows: Windows) -> dict[str, Tensor]:
        """The loss, and what it is made of."""
        tensors = {name: torch.from_numpy(array).to(self.device) for name, array in vars(windows).items()}
        heard = self.network.hear(tensors["values"], tensors["time"], tensors["is_note"])
        scores = self.network.scores(heard)
        figures: dict[str, Tensor] = {}
        hidden = [_nats(scores[..., SPANS[name]], tensors["hidden"][..., column]) for column, name in enumerate(FIELDS)]
        figures["hidden"] = torch.stack([nats for nats, _ in hidden]).sum() / max(sum(n for _, n in hidden), 1)
        parts, known = self.network.part(heard), tensors["part"] != UNKNOWN
        nats, n = _nats(parts, tensors["part"])
        figures["part"] = nats / max(n, 1)
        figures["part_right"] = ((parts.argmax(-1) == tensors["part"]) & known).sum() / known.sum().clamp(min=1)
        figures["pairs"], figures["paired"] = self._pairs(self.network.vector(heard, tensors["is_note"]))
        weights = self.objective
        loss = figures["hidden"] + weights.part_weight * figures["part"] + weights.pair_weight * figures["pairs"]
        return {"loss": loss, **figures}

    def _pairs(self, vectors: Tensor) -> tuple[Tensor, Tensor]:
        """Nats of finding the other window of a piece among all of the batch, and the share found."""
        near = vectors @ vectors.T / self.objective.temperature
        near = near.masked_fill(torch.eye(len(near), dtype=torch.bool, device=near.device), float("-inf"))
        other = torch.arange(len(near), device=near.device) ^ 1
        known = other < len(near)
        return cross_entropy(near[known], other[known]), (near.argmax(1) == other).float().mean()


def _nats(scores: Tensor, target: Tensor) -> tuple[Tensor, int]:
    """Nats of the values that are known, in all, and how many there are."""
    at = target != UNKNOWN
    return cross_entropy(scores[at].float(), target[at], reduction="sum"), int(at.sum())
