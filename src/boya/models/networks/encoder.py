"""The encoder: hears all notes of a passage at once and says what a hidden one may be, what each is in the music, and a vector.

Conventions: `values [shape=(batch, notes, fields)]` and `time [shape=(batch, notes)]` are of `boya.representation.note_rows`,
UNKNOWN (-1) where something is hidden; `is_note [shape=(batch, notes)]` is False where a row is padding. A note is the sum of the
embeddings of its fields; queries and keys are turned by the time of their notes, so that only distances in time are heard.
Scores of all values of all fields stand side by side `[shape=(batch, notes, all values)]`, as `SPANS` says. A pitch is the sum of
three embeddings, its own, its pitch class's and its octave's, so that a note is known in an octave where it was seldom heard.
Source: Devlin et al. 2019 (BERT); Zeng et al. 2021 (MusicBERT) for notes as sums and masks over bars; Su et al. 2021 (rotary).
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from boya.representation.note_rows import DRUMS, FIELDS, PARTS

__all__ = ["SPANS", "EncoderNetwork", "EncoderSettings"]

STEPS_PER_QUARTER, OCTAVE = 12, 12
PITCH = list(FIELDS).index("pitch")
SHORTEST_QUARTER, LONGEST_QUARTER = 0.5, 256.0  # of the waves that queries and keys are turned by
FIRST_DEVIATION = 0.02
UNHEARD = -1e4  # added to the likeness to a note that is not there


def _spans() -> dict[str, slice]:
    """Place of every field among the scores."""
    spans, start = {}, 0
    for name, n in FIELDS.items():
        spans[name] = slice(start, start + n)
        start += n
    return spans


SPANS = _spans()


@dataclass(frozen=True)
class EncoderSettings:
    """What defines the network."""

    width: int = 160
    """length of the vector that runs through the layers"""
    layers: int = 5
    """number of layers"""
    heads: int = 5
    """queries of a layer"""
    feed_forward: int = 640
    """width between the two halves of a layer's feed-forward part"""
    context: int = 256
    """most notes heard at once"""
    vector: int = 96
    """length of the vector of a passage"""

    def faults(self) -> Iterator[str]:
        """Yield what is wrong."""
        for name in ("width", "layers", "heads", "feed_forward", "context", "vector"):
            if getattr(self, name) < 1:
                yield f"{name} must be at least 1; got {getattr(self, name)}"
                return
        if self.width % (2 * self.heads):
            yield f"width must be a multiple of twice the heads, {2 * self.heads}; got {self.width}"


class EncoderNetwork(nn.Module):
    """Notes as sums of embeddings, layers that hear in both directions, and three ways out."""

    offsets: Tensor
    sizes: Tensor
    speeds: Tensor

    def __init__(self, settings: EncoderSettings) -> None:
        super().__init__()
        self.settings = s = settings
        sizes = torch.tensor(list(FIELDS.values()))
        self.embed = nn.Embedding(int((sizes + 1).sum()), s.width)  # one more of each field: hidden
        self.pitch_class, self.octave = nn.Embedding(OCTAVE + 1, s.width), nn.Embedding(DRUMS // OCTAVE + 2, s.width)
        self.layers = nn.ModuleList(Layer(s) for _ in range(s.layers))
        self.norm = nn.LayerNorm(s.width)
        self.scores = nn.Linear(s.width, sum(FIELDS.values()))
        self.part = nn.Linear(s.width, len(PARTS))
        self.project = nn.Linear(s.width, s.vector)
        waves = torch.logspace(math.log2(SHORTEST_QUARTER), math.log2(LONGEST_QUARTER), s.width // s.heads // 2, 2.0)
        self.register_buffer("offsets", torch.cumsum(sizes + 1, 0) - sizes - 1, persistent=False)
        self.register_buffer("sizes", sizes, persistent=False)
        self.register_buffer("speeds", 2 * math.pi / (waves * STEPS_PER_QUARTER), persistent=False)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                share = 1 / math.sqrt(2 * s.layers) if name.endswith(("out.weight", "down.weight")) else 1.0
                nn.init.normal_(weight, std=FIRST_DEVIATION * share)

    def forward(self, values: Tensor, time: Tensor, is_note: Tensor) -> tuple[Tensor, Tensor]:
        """Return each note's scores of PARTS `[shape=(batch, notes, parts)]`, the passage's vector `[shape=(batch, vector)]`."""
        heard = self.hear(values, time, is_note)
        return self.part(heard), self.vector(heard, is_note)

    def hear(self, values: Tensor, time: Tensor, is_note: Tensor) -> Tensor:
        """Return what is heard at every note. [shape=(batch, notes, width)]"""
        pitch = values[..., PITCH]
        is_tone = (pitch >= 0) & (pitch < DRUMS)
        stream = self.embed(torch.where(values < 0, self.sizes, values) + self.offsets).sum(2)
        stream = stream + self.pitch_class(torch.where(is_tone, pitch % OCTAVE, OCTAVE))
        stream = stream + self.octave(torch.where(is_tone, pitch // OCTAVE, DRUMS // OCTAVE + 1))
        angles = time.float()[..., None] * self.speeds
        turn = angles.cos()[:, None], angles.sin()[:, None]
        unheard = torch.where(is_note, 0.0, UNHEARD)[:, None, None]
        for layer in self.layers:
            stream = layer(stream, turn, unheard)
        return self.norm(stream)

    def vector(self, heard: Tensor, is_note: Tensor) -> Tensor:
        """Return the mean of what is heard, projected to a vector of length 1. [shape=(batch, vector)]"""
        share = is_note.to(heard.dtype)[..., None]
        mean = (heard * share).sum(1) / share.sum(1).clamp(min=1.0)
        return F.normalize(self.project(mean).float(), dim=-1)


class Layer(nn.Module):
    """Attention to all notes, then a feed-forward part, each added to what runs through."""

    def __init__(self, settings: EncoderSettings) -> None:
        super().__init__()
        s = settings
        self.heads = s.heads
        self.before, self.between = nn.LayerNorm(s.width), nn.LayerNorm(s.width)
        self.all = nn.Linear(s.width, 3 * s.width)
        self.out = nn.Linear(s.width, s.width)
        self.up, self.down = nn.Linear(s.width, s.feed_forward), nn.Linear(s.feed_forward, s.width)

    def forward(self, stream: Tensor, turn: tuple[Tensor, Tensor], unheard: Tensor) -> Tensor:
        """Run both halves. [shape=(batch, notes, width)]"""
        stream = stream + self._attend(self.before(stream), turn, unheard)
        return stream + self.down(F.gelu(self.up(self.between(stream)), approximate="tanh"))

    def _attend(self, heard: Tensor, turn: tuple[Tensor, Tensor], unheard: Tensor) -> Tensor:
        """Let each note hear all notes that are there. [shape=(batch, notes, width)]"""
        batch, notes, width = heard.shape
        both = self.all(heard).view(batch, notes, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        queries, keys, values = both[0], both[1], both[2]
        queries, keys = _turned(queries, turn).to(values.dtype), _turned(keys, turn).to(values.dtype)
        near = queries @ keys.transpose(2, 3) * queries.shape[-1] ** -0.5 + unheard  # twice as fast here as the fused function
        found = near.softmax(-1).to(values.dtype) @ values
        return self.out(found.transpose(1, 2).reshape(batch, notes, width))


def _turned(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Turn queries or keys `[shape=(batch, heads, notes, head)]` to their times, two of `[shape=(batch, 1, notes, head / 2)]`."""
    cosine, sine = turn
    first, second = x.chunk(2, -1)
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine], -1)
