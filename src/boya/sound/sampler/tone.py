"""One key of a recording: read faster or slower, its loop repeated as long as wanted, under its envelope.

A recording is made once four times as fine and free of what would fold over (in the frequency domain), then read with cubic
Hermite interpolation. A loop is read once and tiled: the reading step is bent by under 0.2 cents so that loops hold a whole
number of frames. Audio is mono, float32 `[shape=(n,)]`. Source: J. O. Smith, "Digital Audio Resampling", CCRMA, Stanford.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.sound.modal import Audio
from boya.sound.sampler.regions import Envelope, Region

__all__ = ["Waves", "envelope", "key_tone"]

FINE = 4  # times as many frames as the recording
MARGIN = 160  # frames of the loop that follow its end and fade, so that the end sounds like the middle
LOOP_FRAMES = 4300  # frames of tiled loops at least: half a frame in them is 0.2 cents
WAVE_BYTES = 64 * 2**20
QUIET_DECIBEL = 84.0  # what has fallen this far is over
SWELL_SECOND = 0.4  # of vibrato
PADS = np.array([1, 3, 5, 9, 15])


@dataclass(frozen=True)
class Wave:
    """A finer recording with a frame before and three after it; the loop in its frames, empty for none."""

    audio: Audio
    loop_start: int
    loop_end: int


class Waves:
    """The finer recordings of a font, those used least recently forgotten."""

    def __init__(self, samples: NDArray[np.int16], n_bytes: int = WAVE_BYTES) -> None:
        self._samples = samples
        self._limit, self._used = n_bytes, 0
        self._waves: OrderedDict[Hashable, Wave] = OrderedDict()

    def get(self, region: Region, cutoff: float, top: float) -> Wave:
        """Return the recording of a region, dulled above `cutoff` and empty above `top`, both hertz at its own rate."""
        # What lies above the recording's own highest frequency makes no difference.
        cutoff, top = (float(np.inf) if limit >= share * region.rate else limit for limit, share in ((cutoff, 1.0), (top, 0.5)))
        key = (region.start, region.end, region.loop_start, region.loop_end, cutoff, top)
        if key in self._waves:
            self._waves.move_to_end(key)
            return self._waves[key]
        wave = self._waves[key] = _wave(self._samples, region, cutoff, top)
        self._used += wave.audio.nbytes
        while self._used > self._limit and len(self._waves) > 1:
            self._used -= self._waves.popitem(last=False)[1].audio.nbytes
        return wave


def _wave(samples: NDArray[np.int16], region: Region, cutoff: float, top: float) -> Wave:
    """Return a recording made finer."""
    is_looped = region.loop_end > region.loop_start
    stop = region.loop_end if is_looped else region.end
    raw = samples[region.start : stop].astype(np.float32) / np.float32(32768)
    if is_looped:
        after = np.resize(samples[region.loop_start : region.loop_end], MARGIN) / np.float32(32768)
        raw = np.concatenate([raw, after * np.cos(np.linspace(0, np.pi / 2, MARGIN, dtype=np.float32)) ** 2])
    size = _fast_size(len(raw) + MARGIN)
    spectrum = np.fft.rfft(raw, size)
    if np.isfinite(min(cutoff, top)):
        line = np.arange(len(spectrum)) * (region.rate / size)
        gain = 1 / np.sqrt(1 + (line / cutoff) ** 4)
        spectrum *= np.where(line < top, gain, 0)
    fine = np.fft.irfft(spectrum, FINE * size)[: FINE * (stop - region.start) + 3] * FINE
    audio = np.concatenate([np.zeros(1), fine]).astype(np.float32)
    low, high = (FINE * (frame - region.start) if is_looped else 0 for frame in (region.loop_start, region.loop_end))
    return Wave(audio, low, high)


def _fast_size(least: int) -> int:
    """Return a length of at least `least` whose transform is quick.

    >>> _fast_size(1000), _fast_size(1025)
    (1024, 1152)
    """
    sizes = PADS * 2 ** np.ceil(np.log2(least / PADS)).astype(int)
    return int(sizes.min())


def key_tone(waves: Waves, region: Region, pitch: int, velocity: int, n_frames: int, sample_rate: int) -> Audio:
    """Return what a region sounds for a key, at most `n_frames`, without level, pan and release. `[shape=(n,)]`

    The velocity dulls; its gain is `region.gain`.
    """
    ratio = region.ratio(pitch)
    wave = waves.get(region, region.dulled(velocity) / ratio, 0.49 * sample_rate / ratio)
    step = FINE * ratio * region.rate / sample_rate
    moving = region.envelope_of(pitch)
    n = max(1, min(n_frames, _until_quiet(moving, sample_rate)))
    if wave.loop_end <= wave.loop_start:
        n = max(1, min(n, int((len(wave.audio) - 4) / step)))
        tone = _read(wave.audio, _places(n, step, region, sample_rate))
    elif region.vibrato:
        places = _places(n, step, region, sample_rate)
        period = wave.loop_end - wave.loop_start
        tone = _read(wave.audio, np.where(places < wave.loop_end, places, wave.loop_start + (places - wave.loop_start) % period))
    else:
        tone = _tiled(wave, step, n)
    shape = envelope(moving, n, sample_rate)
    if shape is not None:
        tone *= shape
    return tone


def _tiled(wave: Wave, step: float, n: int) -> Audio:
    """Return a tone whose loop is read a few times and then repeated as it is."""
    period = wave.loop_end - wave.loop_start
    rounds = int(np.ceil(LOOP_FRAMES * step / period))
    whole = max(1, round(rounds * period / step))
    step = rounds * period / whole
    first = int(np.ceil(wave.loop_start / step))
    once = min(n, first + whole)
    places = np.arange(once, dtype=np.float64) * step
    if places[-1] >= wave.loop_end:
        places = np.where(places < wave.loop_end, places, wave.loop_start + (places - wave.loop_start) % period)
    tone = _read(wave.audio, places)
    if n <= once:
        return tone
    return np.concatenate([tone[:first], np.resize(tone[first:], n - first)])


def _places(n: int, step: float, region: Region, sample_rate: int) -> NDArray[np.float64]:
    """Return where in the finer recording each frame is read; vibrato swings around the straight way."""
    frames = np.arange(n, dtype=np.float64)
    if region.vibrato:
        time = frames / sample_rate - region.vibrato_delay
        turn = 2 * np.pi * region.vibrato_hz
        depth = sample_rate * (2 ** (region.vibrato / 1200) - 1) / turn
        frames += depth * np.clip(time / SWELL_SECOND, 0, 1) * np.sin(turn * time)
    return np.maximum(frames * step, 0)


def _read(audio: Audio, places: NDArray[np.float64]) -> Audio:
    """Return a recording read between its frames (cubic Hermite); `audio` begins a frame early. `[shape=(len(places),)]`"""
    index = places.astype(np.int32)
    t = (places - index).astype(np.float32)
    np.minimum(index, len(audio) - 4, out=index)
    a, b, c, d = (audio[k:].take(index) for k in range(4))
    rise, here, there = c - b, np.float32(0.5) * (c - a), np.float32(0.5) * (d - b)  # the step from b to c, the slopes at them
    curve = np.float32(3) * rise - np.float32(2) * here - there
    twist = here + there - np.float32(2) * rise
    return np.asarray(b + t * (here + t * (curve + t * twist)), dtype=np.float32)


def envelope(shape: Envelope, n: int, sample_rate: int) -> Audio | None:
    """Return how the level moves from the key's start: silence, a straight rise, hold, a fall even in decibels; None: not at all.

    >>> envelope(Envelope(attack=0.002, decay=1.0, sustain=20.0), 3, 1000).tolist()
    [0.0, 0.5, 1.0]
    """
    falls = shape.sustain > 0
    if not falls and not shape.attack and not shape.delay:
        return None
    level = np.ones(n, dtype=np.float32)
    silent = min(n, int(shape.delay * sample_rate))
    peak = min(n, silent + int(shape.attack * sample_rate))
    level[:silent] = 0
    if peak > silent:
        level[silent:peak] = np.arange(peak - silent, dtype=np.float32) / np.float32(shape.attack * sample_rate)
    begin = peak + int(shape.hold * sample_rate)
    if falls and begin < n:
        slope = 100 / max(shape.decay, 1e-3) / sample_rate
        fallen = np.minimum(np.arange(n - begin, dtype=np.float32) * np.float32(slope), np.float32(shape.sustain))
        level[begin:] = np.exp(fallen * np.float32(-np.log(10) / 20))
    return level


def _until_quiet(shape: Envelope, sample_rate: int) -> int:
    """Return the frames until an envelope that falls to nothing is over."""
    if shape.sustain < QUIET_DECIBEL:
        return int(np.iinfo(np.int32).max)
    before = shape.delay + shape.attack + shape.hold
    return int((before + shape.decay * QUIET_DECIBEL / 100) * sample_rate)
