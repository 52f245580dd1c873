"""Export a trained `gan-dense` so that `boya evaluate` can stand it beside the recurrent GAN. It is a baseline and does not ship.

    python benchmarks/export_dense.py runs/gan-dense/weights.safetensors runs/models

Needs the extra `train`. Writes `gan-dense.json` and `gan-dense.write.onnx`, as `boya.proof.writers.DenseGan` reads them.
"""

import argparse
import json
import warnings
from dataclasses import asdict
from pathlib import Path

import torch
from torch import nn

from boya.models.networks.gan_discriminator import DenseGenerator
from boya.models.networks.gan_generator import HARMONY, flatten
from boya.training.checkpoint import load_weights, read_told
from boya.training.recipe import recipe_of

NAME = "gan-dense"
INPUTS = ("noise", "harmony", "style", "mode", "tempo")


class Flat(nn.Module):
    """The dense generator with its roles joined in ORDER."""

    def __init__(self, generator: DenseGenerator) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        return flatten(self.generator(*inputs))


@torch.no_grad()
def export(generator: DenseGenerator, styles: list[str], folder: Path) -> Path:
    """Write graph and card; return the card's path."""
    folder.mkdir(parents=True, exist_ok=True)
    index = torch.zeros(2, dtype=torch.long)
    inputs = (torch.zeros(2, generator.settings.noise), torch.zeros(2, 64, HARMONY), index, index, index)
    axes = {name: {0: "batch"} for name in (*INPUTS, "frames")}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter warns about its age
        torch.onnx.export(
            Flat(generator.eval()),
            inputs,
            str(folder / f"{NAME}.write.onnx"),
            input_names=list(INPUTS),
            output_names=["frames"],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,
        )
    card = {"name": NAME, "family": NAME, "settings": asdict(generator.settings), "styles": styles}
    path = folder / f"{NAME}.json"
    path.write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("weights", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    generator = DenseGenerator(recipe_of(read_told(options.weights)["recipe"]).tables["network"])
    told = load_weights(options.weights, generator)
    print(export(generator, told["styles"], options.folder))


if __name__ == "__main__":
    main()
