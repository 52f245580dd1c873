"""The GAN as its users meet it: a band's frames drawn by the recurrent generator, on NumPy and ONNX Runtime.

Conventions: phrases are FRAME_DTYPE `[shape=(phrases, steps)]` in the key of C, any number of steps; a *mask* says which
pitches may begin, boolean, a role each: `[shape=(phrases, steps, 48)]` in the role's window, drums `[shape=(phrases, steps, 9)]`;
without the first axis it holds for all phrases. What is held is judged where it began.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boya.errors import ModelError, RequestError
from boya.models.layout import CHORD_TEMPERATURE, EVENTS, FRAME_WIDTHS, MASK_WIDTHS, ORDER, tempo_class
from boya.models.runtime import Graph, graphs, read_card
from boya.representation.grid import FIRST_PITCH, ROLL_BASE, ROLL_SIZE, STEPS_PER_BAR
from boya.representation.phrases import LINE_TOKENS, Layers, Phrases, frames_of_layers, harmony_of, layers_of

__all__ = ["Gan", "Setting", "tempo_class"]

FORBIDDEN = np.float32(-1e4)


@dataclass(frozen=True)
class Setting:
    """What a phrase is asked to be."""

    style: str
    """a style of the card, such as "jazz" """
    mode: str = "major"
    """"major" or "minor" """
    qpm: float = 110.0
    """quarters per minute"""


class Gan:
    """Recurrent generator trained against a convolutional discriminator.

    Raises
    ------
    ModelError
        if there is no such model, it is of another family, or its files are missing or damaged.

    Examples
    --------
    >>> from boya.representation.frames import FRAME_DTYPE
    >>> from boya.representation.grid import FIRST_PITCH, ROLL_SIZE, STEPS_PER_BAR
    >>> silence = np.zeros((2, 16), FRAME_DTYPE)
    >>> Gan().write(silence, [Setting("jazz")] * 2, np.random.default_rng(0)).shape
    (2, 16)
    """

    def __init__(self, name: str = "gan", folder: Path | None = None) -> None:
        self.card = read_card(name, folder)
        if self.card.get("family") != "gan":
            raise ModelError(f"{name!r} is a {self.card.get('family')} model, not a gan")
        known = self.card["settings"]
        if not self.card.get("styles") or not {"cell", "hidden", "noise", "drum_sets"} <= set(known):
            raise ModelError(f"the card of {name!r} must name styles and settings; install Boya again or export the model again")
        self._graphs: dict[str, Graph] = graphs(name, folder, parts=("condition", "context", "step"))
        self.styles: list[str] = self.card["styles"]

    def write(
        self,
        harmony: Phrases,
        settings: list[Setting],
        rng: np.random.Generator,
        *,
        mask: Mapping[str, NDArray[np.bool_]] | None = None,
        given: Phrases | None = None,
        keep: tuple[str, ...] = (),
        lead: Phrases | None = None,
        temperature: float = 1.0,
    ) -> Phrases:
        """Draw phrases over chords.

        Parameters
        ----------
        harmony
            phrases whose chord symbols are the wish; other fields are not read
        settings
            style, mode and tempo of each phrase
        mask
            pitches that may begin, for the roles that are limited
        given, keep
            phrases, as long as `harmony`, whose roles named in `keep` stay as they are; the others are written around them
        lead
            the bars before, of any length, for music that carries on
        temperature
            1 draws as the model thinks, 0 takes the likeliest

        Returns
        -------
        Phrases
            with the chords of `harmony`.

        Raises
        ------
        RequestError
            if arrays do not fit each other, or the model does not know a style or role.
        """
        self._check(harmony, settings, mask or {}, given, keep, lead)
        lead_steps = 0 if lead is None else lead.shape[1]
        chords = harmony if lead is None else np.concatenate([lead, harmony], axis=1)
        known = np.zeros_like(chords) if given is None else np.concatenate([chords[:, :lead_steps], given], axis=1)
        layers = _flat(layers_of(known))
        is_given = np.array([[role in keep for role in ORDER]] * len(chords), dtype=np.float32)
        flags = np.repeat(is_given, [FRAME_WIDTHS[role] for role in ORDER], axis=1)
        told = harmony_of(chords)
        (context,) = self._graphs["context"](harmony=told, given=layers * flags[:, None], is_given=is_given)
        past = _flat(layers_of(lead)) if lead is not None else layers[:, :0]
        keeps = np.maximum(_ringing(told[:, :, -12:]), flags[:, None])
        written = self._run(
            past, layers[:, lead_steps:], is_given, context, self._condition(settings, rng), mask, keeps, rng, temperature
        )
        return frames_of_layers(_split(written), harmony)

    def _check(
        self,
        harmony: Phrases,
        settings: list[Setting],
        mask: Mapping[str, NDArray[np.bool_]],
        given: Phrases | None,
        keep: tuple[str, ...],
        lead: Phrases | None,
    ) -> None:
        """Raise unless all arrays speak of the same phrases."""
        if harmony.ndim != 2 or not harmony.size or len(settings) != len(harmony):
            raise RequestError(
                f"harmony must be (phrases, steps) with a setting each; got {harmony.shape} and {len(settings)} settings"
            )
        if given is not None and given.shape != harmony.shape:
            raise RequestError(f"given phrases must be shaped as harmony, {harmony.shape}; got {given.shape}")
        if keep and given is None:
            raise RequestError(f"roles to keep need phrases to keep them from; got keep={', '.join(keep)} and nothing given")
        if lead is not None and (lead.ndim != 2 or len(lead) != len(harmony)):
            raise RequestError(f"lead must be (phrases, steps) with {len(harmony)} phrases; got {lead.shape}")
        for role in (*keep, *mask):
            if role not in ORDER:
                raise RequestError(f"a role must be one of {', '.join(ORDER)}; got {role!r}")
        for role, allowed in mask.items():
            shape = (*harmony.shape, MASK_WIDTHS[role])
            if allowed.shape not in (shape, shape[1:], (1, *shape[1:])):
                raise RequestError(f"the mask of {role} must be {shape} or {shape[1:]}; got {allowed.shape}")
        unknown = [s.style for s in settings if s.style not in self.styles]
        if unknown:
            raise RequestError(f"this model knows the styles {', '.join(self.styles)}; got {unknown[0]!r}")

    def _condition(self, settings: list[Setting], rng: np.random.Generator) -> NDArray[np.float32]:
        """Vector of style, mode, tempo and noise. [shape=(phrases, condition)]"""
        (condition,) = self._graphs["condition"](
            style=np.array([self.styles.index(s.style) for s in settings]),
            mode=np.array([int(s.mode == "minor") for s in settings]),
            tempo=np.array([tempo_class(s.qpm) for s in settings]),
            noise=rng.standard_normal((len(settings), self.card["settings"]["noise"]), dtype=np.float32),
        )
        return np.asarray(condition)

    def _run(
        self,
        past: NDArray[np.float32],
        given: NDArray[np.float32],
        is_given: NDArray[np.float32],
        context: NDArray[np.float32],
        condition: NDArray[np.float32],
        mask: Mapping[str, NDArray[np.bool_]] | None,
        keeps: NDArray[np.float32],
        rng: np.random.Generator,
        temperature: float,
    ) -> NDArray[np.float32]:
        """Read the lead, then write frame by frame. [shape=(phrases, steps, 301)]"""
        n, steps, width = given.shape
        lead = past.shape[1]
        limits = _mask(mask, n, steps)
        state = np.zeros((2 if self.card["settings"]["cell"] == "lstm" else 1, n, self.card["settings"]["hidden"]), np.float32)
        last = np.zeros((n, 2, ROLL_SIZE), np.float32)
        silence = np.zeros((n, width), np.float32)
        written: list[NDArray[np.float32]] = []
        for step in range(lead + steps):
            reading = step < lead
            ago = [written[-back] if len(written) >= back else silence for back in (STEPS_PER_BAR, 2 * STEPS_PER_BAR)]
            frame, state = self._graphs["step"](
                before=written[-1] if written else silence,
                memory=np.concatenate([last.reshape(n, -1), *ago], axis=1),
                state=state,
                context=context[:, step],
                condition=condition,
                place=np.full(n, (step - lead) % 64),
                noise=temperature * self._noise(n, rng),
                mask=limits[:, max(step - lead, 0)],
                given=past[:, step] if reading else given[:, step - lead],
                is_given=np.ones_like(is_given) if reading else is_given,
            )
            written.append(frame if reading else frame * np.maximum(keeps[:, step], _begun(frame)))
            last = _last_pitches(last, frame)
        return np.stack(written[lead:], axis=1)

    def _noise(self, n: int, rng: np.random.Generator) -> NDArray[np.float32]:
        """Gumbel noise for choices, logistic for what is kept, roles joined in ORDER."""
        parts = []
        for role in ORDER:
            if role in ("chords", "pad"):
                parts.append(rng.gumbel(size=(n, EVENTS)))
                parts.append(CHORD_TEMPERATURE * rng.gumbel(size=(n, ROLL_SIZE)))
                parts.append(CHORD_TEMPERATURE * rng.logistic(size=(n, ROLL_SIZE)))
            else:
                parts.append(rng.gumbel(size=(n, self.card["settings"]["drum_sets"] if role == "drums" else LINE_TOKENS)))
        return np.concatenate(parts, axis=1).astype(np.float32)


def _ringing(members: NDArray[np.float32]) -> NDArray[np.float32]:
    """What of a frame may stay, 1 or 0: where a new chord begins chords and pad hold only its own pitches, as `Frames.of` has it.

    members: pitch classes of the chords [shape=(phrases, steps, 12)] -> [shape=(phrases, steps, 301)]
    """
    before = np.concatenate([members[:, :1], members[:, :-1]], axis=1)
    changes = (members != before).any(-1, keepdims=True) & members.any(-1, keepdims=True)
    pitches = np.where(changes, members[..., (ROLL_BASE + np.arange(ROLL_SIZE)) % 12], np.float32(1))
    every = {role: np.ones((*members.shape[:2], width), np.float32) for role, width in FRAME_WIDTHS.items()}
    held = {role: np.concatenate([pitches, np.ones_like(pitches)], axis=-1) for role in ("chords", "pad")}
    return _flat(every | held)


def _begun(frame: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 for what begins in a frame's chords and pad. [shape=(phrases, 301)]"""
    roles = {role: np.zeros_like(part) for role, part in _split(frame).items()}
    for role in ("chords", "pad"):
        roles[role] = np.tile(_split(frame)[role][:, ROLL_SIZE:], 2)
    return _flat(roles)


