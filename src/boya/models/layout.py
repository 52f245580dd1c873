"""How a band's frame is laid out for the GAN: shared by the torch network and by those who run it without torch.

A flat frame joins its roles in ORDER, FRAME_WIDTHS wide each; a flat mask joins MASK_WIDTHS.
"""

import numpy as np

from boya.representation.grid import N_DRUM_CLASSES, ROLL_SIZE
from boya.representation.phrases import LINE_TOKENS

__all__ = ["CHORD_TEMPERATURE", "EVENTS", "FRAME_WIDTHS", "MASK_WIDTHS", "MOST_ONSETS", "ORDER", "tempo_class"]

ORDER = ("drums", "bass", "chords", "pad", "melody")
FRAME_WIDTHS = {
    "melody": LINE_TOKENS,
    "bass": LINE_TOKENS,
    "drums": N_DRUM_CLASSES,
    "chords": 2 * ROLL_SIZE,
    "pad": 2 * ROLL_SIZE,
}
MASK_WIDTHS = {"melody": ROLL_SIZE, "bass": ROLL_SIZE, "drums": N_DRUM_CLASSES, "chords": ROLL_SIZE, "pad": ROLL_SIZE}
MOST_ONSETS = 6
EVENTS = 3 * (MOST_ONSETS + 1)
CHORD_TEMPERATURE = 0.6  # which pitches a chord has is surer than when it sounds; chosen on a part of train
TEMPO_BOUNDS = (80.0, 110.0, 140.0)


def tempo_class(qpm: float) -> int:
    """Return the class of a tempo: 0 slow, 1 walking, 2 lively, 3 fast.

    >>> [tempo_class(qpm) for qpm in (60, 100, 120, 200)]
    [0, 1, 2, 3]
    """
    return int(np.digitize(qpm, TEMPO_BOUNDS))
