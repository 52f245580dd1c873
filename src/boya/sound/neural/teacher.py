"""What a network learns from: tones of a live voice, straight, and what is measured on them.

A teacher plays without vibrato, which is put on a network's tones as it is on the voice's. Pitches fall into three parts, so that
what is claimed is measured on pitches that were neither learnt nor used to choose weights.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boya.sound.neural.controls import LOWEST, hop_of
from boya.sound.neural.resampling import resampled
from boya.sound.neural.table import Taught
from boya.sound.voices import VOICES
from boya.sound.wave import Strike

__all__ = ["FORCES", "level_of", "part_of", "phase_of", "pitches_of", "teacher_tone"]

Array = NDArray[np.float64]
FORCES = tuple((step + 0.5) / 6 for step in range(6))  # the middle of the renderer's velocity classes
PLAYED_RATE = 48000
WINDOW_FRAMES = 8  # over which a level is measured


def part_of(pitch: int) -> str:
    """Return the part a pitch belongs to: of six, four are to learn from, one is `dev`, one `unseen`.

    >>> [part_of(pitch) for pitch in (60, 61, 64)]
    ['train', 'dev', 'unseen']
    """
    return {1: "dev", 4: "unseen"}.get(pitch % 6, "train")


def pitches_of(instrument: Taught, part: str) -> list[int]:
    """Return an instrument's pitches of a part."""
    low, high = instrument.pitches
    return [pitch for pitch in range(low, high + 1) if part_of(pitch) == part]


def teacher_tone(
    instrument: Taught, pitch: float, force: float, n_samples: int, sample_rate: int, *, is_short: bool = False
) -> Array:
    """Return the teacher's tone in mono, without vibrato, at the power of its two sides. `[shape=(n_samples,)]`

    It is played at 48 kHz and brought to the wanted rate: at 16 kHz, what a reed or a lip adds would fold back.

    Examples
    --------
    >>> from boya.sound.neural.table import taught
    >>> teacher_tone(taught()["guitar"], 60, 0.5, 400, 16000).shape
    (400,)
    """
    settings = replace(instrument.live.settings, vibrato=0.0, tremolo=0.0)
    fade = PLAYED_RATE // 20
    n = -(-n_samples * PLAYED_RATE // sample_rate) + fade
    strike = Strike(440 * 2 ** ((pitch - 69) / 12), force, n, PLAYED_RATE, is_short)
    sound = VOICES[instrument.live.voice].tone(strike, settings).astype(np.float64)
    tone = np.zeros(n)
    tone[: sound.shape[1]] = (sound[0] + sound[1]) * np.sqrt(0.5)
    tone[-fade:] *= np.cos(np.linspace(0, np.pi / 2, fade)) ** 2
    return resampled(tone, PLAYED_RATE, sample_rate)[:n_samples]


def level_of(tone: Array, sample_rate: int) -> Array:
    """Return the level at each frame in decibels, the first at the tone's first sample.

    Parameters
    ----------
    tone
        Mono. `[shape=(n,)]`

    Returns
    -------
    `[shape=(n // hop + 1,)]`

    Examples
    --------
    >>> level_of(np.ones(1600), 16000)[10].round(3)
    np.float64(0.0)
    """
    hop = hop_of(sample_rate)
    half = WINDOW_FRAMES * hop // 2
    window = np.hanning(2 * half + 1)
    padded = np.pad(np.stack([tone**2, np.ones(len(tone))]), ((0, 0), (half, half + 1)))
    sums = np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1, axis=1)[:, ::hop] @ window
    power = sums[0] / sums[1]  # of what lies inside the tone
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (LOWEST / 10))))


def phase_of(tone: Array, frequency: float, sample_rate: int) -> tuple[float, float]:
    """Return the phase of the fundamental at the first sample, in turns, and how many hertz it is away from `frequency`.

    Examples
    --------
    >>> wave = np.sin(2 * np.pi * (0.2 + 441.0 / 16000 * np.arange(16000)))
    >>> [round(value, 2) for value in phase_of(wave, 440.0, 16000)]
    [0.2, 1.0]
    """
    n = len(tone)
    width = max(8, round(4 * sample_rate / frequency), n // 40)
    turning = tone * np.exp(-2j * np.pi * frequency / sample_rate * np.arange(n))
    sums = np.concatenate([[0], np.cumsum(turning)])
    starts = np.arange(0, max(n - width, 1), max(1, width // 2))
    stops = np.minimum(starts + width, n)
    heard = sums[stops] - sums[starts]
    angle = np.unwrap(np.angle(heard)) / (2 * np.pi)
    weight = np.abs(heard) + 1e-12
    times = (starts + stops) / 2
    if len(starts) < 3:
        return float(angle[0] + 0.25) % 1, 0.0
    slope, offset = np.polyfit(times, angle, 1, w=weight)
    return float((offset + 0.25) % 1), float(slope * sample_rate)
