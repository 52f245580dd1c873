"""How a piece ends: in its last bar every role comes to rest on what it plays on the first beat."""

import numpy as np
from numpy.typing import NDArray

from boya.representation.frames import FIRST_PITCH, HOLD, REST, STEPS_PER_BAR
from boya.representation.phrases import Phrases

__all__ = ["with_ending"]

KICK_AND_CRASH = 1 << 0 | 1 << 7


def with_ending(frames: Phrases) -> Phrases:
    """Return the piece with a held last bar: lines and chords sustain, the drums strike once. `[shape=(steps,)]`"""
    ended = frames.copy()
    bar = ended[-STEPS_PER_BAR:]
    for role in ("melody", "bass"):
        bar[role] = _held(bar[role])
    for role in ("chords", "pad"):
        begins = np.flatnonzero(bar[f"{role}_onset"])
        sounding = bar[role][begins[0]] if len(begins) else bar[role][0]
        bar[role], bar[f"{role}_onset"] = sounding, 0
        bar[f"{role}_onset"][0] = sounding
    if bar["drums"].any():
        bar["drums"] = 0
        bar["drums"][0] = KICK_AND_CRASH
    return ended


def _held(line: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Keep the first note that begins near the first beat and hold it; end what only rang over."""
    begins = np.flatnonzero(line[: STEPS_PER_BAR // 2] >= FIRST_PITCH)
    held = np.full_like(line, REST)
    if len(begins):
        held[begins[0]] = line[begins[0]]
        held[begins[0] + 1 : STEPS_PER_BAR - 2] = HOLD
        held[: begins[0]] = line[: begins[0]]
    elif line[0] == HOLD:
        held[: STEPS_PER_BAR - 2] = HOLD
    return held
