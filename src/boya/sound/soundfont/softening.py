"""How much darker an instrument is when it is played softly, as the movement of a low-pass filter.

A font with one recording a key has its force; a modulator closes the filter for soft keys as far as brings the balance of the
spectrum to that of the live voice. Frequencies in hertz, movements in cents.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio
from boya.sound.soundfont.measuring import LIVE_RATE, mono

__all__ = ["OPEN_HERTZ", "softening"]

OPEN_HERTZ = 19912.0  # of a filter that is not there
SOFT = 0.2  # the force that is compared
HEARD_SECOND = 0.4
STEPS = range(0, -4801, -300)
DARKER = 0.93  # a balance that counts as darker


def softening(make: Callable[[float, int], Audio], force: float) -> int:
    """Return the cents by which the filter moves from the hardest to the softest velocity; 0 for an instrument that stays so.

    Parameters
    ----------
    make
        Returns a tone of a force and a number of frames, at 44100 a second. `[shape=(2, n)]`
    force
        That of the recording.

    Examples
    --------
    >>> noise = np.random.default_rng(0).standard_normal((2, 17640)).astype(np.float32)
    >>> softening(lambda force, n: noise[:, :n], 0.65)
    0
    """
    n = int(HEARD_SECOND * LIVE_RATE)
    loud, soft = (_power(make(each, n)) for each in (force, SOFT))
    line = np.linspace(0, LIVE_RATE / 2, len(loud))
    wanted = _balance(soft, line)
    if wanted > DARKER * _balance(loud, line):
        return 0
    away = [abs(np.log(_balance(_dulled(loud, line, cents), line) / wanted)) for cents in STEPS]
    return STEPS[int(np.argmin(away))]


def _power(tone: Audio) -> NDArray[np.float64]:
    n = int(HEARD_SECOND * LIVE_RATE)
    return np.asarray(np.abs(np.fft.rfft(mono(tone), n)) ** 2)


def _balance(power: NDArray[np.float64], line: NDArray[np.float64]) -> float:
    """Return the mean frequency, weighted by amplitude rather than by power, which the lowest partials rule."""
    amplitude = np.sqrt(power)
    return float(np.sum(line * amplitude) / (np.sum(amplitude) + 1e-12)) + 1e-9


def _dulled(power: NDArray[np.float64], line: NDArray[np.float64], cents: int) -> NDArray[np.float64]:
    """Return a spectrum behind the filter as a soft key closes it."""
    cutoff = OPEN_HERTZ * 2 ** (cents * (1 - SOFT) / 1200)
    return np.asarray(power / (1 + (line / cutoff) ** 4))
