"""From the weights of a run to a model that can be used: settings back from the file, network, ONNX graphs, card, statistics."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from boya.corpus.packed import open_packed
from boya.errors import ModelError
from boya.models.networks.composer import ComposerNetwork
from boya.models.networks.ddsp import Ddsp
from boya.models.networks.encoder import EncoderNetwork
from boya.models.networks.gan_generator import Generator
from boya.models.networks.seq2seq import Seq2SeqNetwork
from boya.models.networks.wavenet import WaveNet
from boya.representation.stream import VOCABULARY
from boya.training.checkpoint import load_weights, read_told
from boya.training.composer_export import export_composer
from boya.training.data import load_corpus, phrase_set
from boya.training.encoder_export import export_encoder
from boya.training.export import export_gan, export_seq2seq
from boya.training.neural_export import export_neural
from boya.training.pieces import Packed
from boya.training.recipe import Recipe, recipe_of
from boya.training.seq2seq import tokens_of
from boya.training.statistics import save_statistics
from boya.training.tones import load_tones

__all__ = ["export_run", "load_network"]

MOST_PHRASES = 20_000
Neural = Ddsp | WaveNet
Trained = Seq2SeqNetwork | Generator | ComposerNetwork | EncoderNetwork | Neural
NEURAL: dict[str, type[Neural]] = {"ddsp": Ddsp, "wavenet": WaveNet}


def load_network(weights: str | Path) -> tuple[Recipe, Trained, dict[str, Any]]:
    """Return the recipe, the network and what else is told by a weights file.

    Raises
    ------
    ModelError
        if the file is damaged, of another vocabulary, or its family has no network to export.
    """
    path = Path(weights)
    recipe = recipe_of(read_told(path)["recipe"])
    settings = recipe.tables["network"]
    if recipe.family == "seq2seq":
        network: Trained = Seq2SeqNetwork(settings)
    elif recipe.family in ("gan", "gan-likelihood"):
        network = Generator(settings)
    elif recipe.family == "composer":
        network = ComposerNetwork(settings)
    elif recipe.family == "encoder":
        network = EncoderNetwork(settings)
    elif recipe.family in NEURAL:
        network = NEURAL[recipe.family](settings)
    else:
        raise ModelError(f"a {recipe.family} is trained to be compared, not to be used; export a seq2seq or a gan")
    told = load_weights(path, network)
    if told.get("vocabulary", VOCABULARY.hash) != VOCABULARY.hash:
        raise ModelError(f"{path} was trained on vocabulary {told['vocabulary']}; this is {VOCABULARY.hash}. Train it again")
    return recipe, network.eval(), told


def export_run(
    weights: str | Path,
    packed: str | Path | Packed,
    folder: str | Path,
    name: str | None = None,
    card: Mapping[str, Any] | None = None,
) -> Path:
    """Export the weights of a run as a model that `boya.models` can use, or an instrument for `boya.sound`.

    Parameters
    ----------
    weights
        `weights.safetensors` of a run.
    packed
        the packed corpus or folder of tones the run learnt from; a seq2seq's statistics are measured on its training phrases.
    folder, name
        where the files go, and the model's name (the recipe's by default).
    card
        what else the card says; figures on `valid` are added by `boya evaluate`.

    Returns
    -------
    Path
        the card's path.
    """
    recipe, network, told = load_network(weights)
    name, target = name or recipe.name, Path(folder)
    if isinstance(network, Neural):
        dev = {"figures": {"dev": told["figures"]}}
        return export_neural(network, recipe, load_tones(packed, recipe.tables["data"]), target, name, dev | dict(card or {}))
    opened = open_packed(packed) if isinstance(packed, str | Path) else packed
    learnt = {"pieces": told["data"]["pieces"], "works": told["data"]["works"]}
    data = _collections(told["data"]["collections"], opened.manifest)
    says = {"recipe": recipe.as_dict(), "data": data, "learnt": learnt, "figures": {"dev": told["figures"]}} | dict(card or {})
    if isinstance(network, Generator):
        return export_gan(network, target, name, {"styles": told["styles"]} | says)
    if isinstance(network, EncoderNetwork):
        return export_encoder(network, target, name, says)
    if isinstance(network, ComposerNetwork):
        return export_composer(network.state_dict(), network.settings, target, name, says)
    corpus = load_corpus(opened, recipe.data.collections, opened.folder / "frames")
    phrases = phrase_set(corpus, recipe.data, is_dev=False).thinned(MOST_PHRASES)
    tokens = tokens_of(phrases.take(np.arange(len(phrases))), network.settings.tracks)
    target.mkdir(parents=True, exist_ok=True)
    save_statistics(network, tokens, target, name)
    return export_seq2seq(network, target, name, says)


def _collections(names: list[str], manifest: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what a card says of each collection that was learnt from."""
    facts = manifest.get("sources", {})
    return [
        {
            "collection": name,
            "split": "train",
            "licence": str(facts.get(name, {}).get("licence") or "unknown"),
            "citation": str(facts.get(name, {}).get("citation") or "none given"),
        }
        for name in names
    ]
