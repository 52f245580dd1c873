"""From a recipe to sound: layers are made, repeated, placed, given a room, and brought to one loudness.

Times in seconds, pitches in hertz; the result is float32 `[shape=(frames, 2)]`.
"""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.score import Score
from boya.sound.effects.fitting import fitted
from boya.sound.effects.recipe import Layer, Recipe, draw
from boya.sound.effects.sources import SOURCES, filtered
from boya.sound.mix.equaliser import Filter, equalise
from boya.sound.mix.loudness import Meter
from boya.sound.mix.master import curve_of
from boya.sound.mix.reverb import Reverb
from boya.sound.mix.stage import Compressor, mix_of
from boya.sound.modal import Audio

__all__ = ["effect"]

DECAYS = 5.0  # a layer ends after so many of its decay times
END_FADE = 0.01
MOST_SECOND = 12.0
QUIET = 10 ** (-66 / 20)
LIMITING = 6.0
RUMBLE = (Filter("highpass", 25.0),)
Wave = NDArray[np.float64]
Rng = np.random.Generator


def effect(
    kind: str,
    *,
    seed: int = 0,
    mutation: int = 0,
    lock: Collection[str] = (),
    like: Score | None = None,
    sample_rate: int = 44100,
    lufs: float = -16.0,
) -> Audio:
    """Return a sound effect.

    Parameters
    ----------
    kind
        One of `effect_kinds()`: coin, jump, laser, explosion, power-up ...
    seed
        Which of the many sounds of that kind.
    mutation
        0 for the sound itself, 1, 2, ... for others near it.
    lock
        What a mutation keeps: names of `LOCKS`, such as pitch, length, tone.
    like
        A piece whose key and tempo the effect takes.
    sample_rate
        Frames per second, 8000-192000.
    lufs
        Loudness, as ITU-R BS.1770 measures it; what is shorter than 0.4 s counts as 0.4 s.

    Returns
    -------
    `[shape=(frames, 2)]`, true peaks at most -1 dBTP.

    Raises
    ------
    InputError
        if a name is unknown or a number out of range.

    Examples
    --------
    >>> coin = effect("coin", seed=3)
    >>> coin.shape[1], bool(abs(coin).max() < 0.9), bool(abs(coin[0]).max() < 1e-3)
    (2, True, True)
    """
    if not 8000 <= sample_rate <= 192000:
        raise InputError(f"sample_rate must be 8000-192000; got {sample_rate}")
    recipe = draw(kind, seed, mutation, lock)
    if like is not None:
        recipe = fitted(recipe, like)
    bus = _layers(recipe, sample_rate, seed)
    bus = _in_room(bus, recipe, sample_rate)
    bus = _trimmed(bus, sample_rate)
    _levelled(bus, recipe, lufs, sample_rate)
    return np.ascontiguousarray(bus.T)


def _layers(recipe: Recipe, rate: int, seed: int) -> Audio:
    """Return the layers, added. `[shape=(2, n)]`"""
    placed: list[tuple[int, Wave, float]] = []
    for at, layer in enumerate(recipe.layers):
        rng = np.random.default_rng([seed, at])
        for second, wave in _repeats(layer, recipe.pitch, rate, rng):
            placed.append((round(second * rate), wave * layer.level, layer.pan))
    length = min(max(start + len(wave) for start, wave, _ in placed), int(MOST_SECOND * rate))
    bus = np.zeros((2, length), dtype=np.float32)
    for start, wave, pan in placed:
        piece = wave[: max(0, length - start)].astype(np.float32)
        bus[0, start : start + len(piece)] += piece * np.float32((1 - pan) ** 0.5)
        bus[1, start : start + len(piece)] += piece * np.float32((1 + pan) ** 0.5)
    return bus


def _repeats(layer: Layer, pitch: float, rate: int, rng: Rng) -> list[tuple[float, Wave]]:
    """Return when each repetition of a layer begins, and its wave; with steps each repetition takes the next step."""
    if layer.times == 1:
        return [(layer.start, _wave(layer, pitch, rate, rng))]
    found = []
    for number in range(layer.times):
        away = layer.scatter * rng.uniform(-0.5, 0.5)
        one = replace(layer, times=1)
        if len(layer.steps) > 1 and not layer.step:
            one = replace(one, steps=(layer.steps[number % len(layer.steps)],))
        wave = _wave(one, pitch * 2 ** (2 * away if layer.scatter > 0.5 else 0.0), rate, rng)
        second = layer.start + layer.gap * max(0.0, number + away)
        found.append((second, wave * layer.fade**number * (1 - layer.scatter * rng.uniform(0, 0.6))))
    return found


