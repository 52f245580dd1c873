"""The GAN and the models it is compared with, as far as their weights are there.

Only `gan` ships with Boya. The same generator without adversarial training (`gan-likelihood`) and the dense generator of the
textbook (`gan-dense`) are read from a folder of exported models.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from boya.errors import ModelError
from boya.models.gan import Gan, Setting, tempo_class
from boya.models.layout import FRAME_WIDTHS, ORDER
from boya.models.runtime import Graph, available, graphs, read_card
from boya.representation.phrases import Phrases, frames_of_layers, harmony_of

__all__ = ["MODELS", "DenseGan", "Writer", "load_writers", "write_all"]

MODELS = ("gan-dense", "gan-likelihood", "gan")
AT_ONCE = 100


class Writer(Protocol):
    """What writes phrases over chords."""

    styles: list[str]

    def write(self, harmony: Phrases, settings: list[Setting], rng: np.random.Generator) -> Phrases:
        """Draw a phrase over the chords of each. [shape=(phrases, 64)]"""


class DenseGan:
    """The dense generator, whole phrases at once.

    One graph, `write`: noise `[shape=(batch, noise)]`, harmony `[shape=(batch, 64, 38)]`, style, mode, tempo int64
    `[shape=(batch,)]` -> frames `[shape=(batch, 64, 301)]`, the roles joined in `boya.models.gan.ORDER`.
    """

    def __init__(self, name: str = "gan-dense", folder: Path | None = None) -> None:
        card: dict[str, Any] = read_card(name, folder)
        if card.get("family") != "gan-dense":
            raise ModelError(f"{name!r} is a {card.get('family')} model, not a gan-dense")
        self.styles: list[str] = card["styles"]
        self._noise = int(card["settings"]["noise"])
        self._graph: Graph = graphs(name, folder)["write"]

    def write(self, harmony: Phrases, settings: list[Setting], rng: np.random.Generator) -> Phrases:
        """Draw a phrase over the chords of each. [shape=(phrases, 64)]"""
        (flat,) = self._graph(
            noise=rng.standard_normal((len(harmony), self._noise), dtype=np.float32),
            harmony=harmony_of(harmony),
            style=np.array([self.styles.index(s.style) for s in settings]),
            mode=np.array([int(s.mode == "minor") for s in settings]),
            tempo=np.array([tempo_class(s.qpm) for s in settings]),
        )
        bounds = np.cumsum([FRAME_WIDTHS[role] for role in ORDER])[:-1]
        return frames_of_layers(dict(zip(ORDER, np.split(flat, bounds, axis=-1), strict=True)), harmony)


def load_writers(folder: Path, note: Callable[[str], None]) -> dict[str, Writer]:
    """Return the models whose weights are there, shipped or in `folder`; tell which are not."""
    found: dict[str, Writer] = {}
    for name in MODELS:
        places = [None, folder] if name in available() else [folder]
        try:
            card = read_card(name, places[0])
            found[name] = DenseGan(name, places[0]) if card.get("family") == "gan-dense" else Gan(name, places[0])
        except ModelError as error:
            note(f"gan: {name} is left out: {error}")
    return found


def write_all(writer: Writer, harmony: Phrases, settings: tuple[Setting, ...], rng: np.random.Generator) -> Phrases:
    """Write a phrase for each, a hundred at once; a style the model does not know is told as its last. [shape=(phrases, 64)]"""
    known = [s if s.style in writer.styles else Setting(writer.styles[-1], s.mode, s.qpm) for s in settings]
    firsts = range(0, len(harmony), AT_ONCE)
    return np.concatenate([writer.write(harmony[i : i + AT_ONCE], known[i : i + AT_ONCE], rng) for i in firsts])
