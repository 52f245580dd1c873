"""The composer: a causal decoder over the bar stream, shaped and named as Llama is.

Conventions: `tokens [shape=(batch, time)]` are ids of the stream's vocabulary; position `t` scores token `t + 1`. RMSNorm comes
before each half of a layer, rotary positions turn the two halves of a head against each other, queries share keys and values
in groups, nothing has a bias, and the embedding scores the tokens as well. Parameters carry the names of `LlamaForCausalLM`
in Hugging Face's `transformers`, which reads the same safetensors.

Source: Touvron et al. 2023 (Llama); Su et al. 2021 (rotary positions); Shazeer 2020 (SwiGLU); Ainslie et al. 2023 (grouped
queries).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from boya.representation.stream.vocabulary import VOCABULARY

__all__ = ["NORM_EPSILON", "ROTARY_BASE", "UNCOUNTED", "ComposerNetwork", "ComposerSettings"]

ROTARY_BASE = 10_000.0
NORM_EPSILON = 1e-5
FIRST_DEVIATION = 0.02
UNCOUNTED = -100
"""stands in `following` where no token is to be scored"""
BARS = VOCABULARY.span("bar")


@dataclass(frozen=True)
class ComposerSettings:
    """What defines the network."""

    width: int = 256
    """length of the vector that runs through the layers"""
    layers: int = 6
    """number of layers"""
    heads: int = 8
    """queries of a layer"""
    kv_heads: int = 2
    """keys and values of a layer, each shared by `heads / kv_heads` queries"""
    feed_forward: int = 704
    """width between the two halves of a layer's feed-forward part"""
    context: int = 1024
    """most tokens seen at once"""
    vocabulary: int = 1024
    """number of tokens of the stream"""

    @property
    def head(self) -> int:
        """Length of a query.

        >>> ComposerSettings(width=256, heads=8).head
        32
        """
        return self.width // self.heads

    def faults(self) -> Iterator[str]:
        """Yield what is wrong."""
        for name in ("width", "layers", "heads", "kv_heads", "feed_forward", "context", "vocabulary"):
            if getattr(self, name) < 1:
                yield f"{name} must be at least 1; got {getattr(self, name)}"
                return
        if self.width % (2 * self.heads):
            yield f"width must be a multiple of twice the heads, {2 * self.heads}; got {self.width}"
        if self.heads % self.kv_heads:
            yield f"heads must be a multiple of kv_heads, {self.kv_heads}; got {self.heads}"


class ComposerNetwork(nn.Module):
    """Embedding, layers, and the embedding again as the scores."""

    def __init__(self, settings: ComposerSettings) -> None:
        super().__init__()
        self.settings = settings
        self.model = Trunk(settings)
        self._draw()

    def forward(self, tokens: Tensor) -> Tensor:
        """Score the token after each. [shape=(batch, time)] -> [shape=(batch, time, vocabulary)]"""
        return F.linear(self.model(tokens), self.model.embed_tokens.weight)

    def nats(self, tokens: Tensor, following: Tensor) -> Tensor:
        """Return the nats of the tokens that come next, in all; a bar costs what bars of any number do, as its number is counted.

        Parameters
        ----------
        tokens
            what is heard `[shape=(batch, time)]`
        following
            the token after each, or UNCOUNTED `[shape=(batch, time)]`
        """
        scores = self(tokens).flatten(0, 1).float()
        target = following.flatten()
        nats = F.cross_entropy(scores, target, ignore_index=UNCOUNTED, reduction="sum")
        if scores.shape[1] < BARS.stop:
            return nats  # tokens of something else
        is_bar = (target >= BARS.start) & (target < BARS.stop)
        own = scores.gather(1, target.clamp(0)[:, None])[:, 0]
        return nats - torch.where(is_bar, scores[:, BARS].logsumexp(1) - own, 0.0).sum()

    def _draw(self) -> None:
        """Draw the first weights: small ones, smaller still where a layer writes into the stream that all layers share."""
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                is_written = name.endswith(("o_proj.weight", "down_proj.weight"))
                share = 1 / math.sqrt(2 * self.settings.layers) if is_written else 1.0
                nn.init.normal_(weight, std=FIRST_DEVIATION * share)


