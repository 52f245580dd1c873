"""The recurrent generator: a band of five roles written frame by frame, and its likelihood.

A *frame* is what happens in one sixteenth, as float tensors whose last axis is: melody and bass a token in one-hot form (0
rest, 1 hold, then 48 pitches), drums 9 classes struck or not, chords and pad each two sets of 48 pitches, what sounds and
what begins. Inside a frame the roles are drawn in the order of `ORDER`, each knowing those before it. A polyphonic role
first draws an *event* (how many pitches begin, and whether what sounds is released, kept, or partly kept) and then which
pitches. Every draw adds given noise to logits and takes the best, so that the network is a function of its inputs (noise,
masks), and gradients pass straight through the choice.

Source: recurrent generator with adversarial loss as in C-RNN-GAN (Mogren 2016) and MuseGAN's conditioning tracks (Dong et
al. 2018); straight-through Gumbel choice (Jang et al. 2017).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from boya.models.layout import EVENTS, FRAME_WIDTHS, MASK_WIDTHS, MOST_ONSETS, ORDER
from boya.representation.grid import ROLL_BASE, ROLL_SIZE
from boya.representation.phrases import LINE_TOKENS

__all__ = [
    "EVENTS",
    "FRAME",
    "FRAME_WIDTHS",
    "MASK_WIDTHS",
    "MEMORY",
    "ORDER",
    "Frame",
    "Generator",
    "GeneratorSettings",
    "damped",
    "flatten",
    "memory_of",
    "remember",
    "ringing",
    "unflatten",
]

PITCHES = ROLL_SIZE
TOKENS = LINE_TOKENS
RELEASED, KEPT, PARTLY = 0, 1, 2
FRAME = sum(FRAME_WIDTHS.values())
BAR = 16
MEMORY = 2 * PITCHES + 2 * FRAME
HARMONY = 13 + 13 + 12  # root, bass (12 = none), pitch classes


Frame = dict[str, Tensor]


@dataclass(frozen=True)
class GeneratorSettings:
    """What defines the generator."""

    cell: str = "gru"
    """"gru" or "lstm" """
    hidden: int = 448
    """hidden width of the recurrent network"""
    frame: int = 192
    """width of a frame's vector, and of each role's hidden layer"""
    context: int = 96
    """hidden width of the network that reads chords and given tracks, each direction"""
    condition: int = 64
    """width of the vector of style, mode, tempo class and noise"""
    noise: int = 32
    """length of the phrase's noise vector"""
    styles: int = 14
    """number of styles"""
    tempo_classes: int = 4
    """number of tempo classes"""
    drum_sets: int = 128
    """drum sets in the dictionary learnt from the training data"""


