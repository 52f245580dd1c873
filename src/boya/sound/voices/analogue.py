"""Analogue synthesizers modelled: oscillators without aliasing, several drifting a little apart, through a swept filter.

Steps in a waveform are rounded by two samples of a polynomial (polyBLEP). Detuning in cents, the filter's movement in octaves,
times in seconds. Sources: V. Välimäki and A. Huovilainen, "Antialiasing oscillators in subtractive synthesis", IEEE Signal
Processing Magazine 24(2), 2007; the filters in `filters.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio
from boya.sound.noise import hiss, slow_noise
from boya.sound.voices.filters import FILTERS, ladder, state_variable
from boya.sound.voices.performing import HIGHEST
from boya.sound.voices.probe import level
from boya.sound.wave import Motion, Strike, sustain

__all__ = ["Analogue", "tone"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Analogue:
    """Oscillators, their filter and two envelopes."""

    wave: str = "saw"  # saw, pulse or triangle
    pulse: float = 0.5  # width of the pulse
    swing: float = 0.0  # how far the width moves, at swing_hz
    swing_hz: float = 0.6
    unison: int = 3  # oscillators; an odd number keeps one in the middle
    detune: float = 7.0  # cents of the outermost
    drift: float = 0.5  # cents that each wanders
    sub: float = 0.0  # level of a square an octave lower
    fifth: float = 0.0  # level of an oscillator a fifth higher
    noise: float = 0.0
    filter: str = "ladder"  # ladder, or a state-variable low, band, high, notch
    cutoff: float = 1200.0  # hertz at middle C and middle force, before the envelope
    follow: float = 0.5  # how far it follows the pitch
    resonance: float = 0.6  # 0-3.8
    sweep: float = 2.5  # octaves the envelope opens the filter
    touch: float = 2.0  # octaves between the softest and the hardest velocity
    filter_attack: float = 0.005
    filter_decay: float = 0.3
    filter_sustain: float = 0.3
    wobble: float = 0.0  # octaves the filter swings, at wobble_hz
    wobble_hz: float = 0.3
    attack: float = 0.005
    decay: float = 0.3
    sustain: float = 0.8
    fade: float = 0.0  # seconds to 1/e while held; 0 holds for ever
    vibrato: float = 0.0
    vibrato_hz: float = 5.2
    vibrato_delay: float = 0.4
    scoop: float = 0.0  # semitones from which the pitch slides up, in 0.06 s
    width: float = 0.6


def tone(strike: Strike, settings: Analogue) -> Audio:
    """Return an analogue tone. `[shape=(2, n_frames)]`"""
    frequency, rate = strike.frequency, strike.sample_rate
    if frequency > HIGHEST * rate:
        return sustain(strike, np.ones(1), np.ones(1), Motion(attack=max(settings.attack, 0.002), decay=1.0, sustain=1.0))
    quick = replace(settings, attack=min(settings.attack, 0.01), filter_attack=min(settings.filter_attack, 0.02))
    gain = level(played, quick, frequency, strike.force, rate)
    return np.asarray(gain * played(strike, replace(quick if strike.is_short else settings)), dtype=np.float32)


def played(strike: Strike, settings: Analogue) -> Array:
    """Return the tone at the level the oscillators have. `[shape=(2, n_frames)]`"""
    warp = _sweep(strike, settings)
    sides = [_filtered(side, warp, settings) for side in _oscillators(strike, settings)]
    sound = np.stack(sides if len(sides) == 2 else sides * 2)
    shape = _rise_and_fall(strike, settings.attack, settings.decay, settings.sustain)
    if settings.fade:
        shape = shape * np.exp(-np.arange(strike.n_frames) / (settings.fade * strike.sample_rate))
    return np.asarray(sound * shape)


def _oscillators(strike: Strike, settings: Analogue) -> Iterator[Array]:
    """Yield the oscillators' mix: once for the middle, or left and right."""
    count = settings.unison
    places = np.linspace(-1, 1, count) if count > 1 else np.zeros(1)
    weights = np.where(places == 0, 1.0, min(0.7, 2.5 / count))
    waves = weights[:, None] * [
        _oscillator(strike, settings, settings.detune * place, i, min(i, count - 1 - i)) for i, place in enumerate(places)
    ]
    middle = np.zeros(strike.n_frames)
    for amount, ratio in ((settings.sub, 0.5), (settings.fifth, 1.5)):
        if amount:
            lower = replace(settings, wave="pulse", pulse=0.5, swing=0.0) if ratio < 1 else settings
            middle += amount * _oscillator(replace(strike, frequency=ratio * strike.frequency), lower, 0.0, 9)
    if settings.noise:
        middle += settings.noise * hiss(strike.n_frames, strike.sample_rate, seed=5, high=14000.0)
    if count == 1 or not settings.width:
        yield np.asarray(np.sum(waves, axis=0) / np.sqrt(count) + middle)
        return
    for side in (-1, 1):
        pan = np.sqrt(0.5 + 0.5 * side * settings.width * places * (-1.0) ** np.arange(count))
        yield np.asarray(pan @ waves / np.sqrt(count) + middle * np.sqrt(0.5))


