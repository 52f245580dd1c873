"""The recurrent generator by maximum likelihood: each frame from the true frames before it.

Conventions: figures are nats a phrase of 64 steps; roles that are given are not counted. Half of the updates hear the bar before.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from boya.models.networks.gan_generator import ORDER, Generator
from boya.training.bands import BandPhrases, Heard, drum_dictionary
from boya.training.data import Corpus
from boya.training.draws import Draws
from boya.training.recipe import Recipe
from boya.training.task import Moment, optimizer_of

__all__ = ["LikelihoodTask", "band_nats", "dev_nats", "new_generator"]


@dataclass(frozen=True)
class LikelihoodBatch:
    """Phrases, and the noise of their conditions."""

    heard: Heard
    noise: Tensor


class LikelihoodTask:
    """A generator learns which frame comes next."""

    judged_by = "nats"
    is_more_better = False
    result = "generator"

    def __init__(self, recipe: Recipe, corpus: Corpus, device: torch.device) -> None:
        self.recipe = recipe
        self.generator = new_generator(recipe, corpus, device)
        self.modules: Mapping[str, nn.Module] = {"generator": self.generator}
        self.optimizers: Mapping[str, Optimizer] = {"generator": optimizer_of(self.generator, recipe.loop)}
        self.phrases = BandPhrases(corpus, recipe.data, device)

    def batch(self, draws: Draws, size: int, rows: slice) -> LikelihoodBatch:
        """Draw phrases."""
        heard = self.phrases.batch(draws, size, rows, self.recipe.tables["objective"])
        return LikelihoodBatch(heard, draws.normal((size, self.generator.settings.noise))[rows])

    def update(self, batch: LikelihoodBatch, moment: Moment) -> dict[str, Tensor]:
        """Descend the nats."""
        with moment.autocast():
            nats = band_nats(self.generator, batch.heard, batch.noise)
            loss = torch.stack(list(nats.values())).sum()
        moment.descend(self.optimizers["generator"], loss)
        return {"loss": loss.detach()} | {f"nats_{role}": value.detach() for role, value in nats.items()}

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Nats of the dev phrases, every role written."""
        return dev_nats(self.generator, self.phrases)


def new_generator(recipe: Recipe, corpus: Corpus, device: torch.device) -> Generator:
    """Return a generator with random weights and the corpus's drum sets."""
    generator = Generator(recipe.tables["network"])
    generator.drum_sets.copy_(drum_dictionary(corpus, generator.settings.drum_sets))
    return generator.to(device)


def band_nats(generator: Generator, heard: Heard, noise: Tensor) -> dict[str, Tensor]:
    """Return the nats of each role that is not given, a phrase; the lead is heard but not counted."""
    context, condition = heard.told(generator, noise)
    nats = generator.nats(heard.layers, context, condition, heard.places)
    free = 1 - heard.is_given
    batch = heard.harmony.shape[0]
    return {role: (nats[role][:, heard.lead :] * free[:, number, None]).sum() / batch for number, role in enumerate(ORDER)}


@torch.no_grad()
def dev_nats(generator: Generator, phrases: BandPhrases) -> dict[str, float]:
    """Nats a dev phrase, by role and in all, at the middle of the noise."""
    total = dict.fromkeys(ORDER, 0.0)
    for heard in phrases.dev_batches():
        noise = torch.zeros(len(heard.harmony), generator.settings.noise, device=phrases.device)
        for role, value in band_nats(generator, heard, noise).items():
            total[role] += float(value) * len(heard.harmony)
    figures = {f"nats_{role}": value / len(phrases.dev) for role, value in total.items()}
    return figures | {"nats": sum(figures.values())}
