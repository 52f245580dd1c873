"""A harmonic-plus-noise decoder: the levels of harmonics and noise bands of a tone, and the tone they make.

Conventions: controls are `[shape=(batch, frames + 1, controls + 1)]`, at both ends of each frame of `hop` samples. Levels of
harmonics and bands are natural logarithms against the performer's level. Between frames they move in a straight line. The tone's
frequency does not change, so that one frame is a product of what the harmonics are at its start and of sines that are the same
for every frame; vibrato comes later, as it does to every voice. `boya.sound.neural.ddsp` plays the same in NumPy.

Source: J. Engel et al., "DDSP: Differentiable Digital Signal Processing", ICLR 2020.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from boya.models.networks.performer import Performer, layers

__all__ = ["Ddsp", "DdspSettings"]

LEAST_LOG, MOST_LOG = -12.0, 2.0


@dataclass(frozen=True)
class DdspSettings:
    """What defines the network."""

    controls: int = 21
    """numbers that describe a frame, without its level"""
    hidden: int = 128
    """width of the layers"""
    layers: int = 3
    """number of layers"""
    harmonics: int = 96
    """harmonics of the tone"""
    bands: int = 32
    """bands of noise, see `boya.sound.neural.bands`"""
    performer: int = 48
    """hidden width of the performer"""


class Ddsp(nn.Module):
    """Controls to levels of harmonics and noise."""

    def __init__(self, settings: DdspSettings) -> None:
        super().__init__()
        s = self.settings = settings
        self.performer = Performer(s.controls, s.performer)
        self.body = layers(s.controls + 1, s.hidden, s.layers)
        self.out = nn.Linear(s.hidden, s.harmonics + s.bands)
        order = torch.arange(1, s.harmonics + 1)
        with torch.no_grad():
            self.out.weight.mul_(0.3)
            self.out.bias.copy_(torch.cat([-0.5 - order.log() - order / 40, torch.full((s.bands,), -6.0)]))

    def forward(self, controls: Tensor) -> tuple[Tensor, Tensor]:
        """Return logarithms: of harmonics [shape=(batch, frames + 1, harmonics)], of bands [shape=(batch, frames + 1, bands)]"""
        s = self.settings
        found = self.out(self.body(controls)).clamp(LEAST_LOG, MOST_LOG)
        return found[..., : s.harmonics], found[..., s.harmonics :]