def _oscillator(strike: Strike, settings: Analogue, cents: float, seed: int, start: int = 0) -> Array:
    """Return one oscillator; two that lie mirrored start together, so that their mean is the written pitch."""
    n, rate = strike.n_frames, strike.sample_rate
    time = np.arange(n) / rate
    bent = np.full(n, cents)
    if settings.drift:
        bent += settings.drift * slow_noise(1.0, n, rate, seed=seed)
    if settings.vibrato:
        grown = np.clip((time - settings.vibrato_delay) / 0.4, 0, 1)
        bent += settings.vibrato * grown * np.sin(2 * np.pi * settings.vibrato_hz * (time - settings.vibrato_delay))
    if settings.scoop:
        bent -= 100 * settings.scoop * np.exp(-time / 0.02)
    step = strike.frequency / rate * 2 ** (bent / 1200)
    phase = (np.cumsum(step) + 0.377 * start) % 1.0
    if settings.wave == "triangle":
        return np.asarray(_triangle(phase, step))
    if settings.wave == "saw":
        return _saw(phase, step)
    half = 0.5 * (settings.pulse + settings.swing * np.sin(2 * np.pi * settings.swing_hz * time))
    return np.asarray(_saw((phase - half) % 1.0, step) - _saw((phase + half) % 1.0, step))


def _saw(phase: Array, step: Array) -> Array:
    """Return a rising sawtooth whose step is rounded."""
    wave = 2 * phase - 1
    after = phase < step
    t = phase[after] / step[after]
    wave[after] -= 2 * t - t * t - 1
    before = phase > 1 - step
    t = (phase[before] - 1) / step[before]
    wave[before] -= t * t + 2 * t + 1
    return wave


def _triangle(phase: Array, step: Array) -> Array:
    """Return a triangle of its odd harmonics below half the rate, as many as can be heard."""
    wave = np.zeros(len(phase))
    for order in range(1, min(16, int(0.45 / max(float(np.max(step, initial=1e-6)), 1e-6))) + 1, 2):
        wave += np.sin(2 * np.pi * order * phase) * ((-1) ** (order // 2) / order**2)
    return wave


def _sweep(strike: Strike, settings: Analogue) -> Array:
    """Return what the filter is asked for in every sample."""
    rate = strike.sample_rate
    shape = _rise_and_fall(strike, settings.filter_attack, settings.filter_decay, settings.filter_sustain)
    octaves = settings.touch * (strike.force - 0.42) + settings.sweep * shape
    if settings.wobble:
        octaves = octaves + settings.wobble * np.sin(2 * np.pi * settings.wobble_hz * np.arange(strike.n_frames) / rate)
    cutoff = settings.cutoff * (strike.frequency / 261.63) ** settings.follow * 2**octaves
    return np.asarray(np.tan(np.pi * np.clip(cutoff, 30.0, 0.42 * rate) / rate))


def _filtered(tone: Array, warp: Array, settings: Analogue) -> Array:
    """Return a tone through the filter."""
    out = np.zeros(len(tone))
    if settings.filter == "ladder":
        ladder(tone, warp, settings.resonance, out)
    else:
        state_variable(tone, warp, settings.resonance, *FILTERS[settings.filter], out)
    return out


def _rise_and_fall(strike: Strike, attack: float, decay: float, sustain: float) -> Array:
    """Return an envelope from 0 to 1 that falls to `sustain`. `[shape=(n_frames,)]`"""
    time = np.arange(strike.n_frames) / strike.sample_rate
    rise = np.sin(np.minimum(time / attack, 1) * (np.pi / 2)) ** 2
    return np.asarray(rise * (sustain + (1 - sustain) * np.exp(-np.maximum(time - attack, 0) / decay)))
