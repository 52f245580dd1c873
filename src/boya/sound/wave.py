"""Sustained tones: a single-cycle table read by several slightly detuned, moving readers.

One table is dark, one is bright; the tone fades between them as its envelope asks, so that a louder moment is a brighter one.
Phases are 32-bit integers that wrap by themselves: the pitch is exact for any length. Times in seconds, detuning in cents.
Source: wavetable synthesis, R. Bristow-Johnson, "Wavetable Synthesis 101", AES 101st Convention, 1996.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio, loudness_norm
from boya.sound.noise import band_noise

__all__ = ["Motion", "Spectrum", "Strike", "envelope", "harmonic_levels", "sustain"]

TABLE_BITS = 13
BREATH_FRAMES = 1 << 15


@dataclass(frozen=True)
class Strike:
    """What a voice is asked for: one tone.

    `frequency` in hertz; `force` 0-1 is the velocity class; `n_frames` its length; `is_short` asks for a quick attack.
    """

    frequency: float
    force: float
    n_frames: int
    sample_rate: int
    is_short: bool = False


@dataclass(frozen=True)
class Spectrum:
    """Levels of the harmonics of a steady tone."""

    tilt: float = 6.0  # fall in decibels per octave above the fundamental
    even: float = 1.0  # level of even harmonics against odd ones
    cutoff: float = 4000.0  # hertz from which the dark table falls steeply, at middle force
    follow: float = 0.4  # how far the cutoff follows the pitch: 0 not, 1 fully
    formants: tuple[tuple[float, float, float], ...] = ()  # (hertz, decibels, width in octaves)


@dataclass(frozen=True)
class Motion:
    """How a steady tone moves in time and space."""

    attack: float = 0.03
    decay: float = 0.2
    sustain: float = 0.85  # level after the decay, against the peak
    fade: float = 0.0  # seconds to 1/e while held; 0 holds for ever
    open: float = 1.0  # brightness at the peak of the envelope, 0 dark - 1 bright
    shine: float = 2.0  # octaves between the cutoffs of the dark and the bright table
    touch: float = 1.5  # octaves the cutoff moves from the softest to the hardest velocity
    detune: float = 0.0  # cents of the outer readers; 0 uses one reader
    vibrato: float = 0.0  # cents
    vibrato_hz: float = 5.3
    vibrato_delay: float = 0.25
    tremolo: float = 0.0  # share of the level, at vibrato_hz
    breath: float = 0.0  # level of noise around the tone
    width: float = 0.5  # stereo spread of the readers


def harmonic_levels(spectrum: Spectrum, frequency: float, octaves: float, sample_rate: int) -> NDArray[np.float64]:
    """Return the amplitude of harmonics 1, 2, ... that fit under half the sample rate, the cutoff moved by `octaves`.

    Examples
    --------
    >>> harmonic_levels(Spectrum(tilt=6.0, cutoff=1e9), 440.0, 0.0, 44100)[:2].round(2).tolist()
    [1.0, 0.5]
    """
    count = int(np.clip(0.45 * sample_rate / frequency, 1, 64))
    order = np.arange(1, count + 1)
    level = order ** (-spectrum.tilt / 6.02)
    level[1::2] *= spectrum.even
    cutoff = spectrum.cutoff * (frequency / 261.6) ** spectrum.follow * 2.0**octaves
    partial = order * frequency
    gain = np.zeros(count)
    for centre, decibel, width in spectrum.formants:
        gain += decibel * np.exp(-((np.log2(partial / centre) / width) ** 2))
    shaped: NDArray[np.float64] = level * 10 ** (gain / 20) / (1 + (partial / max(cutoff, 1.2 * frequency)) ** 4)
    return shaped


def sustain(strike: Strike, dark: NDArray[np.float64], bright: NDArray[np.float64], motion: Motion) -> Audio:
    """Return a tone whose harmonics move between two sets of levels; silence above half the rate. `[shape=(2, n_frames)]`"""
    frequency, n = strike.frequency, strike.n_frames
    if frequency > 0.47 * strike.sample_rate:
        return np.zeros((2, n), dtype=np.float32)
    tables = _tables(dark, bright, frequency)
    shape = envelope(strike, motion)
    mix = shape * np.float32(motion.open)
    steps = np.arange(n, dtype=np.uint32)
    wobble = _vibrato(strike, motion)
    left, right = np.zeros((2, n), dtype=np.float32)
    for cents, pan, phase, gain in _readers(motion):
        increment = np.uint32(round(frequency * 2 ** (cents / 1200) / strike.sample_rate * 2**32))
        position = steps * increment + np.uint32(int(phase * 2**32))
        if wobble is not None:
            position += wobble
        index = (position >> np.uint32(32 - TABLE_BITS)).astype(np.intp)
        wave = tables[0].take(index, mode="clip")
        wave += mix * tables[1].take(index, mode="clip")
        left += wave * np.float32(gain * np.sqrt(0.5 - 0.5 * pan))
        right += wave * np.float32(gain * np.sqrt(0.5 + 0.5 * pan))
    tone = np.stack([left, right])
    if motion.breath:
        tone += _breath(strike, motion)
    tone *= shape
    return tone


def envelope(strike: Strike, motion: Motion) -> Audio:
    """Return attack, decay and hold, without the release. `[shape=(n_frames,)]`"""
    rate = strike.sample_rate
    attack = min(motion.attack, 0.04) if strike.is_short else motion.attack
    time = np.arange(strike.n_frames, dtype=np.float32) / np.float32(rate)
    rise = np.sin(np.minimum(time / np.float32(attack), 1) * np.float32(np.pi / 2)) ** 2
    late = np.maximum(time - np.float32(attack), 0)
    hold = motion.sustain + (1 - motion.sustain) * np.exp(-late / np.float32(motion.decay))
    if motion.fade:
        hold = hold * np.exp(-late / np.float32(motion.fade))
    if motion.tremolo:
        hold = hold * (1 - motion.tremolo * (0.5 - 0.5 * np.cos(2 * np.pi * motion.vibrato_hz * time)))
    return np.asarray(rise * hold, dtype=np.float32)


def _tables(dark: NDArray[np.float64], bright: NDArray[np.float64], frequency: float) -> tuple[Audio, Audio]:
    """Return the dark cycle and what the bright one adds to it, both at the dark one's unit loudness."""
    size = 1 << TABLE_BITS
    partial = frequency * np.arange(1.0, len(dark) + 1)
    middle = (dark + bright) / 2
    norm = loudness_norm(partial, middle)
    # Phases spread by Schroeder's rule: the same spectrum with a lower peak.
    order = np.arange(1, len(dark) + 1)
    turn = np.exp(-1j * np.pi * order * (order - 1) / len(dark)) * -1j
    spectra = np.zeros((2, size // 2 + 1), dtype=complex)
    spectra[0, 1 : len(dark) + 1] = dark * turn
    spectra[1, 1 : len(dark) + 1] = (bright - dark) * turn
    cycles = np.fft.irfft(spectra, size, axis=1) * (size / 2 / norm)
    return cycles[0].astype(np.float32), cycles[1].astype(np.float32)


def _readers(motion: Motion) -> Sequence[tuple[float, float, float, float]]:
    """Return (cents, pan, phase, gain) of each reader: one in the middle at the written pitch, and two mirrored, weaker ones."""
    if not motion.detune:
        return ((0.0, 0.0, 0.0, 1.0),)
    w = motion.width
    return ((0.0, 0.0, 0.0, 0.9), (-motion.detune, -w, 0.3, 0.3), (0.87 * motion.detune, w, 0.7, 0.3))


def _vibrato(strike: Strike, motion: Motion) -> NDArray[np.uint32] | None:
    """Return the phase that a delayed, swelling vibrato adds to every frame."""
    if not motion.vibrato:
        return None
    time = np.arange(strike.n_frames, dtype=np.float32) / np.float32(strike.sample_rate)
    depth_hz = strike.frequency * (2 ** (motion.vibrato / 1200) - 1)
    turns = depth_hz / (2 * np.pi * motion.vibrato_hz)
    swell = np.clip((time - np.float32(motion.vibrato_delay)) / np.float32(0.4), 0, 1)
    angle = np.float32(2 * np.pi * motion.vibrato_hz) * (time - np.float32(motion.vibrato_delay))
    return np.asarray((turns * 2**32) * (swell * np.sin(angle)).astype(np.float64), dtype=np.int64).astype(np.uint32)


def _breath(strike: Strike, motion: Motion) -> Audio:
    """Return noise around the tone, louder at the attack; it repeats after 0.7 seconds."""
    n, rate = strike.n_frames, strike.sample_rate
    base = 2.0 ** (round(2 * np.log2(strike.frequency)) / 2)  # half-octave classes share their noise
    loop = band_noise(round(0.8 * base), round(min(8 * base + 2000, 9000)), BREATH_FRAMES, rate, seed=1)
    hiss = np.resize(loop, n)
    chiff = 1 + 2 * np.exp(-np.arange(n, dtype=np.float32) / np.float32(0.05 * rate))
    return np.asarray(hiss * chiff * np.float32(motion.breath), dtype=np.float32)
