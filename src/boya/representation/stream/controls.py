"""Controls: how full, high, thick and loud a track is, in classes that a head can ask for.

Conventions: edges are constants, so that a class means the same in every piece; a value on an edge belongs to the class above.
"""

import numpy as np
from numpy.typing import NDArray

from boya.representation.stream.encoded import Encoded
from boya.representation.stream.vocabulary import CONTROLS

__all__ = ["CONTROL_EDGES", "controls_of"]

CONTROL_EDGES: dict[str, tuple[float, ...]] = {
    "density": (2.5, 4.5, 8.0, 14.0),  # notes in a bar in which the track begins notes
    "register": (43.0, 52.0, 60.0, 68.0, 76.0),  # mean pitch as it sounds; drums have none
    "polyphony": (1.05, 1.6, 2.5),  # mean notes at an onset
    "dynamics": (64.0, 80.0, 96.0),  # mean velocity
}


def controls_of(encoded: Encoded, first: int, last: int) -> NDArray[np.int8]:
    """Return the class of each control of each track over bars [first, last); -1 where there is nothing to tell.

    Returns
    -------
    int8 `[shape=(n_slots, 4)]`, in the order of CONTROLS

    Examples
    --------
    >>> from boya.representation.stream import encode
    >>> from boya.score import Score, Track, note_array
    >>> score = Score((Track(note_array([(0, 480, 60, 80), (0, 480, 64, 80), (480, 480, 60, 80)])),))
    >>> controls_of(encode(score), 0, 1).tolist()
    [[1, 3, 1, 2]]
    """
    n_slots = len(encoded.parts)
    rows = encoded.segments[encoded.bars["segment"][first] : encoded.bars["segment"][last]]
    sums = {name: np.bincount(rows["slot"], rows[name], n_slots) for name in ("notes", "onsets", "pitch", "velocity")}
    sounding = np.bincount(rows["slot"], minlength=n_slots)
    notes, plays = np.maximum(sums["notes"], 1), sums["notes"] > 0
    means = {
        "density": sums["notes"] / np.maximum(sounding, 1),
        "register": sums["pitch"] / notes,
        "polyphony": sums["notes"] / np.maximum(sums["onsets"], 1),
        "dynamics": sums["velocity"] / notes,
    }
    classes = np.stack([np.searchsorted(CONTROL_EDGES[name], means[name], side="right") for name in CONTROLS], axis=1)
    classes[~plays] = -1
    classes[[part.is_drum for part in encoded.parts], 1] = -1
    return classes.astype(np.int8)
