"""Sequence to one vector to sequence: a recurrent encoder, a fixed-length latent, a recurrent decoder.

Conventions: a phrase is `[shape=(batch, tracks, steps)]` of tokens, a step is a sixteenth, and steps fall into `segments` of
equal length (bars, or the whole phrase for short ones). The encoder reads the segments with a bidirectional network, then
the segments' vectors with another, and writes mean and logarithm of the variance of `z [shape=(batch, latent)]`. In the
decoder a *conductor* unrolls `z` over the segments; each segment is then written step by step from the conductor's vector
and its own past, all segments side by side. Straight paths lead past the recurrent layers on both sides of the latent:
without them the vector carries almost nothing for the first hours of training.

Source: Sutskever et al. 2014 (encoder-decoder); Roberts et al. 2018 (MusicVAE: latent, conductor).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["Seq2SeqNetwork", "Seq2SeqSettings"]


@dataclass(frozen=True)
class Seq2SeqSettings:
    """What defines the network."""

    tracks: tuple[str, ...] = ("melody",)
    """roles read and written, in this order"""
    vocabulary: tuple[int, ...] = (50,)
    """number of tokens of each track"""
    segments: int = 1
    """parts the conductor walks over: 1 for two bars, 16 for sixteen"""
    segment_steps: int = 32
    """sixteenths in a segment"""
    cell: str = "lstm"
    """"lstm" or "gru", for encoder and decoder"""
    embedding: int = 64
    """width of a token's vector"""
    encoder: int = 256
    """hidden width of the encoder, each direction"""
    encoder_layers: int = 2
    """layers of the segment reader"""
    step: int = 16
    """width of a step's vector between encoder and segment, and between segment and decoder twice that"""
    slot: int = 64
    """width of a segment's vector on both sides of the latent"""
    latent: int = 256
    """length of the vector between encoder and decoder"""
    conductor: int = 256
    """hidden width of the conductor"""
    decoder: int = 384
    """hidden width of the decoder"""
    variational: bool = True
    """whether the latent is a distribution pulled towards a standard normal"""