class Trunk(nn.Module):
    """Everything below the scores."""

    cosine: Tensor
    sine: Tensor

    def __init__(self, settings: ComposerSettings) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(settings.vocabulary, settings.width)
        self.layers = nn.ModuleList(Layer(settings) for _ in range(settings.layers))
        self.norm = nn.RMSNorm(settings.width, NORM_EPSILON)
        angles = rotary_angles(settings.context, settings.head)
        self.register_buffer("cosine", angles.cos(), persistent=False)
        self.register_buffer("sine", angles.sin(), persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        """Return the vectors after the last layer. [shape=(batch, time, width)]"""
        time = tokens.shape[1]
        turn = self.cosine[:time], self.sine[:time]
        stream = self.embed_tokens(tokens)
        for layer in self.layers:
            stream = layer(stream, turn)
        return self.norm(stream)


class Layer(nn.Module):
    """Attention to the past, then a feed-forward part, each added to what runs through."""

    def __init__(self, settings: ComposerSettings) -> None:
        super().__init__()
        self.input_layernorm = nn.RMSNorm(settings.width, NORM_EPSILON)
        self.self_attn = Attention(settings)
        self.post_attention_layernorm = nn.RMSNorm(settings.width, NORM_EPSILON)
        self.mlp = FeedForward(settings)

    def forward(self, stream: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        """Run both halves. [shape=(batch, time, width)]"""
        stream = stream + self.self_attn(self.input_layernorm(stream), turn)
        return stream + self.mlp(self.post_attention_layernorm(stream))


class Attention(nn.Module):
    """Each position hears itself and those before it."""

    def __init__(self, settings: ComposerSettings) -> None:
        super().__init__()
        self.settings = s = settings
        self.q_proj = nn.Linear(s.width, s.heads * s.head, bias=False)
        self.k_proj = nn.Linear(s.width, s.kv_heads * s.head, bias=False)
        self.v_proj = nn.Linear(s.width, s.kv_heads * s.head, bias=False)
        self.o_proj = nn.Linear(s.heads * s.head, s.width, bias=False)

    def forward(self, heard: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
        """Attend. [shape=(batch, time, width)]"""
        batch, time, width = heard.shape
        queries, keys, values = (
            projected(heard).view(batch, time, -1, self.settings.head).transpose(1, 2)
            for projected in (self.q_proj, self.k_proj, self.v_proj)
        )
        queries, keys = turned(queries, turn).to(values.dtype), turned(keys, turn).to(values.dtype)
        found = F.scaled_dot_product_attention(queries, keys, values, is_causal=True, enable_gqa=True)
        return self.o_proj(found.transpose(1, 2).reshape(batch, time, width))


class FeedForward(nn.Module):
    """SwiGLU: a gate and a value, multiplied."""

    def __init__(self, settings: ComposerSettings) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(settings.width, settings.feed_forward, bias=False)
        self.up_proj = nn.Linear(settings.width, settings.feed_forward, bias=False)
        self.down_proj = nn.Linear(settings.feed_forward, settings.width, bias=False)

    def forward(self, heard: Tensor) -> Tensor:
        """Run both layers. [shape=(batch, time, width)]"""
        return self.down_proj(F.silu(self.gate_proj(heard)) * self.up_proj(heard))


def rotary_angles(context: int, head: int) -> Tensor:
    """Return by how much each position turns each element of a query. [shape=(context, head)]

    The two halves of a query turn alike: element `i` and element `i + head / 2` are a point's two coordinates.

    >>> [round(float(angle), 4) for angle in rotary_angles(2, 4)[1]]
    [1.0, 0.01, 1.0, 0.01]
    """
    speeds = 1.0 / ROTARY_BASE ** (torch.arange(0, head, 2, dtype=torch.int64).float() / head)
    return torch.outer(torch.arange(context).float(), speeds).repeat(1, 2)


def turned(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Turn queries or keys to their positions. x [shape=(batch, heads, time, head)], turn: two of [shape=(time, head)]"""
    cosine, sine = turn
    first, second = x.chunk(2, -1)
    return x * cosine + torch.cat([-second, first], -1) * sine
