"""The finish: one gain curve over the whole piece that compresses, sets the loudness and holds the true peak under the ceiling.

The curve is found from what a `Meter` heard, the K-weighted energy and the true peak of every 64 frames, so a long piece is
heard once and multiplied once, and a loudness after limiting is known without rendering again. The limiter looks ahead: its gain
is a running minimum, smoothed over the same window; it never exceeds what a peak allows, and never jumps.
Source: D. Giannoulis, M. Massberg, J. Reiss, "Digital Dynamic Range Compressor Design", JAES 60(6), 2012.
"""

from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.sound.mix.loudness import Meter, gated
from boya.sound.mix.peaks import BLOCK
from boya.sound.mix.stage import Compressor, Mix, mix_of
from boya.sound.modal import Audio

__all__ = ["Curve", "curve_of", "fade_end", "finish", "steady_gain"]

LIMITER_SECOND = 0.05
SAFETY = 10 ** (-0.03 / 20)  # a gain that moves lifts peaks a little, other meters oversample otherwise
STRETCH = 1 << 16  # blocks at a time
ROUNDS = 12
CLOSE = 0.01  # LU
MOST_GAIN = 1000.0
FADE_SECOND = 0.08


class Curve:
    """Gains at the borders of blocks of 64 frames, with straight lines between them."""

    def __init__(self, borders: Audio) -> None:
        self.borders = borders

    def apply_loop(self, audio: Audio) -> None:
        """Multiply a whole loop, whose last block may be longer, in place. `[shape=(2, n)]`"""
        knots = np.append(np.arange(len(self.borders) - 1) * BLOCK, audio.shape[1])
        audio *= np.interp(np.arange(audio.shape[1]), knots, self.borders).astype(np.float32)

    def apply(self, audio: Audio, start: int) -> None:
        """Multiply frames by their gain, in place. `[shape=(2, n)]`, the first at frame `start`, a multiple of 64."""
        n_blocks = -(-audio.shape[1] // BLOCK)
        edges = self.borders[start // BLOCK : start // BLOCK + n_blocks + 1]
        ramp = np.linspace(0, 1, BLOCK, endpoint=False, dtype=np.float32)
        gains = edges[:-1, None] + np.diff(edges)[:, None] * ramp
        audio *= gains.reshape(-1)[: audio.shape[1]]


def curve_of(energies: Audio, peaks: Audio, sample_rate: int, mix: Mix, *, is_loop: bool = False) -> Curve:
    """Return the gain of every moment.

    Parameters
    ----------
    energies, peaks
        Of each 64 frames, as `Meter.finish` returns them. `[shape=(blocks,)]`
    mix
        Loudness, ceiling, compressor and most limiting.
    is_loop
        Whether the end is followed by the beginning; then the curve has no seam there.
    """
    n = len(peaks)
    here = gated(energies, sample_rate)
    if not n or not np.isfinite(here):
        return Curve(np.ones(n + 1, dtype=np.float32))
    if is_loop:
        energies, peaks = np.tile(energies, 3), np.tile(peaks, 3)
    pressed = _compressed(energies, here, sample_rate, mix.compressor)
    ceiling = SAFETY * 10 ** (mix.ceiling / 20)
    tops = _highest_near(pressed)  # between two blocks the gain is on its way from one to the other
    tops *= peaks
    most = min(MOST_GAIN, ceiling * 10 ** (mix.limiting / 20) / max(float(tops.max()), 1e-9))
    gain, held = min(10 ** ((mix.lufs - here) / 20), most), pressed
    for _ in range(ROUNDS):
        del held  # before the next is made
        held = _limiting(tops, ceiling / gain, sample_rate)
        held *= pressed
        held *= np.float32(gain)
        missing = mix.lufs - gated(energies, sample_rate, held)
        if abs(missing) < CLOSE or (gain >= most and missing > 0):
            break
        gain = min(gain * 10 ** (missing / 20), most)
    return _curve(held, n, is_loop)


def _curve(held: Audio, n: int, is_loop: bool) -> Curve:
    """Turn gains of blocks into gains at their borders."""
    borders = np.empty(len(held) + 1, dtype=np.float32)
    borders[0], borders[-1] = held[0], held[-1]
    np.add(held[1:], held[:-1], out=borders[1:-1])
    borders[1:-1] *= 0.5
    if not is_loop:
        return Curve(borders)
    borders = borders[n : 2 * n + 1].copy()
    borders[-1] = borders[0]
    return Curve(borders)


def _highest_near(gains: Audio) -> Audio:
    """Return the highest of each gain and its two neighbours."""
    highest = gains.copy()
    np.maximum(highest[1:], gains[:-1], out=highest[1:])
    np.maximum(highest[:-1], gains[1:], out=highest[:-1])
    return highest


def _compressed(energies: Audio, here: float, sample_rate: int, settings: Compressor) -> Audio:
    """Return the compressor's gain of each block."""
    gains = _followed(energies, settings, sample_rate)  # changed in place: an hour has 2.5 million blocks
    np.maximum(gains, 1e-12, out=gains)
    np.log10(gains, out=gains)
    gains *= 10
    gains -= 0.691 + here + settings.above
    np.maximum(gains, 0, out=gains)
    gains *= -(1 - 1 / settings.ratio) / 20
    return np.power(np.float32(10), gains, out=gains)


def _followed(energies: Audio, settings: Compressor, sample_rate: int) -> Audio:
    """Return the level that rises with the attack and falls with the release."""
    step = BLOCK / sample_rate
    up, down = (1 - float(np.exp(-step / second)) for second in (settings.attack, settings.release))
    followed, level = np.empty_like(energies), 0.0
    for start in range(0, len(energies), STRETCH):
        part = (energies[start : start + STRETCH] / BLOCK).tolist()
        levels = accumulate(part, lambda e, p: e + (up if p > e else down) * (p - e), initial=level)
        followed[start : start + len(part)] = np.fromiter(levels, dtype=np.float32, count=len(part) + 1)[1:]
        level = float(followed[start + len(part) - 1])
    return followed


def _limiting(peaks: Audio, ceiling: float, sample_rate: int) -> Audio:
    """Return the limiter's gain of each block."""
    held = np.ones(len(peaks), dtype=np.float32)
    half = max(2, round(LIMITER_SECOND * sample_rate / BLOCK / 2))
    weights = np.hanning(2 * half + 1).astype(np.float32)  # its ends are 0: one block of slack covers the lines between blocks
    weights /= weights.sum()
    for start in range(0, len(peaks), STRETCH):
        first, end = max(0, start - 2 * half), min(start + STRETCH, len(peaks))
        last = min(end + 2 * half, len(peaks))
        near = peaks[first:last]
        if near.max() <= ceiling:
            continue
        allowed = np.minimum(np.float32(1), np.float32(ceiling) / np.maximum(near, np.float32(1e-9)))
        padded = np.pad(allowed, (2 * half - (start - first), 2 * half - (last - end)), mode="edge")
        held[start:end] = np.convolve(_running_minimum(padded, 2 * half + 1), weights, mode="valid")
    return held


def _running_minimum(values: NDArray[Any], width: int) -> NDArray[Any]:
    """Return the least of each `width` neighbours, in steps that double."""
    least, reached = values, 1
    while reached * 2 <= width:
        least, reached = np.minimum(least[:-reached], least[reached:]), reached * 2
    rest = width - reached
    return np.minimum(least[: len(least) - rest], least[rest:]) if rest else least


def fade_end(audio: Audio, start: int, n_frames: int, sample_rate: int) -> None:
    """Fade the last 80 ms of a piece of `n_frames`, in place; `audio` is the part from frame `start` on. `[shape=(2, n)]`"""
    length = min(n_frames, int(FADE_SECOND * sample_rate))
    fade = np.cos(np.linspace(0, np.pi / 2, length, dtype=np.float32)) ** 2
    first = max(start, n_frames - length)
    if first < start + audio.shape[1]:
        here = audio[:, first - start :]
        here *= fade[first - (n_frames - length) :][: here.shape[1]]


def finish(bus: Audio, sample_rate: int, mix: Mix | None = None) -> None:
    """Set the loudness of a stereo bus, hold its true peak under the ceiling and fade its end, in place. `[shape=(2, frames)]`"""
    if not bus.size:
        return
    meter = Meter(sample_rate)
    step = 10 * sample_rate // BLOCK * BLOCK
    for start in range(0, bus.shape[1], step):
        meter.add(bus[:, start : start + step])
    curve = curve_of(*meter.finish(), sample_rate, mix or mix_of())
    for start in range(0, bus.shape[1], step):
        curve.apply(bus[:, start : start + step], start)
    fade_end(bus, 0, bus.shape[1], sample_rate)


def steady_gain(energies: Audio, tops: list[float], sample_rate: int, mix: Mix) -> float:
    """Return one gain for a mix and its stems: as loud as the target, unless one of the true peaks would pass the ceiling."""
    here = gated(energies, sample_rate)
    if not np.isfinite(here):
        return 1.0
    return min(10 ** ((mix.lufs - here) / 20), SAFETY * 10 ** (mix.ceiling / 20) / max(*tops, 1e-9), MOST_GAIN)
