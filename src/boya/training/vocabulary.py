"""The vocabulary a model was trained with, as text and as a hash, so that weights are never run on other tokens.

Conventions: one line a track, naming what each of its tokens means on the grid of sixteenths.
"""

import hashlib
from collections.abc import Iterable

from boya.errors import ModelError
from boya.representation.grid import LINE_WINDOWS, N_DRUM_CLASSES, ROLL_BASE, ROLL_SIZE, STEPS_PER_QUARTER

__all__ = ["vocabulary_hash", "vocabulary_text"]


def vocabulary_text(tracks: Iterable[str]) -> str:
    """Return what the tokens of `tracks` mean, a line each.

    Raises
    ------
    ModelError
        if a track is not melody, bass, chords, pad or drums.

    Examples
    --------
    >>> print(vocabulary_text(["bass"]))
    4 steps a quarter, key of C
    bass: 0 rest, 1 hold, 2 up onset of pitch 24 up, below 72
    """
    lines = [f"{STEPS_PER_QUARTER} steps a quarter, key of C"]
    known = {role: f"0 rest, 1 hold, 2 up onset of pitch {low} up, below {high}" for role, (low, high) in LINE_WINDOWS.items()}
    known |= dict.fromkeys(("chords", "pad"), f"sounding, onset sets of pitch {ROLL_BASE} up, below {ROLL_BASE + ROLL_SIZE}")
    known["drums"] = f"set of {N_DRUM_CLASSES} classes"
    for track in tracks:
        if track not in known:
            raise ModelError(f"a track must be one of {', '.join(known)}; got {track!r}")
        lines.append(f"{track}: {known[track]}")
    return "\n".join(lines)


def vocabulary_hash(tracks: Iterable[str]) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of `vocabulary_text`.

    >>> vocabulary_hash(["melody"]) == vocabulary_hash(["bass"])
    False
    """
    return hashlib.sha256(vocabulary_text(tracks).encode()).hexdigest()[:16]
