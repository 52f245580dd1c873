"""The convolutional discriminator on multi-track piano rolls, and the dense generator of the textbook.

Conventions: a phrase is a *canvas* `[shape=(batch, channels, steps, 72)]` over pitches 24-95: for each pitched role what
sounds and what begins; drums come beside it as `[shape=(batch, 9, steps)]`, chords as `[shape=(batch, 38, steps)]`.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from boya.models.networks.gan_generator import FRAME_WIDTHS, HARMONY, ORDER, PITCHES, Frame, straight, threshold

__all__ = ["DenseGenerator", "DenseSettings", "Discriminator", "DiscriminatorSettings", "canvas"]

LOWEST, HIGHEST = 24, 96
ROWS = HIGHEST - LOWEST
BASES = {"melody": 48, "bass": 24, "chords": 36, "pad": 36}


def canvas(frames: Frame) -> tuple[Tensor, Tensor]:
    """Lay frames out as piano rolls; gradients pass. Values of frames [shape=(batch, steps, width)]."""
    channels = []
    for role, base in BASES.items():
        sounding, onset = _line(frames[role]) if role in ("melody", "bass") else frames[role].chunk(2, -1)
        pad = (base - LOWEST, HIGHEST - base - PITCHES)
        channels += [F.pad(sounding, pad), F.pad(onset, pad)]
    return torch.stack(channels, 1), frames["drums"].transpose(1, 2)


def _line(tokens: Tensor) -> tuple[Tensor, Tensor]:
    """What sounds and what begins in a single line: a hold carries on what sounded."""
    onset, hold = tokens[..., 2:], tokens[..., 1:2]
    sounding = [onset[:, 0]]
    for step in range(1, tokens.shape[1]):
        sounding.append(onset[:, step] + hold[:, step] * sounding[-1])
    return torch.stack(sounding, 1), onset


@dataclass(frozen=True)
class DiscriminatorSettings:
    """What defines the discriminator."""

    width: int = 24
    """channels of the first layer; later layers have two and four times as many"""
    styles: int = 14
    """number of styles"""


class Discriminator(nn.Module):
    """CNN that scores how real a phrase sounds in its style and over its chords. [shape=(batch,)]"""

    def __init__(self, settings: DiscriminatorSettings) -> None:
        super().__init__()
        w = settings.width
        self.pitch = nn.Conv2d(2 * len(BASES), w, (1, 12), stride=(1, 6))  # octaves
        self.motion = nn.Conv2d(w, 2 * w, (3, 3), stride=(2, 2), padding=(1, 0))
        self.chroma = nn.Conv1d(12 * 2 * len(BASES), 3 * w, 1)
        self.drums = nn.Conv1d(9, w, 3, padding=1)
        self.harmony = nn.Conv1d(HARMONY, w, 1)
        self.beat = nn.Conv1d(3 * w + 2 * w, 4 * w, 4, stride=2, padding=1)
        self.joined = nn.Conv1d(4 * w + 2 * w * 5, 4 * w, 3, padding=1)
        self.bar = nn.Conv1d(4 * w, 6 * w, 8, stride=8)
        self.style = nn.Embedding(settings.styles, 6 * w)
        self.form = nn.Linear(4 * 6 * w, 6 * w)
        self.score = nn.Linear(6 * w, 1)

    def forward(self, rolls: Tensor, drums: Tensor, harmony: Tensor, style: Tensor) -> Tensor:
        """Score a batch of phrases of 64 steps."""

        def act(x: Tensor) -> Tensor:
            return F.leaky_relu(x, 0.2)

        batch, channels, steps, _ = rolls.shape
        melodic = act(self.motion(act(self.pitch(rolls))))
        folded = rolls.reshape(batch, channels, steps, ROWS // 12, 12).sum(3).permute(0, 1, 3, 2).flatten(1, 2)
        beside = torch.cat([act(self.chroma(folded)), act(self.drums(drums)), act(self.harmony(harmony))], 1)
        joined = torch.cat([act(self.beat(beside)), melodic.transpose(2, 3).flatten(1, 2)], 1)
        bars = act(self.bar(act(self.joined(joined))))
        whole = act(self.form(bars.flatten(1)))
        return (self.score(whole)[:, 0] + (whole * self.style(style)).mean(-1)).float()


@dataclass(frozen=True)
class DenseSettings:
    """What defines the dense generator."""

    noise: int = 64
    """length of the noise vector"""
    hidden: int = 384
    """width of the two hidden layers"""
    styles: int = 14
    """number of styles"""
    tempo_classes: int = 4
    """number of tempo classes"""
    bar: int = 96
    """width of a quarter-note's vector before it is spread over its steps"""


class DenseGenerator(nn.Module):
    """The textbook's generator: noise through dense layers to a whole piano roll at once."""

    def __init__(self, settings: DenseSettings) -> None:
        super().__init__()
        s = self.settings = settings
        self.style = nn.Embedding(s.styles, s.hidden)
        self.mode = nn.Embedding(2, s.hidden)
        self.tempo = nn.Embedding(s.tempo_classes, s.hidden)
        self.first = nn.Linear(s.noise + 16 * HARMONY, s.hidden)
        self.second = nn.Linear(s.hidden, 16 * s.bar)
        self.quarter = nn.Linear(s.bar + HARMONY, 2 * s.hidden)
        self.out = nn.Linear(2 * s.hidden, 4 * sum(FRAME_WIDTHS.values()))

    def forward(self, noise: Tensor, harmony: Tensor, style: Tensor, mode: Tensor, tempo: Tensor) -> Frame:
        """Write phrases of 64 steps. noise [shape=(batch, noise)], harmony [shape=(batch, 64, 38)]"""
        per_quarter = harmony[:, ::4]
        known = self.style(style) + self.mode(mode) + self.tempo(tempo)
        hidden = F.relu(self.first(torch.cat([noise, per_quarter.flatten(1)], -1)) + known)
        quarters = F.relu(self.second(hidden)).reshape(-1, 16, self.settings.bar)
        wide = F.relu(self.quarter(torch.cat([quarters, per_quarter], -1)))
        flat = self.out(wide).reshape(-1, 64, sum(FRAME_WIDTHS.values()))
        logits = dict(zip(ORDER, flat.split([FRAME_WIDTHS[role] for role in ORDER], -1), strict=True))
        frame = {role: straight(logits[role]) for role in ("melody", "bass")}
        frame["drums"] = threshold(logits["drums"])
        for role in ("chords", "pad"):
            sounding, onset = threshold(logits[role]).chunk(2, -1)
            frame[role] = torch.cat([torch.maximum(sounding, onset), onset], -1)
        return frame
