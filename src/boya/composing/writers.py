"""The writers: each turns a stage into frames for the whole piece with one of the shipped models.

A section is written once; where its label comes back, its music comes back as far as the chords are the same, the melody varied
through the seq2seq's vectors; a new cadence is written anew. Several candidates are written side by side, phrase by phrase, and
the critic keeps one a section.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from boya.composing.critic import rank
from boya.composing.plan import PlanSection
from boya.composing.stage import Stage
from boya.errors import RequestError
from boya.models.gan import Gan, Setting
from boya.models.seq2seq import Seq2Seq
from boya.representation.frames import FRAME_DTYPE, Frames
from boya.representation.grid import FIRST_PITCH, HOLD, ROLL_SIZE, STEPS_PER_BAR, bits_of, roll_of
from boya.representation.phrases import LINE_TOKENS, Phrases, line_frames, line_tokens
from boya.score import MINOR_MODES
from boya.theory.tables import resolve

__all__ = ["WRITERS", "Draft", "gan_model", "last_bar", "melody_frames", "seq2seq_model", "write_band", "write_gan", "writer_of"]

PHRASE_BARS = 4
RETURN_VARIATION = 0.25
BAND = ("melody", "chords", "bass", "pad", "drums")


@dataclass
class Draft:
    """Frames of the whole piece as they come to be, and what the critic said on the way."""

    frames: Phrases
    heard: list[dict[str, object]] = field(default_factory=list)


@cache
def gan_model() -> Gan:
    """Return the shipped GAN, loaded once."""
    return Gan("gan")


@cache
def seq2seq_model(name: str) -> Seq2Seq:
    """Return a shipped seq2seq, loaded once."""
    return Seq2Seq(name)


def write_hybrid(stage: Stage, candidates: int, rng: np.random.Generator) -> Draft:
    """Melody by the seq2seq, the band around it by the GAN."""
    return _by_section(stage, candidates, rng, _section_of_both)


def write_gan(stage: Stage, candidates: int, rng: np.random.Generator) -> Draft:
    """Everything by the GAN."""
    return _by_section(stage, candidates, rng, _section_of_gan)


def write_seq2seq(stage: Stage, candidates: int, rng: np.random.Generator) -> Draft:
    """Melody, bass and drums by the trio seq2seq, sixteen bars from one vector."""
    return _by_section(stage, candidates, rng, _section_of_trio)


Writer = Callable[[Stage, int, np.random.Generator], Draft]
WRITERS: dict[str, Writer] = {"gan": write_gan, "seq2seq": write_seq2seq}


def writer_of(model: str | None, default: Writer = write_hybrid) -> Writer:
    """Return the writer of a model's name, written in any way that a request accepts.

    >>> writer_of("GAN") is write_gan, writer_of(None) is write_hybrid
    (True, True)
    """
    return default if model is None else resolve(model, WRITERS, "model", RequestError)


SectionWriter = Callable[[Stage, int, int, int, Phrases | None, np.random.Generator], Phrases]


def _by_section(stage: Stage, candidates: int, rng: np.random.Generator, write: SectionWriter) -> Draft:
    """Write each label once, keep the best candidate, and bring it back varied where the label returns over the same chords."""
    draft = Draft(stage.harmony.copy())
    done: dict[tuple[str, int], tuple[PlanSection, Phrases]] = {}
    first = 0
    for section in stage.plan.sections:
        last = first + section.bars
        part = slice(first * STEPS_PER_BAR, last * STEPS_PER_BAR)
        before, music = done.get((section.label, section.bars), (None, draft.frames[:0]))
        new = first + (_bars_in_common(before, section) if before else 0)
        if new > first:
            again = _untied(music[: (new - first) * STEPS_PER_BAR], draft.frames[part.start - 1])
            draft.frames[part.start : new * STEPS_PER_BAR] = _returning(again, stage, first, rng)
        if new < last:
            lead = last_bar(draft.frames[None, : new * STEPS_PER_BAR]) if new else None
            written = write(stage, new, last, candidates, lead, rng)
            scores = rank(written, stage.plan.roles)
            best = int(scores.argmin())
            draft.frames[new * STEPS_PER_BAR : part.stop] = written[best]
            draft.heard.append({"section": section.label, "bar": new, "candidates": np.round(scores, 3).tolist(), "kept": best})
        done.setdefault((section.label, section.bars), (section, draft.frames[part].copy()))
        first = last
    return draft


def _bars_in_common(first: PlanSection, second: PlanSection) -> int:
    """Bars from the start over which two sections have the same chords; 0 where that is less than half of them."""
    halves = zip(first.chords, second.chords, strict=True)
    same = next((half for half, (a, b) in enumerate(halves) if a != b), len(first.chords)) // 2
    return same if 2 * same >= first.bars else 0


def _section_of_gan(stage: Stage, first: int, last: int, n: int, lead: Phrases | None, rng: np.random.Generator) -> Phrases:
    """A section by the GAN alone. [shape=(candidates, steps)]"""
    return write_band(stage, first, last, np.zeros((n, (last - first) * STEPS_PER_BAR), FRAME_DTYPE), (), lead, rng)


def _section_of_both(stage: Stage, first: int, last: int, n: int, lead: Phrases | None, rng: np.random.Generator) -> Phrases:
    """A section with the seq2seq's melody. [shape=(candidates, steps)]"""
    if "melody" not in stage.plan.roles:
        return _section_of_gan(stage, first, last, n, lead, rng)
    model = seq2seq_model("seq2seq-melody-16")
    given = np.zeros((n, (last - first) * STEPS_PER_BAR), FRAME_DTYPE)
    given["melody"] = melody_frames(model, model.imagine(n, rng), stage, first, last, rng)
    return write_band(stage, first, last, given, ("melody",), lead, rng)


