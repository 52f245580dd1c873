"""What a network is told about a tone: pitch, force, time and loudness, one row of numbers for each frame.

The rows are the same when a network learns and when it plays, so they are made in this one place. Times are seconds from the
onset; what lies after the longest time that was learnt looks like that time, so that a long note stays steady.
"""

import numpy as np
from numpy.typing import NDArray

__all__ = ["FRAME_SECOND", "LOWEST", "N_CONTROLS", "amplitude", "control_rows", "hop_of", "midi_of", "with_level"]

Array = NDArray[np.float64]
FRAME_SECOND = 0.005
LOWEST = -70.0  # decibels: silence
FADES = (0.01, 0.04, 0.15, 0.5, 2.0)  # seconds
TURNS = (0.5, 1.0, 2.0)  # half turns per two octaves
N_CONTROLS = 4 + 2 * len(TURNS) + len(FADES)  # without the level


def hop_of(sample_rate: int) -> int:
    """Return the samples between two frames.

    >>> hop_of(16000)
    80
    """
    return max(1, round(FRAME_SECOND * sample_rate))


def midi_of(frequency: float) -> float:
    """Return a frequency as a MIDI pitch, between the keys too.

    >>> midi_of(440.0)
    69.0
    """
    return float(69 + 12 * np.log2(frequency / 440))


def control_rows(
    pitch: float, force: float, seconds: Array, *, is_short: bool, instrument: int, n_instruments: int, longest: float
) -> Array:
    """Return the rows of a tone, without its loudness.

    Parameters
    ----------
    pitch
        MIDI.
    force
        0-1.
    seconds
        Time of each frame; before the onset is like the onset. `[shape=(frames,)]`
    is_short
        Whether the note asks for a quick attack.
    instrument, n_instruments
        Which of how many.
    longest
        Seconds after which nothing changes any more.

    Returns
    -------
    `[shape=(frames, N_CONTROLS + n_instruments)]`, about -2 to 2.

    Examples
    --------
    >>> rows = control_rows(60, 0.5, np.array([0.0, 9.0]), is_short=False, instrument=1, n_instruments=2, longest=2.0)
    >>> rows.shape == (2, N_CONTROLS + 2), rows[:, -2:].tolist()
    (True, [[0.0, 1.0], [0.0, 1.0]])
    """
    time = np.clip(seconds, 0, longest)
    height = (pitch - 64) / 24
    angles = np.pi * np.array(TURNS) * height
    still = [height, 2 * force - 1, float(is_short), *np.sin(angles), *np.cos(angles)]
    moving = [np.log1p(time / 0.01) / 3 - 1, *(np.exp(-time / fade) for fade in FADES)]
    rows = np.zeros((len(time), N_CONTROLS + n_instruments))
    rows[:, : len(still)] = still
    rows[:, len(still) : N_CONTROLS] = np.stack(moving, axis=1)
    rows[:, N_CONTROLS + instrument] = 1
    return rows


def with_level(rows: Array, level: Array) -> Array:
    """Return the rows with the loudness of each frame, in decibels, as their last number.

    >>> with_level(np.zeros((1, 2)), np.array([-20.0])).tolist()
    [[0.0, 0.0, 0.0]]
    """
    return np.concatenate([rows, (np.maximum(level, LOWEST)[:, None] + 20) / 20], axis=1)


def amplitude(level: Array) -> Array:
    """Return decibels as a factor.

    >>> amplitude(np.array([-20.0])).round(3).tolist()
    [0.1]
    """
    return np.asarray(10 ** (np.maximum(level, LOWEST) / 20))
