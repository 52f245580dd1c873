"""Settings of a training run that are not the network's: what to learn from, how long, and towards what.

Conventions: frozen dataclasses, one per table of a recipe, a sentence after each field. A *share* is 0-1; a *step* of the
loop is one update of the weights (a step of a phrase is a sixteenth). `fault` says what is wrong with a value, or nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = [
    "AdversarialSettings",
    "DataSettings",
    "HidingSettings",
    "LikelihoodSettings",
    "LoopSettings",
    "Seq2SeqObjective",
    "SpectralSettings",
    "ToneSettings",
    "WaveSettings",
    "WindowSettings",
]


@dataclass(frozen=True)
class DataSettings:
    """What to learn from: table `[data]`."""

    collections: tuple[str, ...] = ()
    """sources of the packed corpus to learn from; none means all"""
    bars: int = 4
    """length of a phrase in bars, without the lead"""
    hop_bars: int = 1
    """bars from one phrase of a piece to the next"""
    lead_bars: int = 0
    """bars before the phrase that are cut with it"""
    melody_bars: float = 0.0
    """least share of the phrase's bars in which the melody begins a note"""
    least_roles: int = 0
    """least number of the roles melody, bass, chords and drums that play in the phrase"""
    dev_share: float = 0.05
    """share of the works of `train` kept aside to decide when to stop"""
    dev_phrases: int = 400
    """most phrases used for such a decision"""
    styles: tuple[str, ...] = ()
    """styles in the order of their index; every other style comes after the last"""
    transposed_share: float = 0.0
    """share of phrases moved by -6 to 6 semitones where they stay in their windows"""
    mixed_share: float = 0.0
    """share of phrases that take some bars from another phrase"""
    mixed_bars: float = 0.0
    """share of the bars of such a phrase that come from another"""

    def faults(self) -> Iterator[str]:
        """Yield what is wrong."""
        yield from _at_least(self, 1, "bars", "hop_bars", "dev_phrases")
        yield from _at_least(self, 0, "lead_bars", "least_roles")
        yield from _shares(self, "melody_bars", "dev_share", "transposed_share", "mixed_share", "mixed_bars")


@dataclass(frozen=True)
class LoopSettings:
    """How the weights are updated: table `[loop]`."""

    steps: int = 1000
    """updates in all"""
    batch: int = 32
    """phrases in an update, over all processes together"""
    learning_rate: float = 1.5e-3
    """learning rate after the warm-up; it falls as a cosine"""
    warmup: int = 200
    """updates until the full learning rate"""
    last_share: float = 0.02
    """learning rate at the end as a share of the full one"""
    betas: tuple[float, ...] = (0.9, 0.98)
    """AdamW's two averaging factors"""
    weight_decay: float = 0.01
    """AdamW's weight decay"""
    clip: float = 1.0
    """largest norm of the gradient"""
    seed: int = 0
    """seed of the first weights and of every batch"""
    precision: str = "bfloat16"
    """"float32", or "bfloat16" for mixed precision"""
    deterministic: bool = False
    """whether an accelerator must give the same bits each time; slower there, always so on a processor"""
    threads: int = 1
    """processor threads of one process"""
    evaluate_every: int = 500
    """updates between two looks at the dev part"""
    log_every: int = 20
    """updates between two lines of the log"""
    checkpoint_minutes: float = 5.0
    """minutes between two checkpoints"""
    is_best_kept: bool = True
    """whether the weights of the best look at the dev part are the result, rather than the last"""

    def faults(self) -> Iterator[str]:
        """Yield what is wrong."""
        yield from _at_least(self, 1, "steps", "batch", "threads", "evaluate_every", "log_every")
        yield from _at_least(self, 0, "warmup", "weight_decay", "seed", "checkpoint_minutes")
        yield from _shares(self, "last_share")
        if len(self.betas) != 2 or not all(0 <= beta < 1 for beta in self.betas):
            yield f"betas must be two numbers from 0 to below 1; got {list(self.betas)}"
        if self.learning_rate <= 0 or self.clip <= 0:
            yield f"learning_rate and clip must be above 0; got {self.learning_rate:g} and {self.clip:g}"
        if self.precision not in ("float32", "bfloat16"):
            yield f'precision must be "float32" or "bfloat16"; got "{self.precision}"'


