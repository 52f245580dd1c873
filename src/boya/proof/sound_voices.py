"""The built-in instruments: in tune, level, without clicks, the same each time, compiled or not, and how fast each family is.

Pitch is that of the partial at the written pitch (of bells the strike partial): its mean frequency in a Hann window, weighted
by power. A click is a moment whose bend of the wave (second difference) stands out from both its neighbours; a moment lasts two
periods or more.
"""

import hashlib
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.scoreboard import Row
from boya.proof.setup import Setup
from boya.sound.compiled import has_numba, plain_python
from boya.sound.modal import Audio
from boya.sound.patches import Patch, chinese, drums, patches
from boya.sound.voices import VOICES
from boya.sound.voices.drums import drum_tone
from boya.sound.voices.probe import level, loudness, probe
from boya.sound.wave import Strike
from boya.theory.instruments import instruments

__all__ = ["cents_off", "click", "voices"]

RATE = 44100
MOST_CENTS, MOST_DC, MOST_DIFFERENCE, MOST_CLICK, MOST_EDGE = 5.0, -40.0, -90.0, 8.0, 0.03
VELOCITIES = (0.1, 0.3, 0.5, 0.7, 0.95)
SECONDS = (0.03, 0.3, 1.0)
WITH_LOOPS = ("bow", "wind", "analogue", "fm", "layers")
FAMILIES = {
    "analogue": ("analogue",),
    "additive and hybrid": ("organ", "fm", "layers", "synth", "bowed", "blown"),
    "acoustic": ("piano", "string", "bow", "wind", "mallet"),
    "noises": ("noises",),
}


@dataclass(frozen=True)
class Instrument:
    """A patch with its name and comfortable range."""

    name: str
    patch: Patch
    low: int
    high: int

    def tone(self, pitch: int, force: float, second: float) -> Audio:
        """Play one tone. `[shape=(2, n)]`"""
        strike = Strike(440 * 2 ** ((pitch - 69) / 12), force, max(1, round(second * RATE)), RATE)
        return VOICES[self.patch.voice].tone(strike, self.patch.settings)

    @property
    def middle(self) -> int:
        """The pitch in the middle of the range."""
        return (self.low + self.high) // 2


def voices(setup: Setup) -> Iterator[Row]:
    """Measure every program, the Chinese instruments and the drums."""
    band = list(_band())
    yield from _pitch(setup, band)
    yield from _clean(setup, band)
    yield from _levels(setup, band)
    yield from _same(setup, band)
    yield from _speed(setup, band)


def cents_off(tone: NDArray[np.floating], pitch: int, rate: int = RATE) -> float:
    """Return how far the partial at a pitch lies from it, in cents; infinite where there is next to nothing.

    Examples
    --------
    >>> wave = np.sin(2 * np.pi * 441 * np.arange(20000) / 44100)
    >>> round(cents_off(wave, 69), 1)
    3.9
    """
    frequency, size = 440 * 2 ** ((pitch - 69) / 12), 1 << (len(tone) - 1).bit_length()
    power = np.abs(np.fft.rfft((tone - np.mean(tone)) * np.hanning(len(tone)), size)) ** 2
    line = np.fft.rfftfreq(size, 1 / rate)
    near = np.flatnonzero(np.abs(np.log2(np.maximum(line, 1e-9) / frequency)) <= 1 / 12)
    if near.size == 0 or np.sum(power[near]) < 1e-5 * np.sum(power):
        return np.inf
    mean = np.sum(line[near] * power[near]) / np.sum(power[near])
    return float(1200 * np.log2(mean / frequency))


def click(tone: NDArray[np.floating], frequency: float, rate: int = RATE) -> float:
    """Return by how much the sharpest bend of one moment stands out from both moments beside it.

    Examples
    --------
    >>> wave = np.sin(2 * np.pi * 440 * np.arange(20000) / 44100)
    >>> broken = np.where(np.arange(20000) == 9000, 0.5, wave)
    >>> click(wave, 440.0) < 2, click(broken, 440.0) > 50
    (True, True)
    """
    size = int(max(0.02, 2.2 / frequency) * rate)
    bend = np.abs(np.diff(tone, 2))
    moments = np.array([bend[at : at + size].max() for at in range(0, len(bend) - size, size)])[1:]  # the attack may be sharp
    if len(moments) < 3:
        return 1.0
    beside = np.maximum(moments[:-2], moments[2:]) + 1e-4 * np.abs(tone).max(initial=1e-9)
    return float(np.max(moments[1:-1] / beside))


def _band() -> Iterator[Instrument]:
    """Yield every instrument."""
    for sort, patch in zip(instruments(), patches(), strict=True):
        yield Instrument(f"{sort.program} {sort.name}", patch, *sort.comfortable)
    for name, patch in chinese().items():
        yield Instrument(name, patch, *patch.comfortable)


def _pitch(setup: Setup, band: list[Instrument]) -> Iterator[Row]:
    """Worst and mean error of each family over the comfortable ranges."""
    errors: dict[str, list[float]] = defaultdict(list)
    for player in band:
        if player.patch.is_pitched:
            pitches = np.unique(np.linspace(player.low, player.high, setup.pick(9, 3)).round().astype(int))
            for pitch in pitches:
                tone = player.tone(int(pitch), 0.6, 1.6 if pitch > 48 else 2.6).mean(axis=0)[int(0.08 * RATE) :]
                errors[player.patch.voice].append(abs(cents_off(tone, int(pitch))))
    for voice, found in errors.items():
        yield setup.row("pitch error, worst", voice, max(found), "cents", at_most=MOST_CENTS)
    every = [error for found in errors.values() for error in found]
    yield setup.row("pitch error, worst", "all instruments", max(every), "cents", at_most=MOST_CENTS)
    yield setup.row("pitch error, mean", "all instruments", float(np.mean(every)), "cents")
    yield setup.row("tones measured", "all instruments", float(len(every)), "tones")


