"""The composer's ONNX graph, made of its weights node by node.

Conventions: weights are a dict in the naming of `LlamaForCausalLM`, torch tensors or NumPy arrays. Inputs of the graph: `tokens`
int64 `[shape=(rows, time)]`; `places` int64 `[shape=(scored,)]`, the times whose following token is scored; `last` int32
`[shape=(rows,)]`, where in the memory each row's last token goes; `total` int32, the length of the longest row after them;
`key.<layer>` and `value.<layer>` `[shape=(rows, kv_heads, capacity, head)]`, the memory, which is written in place where the
outputs `key.<layer>.after` and `value.<layer>.after` are tied to the same arrays. Output: `logits` `[shape=(rows, scored,
vocabulary)]`. Several times at once are read for one row, or for rows without a past.

Precisions: `float32`; `int8` and `int4`, rounded in blocks (`boya.training.blocks`), whose inputs are rounded to 8 bits block by
block while running. The memory is float32, or int8 with a scale for every channel of a head: a quarter of the size, and quicker
where it is long or rows are many, but slower to read a prompt into.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import ModelError
from boya.models.networks.composer import NORM_EPSILON, ROTARY_BASE, ComposerSettings
from boya.training.blocks import BLOCK, quantised

__all__ = ["PRECISIONS", "Weights", "composer_graph", "shapes"]

PRECISIONS = {"float32": 0, "int8": 8, "int4": 4}
"""name -> bits of a weight of the layers; 0 leaves them as they are"""
HEAD_BITS = 8  # of the scores of the vocabulary: few weights that decide every draw
ROUNDED_INPUTS = 4  # MatMulNBits' accuracy level: inputs in 8 bits
HEAD_STEP = 16  # what the operator asks of a head's length
HEADROOM = 1.1  # of an int8 memory over the largest key or value that was measured: cutting costs more than coarser steps
OPSET, IR_VERSION = 17, 8
MICROSOFT = "com.microsoft"

Weights = Mapping[str, Any]
Floats = NDArray[np.float32]


def shapes(settings: ComposerSettings) -> dict[str, tuple[int, ...]]:
    """Return the name and shape of every weight.

    >>> shapes(ComposerSettings(layers=1))["model.layers.0.self_attn.k_proj.weight"]
    (64, 256)
    """
    s, shared = settings, settings.kv_heads * settings.head
    found: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (s.vocabulary, s.width), "model.norm.weight": (s.width,)}
    for layer in range(s.layers):
        of_layer = {
            "input_layernorm": (s.width,),
            "self_attn.q_proj": (s.width, s.width),
            "self_attn.k_proj": (shared, s.width),
            "self_attn.v_proj": (shared, s.width),
            "self_attn.o_proj": (s.width, s.width),
            "post_attention_layernorm": (s.width,),
            "mlp.gate_proj": (s.feed_forward, s.width),
            "mlp.up_proj": (s.feed_forward, s.width),
            "mlp.down_proj": (s.width, s.feed_forward),
        }
        found |= {f"model.layers.{layer}.{name}.weight": shape for name, shape in of_layer.items()}
    return found


def composer_graph(weights: Weights, settings: ComposerSettings, precision: str = "int8", ranges: Floats | None = None) -> bytes:
    """Return the ONNX graph of a network, as the bytes of its file.

    Parameters
    ----------
    weights, settings
        the network's.
    precision
        of the weights: `float32`, `int8` or `int4`.
    ranges
        the largest key and value of each channel, as `Session.ranges` measures them; with them the memory is int8
        `[shape=(layers, 2, kv_heads, head)]`.

    Raises
    ------
    ModelError
        if there is no such precision, or weights are missing, of another shape, not finite, or too large for 16 bits.
    """
    if precision not in PRECISIONS:
        raise ModelError(f"precision must be one of {', '.join(PRECISIONS)}; got {precision!r}")
    if settings.head % HEAD_STEP:
        raise ModelError(f"width / heads must be a multiple of {HEAD_STEP} to be exported; got {settings.head}")
    graph = _Graph(_checked(weights, settings), PRECISIONS[precision], ranges)
    stream, added = _embedded(graph, settings), None
    for layer in range(settings.layers):
        stream, found = _attention(graph, settings, layer, stream, added)
        stream, added = _feed_forward(graph, layer, stream, found)
    _, heard = graph.normed(stream, added, "model.norm.weight", "heard")
    graph.linear(heard, graph.weights["model.embed_tokens.weight"], "logits", HEAD_BITS if graph.bits else 0)
    return graph.finished(settings)


class _Graph:
    """Nodes and constants of a graph that grows."""

    def __init__(self, weights: dict[str, Floats], bits: int, ranges: Floats | None) -> None:
        self.weights, self.bits, self.ranges = weights, bits, ranges
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def node(self, kind: str, inputs: Sequence[str], output: str, *others: str, domain: str = "", **attributes: Any) -> str:
        """Add a node; return the name of its first output."""
        from onnx import helper  # noqa: PLC0415  (only where something is exported)

        self.nodes.append(helper.make_node(kind, inputs, [output, *others], name=output, domain=domain, **attributes))
        return output

    def constant(self, name: str, values: NDArray[Any]) -> str:
        """Add a constant; return its name."""
        from onnx import numpy_helper  # noqa: PLC0415

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def halved(self, name: str, values: NDArray[Any]) -> str:
        """Add a constant that is stored in 16 bits and read in 32."""
        return self.node("Cast", [self.constant(f"{name}.half", values.astype(np.float16))], name, to=1)

    def normed(self, stream: str, added: str | None, weight: str, output: str) -> tuple[str, str]:
        """Add something to the stream and norm the sum; return the sum and what was normed."""
        scale = self.constant(f"{output}.scale", self.weights[weight])
        if added is None:
            self.node("SimplifiedLayerNormalization", [stream, scale], output, axis=-1, epsilon=NORM_EPSILON, stash_type=1)
            return stream, output
        kind, total = "SkipSimplifiedLayerNormalization", f"{output}.sum"
        self.node(kind, [stream, added, scale], output, "", "", total, domain=MICROSOFT, epsilon=NORM_EPSILON)
        return total, output

    def linear(self, heard: str, matrix: Floats, output: str, bits: int | None = None) -> str:
        """Multiply by a matrix `[shape=(outputs, inputs)]`."""
        bits = self.bits if bits is None else bits
        if not bits:
            return self.node("MatMul", [heard, self.constant(f"{output}.matrix", matrix.T)], output)
        levels, scales = quantised(matrix, bits)
        if bits == 4:  # two in a byte, the first in its lower half
            levels = np.bitwise_or(levels[..., 0::2], np.left_shift(levels[..., 1::2], 4), dtype=np.uint8)
        return self.node(
            "MatMulNBits",
            [heard, self.constant(f"{output}.levels", levels), self.halved(f"{output}.scales", scales)],
            output,
            domain=MICROSOFT,
            N=matrix.shape[0],
            K=matrix.shape[1],
            bits=bits,
            block_size=BLOCK,
            accuracy_level=ROUNDED_INPUTS,
        )

    def finished(self, settings: ComposerSettings) -> bytes:
        """Return the whole as the bytes of a file."""
        from onnx import TensorProto, helper  # noqa: PLC0415

        def told(name: str, kind: int, *shape: int | str) -> Any:
            return helper.make_tensor_value_info(name, kind, shape)

        kind = TensorProto.FLOAT if self.ranges is None else TensorProto.INT8
        memory = ("rows", settings.kv_heads, "capacity", settings.head)
        names = [f"{part}.{layer}" for layer in range(settings.layers) for part in ("key", "value")]
        inputs = [told("tokens", TensorProto.INT64, "rows", "time"), told("places", TensorProto.INT64, "scored")]
        inputs += [told("last", TensorProto.INT32, "rows"), told("total", TensorProto.INT32)]
        inputs += [told(name, kind, *memory) for name in names]
        outputs = [told("logits", TensorProto.FLOAT, "rows", "scored", settings.vocabulary)]
        outputs += [told(f"{name}.after", kind, *memory) for name in names]
        graph = helper.make_graph(self.nodes, "composer", inputs, outputs, self.constants)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
        return bytes(helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION).SerializeToString())


def _checked(weights: Weights, settings: ComposerSettings) -> dict[str, Floats]:
    """The weights as arrays, after looking that there are all of them."""
    checked = {}
    for name, shape in shapes(settings).items():
        if name not in weights or tuple(weights[name].shape) != shape:
            found = tuple(weights[name].shape) if name in weights else "nothing"
            raise ModelError(f"{name} must be shaped {shape}; got {found}. Are settings and weights of the same network?")
        checked[name] = np.asarray(weights[name], dtype=np.float32)
        if not (np.abs(checked[name]) < np.finfo(np.float16).max).all():
            raise ModelError(f"weights must be finite and below 65504 to be exported; {name} has others. Train again")
    return checked


def _embedded(graph: _Graph, settings: ComposerSettings) -> str:
    """Tables of rotary positions and of the vocabulary; return the stream that runs through the layers."""
    speeds = 1 / ROTARY_BASE ** (np.arange(0, settings.head, 2) / settings.head)
    angles = np.outer(np.arange(settings.context), speeds)
    graph.constant("cosine", np.cos(angles).astype(np.float32))
    graph.constant("sine", np.sin(angles).astype(np.float32))
    table = graph.weights["model.embed_tokens.weight"]
    embedding = graph.halved("embedding", table) if graph.bits else graph.constant("embedding", table)
    return graph.node("Gather", [embedding, "tokens"], "stream")


def _attention(graph: _Graph, settings: ComposerSettings, layer: int, stream: str, added: str | None) -> tuple[str, str]:
    """The first half of a layer; return the stream and what is to be added to it, in the last layer only where it is scored."""
    name = f"model.layers.{layer}"
    stream, heard = graph.normed(stream, added, f"{name}.input_layernorm.weight", f"heard.{layer}")
    packed = np.concatenate([graph.weights[f"{name}.self_attn.{part}_proj.weight"] for part in "qkv"])
    memory = [f"key.{layer}", f"value.{layer}"]
    scales, attributes = _scales(graph, layer, memory)
    found = graph.node(
        "GroupQueryAttention",
        [graph.linear(heard, packed, f"packed.{layer}"), "", "", *memory, "last", "total", "cosine", "sine", *scales],
        f"attention.{layer}",
        *(f"{part}.after" for part in memory),
        domain=MICROSOFT,
        num_heads=settings.heads,
        kv_num_heads=settings.kv_heads,
        do_rotary=1,
        **attributes,
    )
    if layer == settings.layers - 1:
        found = graph.node("Gather", [found, "places"], "attention.scored", axis=1)
        stream = graph.node("Gather", [stream, "places"], "stream.scored", axis=1)
    return stream, graph.linear(found, graph.weights[f"{name}.self_attn.o_proj.weight"], f"found.{layer}")


def _scales(graph: _Graph, layer: int, memory: list[str]) -> tuple[list[str], dict[str, Any]]:
    """Further inputs and attributes of the attention, where its memory is int8."""
    if graph.ranges is None:
        return [], {}
    names = []
    for name, largest in zip(memory, graph.ranges[layer], strict=True):
        scale = HEADROOM * np.maximum(largest, 1e-6)[None, :, None, :] / 127
        names.append(graph.constant(f"{name}.scale", scale.astype(np.float32)))
    by_channel = {"k_quant_type": "PER_CHANNEL", "v_quant_type": "PER_CHANNEL", "kv_cache_bit_width": 8}
    return ["", "", "", *names], by_channel


def _feed_forward(graph: _Graph, layer: int, stream: str, added: str) -> tuple[str, str]:
    """The second half of a layer; return the stream and what is to be added to it."""
    name = f"model.layers.{layer}"
    stream, heard = graph.normed(stream, added, f"{name}.post_attention_layernorm.weight", f"heard.{layer}.mlp")
    gate = graph.linear(heard, graph.weights[f"{name}.mlp.gate_proj.weight"], f"gate.{layer}")
    value = graph.linear(heard, graph.weights[f"{name}.mlp.up_proj.weight"], f"value.{layer}.mlp")
    opened = graph.node("QuickGelu", [gate], f"open.{layer}", domain=MICROSOFT, alpha=1.0)  # SiLU
    passed = graph.node("Mul", [opened, value], f"passed.{layer}")
    return stream, graph.linear(passed, graph.weights[f"{name}.mlp.down_proj.weight"], f"down.{layer}")
