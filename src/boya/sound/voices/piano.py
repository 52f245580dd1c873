"""Pianos as modal models: three stiff strings a note, a felt hammer that hardens with force, a soundboard.

Higher partials are sharp by the string's stiffness, which falls and then rises over the keyboard; they die faster; and the
sound dies in two stages, since the strings first push the bridge together and then against each other. Sources: N. Fletcher and
T. Rossing, The Physics of Musical Instruments, 2nd ed., chapter 12; G. Weinreich, "Coupled piano strings", JASA 62, 1977;
stiffness over the keyboard after F. Rigaud, B. David and L. Daudet, "A parametric model and estimation techniques for the
inharmonicity and tuning of the piano", JASA 133, 2013.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio, ring, soft_end
from boya.sound.noise import band_noise
from boya.sound.voices.probe import level
from boya.sound.wave import Strike

__all__ = ["Piano", "tone"]

Array = NDArray[np.float64]
MIDDLE_C = 261.63
MOST_PARTIALS = 64


@dataclass(frozen=True)
class Piano:
    """Strings, hammer and board."""

    tilt: float = 3.2  # decibels per octave
    felt: float = 1700.0  # hertz from which the hammer excites less, at middle C and middle force
    reach: float = 2.6  # octaves it moves from the softest to the hardest velocity
    follow: float = 0.4  # how far it follows the pitch
    place: float = 0.12  # where the hammer strikes, as a share of the string
    stiff: float = 1.0  # stiffness against a grand's
    decay: float = 0.75  # seconds to 1/e of the first stage of the fundamental at middle C
    register: float = 0.62  # decay falls with the pitch to this power
    damping: float = 0.075  # how much faster each further partial dies
    air: float = 1.5  # and how much faster still at 4000 hertz
    second: float = 0.2  # share of the second stage
    longer: float = 4.0  # how many times longer it rings
    beat: float = 0.6  # cents between the strings
    board: float = 95.0  # hertz under which the soundboard gives little
    knock: float = 0.22  # level of hammer and board
    knock_hz: float = 260.0
    width: float = 0.5


def tone(strike: Strike, settings: Piano) -> Audio:
    """Return a piano's tone, at most as long as it rings. `[shape=(2, n)]`"""
    if strike.frequency > 0.45 * strike.sample_rate:
        return np.zeros((2, strike.n_frames), dtype=np.float32)
    gain = level(played, settings, strike.frequency, strike.force, strike.sample_rate)
    return np.asarray(gain * played(strike, settings), dtype=np.float32)


def played(strike: Strike, settings: Piano) -> Audio:
    """Return the tone at the model's level. `[shape=(2, n)]`"""
    frequency, rate = strike.frequency, strike.sample_rate
    order = np.arange(1, int(np.clip(min(9000, 0.44 * rate) / frequency, 1, MOST_PARTIALS)) + 1)
    stretch = settings.stiff * stiffness(frequency)
    partial = frequency * order * np.sqrt((1 + stretch * order**2) / (1 + stretch))
    levels = _hammer(settings, order, partial, strike)
    decay = settings.decay * (MIDDLE_C / frequency) ** settings.register
    decay = decay / (1 + settings.damping * (order - 1) + settings.air * ((partial / 4000) ** 2 - (frequency / 4000) ** 2))
    share, apart = settings.second, 2 ** (settings.beat / 1200)
    frequencies = np.concatenate([partial * apart**-share, partial * apart ** (1 - share)])
    amplitudes = np.concatenate([levels * (1 - share), levels * share])
    decays = np.concatenate([decay, decay * settings.longer])
    n = max(1, min(strike.n_frames, int(6 * rate * decays.max())))
    sound = ring(frequencies, _spread(amplitudes, frequency, settings.width), decays, n, rate)
    return _struck(sound, strike, settings)


def stiffness(frequency: float) -> float:
    """Return the inharmonicity of a grand's string.

    >>> stiffness(261.63) < stiffness(2093.0), stiffness(261.63) < stiffness(32.7)
    (True, True)
    """
    key = 69 + 12 * np.log2(frequency / 440)
    return float(np.exp(0.0926 * key - 13.64) + np.exp(-0.0847 * key - 5.82))


def _hammer(settings: Piano, order: NDArray[np.int64], partial: Array, strike: Strike) -> Array:
    """Return the level of each partial."""
    octaves = settings.reach * (strike.force - 0.42)
    felt = settings.felt * (strike.frequency / MIDDLE_C) ** settings.follow * 2**octaves
    levels = order ** (-settings.tilt / 6.02) / (1 + (partial / max(felt, strike.frequency)) ** 2.5)
    levels = levels * (0.1 + np.abs(np.sin(np.pi * order * settings.place)))
    return np.asarray(levels / np.sqrt(1 + (settings.board / partial) ** 4))


def _spread(amplitudes: Array, frequency: float, width: float) -> Array:
    """Spread partials over left and right: low strings to the left, as the player hears them. `[shape=(2, partials)]`"""
    count = len(amplitudes) // 2
    key = np.clip(np.log2(frequency / MIDDLE_C) / 4, -1, 1)
    pan = width * (0.6 * key + 0.4 * np.sin(2.4 * np.arange(count)))
    pan = np.clip(np.concatenate([pan, -0.6 * pan]), -1, 1)
    return np.stack([amplitudes * np.sqrt(0.5 - 0.5 * pan), amplitudes * np.sqrt(0.5 + 0.5 * pan)])


def _struck(sound: Audio, strike: Strike, settings: Piano) -> Audio:
    """Add the knock, and rise as fast as the felt lets go."""
    n, rate = sound.shape[1], strike.sample_rate
    length = min(n, int(0.12 * rate))
    size = float(np.abs(sound).max(initial=0.0))
    for low, high, fall, share in ((0.35, 1.6, 0.03, 1.0), (3.0, 9.0, 0.008, 0.25)):
        noise = band_noise(settings.knock_hz * low, settings.knock_hz * high, int(0.12 * rate), rate, seed=2)[:length]
        shape = np.exp(-np.arange(length, dtype=np.float32) / np.float32(fall * rate))
        sound[:, :length] += noise * shape * np.float32(share * settings.knock * size * (0.25 + strike.force))
    rise = min(n, max(2, int((0.004 - 0.003 * strike.force) * rate)))
    sound[:, :rise] *= np.sin(np.linspace(0, np.pi / 2, rise, dtype=np.float32)) ** 2
    soft_end(sound, strike.n_frames)
    return sound