def _clean(setup: Setup, band: list[Instrument]) -> Iterator[Row]:
    """Silence, NaN, clicks, edges and DC over instruments, velocities and lengths, and over the drums."""
    silent, broken, clicks, edge, dc = 0, 0, [1.0], [0.0], [1e-9]
    strokes = [
        (drum_tone(sound, force, RATE), 200.0, True) for sound in drums().values() for force in VELOCITIES[:: setup.pick(1, 4)]
    ]
    for tone, frequency, rings_out in [*_tones(setup, band), *strokes]:
        peak = float(np.abs(tone).max(initial=0))
        broken += not np.isfinite(tone).all()
        silent += peak < 1e-3
        edge.append(float(np.abs(tone[:, 0]).max()) / max(peak, 1e-9))
        if rings_out:
            edge.append(float(np.abs(tone[:, -1]).max()) / max(peak, 1e-9))
        middle = tone.mean(axis=0)
        if len(middle) > 0.25 * RATE:
            clicks.append(click(middle, frequency))
        if len(middle) > 0.9 * RATE:
            hann = np.hanning(len(middle))
            dc.append(abs(float(np.sum(middle * hann) / np.sum(hann))) / float(np.sqrt(np.mean(middle**2)) + 1e-9))
    yield setup.row("tones with NaN or infinity", "all instruments", float(broken), "tones", at_most=0)
    yield setup.row("silent tones", "all instruments", float(silent), "tones", at_most=0)
    yield setup.row("sharpest moment against its neighbours", "all instruments", max(clicks), "", at_most=MOST_CLICK)
    yield setup.row("first and last sample against the peak", "all instruments", max(edge), "", at_most=MOST_EDGE)
    yield setup.row("DC against the level", "all instruments", 20 * float(np.log10(max(dc))), "dB", at_most=MOST_DC)


def _tones(setup: Setup, band: list[Instrument]) -> Iterator[tuple[Audio, float, bool]]:
    """Yield tones over instruments, velocities and lengths, their frequencies, and whether they end by themselves."""
    for player in band[:: setup.pick(1, 4)]:
        for force in VELOCITIES:
            for second in SECONDS:
                frequency = 440 * 2 ** ((player.middle - 69) / 12) if player.patch.is_pitched else 10.0
                tone = player.tone(player.middle, force, second)
                yield tone, frequency, tone.shape[1] < round(second * RATE)


def _levels(setup: Setup, band: list[Instrument]) -> Iterator[Row]:
    """How far the instruments' loudness at one velocity lies apart."""
    found = []
    for player in band:
        if player.patch.is_pitched:
            tone = player.tone(player.middle, 0.7, 0.8)
            parts = [tone[:, at : at + RATE // 5] for at in range(0, max(1, tone.shape[1] - RATE // 5), RATE // 10)]
            loud = max(float(np.hypot(*(loudness(side, RATE) * side.size * 5 / RATE for side in part))) for part in parts)
            found.append(20 * np.log10(max(loud * player.patch.gain, 1e-6)))
    yield setup.row("loudness at one velocity, standard deviation", "all instruments", float(np.std(found)), "dB", at_most=3)


def _same(setup: Setup, band: list[Instrument]) -> Iterator[Row]:
    """The same bytes again, and compiled against plain."""
    some = band[:: setup.pick(1, 6)]
    first, again = (_digest(some) for _ in range(2))
    yield setup.row("bytes that differ in a second run", "all instruments", float(first != again), "", at_most=0)
    if not has_numba():
        setup.note("sound: no numba here; compiled loops are not compared with plain ones")
        return
    worst = 1e-12
    for player in [player for player in band if player.patch.voice in WITH_LOOPS][:: setup.pick(4, 16)]:
        quick = player.tone(player.middle, 0.6, 0.25)
        _forget()
        with plain_python():
            plain = player.tone(player.middle, 0.6, 0.25)
        _forget()
        worst = max(worst, float(np.abs(quick - plain).max() / np.abs(plain).max()))
    yield setup.row("compiled against plain Python", "loops", 20 * float(np.log10(worst)), "dB", at_most=MOST_DIFFERENCE)


def _digest(some: list[Instrument]) -> str:
    """Return a digest of one tone of each instrument, made from nothing."""
    _forget()
    digest = hashlib.sha256()
    for player in some:
        digest.update(player.tone(player.middle, 0.5, 0.2).tobytes())
    return digest.hexdigest()


def _forget() -> None:
    """Forget what was measured about tones."""
    probe.cache_clear()
    level.cache_clear()


def _speed(setup: Setup, band: list[Instrument]) -> Iterator[Row]:
    """Real-time factor of each family: two-second tones that were never played before, tuning and levelling included."""
    for family, names in FAMILIES.items():
        some = [player for player in band if player.patch.voice in names][:: setup.pick(2, 12)]
        yield setup.row("new tones, real-time factor", family, _factor(some, 2.0), "x")
    with plain_python():
        for voice in WITH_LOOPS[:3]:
            some = [player for player in band if player.patch.voice == voice][:: setup.pick(8, 99)]
            yield setup.row("new tones without numba, real-time factor", voice, _factor(some, 1.0), "x")


def _factor(some: list[Instrument], second: float) -> float:
    """Return seconds of sound for each second of work."""
    some[0].tone(some[0].middle, 0.5, 0.1)  # loops are compiled
    _forget()
    start = time.perf_counter()
    frames = sum(player.tone(player.middle, 0.5, second).shape[1] for player in some)
    return float(frames / RATE / (time.perf_counter() - start))
