"""Trained networks to ONNX: a card and a few graphs in one folder, as `boya.models.runtime` reads them.

Conventions: graphs are plain ONNX (opset 17) with a dynamic batch axis, weights stored in 16 or 8 bits
(`boya.training.rounding`); results are those of the rounded weights to 1e-4. A card is `<name>.json`, a graph
`<name>.<part>.onnx`.

The TorchScript exporter is used: on these networks it gives the `LSTM` and `GRU` nodes of the newer one, in 1 s instead of 15.
"""

import json
import os
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from boya.errors import ModelError
from boya.models.networks.encoder import EncoderNetwork
from boya.models.networks.gan_generator import FRAME, HARMONY, MASK_WIDTHS, MEMORY, ORDER, Generator
from boya.models.networks.seq2seq import Seq2SeqNetwork
from boya.training.rounding import LARGE_LAYER, rounded, shrink
from boya.training.vocabulary import vocabulary_hash

__all__ = ["Part", "card_of", "export_gan", "export_parts", "export_seq2seq", "rounded"]

OPSET = 17
Card = Mapping[str, Any]


@dataclass(frozen=True)
class Part:
    """One graph: a function of named tensors, `axis` the dynamic axis of each input and output."""

    name: str
    run: nn.Module
    inputs: dict[str, Tensor]
    outputs: tuple[str, ...]
    axis: dict[str, int]


class _Call(nn.Module):
    """A method of a network as a module of its own."""

    def __init__(self, network: nn.Module, method: str) -> None:
        super().__init__()
        self.network = network
        self.method = method

    def forward(self, *inputs: Tensor) -> Any:
        return getattr(self.network, self.method)(*inputs)


def export_seq2seq(network: Seq2SeqNetwork, folder: str | Path, name: str, card: Card) -> Path:
    """Export encoder, conductor and one step of the decoder.

    `encode`: phrase int64 `[shape=(batch, tracks, steps)]` -> mean, log_variance `[shape=(batch, latent)]`.
    `conductor`: latent `[shape=(batch, latent)]` -> vectors `[shape=(batch * segments, segment_steps, 2 * step)]`, state
    `[shape=(state layers, batch * segments, decoder)]`.
    `write`: token int64 `[shape=(rows, tracks)]` (the vocabulary's size stands for "unknown"), place int64 `[shape=(rows,)]`,
    vector `[shape=(rows, 2 * step)]`, state `[shape=(state layers, rows, decoder)]` -> `logits_<track>`
    `[shape=(rows, vocabulary)]` for each track, after `[shape=(state layers, rows, decoder)]`. A row is one segment; an LSTM
    has two state layers, a GRU one.

    Parameters
    ----------
    network
        the trained network; it is left as it is.
    folder, name
        where the files go, and the model's name.
    card
        what else the card says: recipe, data, licences, citations, figures.

    Returns
    -------
    Path
        the card's path.

    Raises
    ------
    ModelError
        if a weight is too large for 16 bits or not finite.
    """
    s, exact = network.settings, rounded(network)
    rows = 2 * s.segments
    layers = 2 if s.cell == "lstm" else 1
    parts = [
        Part(
            "encode",
            _Call(exact, "encode"),
            {"phrase": torch.zeros(2, len(s.tracks), s.segments * s.segment_steps, dtype=torch.long)},
            ("mean", "log_variance"),
            {"phrase": 0, "mean": 0, "log_variance": 0},
        ),
        Part(
            "conductor",
            _Call(exact, "unroll"),
            {"latent": torch.zeros(2, s.latent)},
            ("vectors", "state"),
            {"latent": 0, "vectors": 0, "state": 1},
        ),
        Part(
            "write",
            _Call(exact, "write_step"),
            {
                "token": torch.zeros(rows, len(s.tracks), dtype=torch.long),
                "place": torch.zeros(rows, dtype=torch.long),
                "vector": torch.zeros(rows, 2 * s.step),
                "state": torch.zeros(layers, rows, s.decoder),
            },
            (*(f"logits_{track}" for track in s.tracks), "after"),
            {"token": 0, "place": 0, "vector": 0, "state": 1, "after": 1} | {f"logits_{track}": 0 for track in s.tracks},
        ),
    ]
    return export_parts(
        parts, Path(folder), card_of(network, "seq2seq", name, vocabulary_hash=vocabulary_hash(s.tracks)) | dict(card)
    )


