"""The task of the harmonic-plus-noise decoder: parts of tones whose spectra shall be those of the teacher.

Conventions: spectra are compared at several window lengths, as decibels over a floor 60 dB under the loudest of the part, and as
magnitudes. The weights are chosen by how far dev tones are from the teacher's when they are played from a score: loudness written
by the performer, the tone by `boya.sound.neural.ddsp`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim import Optimizer

from boya.models.networks.ddsp import Ddsp, DdspSettings
from boya.sound.neural.bands import band_weights, frame_sines, start_angles
from boya.sound.neural.controls import hop_of, with_level
from boya.training.draws import Draws
from boya.training.neural_export import dev_distance
from boya.training.recipe import Recipe
from boya.training.settings import SpectralSettings, ToneSettings
from boya.training.task import Moment, optimizer_of
from boya.training.tones import Tones, check_controls

__all__ = ["DdspTask", "Synthesis"]

LEVEL_SCALE, FLOOR, DECIBEL = 20.0, 1e-3, 20 / float(np.log(10))
AFTER = -120.0  # decibels: the level after the end of a tone
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Parts:
    """Parts of tones: what is told, what was played, and what sounds are made of."""

    tone: Tensor
    controls: Tensor
    level: Tensor
    sines: Tensor
    angles: Tensor
    noise: Tensor


class Synthesis:
    """Levels to tones, in torch."""

    def __init__(self, settings: DdspSettings, sample_rate: int, device: torch.device) -> None:
        self.hop = hop_of(sample_rate)
        self.window = torch.hann_window(2 * self.hop, device=device).sqrt()
        weights = band_weights(settings.bands, 2 * self.hop, sample_rate)
        self.weights = torch.tensor(weights, dtype=torch.float32, device=device)

    def __call__(self, harmonics: Tensor, bands: Tensor, parts: Parts) -> Tensor:
        """Return tones. [shape=(batch, frames * hop)]"""
        loud = 10 ** (parts.level[..., None] / 20)
        sounding = (harmonics.exp() * loud).transpose(1, 2)
        turned = torch.cat([parts.angles.sin(), parts.angles.cos()], dim=1)
        left = torch.cat([sounding[:, :, :-1].repeat(1, 2, 1) * turned, sounding[:, :, 1:].repeat(1, 2, 1) * turned], dim=1)
        tone = (left.transpose(1, 2) @ parts.sines).flatten(1)
        gains = (torch.exp(bands @ self.weights) * loud).transpose(1, 2)
        spectrum = torch.stft(parts.noise, 2 * self.hop, self.hop, window=self.window, return_complex=True)
        return tone + torch.istft(spectrum * gains, 2 * self.hop, self.hop, window=self.window, length=tone.shape[1])


class DdspTask:
    """A decoder learns spectra."""

    judged_by = "distance"
    is_more_better = False
    result = "network"

    def __init__(self, recipe: Recipe, tones: Tones, device: torch.device) -> None:
        self.device, self.tones, self.recipe = device, tones, recipe
        self.data: ToneSettings = recipe.tables["data"]
        self.objective: SpectralSettings = recipe.tables["objective"]
        settings: DdspSettings = recipe.tables["network"]
        check_controls(settings.controls, self.data)
        self.network = Ddsp(settings).to(device)
        self.modules: Mapping[str, nn.Module] = {"network": self.network}
        self.optimizers: Mapping[str, Optimizer] = {"network": optimizer_of(self.network, recipe.loop)}
        self.synthesis = Synthesis(settings, self.data.sample_rate, device)
        self.hop = self.synthesis.hop
        self.frames = round(self.objective.second * self.data.sample_rate / self.hop)
        self.levels = [tones.level(number) for number in range(len(tones.rows))]

    def batch(self, draws: Draws, size: int, rows: slice) -> Parts:
        """Draw parts of tones, most from their beginning; a short tone is heard with the silence after it."""
        learnt = self.tones.of(is_dev=False)
        which = learnt[draws.rng.integers(len(learnt), size=size)]
        spare = np.maximum(self.tones.rows["n"][which] // self.hop - self.frames, 0)
        first = (np.maximum(draws.rng.uniform(-1, 1, size), 0) * spare).astype(np.int64)
        noise = draws.normal((size, self.frames * self.hop))
        cut = [self._part(int(number), int(frame)) for number, frame in zip(which[rows], first[rows], strict=True)]
        tone, controls, level, sines, angles = (
            torch.from_numpy(np.stack(column).astype(np.float32)).to(self.device) for column in zip(*cut, strict=True)
        )
        return Parts(tone, controls, level, sines, angles, noise[rows])

    def update(self, batch: Parts, moment: Moment) -> dict[str, Tensor]:
        """Descend the loss."""
        with moment.autocast():
            harmonics, bands = self.network(batch.controls)
            tone = self.synthesis(harmonics, bands, batch)
            apart = self._apart(tone, batch.tone)
            is_heard = batch.level > AFTER
            level = (self.network.performer(batch.controls[..., :-1]) - batch.level)[is_heard].abs().mean() / LEVEL_SCALE
        moment.descend(self.optimizers["network"], apart + level)
        return {"loss": apart.detach(), "level": LEVEL_SCALE * level.detach()}

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Return the distance of dev tones from the teacher's, in decibels."""
        return {"distance": dev_distance(self.network, self.recipe, self.tones)}

    def _apart(self, tone: Tensor, teacher: Tensor) -> Tensor:
        """Return how far spectra are apart."""
        total = tone.new_zeros(())
        for size in self.objective.scales:
            window = torch.hann_window(size, device=tone.device)
            ours, theirs = (
                torch.stft(sound, size, size // 4, window=window, return_complex=True).abs() for sound in (tone, teacher)
            )
            floor = FLOOR * theirs.amax(dim=(1, 2), keepdim=True)
            decibel = DECIBEL * ((ours + floor) / (theirs + floor)).log()
            total = total + decibel.abs().mean() / 10
            total = total + self.objective.linear * (ours - theirs).abs().sum() / theirs.sum()
        return total / len(self.objective.scales)

    def _part(self, number: int, first: int) -> tuple[Array, Array, Array, Array, Array]:
        """Cut one part: tone, controls with level, level, sines of a frame, angles at the frames' starts."""
        rate, frequency, harmonics = self.data.sample_rate, self.tones.frequency(number), self.network.settings.harmonics
        rows = np.arange(first, first + self.frames + 1)
        tone = self.tones.tone(number)[first * self.hop : (first + self.frames) * self.hop]
        kept = min(len(self.levels[number]) - first, self.frames + 1)
        level = self.levels[number][np.minimum(rows, first + kept - 1)]
        level = np.where(rows < first + kept, level, AFTER)
        controls = with_level(self.tones.controls(number, rows), level)
        order = np.arange(1, harmonics + 1)
        angles = 2 * np.pi * (np.outer(order, rows[:-1] * (frequency * self.hop / rate)) % 1) + start_angles(harmonics)[:, None]
        sines = frame_sines(frequency, harmonics, self.hop, rate)
        sines[np.tile(order * frequency > 0.47 * rate, 4)] = 0
        padded = np.pad(tone, (0, self.frames * self.hop - len(tone)))
        return padded, controls, level, sines, angles
