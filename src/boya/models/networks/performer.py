"""The performer: how loud a tone is at each moment, from what is known before it sounds.

Conventions: controls are `[shape=(batch, frames, controls)]` as `boya.sound.neural.controls` makes them, levels decibels. Also
the layers that all neural instruments are built of: linear, normalised, leaky.
"""

from torch import Tensor, nn

__all__ = ["Performer", "layers"]

SCALE = 20.0  # decibels: what the network writes is about -2 to 2


def layers(inputs: int, width: int, number: int) -> nn.Sequential:
    """Return linear layers of one width, each normalised and followed by a leaky rectifier."""
    made: list[nn.Module] = []
    for place in range(number):
        made += [nn.Linear(inputs if place == 0 else width, width), nn.LayerNorm(width), nn.LeakyReLU(0.1)]
    return nn.Sequential(*made)


class Performer(nn.Module):
    """Controls to level."""

    def __init__(self, inputs: int, width: int) -> None:
        super().__init__()
        self.body = layers(inputs, width, 2)
        self.out = nn.Linear(width, 1)

    def forward(self, controls: Tensor) -> Tensor:
        """Return the level in decibels. [shape=(batch, frames)]"""
        return SCALE * (self.out(self.body(controls))[..., 0] - 1)