def _wave(layer: Layer, pitch: float, rate: int, rng: Rng) -> Wave:
    """Return one sounding of a layer."""
    n = max(8, round((layer.attack + layer.hold + DECAYS * layer.decay) * rate))
    time = np.arange(n) / rate
    share = time / max(time[-1], 1e-9)
    frequency = np.minimum(_frequency(layer, pitch * layer.ratio, time, share), 0.42 * rate)
    wave = SOURCES[layer.source](layer, frequency, rate, rng)
    move = 2.0 ** (layer.open * share)
    top = 0.45 * rate
    low, high = np.minimum(layer.low * move, top), np.minimum(layer.high * move, top)
    wave = filtered(wave, low, high, layer.q, rate)
    if layer.crush:
        wave = np.round(wave * 2 ** (layer.crush - 1)) / 2 ** (layer.crush - 1)
    wave *= 1 - layer.pulse * (0.5 - 0.5 * np.cos(2 * np.pi * layer.pulse_hz * time))
    return wave * _envelope(layer, time)


def _frequency(layer: Layer, pitch: float, time: Wave, share: Wave) -> Wave:
    """Return the pitch of every frame."""
    octaves = layer.slide * share**layer.bend
    if len(layer.steps) > 1 and layer.step:
        octaves = octaves + np.array(layer.steps)[np.minimum((time / layer.step).astype(int), len(layer.steps) - 1)] / 12
    else:
        octaves = octaves + layer.steps[0] / 12
    octaves = octaves + layer.vibrato / 12 * np.sin(2 * np.pi * layer.vibrato_hz * time)
    return np.asarray(pitch * 2.0**octaves)


def _envelope(layer: Layer, time: Wave) -> Wave:
    """Return the level of every frame, 0 at both ends."""
    rise = np.sin(np.pi / 2 * np.minimum(time / max(layer.attack, 1e-4), 1)) ** 2
    late = np.maximum(time - layer.attack - layer.hold, 0) / layer.decay
    return np.asarray(rise * np.maximum(np.exp(-late) - np.exp(-DECAYS), 0) / (1 - np.exp(-DECAYS)))


def _in_room(bus: Audio, recipe: Recipe, rate: int) -> Audio:
    """Return the effect with the answer of its room."""
    if not recipe.room or not recipe.wet:
        return bus
    room = mix_of("default" if recipe.room == "studio" else recipe.room).room
    if room is None:
        raise InputError(f"effects.toml: {recipe.kind} asks for a room {recipe.room!r} that no preset has")
    rings = round(max(length for _, _, length in room.bands) * rate)
    bus = np.pad(bus, ((0, 0), (0, rings)))
    return bus + np.float32(recipe.wet) * Reverb(room, rate)(bus.sum(axis=0, keepdims=True) / 2)


def _trimmed(bus: Audio, rate: int) -> Audio:
    """Return the effect without constant offset and without the silence at its end, faded there."""
    bus = equalise(bus, RUMBLE, rate)
    top = np.abs(bus).max(axis=0)
    sounding = np.flatnonzero(top > QUIET * top.max())
    end = int(sounding[-1]) + 1 + int(END_FADE * rate) if len(sounding) else 1
    bus = bus[:, :end].copy()
    fade = min(bus.shape[1], int(END_FADE * rate))
    bus[:, -fade:] *= np.cos(np.linspace(0, np.pi / 2, fade, dtype=np.float32)) ** 2
    return bus


def _levelled(bus: Audio, recipe: Recipe, lufs: float, rate: int) -> None:
    """Bring the effect to its loudness under the ceiling, in place."""
    steady = Compressor(above=99.0, ratio=1.0, attack=0.01, release=0.1)
    mix = replace(mix_of(lufs=lufs), compressor=steady, limiting=LIMITING)
    mix = replace(mix, lufs=mix.lufs + recipe.lufs)
    meter = Meter(rate)
    meter.add(bus)
    curve_of(*meter.finish(), rate, mix).apply(bus, 0)