def export_gan(generator: Generator, folder: str | Path, name: str, card: Card) -> Path:
    """Export the recurrent generator: what reads chords and given tracks, what reads the setting, and one step.

    `context`: harmony `[shape=(batch, steps, 38)]`, given `[shape=(batch, steps, 301)]`, is_given `[shape=(batch, 5)]` -> context
    `[shape=(batch, steps, 2 * context)]`.
    `condition`: style, mode, tempo int64 `[shape=(batch,)]`, noise `[shape=(batch, noise)]` -> condition.
    `step`: the inputs of `Generator.step` -> frame `[shape=(batch, 301)]`, after (the state).

    Parameters
    ----------
    generator
        the trained generator; it is left as it is.
    folder, name
        where the files go, and the model's name.
    card
        what else the card says; `styles` must name the styles in the order of their index.

    Returns
    -------
    Path
        the card's path.

    Raises
    ------
    ModelError
        if the card does not name the styles, or a weight does not fit 16 bits.
    """
    s = generator.settings
    if not 0 < len(card.get("styles", ())) <= s.styles:
        raise ModelError(f"the card must name 1 to {s.styles} styles, in the order of their index; got {card.get('styles')!r}")
    exact, width = rounded(generator), FRAME
    setting = {key: torch.zeros(2, dtype=torch.long) for key in ("style", "mode", "tempo")}
    step = {
        "before": torch.zeros(2, width),
        "memory": torch.zeros(2, MEMORY),
        "state": generator.first_state(2),
        "context": torch.zeros(2, 2 * s.context),
        "condition": torch.zeros(2, s.condition),
        "place": torch.zeros(2, dtype=torch.long),
        "noise": torch.zeros(2, sum(generator.noise_widths.values())),
        "mask": torch.zeros(2, sum(MASK_WIDTHS.values())),
        "given": torch.zeros(2, width),
        "is_given": torch.zeros(2, len(ORDER)),
    }
    step_axis = dict.fromkeys([*step, "frame"], 0) | {"state": 1, "after": 1}
    read = {"harmony": torch.zeros(2, 16, HARMONY), "given": torch.zeros(2, 16, width), "is_given": torch.zeros(2, len(ORDER))}
    known = setting | {"noise": torch.zeros(2, s.noise)}
    parts = [
        Part("context", _Call(exact, "context"), read, ("context",), dict.fromkeys([*read, "context"], 0)),
        Part("condition", _Call(exact, "condition"), known, ("condition",), dict.fromkeys([*known, "condition"], 0)),
        Part("step", _Call(exact, "step"), step, ("frame", "after"), step_axis),
    ]
    return export_parts(parts, Path(folder), card_of(generator, "gan", name, vocabulary_hash=vocabulary_hash(ORDER)) | dict(card))


def export_parts(parts: list[Part], folder: Path, card: dict[str, Any], large: int = LARGE_LAYER) -> Path:
    """Write graphs, linear layers of at least `large` weights in 8 bits, then the card: it stands only beside whole graphs."""
    name = card["name"]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as work:
        written = [_export_part(part, Path(work) / f"{name}.{part.name}.onnx", large) for part in parts]
        written.append(Path(work) / f"{name}.json")
        written[-1].write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        for path in written:
            os.replace(path, folder / path.name)
    return folder / f"{name}.json"


def card_of(network: Seq2SeqNetwork | Generator | EncoderNetwork, family: str, name: str, **reads: Any) -> dict[str, Any]:
    """Return what a card says that is known from the network; `reads` is what tells others what it reads."""
    return {
        "name": name,
        "family": family,
        "settings": asdict(network.settings),
        **reads,
        "parameters": sum(p.numel() for p in network.parameters()),
        "date": datetime.now(UTC).date().isoformat(),
    }


@torch.no_grad()
def _export_part(part: Part, path: Path, large: int) -> Path:
    """Export one graph and halve its weights."""
    import onnx  # noqa: PLC0415  (only where something is exported)

    axes = {key: {axis: "batch"} for key, axis in part.axis.items()}
    if part.name == "context":
        axes = {key: named | ({} if key == "is_given" else {1: "steps"}) for key, named in axes.items()}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns about its age, and about axes that are declared dynamic here
        torch.onnx.export(
            part.run,
            tuple(part.inputs.values()),
            str(path),
            input_names=list(part.inputs),
            output_names=list(part.outputs),
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnx.load(str(path))
    shrink(model.graph, large)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return path