@dataclass(frozen=True)
class Seq2SeqObjective:
    """What a seq2seq minimises: table `[objective]`."""

    kl_weight: float = 0.02
    """weight of the latent's divergence from a standard normal, nats for nats"""
    kl_ramp: float = 0.2
    """share of the training over which that weight grows from 0"""
    free_nats: float = 0.0
    """divergence that costs nothing"""
    forget: float = 0.3
    """share of steps the decoder's own past hides, so that the latent has to carry the music"""
    first_log_variance: float = -4.0
    """logarithm of the latent's variance before training: small, so that the decoder listens from the start"""

    def faults(self) -> Iterator[str]:
        """Yield what is wrong."""
        yield from _at_least(self, 0, "kl_weight", "free_nats")
        yield from _shares(self, "kl_ramp", "forget")


@dataclass(frozen=True)
class LikelihoodSettings:
    """What a generator hears while it learns the likelihood of phrases: table `[objective]`."""

    kept_share: float = 0.4
    """share of phrases in which some roles are given and not learnt"""
    kept_roles: float = 0.4
    """share of the roles of such a phrase that are given"""
    silent_share: float = 0.1
    """share of phrases whose chords are not told"""
    lead_share: float = 0.5
    """share of updates in which the generator hears the lead first"""

    def faults(self) -> Iterator[str]:
        """Yield what is wrong."""
        yield from _shares(self, "kept_share", "kept_roles", "silent_share", "lead_share")


@dataclass(frozen=True)
class AdversarialSettings:
    """The game of generator and discriminator: table `[adversarial]`."""

    start_from: str = ""
    """recipe whose weights the generator begins with; empty for none"""
    gamma: float = 1.0
    """weight of the penalty on the discriminator's slope, at real phrases (R1) and at written ones (R2)"""
    slope_every: int = 4
    """updates between two measurements of the slope, which then counts as many times"""
    discriminator_rate: float = 4e-4
    """learning rate of the discriminator"""
    discriminator_betas: tuple[float, ...] = (0.5, 0.95)
    """AdamW's two averaging factors for the discriminator"""
    alone: int = 0
    """updates in the beginning in which only the discriminator learns"""
    likelihood: float = 0.0
    """weight of the nats per phrase beside the adversarial loss, which holds the generator to the data; not clipped with it"""
    likelihood_every: int = 2
    """updates between two with the likelihood"""
    average: float = 0.99
    """how slowly the moving average of the generator follows it; the average is the result"""
    temperature: float = 1.0
    """factor on the noise added to logits"""
    drafts: int = 4
    """phrases written over the same chords, so that the generator learns which is the better one"""

    def faults(self) -> Iterator[str]:
        """Yield what is wrong."""
        yield from _at_least(self, 0, "gamma", "alone", "likelihood", "temperature")
        yield from _at_least(self, 1, "slope_every", "likelihood_every")
        yield from _at_least(self, 2, "drafts")
        yield from _shares(self, "average")
        if self.discriminator_rate <= 0:
            yield f"discriminator_rate must be above 0; got {self.discriminator_rate:g}"


@dataclass(frozen=True)
class HidingSettings:
    """What is hidden from an encoder, and what it learns beside: table `[objective]`."""

    length_power: float = 0.5
    """a piece is drawn in proportion to its length to this power: 1 by its notes, 0 all alike"""
    bar_share: float = 0.1
    """share of bars of which all is hidden but when they are"""
    field_share: float = 0.1
    """share of the other bars of which one field is hidden, for each field of a note"""
    note_share: float = 0.03
    """share of the notes of which all is hidden"""
    window_share: float = 0.4
    """share of windows that do not tell their instruments; as many do not tell their metre, their tempo"""
    part_weight: float = 1.0
    """weight of the nats of a note's part: melody, bridge or other"""
    pair_weight: float = 0.3
    """weight of the nats of finding the other window of a piece"""
    temperature: float = 0.1
    """what likeness of two vectors is divided by"""

    def faults(self) -> Iterator[str]:
        """Yield what is wrong."""
        yield from _shares(self, "length_power", "bar_share", "field_share", "note_share", "window_share")
        yield from _at_least(self, 0, "part_weight", "pair_weight")
        if self.temperature <= 0:
            yield f"temperature must be above 0; got {self.temperature:g}"


