"""Reversible forms of a score for models: frames on a grid of sixteenths, and phrases cut from them. NumPy only."""

from boya.representation.frames import Frames, parts_on_grid
from boya.representation.phrases import cut_phrases, frames_of_layers, harmony_of, layers_of, line_tokens, rolls_of

__all__ = [
    "Frames",
    "cut_phrases",
    "frames_of_layers",
    "harmony_of",
    "layers_of",
    "line_tokens",
    "parts_on_grid",
    "rolls_of",
]
