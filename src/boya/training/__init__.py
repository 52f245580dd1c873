"""Training: a recipe and packed arrays to weights, and weights to ONNX.

Needs the extra `train` (torch, safetensors); training from packed arrays imports no MIDI library and no ONNX. What is
named here is imported when first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from boya.training.estimator import Gan, Seq2Seq
    from boya.training.export import export_gan, export_seq2seq
    from boya.training.recipe import Recipe, read_recipe, shipped_recipes
    from boya.training.shipping import export_run
    from boya.training.start import train

__all__ = ["Gan", "Recipe", "Seq2Seq", "export_gan", "export_run", "export_seq2seq", "read_recipe", "shipped_recipes", "train"]

_LATER = {
    "train": "start",
    "export_run": "shipping",
    **dict.fromkeys(("Gan", "Seq2Seq"), "estimator"),
    **dict.fromkeys(("Recipe", "read_recipe", "shipped_recipes"), "recipe"),
    **dict.fromkeys(("export_gan", "export_seq2seq"), "export"),
}


def __getattr__(name: str) -> Any:
    """Import what needs torch when it is asked for."""
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_LATER[name]}"), name)
