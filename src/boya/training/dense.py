"""The dense generator of the textbook in the adversarial game: the same discriminator, the same losses, no past and no
likelihood.
"""

import torch
from torch import Tensor, nn

from boya.models.networks.gan_discriminator import DenseGenerator
from boya.models.networks.gan_generator import Frame
from boya.training.bands import BandPhrases, Heard
from boya.training.data import Corpus
from boya.training.draws import Draws
from boya.training.gan import AdversarialTask, Round
from boya.training.recipe import Recipe

__all__ = ["DenseTask"]


class DenseTask(AdversarialTask):
    """Noise through dense layers to a whole phrase at once."""

    def __init__(self, recipe: Recipe, corpus: Corpus, device: torch.device) -> None:
        generator = DenseGenerator(recipe.tables["network"]).to(device)
        super().__init__(recipe, generator, BandPhrases(corpus, recipe.data, device))

    def round(self, draws: Draws, heard: Heard, size: int, rows: slice) -> Round:
        """Draw the noise of the phrases."""
        noise: Tensor = draws.normal((size, self.recipe.tables["network"].noise))[rows]
        return Round(heard, noise, noise[:, :0])

    def write(self, generator: nn.Module, round_: Round) -> Frame:
        """Run the dense layers."""
        style, mode, tempo = round_.heard.conditions[:, :3].unbind(1)
        frames: Frame = generator(round_.noise, round_.heard.harmony, style, mode, tempo)
        return frames