def _section_of_trio(stage: Stage, first: int, last: int, n: int, _: Phrases | None, rng: np.random.Generator) -> Phrases:
    """A section by the trio. [shape=(candidates, steps)]"""
    model = seq2seq_model("seq2seq-trio-16")
    if not set(model.tracks) & set(stage.plan.roles):
        band = ", ".join(stage.plan.roles)
        raise RequestError(f"the seq2seq writes {', '.join(model.tracks)}; the band has only {band}; add one, or use model gan")
    harmony, mask = stage.span(first, last)
    written = np.tile(harmony, (n, 1))
    for start in range(0, last - first, model.n_steps // STEPS_PER_BAR):
        steps = slice(start * STEPS_PER_BAR, min(start * STEPS_PER_BAR + model.n_steps, written.shape[1]))
        limits = {role: _token_mask(mask[role][steps], model.n_steps) for role in ("melody", "bass")}
        tokens = model.decode(model.imagine(n, rng, spread=0.8), rng, temperature=0.3, mask=limits)
        tokens = tokens[..., : steps.stop - steps.start]
        for track, role in enumerate(model.tracks):
            if role in stage.plan.roles:
                written[role][:, steps] = tokens[:, track] if role == "drums" else line_frames(tokens[:, track], role)
    return written


def write_band(
    stage: Stage,
    first: int,
    last: int,
    given: Phrases,
    keep: tuple[str, ...],
    lead: Phrases | None,
    rng: np.random.Generator,
) -> Phrases:
    """Write bars [first, last) with the GAN, phrase by phrase, each carrying on from the bar before.

    Parameters
    ----------
    given, keep
        candidates `[shape=(candidates, steps)]` whose roles named in `keep` stay; roles that are silent in the plan stay silent
    lead
        the bar before the section `[shape=(1, 16)]`, None at the start of the piece
    """
    n = len(given)
    silent = tuple(role for role in BAND if role not in stage.plan.roles)
    settings = [Setting(stage.plan.style, "minor" if stage.plan.mode in MINOR_MODES else "major", stage.plan.qpm)] * n
    before = None if lead is None else np.repeat(lead, n, axis=0)
    phrases = []
    for start in range(first, last, PHRASE_BARS):
        stop = min(start + PHRASE_BARS, last)
        harmony, mask = stage.span(start, stop)
        part = slice((start - first) * STEPS_PER_BAR, (stop - first) * STEPS_PER_BAR)
        phrase = gan_model().write(
            np.tile(harmony, (n, 1)), settings, rng, mask=mask, given=given[:, part], keep=keep + silent, lead=before
        )
        phrases.append(phrase)
        before = last_bar(phrase if before is None else np.concatenate([before, phrase], axis=1))
    return np.concatenate(phrases, axis=1)


def last_bar(past: Phrases) -> Phrases:
    """Return the last bar; what is held into it begins there, as the GAN has learnt to read a lead. [shape=(phrases, 16)]"""
    n_bars = past.shape[1] // STEPS_PER_BAR
    return np.stack([Frames(steps).bars(n_bars - 1, n_bars).steps for steps in past])


def melody_frames(
    model: Seq2Seq, vectors: NDArray[np.float32], stage: Stage, first: int, last: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Write melodies for bars [first, last) under the stage's mask; long spans take several decodings of the vectors.

    Returns frame tokens `[shape=(vectors, steps)]`.
    """
    _, mask = stage.span(first, last)
    n_steps = (last - first) * STEPS_PER_BAR
    written = []
    for start in range(0, n_steps, model.n_steps):
        limits = {"melody": _token_mask(mask["melody"][start : start + model.n_steps], model.n_steps)}
        moved = vectors if not start else model.vary(vectors, RETURN_VARIATION, rng)
        written.append(line_frames(model.decode(moved, rng, temperature=0.25, mask=limits)[:, 0], "melody"))
    return np.concatenate(written, axis=1)[:, :n_steps]


def _untied(section: Phrases, before: np.void) -> Phrases:
    """Silence chord notes that were held into the section where it was first heard and do not sound in the step before it now."""
    free = section.copy()
    for role in ("chords", "pad"):
        rolls, begins = roll_of(section[role]), roll_of(section[f"{role}_onset"])
        held_in = ~np.logical_or.accumulate(begins | ~rolls)
        free[role] = bits_of(rolls & ~(held_in & ~roll_of(before[role])))
    return free


def _returning(section: Phrases, stage: Stage, first: int, rng: np.random.Generator) -> Phrases:
    """Bring a section back: the band as it was, the last two bars of each phrase of melody varied."""
    again = section.copy()
    harmony, mask = stage.span(first, first + len(section) // STEPS_PER_BAR)
    for name in ("root", "root_bass", "chroma"):
        again[name] = harmony[name]
    if "melody" not in stage.plan.roles:
        return again
    model = seq2seq_model("seq2seq-melody-2")
    for start in range(2 * STEPS_PER_BAR, len(section) - model.n_steps + 1, PHRASE_BARS * STEPS_PER_BAR):
        steps = slice(start, start + model.n_steps)
        tokens = line_tokens(section["melody"][None, steps], "melody")
        if (tokens > HOLD).sum() > 1:
            varied = model.vary(model.encode(tokens[:, None]), RETURN_VARIATION, rng)
            limits = {"melody": _token_mask(mask["melody"][steps], model.n_steps)}
            again["melody"][steps] = line_frames(model.decode(varied, mask=limits)[:, 0], "melody")[0]
    return again


def _token_mask(pitches: NDArray[np.bool_], n_steps: int) -> NDArray[np.bool_]:
    """Pitches that may begin as tokens that may be written. [shape=(steps, 48)] -> [shape=(1, n_steps, 50)]"""
    allowed = np.ones((1, n_steps, LINE_TOKENS), dtype=bool)
    allowed[0, : len(pitches), FIRST_PITCH : FIRST_PITCH + ROLL_SIZE] = pitches
    return allowed