def _last_pitches(last: NDArray[np.float32], frame: NDArray[np.float32]) -> NDArray[np.float32]:
    """Take a frame's onsets of melody and bass into what is remembered. [shape=(phrases, 2, 48)]"""
    roles = _split(frame)
    onset = np.stack([roles[role][:, FIRST_PITCH:] for role in ("melody", "bass")], axis=1)
    return np.where(onset.any(axis=2, keepdims=True), onset, last)


def _flat(layers: Layers) -> NDArray[np.float32]:
    """Join layers in ORDER."""
    return np.concatenate([layers[role] for role in ORDER], axis=-1)


def _split(flat: NDArray[np.float32]) -> Layers:
    """The inverse of `_flat`."""
    bounds = np.cumsum([FRAME_WIDTHS[role] for role in ORDER])[:-1]
    return dict(zip(ORDER, np.split(flat, bounds, axis=-1), strict=True))


def _mask(mask: Mapping[str, NDArray[np.bool_]] | None, n: int, steps: int) -> NDArray[np.float32]:
    """Added to logits: 0 where allowed. [shape=(phrases, steps, 201)]"""
    allowed = mask or {}
    rows = [
        np.broadcast_to(allowed[role], (n, steps, width)) if role in allowed else np.ones((n, steps, width), dtype=bool)
        for role, width in ((role, MASK_WIDTHS[role]) for role in ORDER)
    ]
    return np.where(np.concatenate(rows, axis=-1), np.float32(0), FORBIDDEN)