class Seq2SeqNetwork(nn.Module):
    """Encoder, latent and decoder in one module."""

    def __init__(self, settings: Seq2SeqSettings) -> None:
        super().__init__()
        s = self.settings = settings
        cell = {"lstm": nn.LSTM, "gru": nn.GRU}[s.cell]
        self.embed = nn.ModuleList(nn.Embedding(n + 1, s.embedding) for n in s.vocabulary)  # the last is "unknown"
        self.place = nn.Embedding(s.segment_steps, s.embedding)
        self.read_steps = cell(s.embedding, s.encoder, s.encoder_layers, bidirectional=True, batch_first=True)
        self.steps_in = nn.Linear(2 * s.encoder + s.embedding, s.step)
        self.segment_in = nn.Linear(s.segment_steps * s.step, s.slot)
        self.read_segments = cell(s.slot, s.encoder // 2, bidirectional=True, batch_first=True)
        self.slots_in = nn.Linear(s.slot + s.encoder // 2 * 2, s.slot)
        self.to_latent = nn.Linear(s.segments * s.slot, 2 * s.latent)
        self.slots_out = nn.Linear(s.latent, s.segments * s.slot)
        self.conduct = cell(s.slot, s.conductor, batch_first=True)
        self.segment = nn.Linear(s.conductor + s.slot, s.conductor)
        self.start = nn.Linear(s.conductor, s.decoder)
        self.steps_out = nn.Linear(s.conductor, s.segment_steps * 2 * s.step)
        self.write = cell(s.embedding + 2 * s.step, s.decoder, batch_first=True)
        self.heads = nn.ModuleList(nn.Linear(s.decoder + 2 * s.step, n) for n in s.vocabulary)

    def encode(self, phrase: Tensor) -> tuple[Tensor, Tensor]:
        """Return mean and log-variance of the latent. phrase [shape=(batch, tracks, steps)], both [shape=(batch, latent)]"""
        s = self.settings
        batch = phrase.shape[0]
        steps = self._embedded(phrase.reshape(batch, len(s.tracks), s.segments, s.segment_steps).transpose(1, 2).flatten(0, 1))
        read, _ = self.read_steps(steps + self.place.weight)
        segments = self.segment_in(self.steps_in(torch.cat([read, steps], -1)).flatten(1)).reshape(batch, s.segments, s.slot)
        over, _ = self.read_segments(segments)
        slots = self.slots_in(torch.cat([segments, over], -1))
        mean, log_variance = self.to_latent(slots.flatten(1)).chunk(2, -1)
        return mean, log_variance.clamp(-10, 4)

    def conductor(self, latent: Tensor) -> Tensor:
        """Unroll the latent over the segments. [shape=(batch, segments, conductor)]"""
        s = self.settings
        slots = self.slots_out(latent).reshape(-1, s.segments, s.slot)
        conducted, _ = self.conduct(slots)
        return self.segment(torch.cat([conducted, slots], -1))

    def decode(self, latent: Tensor, past: Tensor) -> list[Tensor]:
        """Return logits of every step given the tokens before it (teacher forcing).

        latent [shape=(batch, latent)], past [shape=(batch, tracks, steps)]: token `t - 1` of the same segment stands at `t`.
        Returns one tensor a track, [shape=(batch, steps, vocabulary)].
        """
        s = self.settings
        batch = past.shape[0]
        segment = self.conductor(latent).flatten(0, 1)
        tokens = past.reshape(batch, len(s.tracks), s.segments, s.segment_steps).transpose(1, 2).flatten(0, 1)
        vectors = self.step_vectors(segment)
        written, _ = self.write(torch.cat([self._embedded(tokens) + self.place.weight, vectors], -1), self.first_state(segment))
        written = torch.cat([written, vectors], -1)
        return [head(written).reshape(batch, s.segments * s.segment_steps, -1) for head in self.heads]

    def step_vectors(self, segment: Tensor) -> Tensor:
        """Unroll a segment's vector over its steps. [shape=(segments, steps, 2 * step)]"""
        return self.steps_out(segment).reshape(segment.shape[0], self.settings.segment_steps, -1)

    def first_state(self, segment: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        """Return the decoder's state before a segment."""
        start = torch.tanh(self.start(segment))[None]
        return (start, torch.zeros_like(start)) if self.settings.cell == "lstm" else start

    def past_of(self, phrase: Tensor) -> Tensor:
        """Shift a phrase by one step inside each segment; the first step sees "unknown"."""
        s = self.settings
        shifted = phrase.reshape(*phrase.shape[:2], s.segments, s.segment_steps).roll(1, -1)
        shifted[..., 0] = torch.tensor(s.vocabulary, device=phrase.device)[:, None]
        return shifted.flatten(2)

    def forget(self, past: Tensor, share: float, chance: Tensor | None = None) -> Tensor:
        """Replace a share of the steps by "unknown", so that the latent has to carry the music.

        chance [shape=(batch, tracks, steps)] is uniform in 0-1; drawn here when not given.
        """
        unknown = torch.tensor(self.settings.vocabulary, device=past.device)[:, None].expand_as(past)
        chance = torch.rand(past.shape, device=past.device) if chance is None else chance
        return torch.where(chance < share, unknown, past)

    def unroll(self, latent: Tensor) -> tuple[Tensor, Tensor]:
        """Return every step's vector and the first state of every segment, as `write_step` takes them: a row is a segment.

        [shape=(batch * segments, segment steps, 2 * step)], [shape=(state layers, batch * segments, decoder)]
        """
        segment = self.conductor(latent).flatten(0, 1)
        state = self.first_state(segment)
        return self.step_vectors(segment), torch.cat(state) if isinstance(state, tuple) else state

    def write_step(self, token: Tensor, place: Tensor, vector: Tensor, state: Tensor) -> tuple[Tensor, ...]:
        """Write one step of many segments: logits of each track, then the state.

        token [shape=(rows, tracks)], place [shape=(rows,)], vector [shape=(rows, 2 * step)],
        state [shape=(state layers, rows, decoder)]
        """
        inputs = torch.cat([self._embedded(token[..., None])[:, 0] + self.place(place), vector], -1)[:, None]
        if self.settings.cell == "lstm":
            output, (h, c) = self.write(inputs, (state[:1], state[1:]))
            after = torch.cat([h, c])
        else:
            output, after = self.write(inputs, state)
        written = torch.cat([output[:, 0], vector], -1)
        return *(head(written) for head in self.heads), after

    @torch.no_grad()
    def rewrite(self, latent: Tensor) -> Tensor:
        """Write phrases from latents, each step from the best token before it. [shape=(batch, tracks, steps)]"""
        s = self.settings
        segment = self.conductor(latent).flatten(0, 1)
        vectors, state = self.step_vectors(segment), self.first_state(segment)
        token = torch.tensor(s.vocabulary, device=latent.device).expand(len(segment), -1)
        written = []
        for step in range(s.segment_steps):
            inputs = torch.cat([self._embedded(token[..., None])[:, 0] + self.place.weight[step], vectors[:, step]], -1)
            output, state = self.write(inputs[:, None], state)
            seen = torch.cat([output[:, 0], vectors[:, step]], -1)
            token = torch.stack([head(seen).argmax(-1) for head in self.heads], -1)
            written.append(token)
        tokens = torch.stack(written, -1).reshape(len(latent), s.segments, len(s.tracks), s.segment_steps)
        return tokens.transpose(1, 2).flatten(2)

    def loss(
        self,
        phrase: Tensor,
        *,
        forget: float,
        kl_weight: float,
        free_nats: float,
        noise: Tensor | None = None,
        chance: Tensor | None = None,
        seen: Tensor | None = None,
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return nats per phrase to minimise, and its parts.

        seen is what the encoder reads in place of the phrase, with "unknown" where it shall learn to imagine.

        noise is standard normal [shape=(batch, latent)], chance uniform in 0-1 [shape=(batch, tracks, steps)]; drawn here
        when not given.
        """
        mean, log_variance = self.encode(phrase if seen is None else seen)
        latent = mean
        kl = mean.new_zeros(())
        if self.settings.variational:
            noise = torch.randn_like(mean) if noise is None else noise
            latent = mean + noise * (0.5 * log_variance).exp()
            kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(-1).mean()
        logits = self.decode(latent, self.forget(self.past_of(phrase), forget, chance))
        parts = {}
        total = mean.new_zeros(())
        for track, name in enumerate(self.settings.tracks):
            found = logits[track].flatten(0, 1).float()
            nats = F.cross_entropy(found, phrase[:, track].flatten(), reduction="sum") / phrase.shape[0]
            parts[f"nats_{name}"] = nats.detach()
            total = total + nats
        parts["kl"] = kl.detach()
        return total + kl_weight * (kl - free_nats).clamp(min=0), parts

    def _embedded(self, tokens: Tensor) -> Tensor:
        """Sum the tracks' token vectors. [shape=(batch, tracks, steps)] -> [shape=(batch, steps, embedding)]"""
        return torch.stack([embed(tokens[:, track]) for track, embed in enumerate(self.embed)]).sum(0)
