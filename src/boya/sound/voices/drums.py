"""The drum kit: a skin or bar with a falling pitch, a cloud of metal partials, and bursts of noise, mixed per drum.

What each General MIDI drum key sounds like is in `sound/data/drums.toml`. Frequencies in hertz, times in seconds.
A cymbal has hundreds of modes, and its high ones are fed by the low ones, so that they swell for a moment before they die.
Source: membranes and cymbals after N. Fletcher and T. Rossing, The Physics of Musical Instruments, 2nd ed., chapters 18 and 20.
"""

from dataclasses import dataclass

import numpy as np

from boya.sound.modal import Audio, ring
from boya.sound.noise import band_noise

__all__ = ["Drum", "drum_tone"]

# Ratios of six square oscillators of an analogue cymbal, extended by their sums: dense and without a pitch.
METAL_RATIOS = np.array([1.0, 1.342, 1.483, 1.631, 1.932, 2.546, 2.83, 3.27, 3.61, 3.97, 4.41, 4.87])


@dataclass(frozen=True)
class Drum:
    """One drum: see the head of `sound/data/drums.toml` for the settings."""

    name: str
    drum_class: str
    gain: float = 0.6
    pan: float = 0.0
    send: float = 0.15
    choke: str = ""
    skin: float = 0.0
    bend: float = 0.0
    bend_time: float = 0.03
    modes: tuple[float, ...] = (1.0,)
    ring: float = 0.1
    metal: float = 0.0
    metal_hz: float = 3000.0
    cloud: int = 0  # modes of a cymbal's plate, from a third of metal_hz upwards; 0 for none
    swell: float = 0.02  # seconds in which the highest of them rise
    noise: float = 0.0
    noise_band: tuple[float, float] = (1000.0, 8000.0)
    noise_time: float = 0.05
    bursts: int = 1
    soft: float = 0.001  # seconds of attack


def drum_tone(drum: Drum, force: float, sample_rate: int) -> Audio:
    """Return one stroke, whole, at unit gain: the harder, the brighter. `[shape=(2, n)]`

    Examples
    --------
    >>> stroke = drum_tone(Drum("Tick", "percussion", skin=500.0, ring=0.05), 0.8, 8000)
    >>> stroke.shape[0], bool(np.isfinite(stroke).all())
    (2, True)
    """
    longest = max(drum.ring if drum.skin or drum.metal or drum.cloud else 0.0, drum.noise_time if drum.noise else 0.0)
    n = int((6.0 * longest + 0.02 * drum.bursts + 0.03) * sample_rate)
    sound = np.zeros(n, dtype=np.float32)
    edge = np.float32(0.55 + 0.6 * force)
    if drum.skin:
        sound += _skin(drum, n, sample_rate)
    if drum.metal:
        sound += edge * np.float32(drum.metal) * _metal(drum, n, sample_rate)
    if drum.cloud:
        sound += edge * _cloud(drum, force, n, sample_rate)
    if drum.noise:
        sound += edge * np.float32(drum.noise) * _noise(drum, force, n, sample_rate)
    rise = max(2, int(drum.soft * sample_rate))
    sound[:rise] *= np.sin(np.linspace(0, np.pi / 2, rise, dtype=np.float32)) ** 2
    tail = n // 8
    sound[-tail:] *= np.cos(np.linspace(0, np.pi / 2, tail, dtype=np.float32)) ** 2
    pan = np.array([[np.sqrt(1 - drum.pan)], [np.sqrt(1 + drum.pan)]], dtype=np.float32)
    return np.asarray(pan * np.float32(np.sqrt(0.5)) * sound, dtype=np.float32)


def _skin(drum: Drum, n: int, sample_rate: int) -> Audio:
    """Return the modes of a skin or bar; their common pitch falls by `bend` octaves."""
    time = np.arange(n, dtype=np.float64) / sample_rate
    turns = time
    if drum.bend:
        turns = time + drum.bend_time * (2**drum.bend - 1) * (1 - np.exp(-time / drum.bend_time))
    sound = np.zeros(n, dtype=np.float32)
    for order, ratio in enumerate(drum.modes):
        frequency = drum.skin * ratio
        if frequency < 0.45 * sample_rate:
            fall = np.exp(np.float32(-(1 + 0.7 * order) / drum.ring) * time.astype(np.float32))
            sound += np.sin((2 * np.pi * frequency * turns).astype(np.float32)) * fall / np.float32(1 + 1.2 * order)
    return sound


def _metal(drum: Drum, n: int, sample_rate: int) -> Audio:
    """Return a cloud of inharmonic partials, the higher ones shorter."""
    frequencies = np.concatenate([drum.metal_hz * METAL_RATIOS, drum.metal_hz * 0.531 * METAL_RATIOS[5:]])
    decays = drum.ring / (1 + frequencies / 12000)
    levels = np.full((1, len(frequencies)), 1 / np.sqrt(len(frequencies)))
    cloud: Audio = ring(frequencies, levels, decays, n, sample_rate)[0] * np.float32(1.2)
    return cloud


def _cloud(drum: Drum, force: float, n: int, sample_rate: int) -> Audio:
    """Return the modes of a plate: dense, the high ones shorter, fed by the low ones."""
    rng = np.random.default_rng([drum.cloud, round(drum.metal_hz)])
    span = np.log2(15000 / (drum.metal_hz / 3))
    frequencies = drum.metal_hz / 3 * 2 ** (span * np.sort(rng.random(drum.cloud)) ** 0.7)
    high = np.clip(np.log2(frequencies / drum.metal_hz), 0, 4)
    levels = rng.uniform(0.4, 1.0, drum.cloud) * 2 ** (high * (0.5 * force - 0.45)) / np.sqrt(drum.cloud / 3)
    levels = levels * np.where(frequencies < drum.metal_hz, 0.5, 1.0) * rng.choice((-1.0, 1.0), drum.cloud)
    decays = drum.ring / (1 + (frequencies / 9000) ** 2)
    rises = np.minimum(0.001 + drum.swell * high / 4, 0.5 * decays)
    sound = ring(frequencies, levels[None], decays, n, sample_rate)[0]
    early = min(n, int(8 * rises.max() * sample_rate) + 1)
    sound[:early] -= ring(frequencies, levels[None], 1 / (1 / decays + 1 / rises), early, sample_rate)[0]
    return np.asarray(sound)


def _noise(drum: Drum, force: float, n: int, sample_rate: int) -> Audio:
    """Return one or several bursts of coloured noise, brighter when hit hard."""
    low, high = drum.noise_band
    hiss = band_noise(low, high * (0.7 + 0.3 * force), n, sample_rate, seed=round(low))
    time = np.arange(n, dtype=np.float32) / np.float32(sample_rate)
    if drum.bursts == 1:
        return np.asarray(hiss * np.exp(time / np.float32(-drum.noise_time)) * np.float32(0.5), dtype=np.float32)
    gap = drum.noise_time / drum.bursts if drum.bursts > 4 else 0.011
    shape = np.zeros(n, dtype=np.float32)
    for stroke in range(drum.bursts):
        after = time - np.float32(stroke * gap)
        is_last = stroke == drum.bursts - 1
        fall = np.exp(after / np.float32(-(drum.noise_time if is_last and drum.bursts <= 4 else gap * 0.4)))
        shape += np.where(after >= 0, fall, 0)
    return np.asarray(hiss * shape * np.float32(0.45), dtype=np.float32)