@dataclass(frozen=True)
class WindowSettings:
    """Which windows of the bar stream a composer learns from: table `[objective]`."""

    length_power: float = 0.7
    """a piece is drawn in proportion to its length to this power: 1 by its tokens, 0 all alike"""
    styleless_share: float = 0.1
    """share of windows that do not tell the style"""
    controlled_share: float = 0.75
    """share of windows that tell some of their controls, each window a share of them drawn from 0-1"""
    holed_share: float = 0.5
    """share of windows with parts that come last"""
    recalled_share: float = 0.5
    """of the others, where bars before them are left out, the share that recalls some of those"""
    renumbered_share: float = 0.15
    """share of windows whose bars are counted from any number; in the others a bar has its number in the piece"""
    is_fused: bool = False
    """whether torch compiles the network, which takes a minute: half as fast again; a processor needs a C++ compiler for it"""

    def faults(self) -> Iterator[str]:
        """Yield what is wrong."""
        yield from _shares(
            self, "length_power", "styleless_share", "controlled_share", "holed_share", "recalled_share", "renumbered_share"
        )


@dataclass(frozen=True)
class ToneSettings:
    """Which tones of the live voices a neural instrument learns from: table `[data]`."""

    teachers: tuple[str, ...] = ("violin",)
    """instruments of `sound/data/neural.toml`"""
    sample_rate: int = 16000
    """frames a second"""
    second: float = 1.6
    """length of a tone; later moments sound like its end"""
    short_second: float = 0.4
    """length of a tone with a quick attack, of instruments that hold"""
    every: int = 1
    """of the pitches to learn from, every so many is taken"""
    dev_tones: int = 24
    """most tones used to choose weights"""

    def faults(self) -> Iterator[str]:
        """Yield what is wrong."""
        yield from _at_least(self, 1, "every", "dev_tones")
        yield from _at_least(self, 8000, "sample_rate")
        yield from _at_least(self, 0.2, "second", "short_second")


@dataclass(frozen=True)
class SpectralSettings:
    """What a harmonic-plus-noise decoder minimises: table `[objective]`."""

    second: float = 0.8
    """length of the part of a tone that is compared"""
    scales: tuple[int, ...] = (2048, 1024, 512, 256)
    """window lengths of the spectra that are compared"""
    linear: float = 1.0
    """weight of the difference of magnitudes beside that of their logarithms"""

    def faults(self) -> Iterator[str]:
        """Yield what is wrong."""
        yield from _at_least(self, 0, "linear")
        yield from _at_least(self, 0.1, "second")


@dataclass(frozen=True)
class WaveSettings:
    """How a WaveNet learns: table `[objective]`."""

    frames: int = 50
    """frames of 5 ms in a part of a tone"""
    noise: tuple[float, ...] = (0.003, 0.03)
    """least and most noise put on the samples it hears, so that it finds back from its own mistakes"""

    def faults(self) -> Iterator[str]:
        """Yield what is wrong."""
        yield from _at_least(self, 1, "frames")
        if len(self.noise) != 2 or not 0 < self.noise[0] <= self.noise[1]:
            yield f"noise must be two numbers above 0, the smaller first; got {list(self.noise)}"


def _at_least(settings: object, least: float, *names: str) -> Iterator[str]:
    """Faults of numbers that have a lower bound."""
    for name in names:
        if getattr(settings, name) < least:
            yield f"{name} must be at least {least}; got {getattr(settings, name)}"


def _shares(settings: object, *names: str) -> Iterator[str]:
    """Faults of shares."""
    for name in names:
        if not 0 <= getattr(settings, name) <= 1:
            yield f"{name} must be a share, 0 to 1; got {getattr(settings, name)}"
