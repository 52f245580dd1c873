"""Weights small enough to ship: large linear layers in 8 bits with a scale for each output, everything else in 16.

A network is rounded in torch first, so that its exported form computes the same; the ONNX graph then stores the rounded values as
they are, 16-bit floats behind a `Cast`, 8-bit integers behind a `DequantizeLinear`, which the runtime folds when it loads.
"""

import copy
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from boya.errors import ModelError

__all__ = ["LARGE_LAYER", "rounded", "shrink"]

LEAST_WEIGHTS = 64  # smaller constants stay as they are
LARGE_LAYER = 100_000  # weights from which a linear layer is stored in 8 bits
Network = TypeVar("Network", bound=nn.Module)


@torch.no_grad()
def rounded(network: Network, large: int = LARGE_LAYER) -> Network:
    """Return a copy of a network with its weights rounded as they are exported, linear layers from `large` weights on in 8 bits.

    Raises
    ------
    ModelError
        if a weight is too large for 16 bits or not finite.
    """
    copied = copy.deepcopy(network).eval()
    for name, tensor in copied.state_dict().items():
        if tensor.is_floating_point():
            half = tensor.half()
            if not half.isfinite().all():
                raise ModelError(f"weights must be finite and below 65504 to be exported; {name} has others. Train again")
            tensor.copy_(half.float())
    for layer in copied.modules():
        if isinstance(layer, nn.Linear) and layer.weight.numel() >= large:
            layer.weight.copy_(_in_8_bits(layer.weight))
    return copied


def _in_8_bits(weight: Tensor) -> Tensor:
    """Round each output's weights to 255 levels. [shape=(outputs, inputs)]"""
    scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
    return (weight / scale).round() * scale


def shrink(graph: Any, large: int = LARGE_LAYER) -> None:
    """Store the graph's large float constants, rounded before, in 16 or 8 bits."""
    from onnx import TensorProto, helper, numpy_helper  # noqa: PLC0415  (only where something is exported)

    outputs = _output_axes(graph)
    nodes = []
    for tensor in list(graph.initializer):
        values, name = numpy_helper.to_array(tensor), tensor.name
        if values.dtype != np.float32 or values.size < LEAST_WEIGHTS:
            continue
        if name in outputs and values.size >= large:
            levels, scale = _levels(values, outputs[name])
            zeros = np.zeros(len(scale), dtype=np.int8)
            parts: dict[str, NDArray[Any]] = {f"{name}.levels": levels, f"{name}.scale": scale, f"{name}.zero": zeros}
            graph.initializer.remove(tensor)
            graph.initializer.extend(numpy_helper.from_array(array, key) for key, array in parts.items())
            nodes.append(helper.make_node("DequantizeLinear", list(parts), [name], axis=outputs[name]))
        else:
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
            nodes.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes += graph.node
    del graph.node[:]
    graph.node.extend(nodes)


def _output_axes(graph: Any) -> dict[str, int]:
    """Constants that are the matrix of a linear layer -> the axis of its outputs."""
    axes = {}
    for node in graph.node:
        if node.op_type == "MatMul":
            axes[node.input[1]] = 1
        elif node.op_type == "Gemm":
            is_transposed = any(a.name == "transB" and a.i for a in node.attribute)
            axes[node.input[1]] = 0 if is_transposed else 1
    return axes


def _levels(values: NDArray[np.float32], axis: int) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Return 8-bit levels and the scale of each output."""
    scale = np.maximum(np.abs(values).max(axis=1 - axis), 1e-8) / 127
    return np.rint(values / np.expand_dims(scale, 1 - axis)).astype(np.int8), scale.astype(np.float32)
