"""A trained composer to ONNX: its graph (`boya.training.composer_graph`) and its card, as `boya.models.composer` reads them."""

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boya.errors import ModelError
from boya.models.composer import Session
from boya.models.networks.composer import ROTARY_BASE, ComposerSettings
from boya.models.runtime import Graph
from boya.representation.stream.vocabulary import VOCABULARY
from boya.training.composer_graph import Weights, composer_graph, shapes
from boya.training.pretrained import llama_config

__all__ = ["export_composer", "read_llama"]

SHAPING = ("model_type", "head_dim", "hidden_act", "rms_norm_eps", "attention_bias", "mlp_bias", "tie_word_embeddings")
RUNTIMES = {"float32": "1.22", "int8": "1.28"}
"""kind of memory -> the first ONNX Runtime that runs its graph, and runs it right (1.27 mixes the rows of an int8 memory)"""


def export_composer(
    weights: Weights,
    settings: ComposerSettings,
    folder: str | Path,
    name: str,
    card: Mapping[str, Any],
    *,
    precision: str = "int8",
    heard: ArrayLike | None = None,
) -> Path:
    """Export a composer's weights as `<name>.decoder.onnx` and its card.

    Parameters
    ----------
    weights
        a state dict of `ComposerNetwork` or of `LlamaForCausalLM`.
    settings
        the network's.
    folder, name
        where the files go, and the model's name.
    card
        what else the card says: recipe, data, licences, citations, figures.
    precision
        of the weights: `float32`, `int8` or `int4`.
    heard
        tokens of windows of real music, some thousands in all `[shape=(windows, time)]`; with them the memory is kept in 8 bits,
        over the range that its keys and values have there.

    Returns
    -------
    Path
        the card's path.

    Raises
    ------
    ModelError
        if weights are missing, of another shape or not finite, there is no such precision, or the vocabulary is larger than the
        network's.
    """
    if len(VOCABULARY) > settings.vocabulary:
        raise ModelError(f"the vocabulary has {len(VOCABULARY)} tokens, the network {settings.vocabulary}; train it again")
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    ranges = None if heard is None else _ranges(weights, settings, heard, target)
    model = composer_graph(weights, settings, precision, ranges)
    says = {
        "name": name,
        "family": "composer",
        "settings": asdict(settings),
        "precision": precision,
        "memory": "float32" if heard is None else "int8",
        "onnxruntime": RUNTIMES["float32" if heard is None else "int8"],
        "vocabulary_hash": VOCABULARY.hash,
        "parameters": sum(int(np.prod(shape)) for shape in shapes(settings).values()),
        "date": datetime.now(UTC).date().isoformat(),
    } | dict(card)
    with tempfile.TemporaryDirectory(dir=target) as work:
        written = [Path(work) / f"{name}.decoder.onnx", Path(work) / f"{name}.json"]
        written[0].write_bytes(model)
        Graph(written[0])  # the runtime's own check
        written[1].write_text(json.dumps(says, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        for path in written:  # the card last: it stands only beside a whole graph
            os.replace(path, target / path.name)
    return target / f"{name}.json"


def _ranges(weights: Weights, settings: ComposerSettings, heard: ArrayLike, folder: Path) -> NDArray[np.float32]:
    """The largest key and value of each channel while windows are read. [shape=(layers, 2, kv_heads, head)]"""
    with tempfile.TemporaryDirectory(dir=folder) as work:
        path = Path(work) / "exact.onnx"
        path.write_bytes(composer_graph(weights, settings, "float32"))
        session = Session(Graph(path), asdict(settings), len(np.asarray(heard)))
    session.feed(heard)
    return session.ranges


def read_llama(folder: str | Path) -> tuple[dict[str, NDArray[np.float32]], ComposerSettings]:
    """Return weights and settings of a folder that `LlamaForCausalLM.save_pretrained` wrote.

    Raises
    ------
    ModelError
        if it is no such folder, or its network is not shaped as the composer.
    """
    from safetensors import SafetensorError  # noqa: PLC0415  (only where a folder is read)
    from safetensors.torch import load_file  # noqa: PLC0415

    try:
        config = json.loads((Path(folder) / "config.json").read_text(encoding="utf-8"))
        weights = {name: tensor.float().numpy() for name, tensor in load_file(Path(folder) / "model.safetensors").items()}
        settings = ComposerSettings(
            width=config["hidden_size"],
            layers=config["num_hidden_layers"],
            heads=config["num_attention_heads"],
            kv_heads=config["num_key_value_heads"],
            feed_forward=config["intermediate_size"],
            context=config["max_position_embeddings"],
            vocabulary=config["vocab_size"],
        )
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise ModelError(f"{folder} must hold config.json and model.safetensors of a Llama; got {error}") from error
    wanted = {key: value for key, value in llama_config(settings).items() if key in SHAPING}
    found = {key: config.get(key) for key in wanted}
    rotary = config.get("rope_parameters") or {"rope_theta": config.get("rope_theta")}
    if found != wanted or rotary.get("rope_theta") != ROTARY_BASE or rotary.get("rope_type", "default") != "default":
        raise ModelError(f"a composer is a Llama with {wanted}, rope_theta {ROTARY_BASE:g}; got {found}, {rotary}")
    return weights, settings