class Generator(nn.Module):
    """Recurrent generator conditioned on style, mode, tempo class, chords and given tracks."""

    drum_sets: Tensor

    def __init__(self, settings: GeneratorSettings) -> None:
        super().__init__()
        s = self.settings = settings
        cell = {"lstm": nn.LSTM, "gru": nn.GRU}[s.cell]
        width = sum(FRAME_WIDTHS.values())
        self.register_buffer("drum_sets", torch.zeros(s.drum_sets, 9))
        self.style = nn.Embedding(s.styles, s.condition)
        self.mode = nn.Embedding(2, s.condition)
        self.tempo = nn.Embedding(s.tempo_classes, s.condition)
        self.noise = nn.Linear(s.noise, s.condition)
        self.place = nn.Embedding(64, s.frame)
        self.read = nn.GRU(HARMONY + width + len(ORDER), s.context, bidirectional=True, batch_first=True)
        self.frame = nn.Linear(width, s.frame)
        self.recall = nn.Linear(MEMORY, s.frame)
        recalled = {part: nn.Linear(s.frame, s.frame, bias=False) for part in ("run", *ORDER)}
        for layer in recalled.values():
            nn.init.zeros_(layer.weight)  # learnt last: at first the recurrent state has to do without
        self.recalled = nn.ModuleDict(recalled)
        self.run = cell(s.frame + 2 * s.context + s.condition, s.hidden, batch_first=True)
        self.from_run = nn.ModuleDict({role: nn.Linear(s.hidden, s.frame) for role in ORDER})
        self.from_frame = nn.ModuleDict()
        earlier = 0
        for role in ORDER:
            if earlier:
                self.from_frame[role] = nn.Linear(earlier, s.frame, bias=False)
            earlier += FRAME_WIDTHS[role]
        outputs = {"drums": s.drum_sets, "bass": TOKENS, "chords": EVENTS, "pad": EVENTS, "melody": TOKENS}
        self.heads = nn.ModuleDict({role: nn.Linear(s.frame, n) for role, n in outputs.items()})
        self.event = nn.ModuleDict({role: nn.Linear(EVENTS, s.frame, bias=False) for role in ("chords", "pad")})
        self.pitches = nn.ModuleDict({role: nn.Linear(s.frame, 2 * PITCHES) for role in ("chords", "pad")})

    # What is known before the first note

    def condition(self, style: Tensor, mode: Tensor, tempo: Tensor, noise: Tensor) -> Tensor:
        """Return the phrase's condition. All inputs [shape=(batch,)] but noise [shape=(batch, noise)]."""
        return torch.tanh(self.style(style) + self.mode(mode) + self.tempo(tempo) + self.noise(noise))

    def context(self, harmony: Tensor, given: Tensor, is_given: Tensor) -> Tensor:
        """Read chords and given tracks in both directions.

        harmony [shape=(batch, steps, 38)], given [shape=(batch, steps, frame width)] with zeros for roles to be written,
        is_given [shape=(batch, 5)] in ORDER; returns [shape=(batch, steps, 2 * context)].
        """
        flags = is_given[:, None].expand(-1, harmony.shape[1], -1)
        read, _ = self.read(torch.cat([harmony, given, flags], -1))
        return read

    # Likelihood of given phrases (teacher forcing)

    def nats(
        self, frames: Frame, context: Tensor, condition: Tensor, places: Tensor, temperature: float = 1.0
    ) -> dict[str, Tensor]:
        """Return the nats of each role and step, chord pitches at a temperature. Values [shape=(batch, steps)]."""
        flat = flatten(frames)
        before = F.pad(flat[:, :-1], (0, 0, 1, 0))
        recall = F.relu(self.recall(memory_of(flat)))
        outputs, _ = self.run(self._inputs(before, recall, context, condition, places))
        nats = {}
        for role in ORDER:
            hidden = self._hidden(role, outputs, recall, flat)
            logits = self.heads[role](hidden).float()
            if role in ("melody", "bass"):
                nats[role] = -(logits.log_softmax(-1) * frames[role]).sum(-1)
            elif role == "drums":
                nats[role] = F.cross_entropy(logits.transpose(1, 2), self.drum_index(frames[role]), reduction="none")
            else:
                nats[role] = self._polyphonic_nats(role, hidden, logits, frames[role], temperature)
        return nats

    def drum_index(self, struck: Tensor) -> Tensor:
        """Return the nearest drum set of the dictionary. [shape=(..., 9)] -> [shape=(...)]"""
        return torch.cdist(struck.float().flatten(0, -2), self.drum_sets, p=1).argmin(-1).reshape(struck.shape[:-1])

    def _polyphonic_nats(self, role: str, hidden: Tensor, logits: Tensor, frames: Tensor, temperature: float) -> Tensor:
        """Nats of the event and of its pitches."""
        sounding, onset = frames.chunk(2, -1)
        before = F.pad(sounding[:, :-1], (0, 0, 1, 0))
        event = event_of(before, sounding, onset)
        known = F.relu(hidden + self.event[role](F.one_hot(event, EVENTS).to(hidden.dtype)))
        which, keep = (self.pitches[role](known).float() / temperature).chunk(2, -1)
        nats = F.cross_entropy(logits.transpose(1, 2), event, reduction="none")
        nats = nats - (which.log_softmax(-1) * onset).sum(-1)
        kept = F.binary_cross_entropy_with_logits(keep, sounding * (1 - onset), reduction="none")
        partly = (event % 3 == PARTLY).float()
        return nats + (kept * before * (1 - onset)).sum(-1) * partly

    # Writing

    def step(
        self,
        before: Tensor,
        memory: Tensor,
        state: Tensor,
        context: Tensor,
        condition: Tensor,
        place: Tensor,
        noise: Tensor,
        mask: Tensor,
        given: Tensor,
        is_given: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Write one frame; every frame is flat, its roles joined in ORDER.

        before
            the frame before [shape=(batch, 301)]
        memory
            what `memory_of` keeps of the frames so far [shape=(batch, 698)]
        state
            recurrent state [shape=(layers, batch, hidden)]; for an LSTM h and c joined on the first axis
        context, condition, place
            [shape=(batch, 2 * context)], [shape=(batch, condition)], step in the phrase [shape=(batch,)]
        noise
            one value a logit, roles joined in ORDER, `noise_widths` wide each: Gumbel noise, and logistic for what is kept
        mask
            0 where a class or pitch may sound, large and negative elsewhere, MASK_WIDTHS in ORDER [shape=(batch, 201)]
        given, is_given
            the frame to keep for roles with is_given = 1 [shape=(batch, 301)], [shape=(batch, 5)]
        """
        recall = F.relu(self.recall(memory))[:, None]
        output, state = self._advance(self._inputs(before[:, None], recall, context[:, None], condition, place[:, None]), state)
        last, kept, noises, masks = (
            unflatten(flat, widths)
            for flat, widths in ((before, FRAME_WIDTHS), (given, FRAME_WIDTHS), (noise, self.noise_widths), (mask, MASK_WIDTHS))
        )
        frame = output[:, 0, :0]
        for number, role in enumerate(ORDER):
            drawn = self._draw(role, self._hidden(role, output[:, 0], recall[:, 0], frame), last[role], noises[role], masks[role])
            keep = is_given[:, number : number + 1]
            frame = torch.cat([frame, keep * kept[role] + (1 - keep) * drawn], -1)
        return frame, state

    @property
    def noise_widths(self) -> dict[str, int]:
        """Number of noise values each role takes a frame."""
        polyphonic = EVENTS + 2 * PITCHES
        return {"drums": self.settings.drum_sets, "bass": TOKENS, "chords": polyphonic, "pad": polyphonic, "melody": TOKENS}

    def first_state(self, batch: int) -> Tensor:
        """Return the state before the first frame."""
        return self.frame.weight.new_zeros(2 if self.settings.cell == "lstm" else 1, batch, self.settings.hidden)

    def read_lead(self, frames: Tensor, context: Tensor, condition: Tensor, places: Tensor) -> Tensor:
        """Return the state in which the frame after the lead is written, its last frame not yet read.

        frames [shape=(batch, lead, 301)], context [shape=(batch, lead, 2 * context)], places [shape=(batch, lead)]
        """
        before = F.pad(frames[:, :-1], (0, 0, 1, 0))
        recall = F.relu(self.recall(memory_of(frames)))
        return self._advance(self._inputs(before, recall, context, condition, places), self.first_state(frames.shape[0]))[1]

    def _advance(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        if self.settings.cell == "gru":
            output, after = self.run(inputs, state)
            return output, after
        output, (h, c) = self.run(inputs, (state[:1], state[1:]))
        return output, torch.cat([h, c])

    def _draw(self, role: str, hidden: Tensor, before: Tensor, noise: Tensor, mask: Tensor) -> Tensor:
        """Draw a role's part of the frame."""
        logits = self.heads[role](hidden)
        if role == "drums":
            struck = straight(logits + noise + mask @ self.drum_sets.T)
            return struck @ self.drum_sets
        if role in ("melody", "bass"):
            return straight(logits + noise + F.pad(mask, (2, 0)))
        return self._draw_pitches(role, hidden, logits, before, noise, mask)

    def _draw_pitches(self, role: str, hidden: Tensor, logits: Tensor, before: Tensor, noise: Tensor, mask: Tensor) -> Tensor:
        """Draw the event of a polyphonic role, then as many pitches as it names, and what is kept."""
        event_noise, pitch_noise, keep_noise = noise.split([EVENTS, PITCHES, PITCHES], -1)
        event = straight(logits + event_noise)
        which, keep = self.pitches[role](F.relu(hidden + self.event[role](event))).chunk(2, -1)
        wanted = event.reshape(-1, MOST_ONSETS + 1, 3).sum(-1)
        perturbed = which + pitch_noise + mask
        best = perturbed.topk(MOST_ONSETS, -1).values
        edge = torch.cat([best[:, :1] + 1e4, best], -1)  # the least value that begins, for 0 to 6 onsets
        onset = threshold(perturbed - (wanted.detach() * edge).sum(-1, keepdim=True).detach() + 1e-6)
        onset = onset * (mask > -1e3) * (1 - wanted[:, :1])
        held = event.reshape(-1, MOST_ONSETS + 1, 3).sum(1)
        kept = held[:, KEPT : KEPT + 1] + held[:, PARTLY : PARTLY + 1] * threshold(keep + keep_noise)
        sounding = before.chunk(2, -1)[0] * kept * (1 - onset) + onset
        return torch.cat([sounding, onset], -1)

    def _inputs(self, before: Tensor, recall: Tensor, context: Tensor, condition: Tensor, places: Tensor) -> Tensor:
        """Join what the recurrent network sees. [shape=(batch, steps, width)]"""
        vector = self.frame(before) + self.recalled["run"](recall) + self.place(places)
        return torch.cat([vector, context, condition[:, None].expand(-1, vector.shape[1], -1)], -1)

    def _hidden(self, role: str, outputs: Tensor, recall: Tensor, frame: Tensor) -> Tensor:
        """Hidden layer of a role, given the roles before it in the frame (a flat frame in ORDER)."""
        hidden = self.from_run[role](outputs) + self.recalled[role](recall)
        if role in self.from_frame:
            layer = self.from_frame[role]
            hidden = hidden + layer(frame[..., : layer.in_features])
        return F.relu(hidden)


def memory_of(frames: Tensor) -> Tensor:
    """Return what is remembered before each frame: the last pitch of melody and bass, the frames one and two bars ago.

    frames [shape=(batch, steps, 301)], memory [shape=(batch, steps, 698)], zeros where there was nothing yet. Source of the bars:
    the lookback network of Magenta's melody models (Waite 2016).
    """
    parts = unflatten(frames, FRAME_WIDTHS)
    last = [F.pad(_last_pitch(parts[role][..., 2:])[:, :-1], (0, 0, 1, 0)) for role in ("melody", "bass")]
    ago = [F.pad(frames, (0, 0, bars * BAR, 0))[:, : frames.shape[1]] for bars in (1, 2)]
    return torch.cat([*last, *ago], -1)


def remember(last: Tensor, past: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
    """Return the memory before the next frame, and the last pitches with the newest frame taken in.

    last
        last pitches before the newest frame [shape=(batch, 96)]
    past
        all frames so far, flat [shape=(batch, 301)] each
    """
    if past:
        newest = unflatten(past[-1], FRAME_WIDTHS)
        onset = torch.stack([newest[role][..., 2:] for role in ("melody", "bass")], 1)
        last = (onset + (1 - onset.sum(-1, keepdim=True)) * last.unflatten(-1, (2, PITCHES))).flatten(1)
    ago = [past[-bars * BAR] if len(past) >= bars * BAR else last.new_zeros(last.shape[0], FRAME) for bars in (1, 2)]
    return torch.cat([last, *ago], -1), last


def _last_pitch(onset: Tensor) -> Tensor:
    """Carry each onset on until the next. [shape=(batch, steps, 48)]"""
    steps = torch.arange(onset.shape[1], device=onset.device).expand(onset.shape[:2])
    latest = torch.where(onset.amax(-1) > 0, steps, -1).cummax(1).values
    carried = onset.gather(1, latest.clamp(min=0)[..., None].expand_as(onset))
    return carried * (latest >= 0)[..., None]


def ringing(harmony: Tensor) -> Tensor:
    """Return which pitches may ring on into each step: where a new chord begins only its own, as `Frames.of` has it.

    harmony [shape=(batch, steps, 38)] -> [shape=(batch, steps, 48)], 1 or 0
    """
    members = harmony[..., -12:]
    before = torch.cat([members[:, :1], members[:, :-1]], 1)
    changes = ((members != before).any(-1) & members.any(-1))[..., None]
    pitches = (ROLL_BASE + torch.arange(PITCHES, device=harmony.device)) % 12
    return torch.where(changes, members[..., pitches], torch.ones_like(members[..., pitches]))


def damped(frame: Tensor, may_ring: Tensor, is_given: Tensor) -> Tensor:
    """Return a flat frame in which chords and pad hold only what may ring on; given roles stay. [shape=(batch, 301)]"""
    parts = unflatten(frame, FRAME_WIDTHS)
    for role in ("chords", "pad"):
        sounding, onset = parts[role].chunk(2, -1)
        keeps = torch.maximum(may_ring, is_given[:, ORDER.index(role), None])
        parts[role] = torch.cat([torch.maximum(sounding * keeps, onset), onset], -1)
    return flatten(parts)


def flatten(frame: Frame) -> Tensor:
    """Join the roles of a frame in ORDER."""
    return torch.cat([frame[role] for role in ORDER], -1)


def unflatten(flat: Tensor, widths: dict[str, int]) -> Frame:
    """Split what was joined in ORDER."""
    return dict(zip(ORDER, flat.split([widths[role] for role in ORDER], -1), strict=True))


def event_of(before: Tensor, sounding: Tensor, onset: Tensor) -> Tensor:
    """Return the event index, onsets * 3 + what happens to what sounded. Inputs [shape=(..., 48)]."""
    count = onset.sum(-1).clamp(max=MOST_ONSETS).long()
    could = before * (1 - onset)
    kept = (could * sounding).sum(-1)
    held = torch.where(kept == 0, RELEASED, torch.where(kept == could.sum(-1), KEPT, PARTLY))
    return count * 3 + held


def straight(logits: Tensor) -> Tensor:
    """Return the best as one-hot, with the gradient of the softmax."""
    hard = F.one_hot(logits.argmax(-1), logits.shape[-1]).to(logits.dtype)
    if not torch.is_grad_enabled():
        return hard
    soft = logits.softmax(-1)
    return hard + (soft - soft.detach())  # in brackets: exactly the one-hot


def threshold(logits: Tensor) -> Tensor:
    """Return 1 where positive, with the gradient of the sigmoid."""
    hard = (logits > 0).to(logits.dtype)
    if not torch.is_grad_enabled():
        return hard
    soft = logits.sigmoid()
    return hard + (soft - soft.detach())
