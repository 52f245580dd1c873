"""The area `sound`: voices, mix and files, the sampler, and neural instruments."""

from collections.abc import Iterator

from boya.evaluation.scoreboard import Row
from boya.proof import sound_mix, sound_neural, sound_sampler, sound_voices
from boya.proof.setup import Setup

__all__ = ["rows"]


def rows(setup: Setup) -> Iterator[Row]:
    """Measure how Boya sounds."""
    yield from sound_voices.voices(setup)
    yield from sound_mix.mix(setup)
    yield from sound_sampler.sampler(setup)
    yield from sound_neural.neural(setup)
