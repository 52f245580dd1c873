"""The bus: tracks, reverb and echo added up, block after block.

A block is stereo float32 `[shape=(2, frames)]`, before the finish.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Protocol

import numpy as np

from boya.sound.mix.reverb import PingPong, Reverb
from boya.sound.mix.stage import Mix, Strip
from boya.sound.modal import Audio

__all__ = ["Layer", "Wet", "mixed"]


class Layer(Protocol):
    """A part that can be laid down in blocks."""

    strip: Strip

    def lay(self, bus: Audio, begin: int) -> None:
        """Add the part's frames of a block to left, right and send. `[shape=(3, frames)]`"""
        ...


class Wet:
    """The room and the echo of a mix, with what still rings in them."""

    def __init__(self, mix: Mix, quarter_second: float, sample_rate: int) -> None:
        self._room = Reverb(mix.room, sample_rate) if mix.room and mix.wet else None
        self._has_echo = any(strip.echo for strip in mix.strips.values())
        self._echo = PingPong(mix.echo, quarter_second, sample_rate) if self._has_echo else None
        self._wet = np.float32(mix.wet)

    def add(self, block: Audio, send: Audio, echo: Audio) -> None:
        """Add their answers to a block, in place. `[shape=(2, n)]`, and the sends `[shape=(1, n)]`"""
        if self._room:
            block += self._room(send * self._wet)
        if self._echo:
            block += self._echo(echo)


def mixed(
    layers: Sequence[Layer], wet: Wet, bounds: Sequence[int], report: Callable[[int, int], None] | None = None
) -> Iterator[Audio]:
    """Yield the mix of each block between two bounds (frames)."""
    for begin, end in pairwise(bounds):
        bus = np.zeros((2, end - begin), dtype=np.float32)
        sends = np.zeros((2, 1, end - begin), dtype=np.float32)  # reverb, echo
        for layer in layers:
            part = np.zeros((3, end - begin), dtype=np.float32)
            layer.lay(part, begin)
            _place(part, layer.strip, bus, sends)
        wet.add(bus, sends[0], sends[1])
        yield bus
        if report:
            report(end, bounds[-1])


def _place(part: Audio, strip: Strip, bus: Audio, sends: Audio) -> None:
    """Add a part at its place on the stage."""
    pan = min(max(strip.pan, -1.0), 1.0)
    gains = np.array([[strip.level * (1 - pan) ** 0.5], [strip.level * (1 + pan) ** 0.5]], dtype=np.float32)
    send = part[2] * np.float32(strip.level * strip.reverb)
    part[:2] *= gains
    bus += part[:2]
    sends[0] += send
    if strip.echo:
        sends[1] += np.float32(strip.echo) * (part[0] + part[1])
