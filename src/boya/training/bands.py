"""Band phrases as the generators hear them: layers, chords, conditions, and which roles are given.

Conventions: phrases with their lead, `[shape=(batch, lead + phrase steps)]`; layers as in `boya.models.networks`, is_given
in ORDER.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boya.models.networks.gan_generator import ORDER, Frame, Generator, flatten
from boya.representation.grid import N_DRUM_CLASSES, STEPS_PER_BAR, roll_of
from boya.representation.phrases import harmony_of, layers_of
from boya.training.data import Corpus, PhraseSet, phrase_set
from boya.training.draws import Draws
from boya.training.settings import DataSettings, LikelihoodSettings

__all__ = ["BandPhrases", "Heard", "Hearing", "drum_dictionary", "heard"]

PLACES = 64


@dataclass(frozen=True)
class Heard:
    """A batch of band phrases on the device."""

    layers: Frame
    """role -> [shape=(batch, steps, width)]"""
    harmony: Tensor
    """[shape=(batch, steps, 38)]"""
    conditions: Tensor
    """style, mode, tempo class, piece [shape=(batch, 4)]"""
    is_given: Tensor
    """[shape=(batch, 5)]"""
    lead: int
    """steps before the phrase that are heard but not learnt"""

    @property
    def places(self) -> Tensor:
        """Step in the phrase of every frame; the lead stands at the end of the one before. [shape=(batch, steps)]"""
        batch, steps = self.harmony.shape[:2]
        return ((torch.arange(steps, device=self.harmony.device) - self.lead) % PLACES).expand(batch, -1)

    @property
    def given(self) -> Tensor:
        """The layers of given roles, zeros for the others. [shape=(batch, steps, 301)]"""
        return flatten({role: self.layers[role] * self.is_given[:, number, None, None] for number, role in enumerate(ORDER)})

    def cut(self, first: int) -> "Heard":
        """Return the batch without its first steps."""
        layers = {role: layer[:, first:] for role, layer in self.layers.items()}
        return Heard(layers, self.harmony[:, first:], self.conditions, self.is_given, self.lead - first)

    def told(self, generator: Generator, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Return the context and the condition that a generator makes of the batch."""
        style, mode, tempo = self.conditions[:, :3].unbind(1)
        return generator.context(self.harmony, self.given, self.is_given), generator.condition(style, mode, tempo, noise)


@dataclass(frozen=True)
class Hearing:
    """Which phrases of a batch have given roles, silent chords, and whether the lead is heard."""

    is_given: NDArray[np.bool_]
    is_silent: NDArray[np.bool_]
    is_led: bool

    @classmethod
    def drawn(cls, rng: np.random.Generator, size: int, settings: LikelihoodSettings) -> "Hearing":
        """Draw for a whole batch."""
        some = rng.random((size, 1)) < settings.kept_share
        given = (rng.random((size, len(ORDER))) < settings.kept_roles) & some
        silent = rng.random(size) < settings.silent_share
        return cls(given, silent, bool(rng.random() < settings.lead_share))


class BandPhrases:
    """The training and dev phrases of a band."""

    def __init__(self, corpus: Corpus, settings: DataSettings, device: torch.device) -> None:
        self.device = device
        self.lead = settings.lead_bars * STEPS_PER_BAR
        self.train = phrase_set(corpus, settings, is_dev=False)
        self.dev = phrase_set(corpus, settings, is_dev=True).thinned(settings.dev_phrases)

    def batch(self, draws: Draws, size: int, rows: slice, settings: LikelihoodSettings, times: int = 1) -> Heard:
        """Draw training phrases, each so many times in a row."""
        which = draws.rng.integers(len(self.train), size=-(-size // times)).repeat(times)[:size]
        hearing = Hearing.drawn(draws.rng, size, settings)
        batch = heard(self.train, which[rows], self.lead, self.device)
        batch.is_given.copy_(torch.from_numpy(hearing.is_given[rows]))
        batch.harmony[torch.from_numpy(hearing.is_silent[rows]).to(self.device)] = 0
        return batch if hearing.is_led else batch.cut(self.lead)

    def dev_batches(self, at_once: int = 100) -> list[Heard]:
        """Return all dev phrases, nothing given, without the lead."""
        firsts = range(0, len(self.dev), at_once)
        which = [np.arange(first, min(first + at_once, len(self.dev))) for first in firsts]
        return [heard(self.dev, numbers, self.lead, self.device).cut(self.lead) for numbers in which]


def heard(phrases: PhraseSet, which: NDArray[np.int64], lead: int, device: torch.device) -> Heard:
    """Return phrases as a generator hears them, nothing given."""
    cut = phrases.take(which)
    layers = {role: torch.from_numpy(layer).to(device) for role, layer in layers_of(cut).items()}
    conditions = torch.from_numpy(phrases.conditions[which]).to(device)
    harmony = torch.from_numpy(harmony_of(cut)).to(device)
    return Heard(layers, harmony, conditions, torch.zeros(len(which), len(ORDER), device=device), lead)


def drum_dictionary(corpus: Corpus, size: int) -> Tensor:
    """Return the drum sets that are struck most often, the commonest first; empty sets fill up. [shape=(size, 9)]"""
    sets, counts = np.unique(corpus.frames["drums"], return_counts=True)
    common = np.zeros(size, dtype=np.uint64)
    order = np.lexsort((sets, -counts))[:size]
    common[: len(order)] = sets[order]
    return torch.from_numpy(roll_of(common, N_DRUM_CLASSES).astype(np.float32))
