"""What each moment of a recording says of all pitches, for a search that lays it over melodies.

Conventions: a moment is `TOGETHER` frames of `pitch`; likelihoods are logarithms, 0 where one is sure. The octaves and the
twelfth that a tracker takes for the pitch keep a share of it; a breath may be part of any note.
"""

import numpy as np
from numpy.typing import NDArray

from boya.listening.audio.pitch import HOP_SECOND
from boya.listening.audio.voice import Voice
from boya.listening.search.sung import N_PITCHES

__all__ = ["MOMENT_SECOND", "moments_of"]

Floats = NDArray[np.float32]

TOGETHER = 4
MOMENT_SECOND = TOGETHER * HOP_SECOND
WIDTH = 0.5  # semitones by which a sung pitch is off its note, with its vibrato
MISTAKEN, MISTAKES = 0.1, (-12, 12, 19)  # share of a candidate that means the pitch so many semitones from it
BREATH, FLOOR = 0.3, 0.02  # likelihood of any pitch where none is heard, and where another one is
QUIETEST = -45.0  # decibels below the loudest frame


def moments_of(voice: Voice, tuning: float) -> Floats:
    """Return how likely each moment is to be of each MIDI pitch. `[shape=(moments, 128)]`

    Parameters
    ----------
    tuning
        semitones by which the singer is sharp

    Examples
    --------
    >>> from boya.listening.audio.voice import hear_voice
    >>> tone = np.sin(2 * np.pi * 440 / 22050 * np.arange(11025, dtype=np.float32))
    >>> set(moments_of(hear_voice([tone]), 0.0).argmax(axis=1).tolist())
    {69}
    """
    is_loud = voice.levels > voice.levels.max(initial=-np.inf) + QUIETEST
    chances = np.where(is_loud[:, None], voice.found.chances, 0)
    centres = np.arange(N_PITCHES, dtype=np.float32) + np.float32(tuning)
    heard = np.zeros((len(chances), N_PITCHES), dtype=np.float32)
    for pitches, chance in zip(voice.found.pitches.T, chances.T, strict=True):
        heard += chance[:, None] * np.exp(-0.5 * ((pitches[:, None] - centres) / np.float32(WIDTH)) ** 2)
    likely = heard + BREATH * (1 - chances.sum(axis=1, keepdims=True))
    for off in MISTAKES:
        likely[:, max(off, 0) : N_PITCHES + min(off, 0)] += MISTAKEN * heard[:, max(-off, 0) : N_PITCHES - max(off, 0)]
    n_moments = len(likely) // TOGETHER
    told = np.log(np.clip(likely, 0, 1 - FLOOR) + FLOOR)[: n_moments * TOGETHER]
    return np.asarray(told.reshape(n_moments, TOGETHER, N_PITCHES).mean(axis=1), dtype=np.float32)
