"""The adversarial task: generator against discriminator, each real phrase paired with one written over the same chords.

Conventions: the discriminator's loss is softplus(-(D(real) - D(written))), the generator's the same with the two exchanged,
and the discriminator pays for its slope at real (R1) and at written phrases (R2). The dense generator descends that loss through
straight-through choices. The recurrent one writes several *drafts* over the same chords and makes those likelier whose loss is
lower (the score function): through its own past straight-through gradients lead astray (docs/experiments.md). The result is the
moving average of the generator. Which weights are best is decided by how well a classifier tells dev phrases from written ones,
never by either loss.

Source: Huang et al. 2024 (R3GAN); Jolicoeur-Martineau 2018 (relativistic pairing); Jang et al. 2017 (straight-through
Gumbel); Williams 1992 (score function); Kool et al. 2019 (drafts as each other's baseline).
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.optim import Optimizer

from boya.errors import ModelError
from boya.models.layout import CHORD_TEMPERATURE, EVENTS
from boya.models.networks.gan_discriminator import Discriminator, canvas
from boya.models.networks.gan_generator import (
    FRAME,
    FRAME_WIDTHS,
    MASK_WIDTHS,
    ORDER,
    PITCHES,
    Frame,
    Generator,
    damped,
    flatten,
    remember,
    ringing,
    unflatten,
)
from boya.training.bands import BandPhrases, Heard
from boya.training.data import Corpus
from boya.training.draws import Draws
from boya.training.judging import accuracy_against, check_enough
from boya.training.likelihood import band_nats, new_generator
from boya.training.recipe import Recipe
from boya.training.settings import AdversarialSettings, LikelihoodSettings
from boya.training.task import Moment, optimizer_of

__all__ = ["AdversarialTask", "GanTask", "choice_noise", "compared", "slope", "write_phrases"]

DEV_SEED = 1
ALL_WRITTEN = LikelihoodSettings(kept_share=0.0, silent_share=0.0, lead_share=0.0)
Canvas = tuple[Tensor, Tensor]


@dataclass(frozen=True)
class Round:
    """Phrases, and the noise of the phrases to be written."""

    heard: Heard
    noise: Tensor
    """of the conditions [shape=(batch, noise)]"""
    frame_noise: Tensor
    """of every draw [shape=(batch, steps, width)]"""
    learnt: tuple[Heard, Tensor] | None = None
    """phrases and noise for the likelihood beside the game"""


class AdversarialTask:
    """The game; a family says how it makes and runs its generator."""

    is_straight = True
    """whether gradients pass from the discriminator through the choices into the generator"""
    judged_by = "two_sample"
    is_more_better = False
    result = "average"

    def __init__(self, recipe: Recipe, generator: nn.Module, phrases: BandPhrases) -> None:
        self.recipe, self.generator, self.phrases = recipe, generator, phrases
        check_enough(phrases.dev)
        self.device = phrases.device
        self.game: AdversarialSettings = recipe.tables["adversarial"]
        self.discriminator = Discriminator(recipe.tables["discriminator"]).to(self.device)
        self.average = copy.deepcopy(generator).requires_grad_(False)
        theirs = replace(
            recipe.loop, learning_rate=self.game.discriminator_rate, betas=self.game.discriminator_betas, weight_decay=0.0
        )
        self.modules: Mapping[str, nn.Module] = {
            "generator": generator,
            "average": self.average,
            "discriminator": self.discriminator,
        }
        self.optimizers: Mapping[str, Optimizer] = {
            "generator": optimizer_of(generator, recipe.loop),
            "discriminator": optimizer_of(self.discriminator, theirs),
        }

    def round(self, draws: Draws, heard: Heard, size: int, rows: slice) -> Round:
        """Draw the noise of a batch of `size`, and take the rows of these phrases."""
        raise NotImplementedError

    def write(self, generator: nn.Module, round_: Round) -> Frame:
        """Write phrases as layers. [shape=(batch, 64, width)]"""
        raise NotImplementedError

    def lesson(self, costs: Tensor, frames: Frame, round_: Round) -> Tensor:
        """Return what the generator minimises in the game; `costs` of the written phrases [shape=(batch,)]."""
        return costs.mean()

    def beside(self, round_: Round) -> Tensor | None:
        """Return what the generator minimises beside the game, if anything."""
        return None

    def batch(self, draws: Draws, size: int, rows: slice) -> Round:
        """Draw phrases, with nothing given, and noise; each as often as the generator compares drafts of it."""
        times = 1 if self.is_straight else self.game.drafts
        return self.round(draws, self.phrases.batch(draws, size, rows, ALL_WRITTEN, times), size, rows)

    def update(self, batch: Round, moment: Moment) -> dict[str, Tensor]:
        """Update the discriminator, then the generator, on the same phrases."""
        is_alone = moment.step < self.game.alone
        with torch.set_grad_enabled(self.is_straight and not is_alone):
            frames = self.write(self.generator, batch)
        told = (batch.heard.harmony.transpose(1, 2), batch.heard.conditions[:, 0])
        written = canvas(frames)
        at_real, figures = self._update_discriminator((canvas(batch.heard.layers), written), told, moment)
        if is_alone:
            return figures | {"generator": figures["discriminator"] * 0}
        with torch.set_grad_enabled(self.is_straight):
            costs = functional.softplus(at_real - self.discriminator(*written, *told))
        with moment.autocast():
            loss, beside = self.lesson(costs, frames, batch), self.beside(batch)
        moment.descend(self.optimizers["generator"], loss, beside=beside)
        self._follow()
        return figures | {"generator": costs.detach().mean()}

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """How well phrases written over the dev phrases' chords are told from them: 0.5 is not at all."""
        self.average.eval()
        written = []
        for number, heard in enumerate(self.phrases.dev_batches()):
            size = len(heard.harmony)
            draws = Draws(DEV_SEED, number, self.device)
            frames = self.write(self.average, self.round(draws, heard, size, slice(0, size)))
            written.append({role: layer.cpu().numpy() for role, layer in frames.items()})
        return accuracy_against(written, self.phrases.dev, self.phrases.lead)

    def _update_discriminator(
        self, sides: tuple[Canvas, Canvas], told: tuple[Tensor, Tensor], moment: Moment
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Teach the discriminator real and written apart; return its scores of the real, and figures."""
        is_measured = moment.step % self.game.slope_every == 0
        inputs = [tuple(part.detach().requires_grad_(is_measured) for part in side) for side in sides]
        real, written = (self.discriminator(*side, *told) for side in inputs)
        loss = functional.softplus(written - real).mean()
        penalty = loss.detach() * 0
        if is_measured:
            penalty = slope(real, inputs[0]) + slope(written, inputs[1])
        total = loss + 0.5 * self.game.gamma * self.game.slope_every * penalty
        moment.descend(self.optimizers["discriminator"], total, is_clipped=False)
        told_apart = (real > written).float().mean()
        return real.detach(), {"discriminator": loss.detach(), "pair_accuracy": told_apart, "slope": penalty.detach()}

    @torch.no_grad()
    def _follow(self) -> None:
        """Move the average a little towards the generator."""
        for mean, weight in zip(self.average.parameters(), self.generator.parameters(), strict=True):
            mean.lerp_(weight, 1 - self.game.average)


class GanTask(AdversarialTask):
    """The recurrent generator in the game, held to the data by its likelihood."""

    is_straight = False
    generator: Generator

    def __init__(self, recipe: Recipe, corpus: Corpus, device: torch.device) -> None:
        super().__init__(recipe, new_generator(recipe, corpus, device), BandPhrases(corpus, recipe.data, device))

    def round(self, draws: Draws, heard: Heard, size: int, rows: slice) -> Round:
        """Draw noise for every choice of every frame."""
        noise = draws.normal((size, self.generator.settings.noise))[rows]
        steps = heard.harmony.shape[1] - heard.lead
        frame_noise = self.game.temperature * choice_noise(self.generator, draws, size, rows, steps)
        return Round(heard, noise, frame_noise)

    def batch(self, draws: Draws, size: int, rows: slice) -> Round:
        """Draw also phrases for the likelihood, some roles of some given, where it is due."""
        batch = super().batch(draws, size, rows)
        if self.game.likelihood and draws.step % self.game.likelihood_every == 0:
            learnt = self.phrases.batch(draws, size, rows, self.recipe.tables["objective"])
            noise = draws.normal((size, self.generator.settings.noise))[rows]
            batch = replace(batch, learnt=(learnt, noise))
        return batch

    def write(self, generator: nn.Module, round_: Round) -> Frame:
        """Unroll the generator on its own past."""
        assert isinstance(generator, Generator)
        return write_phrases(generator, round_.heard, round_.noise, round_.frame_noise)

    def lesson(self, costs: Tensor, frames: Frame, round_: Round) -> Tensor:
        """Make drafts likelier that cost less than the others over the same chords (the score-function gradient of the costs)."""
        heard = round_.heard
        context, condition = heard.told(self.generator, round_.noise)
        nats = self.generator.nats(frames, context, condition, heard.places, CHORD_TEMPERATURE)
        worse = compared(costs, self.game.drafts)
        return -(worse * torch.stack(list(nats.values())).sum((0, 2))).mean()

    def beside(self, round_: Round) -> Tensor | None:
        """Nats of the real phrases."""
        if round_.learnt is None:
            return None
        return self.game.likelihood * torch.stack(list(band_nats(self.generator, *round_.learnt).values())).sum()


def compared(costs: Tensor, drafts: int) -> Tensor:
    """Return how much worse each draft is than the mean of the others over the same chords. [shape=(batch,)]

    Raises
    ------
    ModelError
        if the batch is not made of whole groups of drafts.

    Examples
    --------
    >>> compared(torch.tensor([1.0, 3.0, 2.0, 2.0]), 2).tolist()
    [-2.0, 2.0, 0.0, 0.0]
    """
    if len(costs) % drafts:
        raise ModelError(f"batch must be a multiple of drafts in every process; got {len(costs)} phrases and {drafts} drafts")
    groups = costs.unflatten(0, (-1, drafts))
    worse: Tensor = (groups - groups.mean(1, keepdim=True)).flatten() * drafts / (drafts - 1)
    return worse


def slope(scores: Tensor, inputs: tuple[Tensor, ...]) -> Tensor:
    """Return the mean squared gradient of scores with respect to their inputs, a phrase (R1, R2)."""
    gradients = torch.autograd.grad(scores.sum(), inputs, create_graph=True)
    return torch.stack([g.square().flatten(1).sum(1).mean() for g in gradients]).sum()


def choice_noise(generator: Generator, draws: Draws, size: int, rows: slice, steps: int) -> Tensor:
    """Return noise for every choice, as `Gan` draws it: Gumbel, and logistic for what is kept. [shape=(rows, steps, width)]"""
    parts = []
    for role, width in generator.noise_widths.items():
        if role not in ("chords", "pad"):
            parts.append(draws.gumbel((size, steps, width))[rows])
            continue
        parts.append(draws.gumbel((size, steps, EVENTS))[rows])
        parts.append(CHORD_TEMPERATURE * draws.gumbel((size, steps, PITCHES))[rows])
        parts.append(CHORD_TEMPERATURE * draws.logistic((size, steps, PITCHES))[rows])
    return torch.cat(parts, -1)


@torch.no_grad()
def write_phrases(generator: Generator, heard: Heard, noise: Tensor, frame_noise: Tensor) -> Frame:
    """Write phrases frame by frame after their lead.

    Parameters
    ----------
    generator
        the network.
    heard
        chords, conditions, given roles and the lead.
    noise, frame_noise
        of the condition `[shape=(batch, noise)]` and of every choice `[shape=(batch, steps, width)]`.

    Returns
    -------
    Frame
        layers of each role `[shape=(batch, steps, width)]`.
    """
    context, condition = heard.told(generator, noise)
    given, places, lead = heard.given, heard.places, heard.lead
    batch = len(condition)
    state, last = generator.first_state(batch), given.new_zeros(batch, 2 * PITCHES)
    past: list[Tensor] = []
    if lead:
        flat = flatten({role: layer[:, :lead] for role, layer in heard.layers.items()})
        state = generator.read_lead(flat, context[:, :lead], condition, places[:, :lead])
        for frame in flat.unbind(1):
            _, last = remember(last, past)
            past.append(frame)
    mask = given.new_zeros(batch, sum(MASK_WIDTHS.values()))
    may_ring = ringing(heard.harmony)
    for step in range(lead, heard.harmony.shape[1]):
        memory, last = remember(last, past)
        written, state = generator.step(
            past[-1] if past else given.new_zeros(batch, FRAME),
            memory,
            state,
            context[:, step],
            condition,
            places[:, step],
            frame_noise[:, step - lead],
            mask,
            given[:, step],
            heard.is_given,
        )
        past.append(damped(written, may_ring[:, step], heard.is_given))
    return unflatten(torch.stack(past[lead:], 1), {role: FRAME_WIDTHS[role] for role in ORDER})
