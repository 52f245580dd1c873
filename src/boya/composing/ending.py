"""How a piece ends: after its last change of harmony every role comes to rest.

Lines hold the note they play there, the accompaniment strikes at once the chord notes it would have played one after another,
the drums strike once. Nothing begins that the piece's mask forbids. A piece of one bar ends as it is.
"""

import numpy as np
from numpy.typing import NDArray

from boya.representation.grid import FIRST_PITCH, HOLD, LINE_WINDOWS, REST, ROLL_BASE, ROLL_SIZE, STEPS_PER_BAR, bits_of
from boya.representation.phrases import Phrases

__all__ = ["with_ending"]

KICK, CRASH = 0, 7
BREATH = 2


def with_ending(frames: Phrases, mask: dict[str, NDArray[np.bool_]]) -> Phrases:
    """Return the piece at rest in its last bar, or half bar where the harmony changes inside that bar.

    Parameters
    ----------
    frames
        the piece `[shape=(steps,)]`
    mask
        pitches that may begin, as in `Stage`
    """
    ended = frames.copy()
    if len(frames) < 2 * STEPS_PER_BAR:
        return ended
    first = len(frames) - _rest_steps(frames)
    rest = ended[first:]
    for role in LINE_WINDOWS:
        rest[role] = _held(rest[role])
    for role in ("chords", "pad"):
        onset = f"{role}_onset"
        tied = rest[role][0] & ~rest[onset][0] & _of_chord(int(rest["chroma"][0]))
        struck = np.bitwise_or.reduce(rest[onset][: len(rest) // 2]) & bits_of(mask[role][first])
        rest[role], rest[onset] = tied | struck, 0
        rest[onset][0] = struck
    if rest["drums"].any():
        rest["drums"] = 0
        rest["drums"][0] = sum(1 << kind for kind in (KICK, CRASH) if mask["drums"][first, kind])
    return ended


def _rest_steps(frames: Phrases) -> int:
    """Steps from the last change of harmony in the last bar to the end."""
    bar = frames[-STEPS_PER_BAR:]
    half = STEPS_PER_BAR // 2
    changes = any(bar[name][half] != bar[name][half - 1] for name in ("root", "root_bass", "chroma"))
    return half if changes else STEPS_PER_BAR


def _of_chord(chroma: int) -> np.uint64:
    """The pitches that belong to a chord, as a set; all of them where there is none."""
    pitch_classes = (ROLL_BASE + np.arange(ROLL_SIZE)) % 12
    return np.uint64(bits_of((chroma >> pitch_classes & 1).astype(bool) | (chroma == 0)))


def _held(line: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Keep the first note that begins in the first half and hold it; or what rings over; a breath of silence at the end."""
    end = len(line) - BREATH
    begins = np.flatnonzero(line[: len(line) // 2] >= FIRST_PITCH)
    held = np.full_like(line, REST)
    if len(begins):
        held[: begins[0] + 1] = line[: begins[0] + 1]
        held[begins[0] + 1 : end] = HOLD
    elif line[0] == HOLD:
        held[:end] = HOLD
    return held
