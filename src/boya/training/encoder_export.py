"""A trained encoder to ONNX: one graph and its card, as `boya.models.encoder` reads them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from boya.models.networks.encoder import EncoderNetwork
from boya.representation.note_rows import FIELDS, PARTS
from boya.training.export import Part, card_of, export_parts
from boya.training.rounding import rounded

__all__ = ["export_encoder"]

LARGE_LAYER = 10_000
"""weights from which a linear layer is stored in 8 bits: the layers of an encoder are many and small"""


def export_encoder(network: EncoderNetwork, folder: str | Path, name: str, card: Mapping[str, Any]) -> Path:
    """Export an encoder as `<name>.hear.onnx` and its card.

    `hear`: values int64 `[shape=(batch, context, fields)]`, time int64 and is_note bool `[shape=(batch, context)]` -> scores of
    each note's part `[shape=(batch, context, parts)]`, vector `[shape=(batch, vector)]`. What predicts
    hidden fields stays behind.

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
    shape = 2, network.settings.context
    exact = rounded(network, LARGE_LAYER)
    inputs = {
        "values": torch.zeros(*shape, len(FIELDS), dtype=torch.long),
        "time": torch.zeros(shape, dtype=torch.long),
        "is_note": torch.ones(shape, dtype=torch.bool),
    }
    outputs = ("scores", "vector")
    part = Part("hear", exact, inputs, outputs, dict.fromkeys((*inputs, *outputs), 0))
    says = card_of(network, "encoder", name, fields=FIELDS, parts=list(PARTS)) | dict(card)
    return export_parts([part], Path(folder), says, LARGE_LAYER)
