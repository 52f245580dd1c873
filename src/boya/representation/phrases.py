"""Phrases: equal-length cuts of frames, and the arrays that networks and measures read.

Conventions: a batch of phrases is an array of FRAME_DTYPE `[shape=(phrases, steps)]`, a step is a sixteenth. *Layers* are its
float form for networks, one array a role, last axis as in `boya.models.networks`; *rolls* its form for measures, `uint8
[shape=(phrases, 5, steps, 128)]` in the order of ROLES with 0 silent, 1 sustained, 2 onset, drums on the keys of their class.
"""

import numpy as np
from numpy.typing import NDArray

from boya.representation.frames import FRAME_DTYPE, Frames
from boya.representation.grid import (
    FIRST_PITCH,
    HOLD,
    LINE_WINDOWS,
    N_DRUM_CLASSES,
    ROLL_BASE,
    ROLL_SIZE,
    STEPS_PER_BAR,
    bits_of,
    roll_of,
)
from boya.score import ROLES
from boya.theory.drums import CLASS_PITCHES

__all__ = [
    "LINE_TOKENS",
    "Layers",
    "Phrases",
    "cut_phrases",
    "frames_of_layers",
    "harmony_of",
    "layers_of",
    "line_frames",
    "line_tokens",
    "rolls_of",
]

LINE_TOKENS = FIRST_PITCH + ROLL_SIZE
Layers = dict[str, NDArray[np.float32]]
Phrases = NDArray[np.void]


def cut_phrases(frames: Frames, n_bars: int, hop_bars: int) -> Phrases:
    """Cut a piece into phrases of `n_bars`, one every `hop_bars`. [shape=(phrases, n_bars * 16)]

    >>> cut_phrases(Frames(np.zeros(96, dtype=FRAME_DTYPE)), 4, 1).shape
    (3, 64)
    """
    cuts = [frames.bars(first, first + n_bars).steps for first in range(0, frames.n_bars - n_bars + 1, hop_bars)]
    return np.stack(cuts) if cuts else np.zeros((0, n_bars * STEPS_PER_BAR), dtype=FRAME_DTYPE)


def line_tokens(line: NDArray[np.uint8], role: str) -> NDArray[np.int64]:
    """Shift a line's tokens into its role's window: 0 rest, 1 hold, 2-49 the window's pitches.

    >>> line_tokens(np.array([0, 1, 62], dtype=np.uint8), "melody").tolist()
    [0, 1, 14]
    """
    tokens = line.astype(np.int64)
    return np.where(tokens > HOLD, tokens - LINE_WINDOWS[role][0], tokens)


def line_frames(tokens: NDArray[np.int64], role: str) -> NDArray[np.uint8]:
    """Shift a role's window tokens back to frame tokens; the inverse of `line_tokens`."""
    return np.where(tokens > HOLD, tokens + LINE_WINDOWS[role][0], tokens).astype(np.uint8)


def harmony_of(phrases: Phrases) -> NDArray[np.float32]:
    """Return the chords as root, bass (12 = none) and pitch classes. [shape=(phrases, steps, 38)]"""
    ends = np.eye(13, dtype=np.float32)
    chroma = roll_of(phrases["chroma"].astype(np.uint64), 12)
    return np.concatenate([ends[phrases["root"]], ends[phrases["root_bass"]], chroma.astype(np.float32)], axis=-1)


def layers_of(phrases: Phrases) -> Layers:
    """Return the float form of phrases, one array `[shape=(phrases, steps, width)]` a role."""
    one_hot = np.eye(LINE_TOKENS, dtype=np.float32)
    layers: Layers = {role: one_hot[line_tokens(phrases[role], role)] for role in LINE_WINDOWS}
    for role in ("chords", "pad"):
        sets = [roll_of(phrases[role]), roll_of(phrases[f"{role}_onset"])]
        layers[role] = np.concatenate(sets, axis=-1).astype(np.float32)
    layers["drums"] = roll_of(phrases["drums"].astype(np.uint64), N_DRUM_CLASSES).astype(np.float32)
    return layers


def frames_of_layers(layers: Layers, phrases: Phrases | None = None) -> Phrases:
    """Return the frames of layers; the inverse of `layers_of`. Chord symbols are taken from `phrases` when given."""
    written = np.zeros(layers["melody"].shape[:2], dtype=FRAME_DTYPE)
    written["root"] = written["root_bass"] = -1
    if phrases is not None:
        written[:] = phrases
    for role in LINE_WINDOWS:
        written[role] = line_frames(layers[role].argmax(-1), role)
    for role in ("chords", "pad"):
        sounding, onset = np.split(layers[role] > 0.5, 2, axis=-1)
        written[role], written[f"{role}_onset"] = bits_of(sounding), bits_of(onset)
    written["drums"] = ((layers["drums"] > 0.5) << np.arange(N_DRUM_CLASSES)).sum(-1)
    return written


def rolls_of(phrases: Phrases) -> NDArray[np.uint8]:
    """Return multi-track piano rolls. [shape=(phrases, 5, steps, 128)]"""
    rolls = np.zeros((len(phrases), len(ROLES), phrases.shape[1], 128), dtype=np.uint8)
    for role in ("melody", "bass"):
        _paint_line(rolls[:, ROLES.index(role)], phrases[role])
    for role in ("chords", "pad"):
        window = rolls[:, ROLES.index(role), :, ROLL_BASE : ROLL_BASE + ROLL_SIZE]
        window += roll_of(phrases[role]) | roll_of(phrases[f"{role}_onset"])
        window += roll_of(phrases[f"{role}_onset"])
    rolls[:, ROLES.index("drums"), :, CLASS_PITCHES] = 2 * roll_of(phrases["drums"].astype(np.uint64), N_DRUM_CLASSES).transpose(
        2, 0, 1
    )
    return rolls


def _paint_line(rolls: NDArray[np.uint8], line: NDArray[np.uint8]) -> None:
    """Paint lines [shape=(phrases, steps)] into rolls [shape=(phrases, steps, 128)]."""
    at = np.arange(len(line))
    pitch = np.full(len(line), -1)
    for step in range(line.shape[1]):
        tokens = line[:, step].astype(int)
        pitch = np.where(tokens >= FIRST_PITCH, tokens - FIRST_PITCH, np.where(tokens == HOLD, pitch, -1))
        sounds = pitch >= 0
        rolls[at[sounds], step, pitch[sounds]] = np.where(tokens[sounds] >= FIRST_PITCH, 2, 1)
