"""Weights and checkpoints as safetensors files, each written in one step.

Conventions: a checkpoint holds every module (`<module>.<parameter>`) and optimizer (`optimizer.<name>.<number>.<value>`),
and what is told beside them as JSON in the file's own head, so that the two cannot disagree. A weights file holds one module
without a prefix.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.optim import Optimizer

from boya.errors import ModelError

__all__ = ["load_checkpoint", "load_weights", "read_told", "save_checkpoint", "save_weights"]

Modules = Mapping[str, nn.Module]
Optimizers = Mapping[str, Optimizer]


def save_checkpoint(path: Path, modules: Modules, optimizers: Optimizers, told: Mapping[str, Any]) -> None:
    """Write all that is needed to go on; after a crash there is the old file or the new one, whole."""
    tensors = {f"{name}.{key}": value for name, module in modules.items() for key, value in module.state_dict().items()}
    for name, optimizer in optimizers.items():
        for number, values in optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer.{name}.{number}.{key}": value for key, value in values.items()}
    _write(path, tensors, told)


def load_checkpoint(path: Path, modules: Modules, optimizers: Optimizers) -> dict[str, Any]:
    """Put modules and optimizers back to where a checkpoint was written; return what was told.

    Raises
    ------
    ModelError
        if the file is damaged or holds other networks.
    """
    tensors, told = _read(path)
    for name, module in modules.items():
        _fill(module, {key.removeprefix(f"{name}."): t for key, t in tensors.items() if key.startswith(f"{name}.")}, path)
    for name, optimizer in optimizers.items():
        state: dict[int, dict[str, Tensor]] = {}
        for key, tensor in tensors.items():
            if key.startswith(f"optimizer.{name}."):
                number, value = key.removeprefix(f"optimizer.{name}.").split(".", 1)
                state.setdefault(int(number), {})[value] = tensor
        optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    return told


def save_weights(path: Path, module: nn.Module, told: Mapping[str, Any]) -> None:
    """Write the weights of one module."""
    _write(path, module.state_dict(), told)


def load_weights(path: Path, module: nn.Module) -> dict[str, Any]:
    """Fill a module with weights; return what was told beside them.

    Raises
    ------
    ModelError
        if the file is missing, damaged, or holds another network.
    """
    tensors, told = _read(path)
    _fill(module, tensors, path)
    return told


def read_told(path: Path) -> dict[str, Any]:
    """Return what a file tells beside its tensors.

    Raises
    ------
    ModelError
        if it is missing or damaged.
    """
    return _read(path, is_head_only=True)[1]


def _write(path: Path, tensors: Mapping[str, Tensor], told: Mapping[str, Any]) -> None:
    """Write beside, then put in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    copied = {key: tensor.detach().cpu().clone().contiguous() for key, tensor in tensors.items()}
    save_file(copied, temporary, metadata={"told": json.dumps(told, sort_keys=True)})
    with temporary.open("rb") as file:
        os.fsync(file.fileno())
    temporary.replace(path)


def _read(path: Path, is_head_only: bool = False) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and what is told."""
    if not path.is_file():
        raise ModelError(f"there are no weights at {path}; train the recipe they come from first")
    try:
        with safe_open(path, framework="pt") as file:
            told = json.loads((file.metadata() or {})["told"])
            tensors = {} if is_head_only else {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        raise ModelError(f"{path} must be a whole weights file of Boya; {error}. Delete it and train again") from error
    return tensors, told


def _fill(module: nn.Module, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Load a state; other names or shapes are an error."""
    try:
        module.load_state_dict(dict(tensors))
    except RuntimeError as error:
        first = str(error).splitlines()[-1].strip()
        raise ModelError(f"{path} holds another network than the recipe asks for: {first}") from error
