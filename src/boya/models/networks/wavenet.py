"""WaveNet: a tone sample by sample, from its own past and from what is known about it.

Conventions: samples are `[shape=(batch, samples)]`, of about unit loudness at every moment: the performer's level is taken out
before and put on after. A frame is `hop` samples. Each sample is a draw from a normal distribution whose mean and logarithm
of the standard deviation the network writes. It hears the sample before, and the phase of the fundamental as sines and cosines
of its harmonics, which keeps it in tune for as long as the note lasts.

Source: A. van den Oord et al., "WaveNet: A Generative Model for Raw Audio", 2016; W. Ping, K. Peng, J. Chen, "ClariNet", ICLR
2019 (normal distribution).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from boya.models.networks.performer import Performer, layers

__all__ = ["WaveNet", "WaveNetSettings"]

LEAST_LOG_SCALE = -7.0


@dataclass(frozen=True)
class WaveNetSettings:
    """What defines the network."""

    controls: int = 17
    """numbers that describe a frame, without its level"""
    channels: int = 32
    """width of the residual path"""
    skips: int = 32
    """width of what each layer gives to the end"""
    layers: int = 8
    """dilated layers, each hearing twice as far back as the one before"""
    cycle: int = 8
    """layers after which the dilation begins at 1 again"""
    control: int = 48
    """width of what the layers hear of a frame"""
    harmonics: int = 16
    """harmonics whose phase is heard"""
    head: int = 64
    """width of the layer before the distribution"""
    performer: int = 48
    """hidden width of the performer"""

    @property
    def dilations(self) -> tuple[int, ...]:
        """How far back each layer hears, in samples."""
        return tuple(2 ** (place % self.cycle) for place in range(self.layers))

    @property
    def reach(self) -> int:
        """Samples of the past that a sample depends on."""
        return sum(self.dilations) + 1


class WaveNet(nn.Module):
    """Past samples, phases and controls to the distribution of the next sample."""

    def __init__(self, settings: WaveNetSettings) -> None:
        super().__init__()
        s = self.settings = settings
        self.performer = Performer(s.controls, s.performer)
        self.conditioner = layers(s.controls + 1, s.control, 2)
        self.front = nn.Conv1d(1 + 2 * s.harmonics, s.channels, 1)
        self.gates = nn.ModuleList(nn.Conv1d(s.channels, 2 * s.channels, 2, dilation=d) for d in s.dilations)
        self.told = nn.ModuleList(nn.Linear(s.control, 2 * s.channels, bias=False) for _ in s.dilations)
        self.mixes = nn.ModuleList(nn.Conv1d(s.channels, s.channels + s.skips, 1) for _ in s.dilations)
        self.head = nn.Conv1d(s.skips, s.head, 1)
        self.out = nn.Conv1d(s.head, 2, 1)
        with torch.no_grad():
            self.out.weight.mul_(0.1)
        self.out.bias = nn.Parameter(torch.tensor([0.0, -1.0]))

    def forward(self, before: Tensor, phases: Tensor, controls: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and logarithm of the standard deviation of each sample.

        Parameters
        ----------
        before
            the sample before each one [shape=(batch, frames * hop)]
        phases
            sines, then cosines [shape=(batch, 2 * harmonics, frames * hop)]
        controls
            with the level, at both ends of each frame [shape=(batch, frames + 1, controls + 1)]

        Returns
        -------
        both [shape=(batch, frames * hop)]
        """
        s = self.settings
        hop = before.shape[1] // (controls.shape[1] - 1)
        share = (torch.arange(hop, device=before.device) / hop).to(before.dtype)
        heard = self.conditioner(controls)
        wave = self.front(torch.cat([before[:, None], phases], dim=1))
        total = wave.new_zeros(())
        for gate, told, mix, dilation in zip(self.gates, self.told, self.mixes, s.dilations, strict=True):
            frame = told(heard).transpose(1, 2)[..., None]
            moving = frame[:, :, :-1] + (frame[:, :, 1:] - frame[:, :, :-1]) * share
            both = gate(F.pad(wave, (dilation, 0))) + moving.flatten(2)
            kept, opened = both.chunk(2, dim=1)
            mixed = mix(torch.tanh(kept) * torch.sigmoid(opened))
            wave = wave + mixed[:, : s.channels]
            total = total + mixed[:, s.channels :]
        out = self.out(F.leaky_relu(self.head(F.leaky_relu(total, 0.1)), 0.1))
        return out[:, 0], out[:, 1].clamp(min=LEAST_LOG_SCALE)
