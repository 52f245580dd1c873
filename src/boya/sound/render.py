"""From a score to finished sound: whole, in blocks of constant memory, as stems, or as a loop without a seam.

Each different tone is made once and laid down wherever it is played (`laying`); tracks, room and echo are added up (`mix.bus`);
one gain curve over the whole finishes it (`mix.master`). A long piece waits on a `Shelf` for its curve. Audio is float32; public
functions give `[shape=(frames, 2)]`, inside it is `[shape=(2, frames)]`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

import numpy as np

from boya.errors import InputError
from boya.files import Gestures
from boya.score import Score
from boya.sound.feel import pedalled
from boya.sound.laying import Lane, lanes
from boya.sound.mix.bus import Wet, mixed
from boya.sound.mix.loudness import Meter
from boya.sound.mix.master import Curve, curve_of, fade_end, steady_gain
from boya.sound.mix.peaks import BLOCK
from boya.sound.mix.shelf import Shelf
from boya.sound.mix.stage import Mix, mix_of, places
from boya.sound.modal import Audio
from boya.sound.neural.source import Neural
from boya.sound.sampler.source import Sampled
from boya.sound.tones import Live, Source, Store

__all__ = [
    "SOURCES",
    "TAIL_SECOND",
    "USUAL_SOURCE",
    "LoopSettings",
    "Report",
    "Settings",
    "blocks_of",
    "check",
    "loop_of",
    "n_frames",
    "stem_blocks_of",
]

TAIL_SECOND = 1.5
MAX_SECOND, MAX_LOOP_SECOND, MAX_TAIL_SECOND = 3600, 900, 60
BLOCK_SECOND = 5
RING_SECOND = 4.0  # what drums and releases may need beyond the room
WARM = 64  # blocks of a loop's end heard before its beginning

Report = Callable[[int, int], None]
SOURCES: dict[str, Callable[[], Source]] = {"sampled": Sampled, "live": Live, "neural": Neural}
USUAL_SOURCE = "sampled"


class LoopSettings(TypedDict, total=False):
    """What every way of rendering takes, as `boya.sound.render` describes it."""

    sample_rate: int
    preset: str
    lufs: float | None
    voices: str
    gestures: Sequence[Gestures]
    report: Report | None


class Settings(LoopSettings, total=False):
    """And what only a piece takes that ends."""

    tail: float


def n_frames(score: Score, sample_rate: int, tail: float = TAIL_SECOND) -> int:
    """Return how many frames a rendering has: the score's length and its tail; refuse more than an hour."""
    length = score.length_second
    if length > MAX_SECOND:
        raise InputError(f"a score to render must last at most {MAX_SECOND} s; got {length:.0f}. Cut it with slice_bars.")
    if not 0 <= tail <= MAX_TAIL_SECOND:
        raise InputError(f"tail must be 0-{MAX_TAIL_SECOND} s; got {tail:g}")
    return round((length + tail) * sample_rate)


@dataclass(frozen=True)
class Job:
    """A checked wish: what to render, how long, and how it is mixed."""

    score: Score
    sample_rate: int
    mix: Mix
    n_frames: int
    source: Source
    gestures: Sequence[Gestures] = ()
    report: Report | None = None

    @property
    def bounds(self) -> list[int]:
        """First frame of each block, and the frame after the last."""
        step = BLOCK_SECOND * self.sample_rate // BLOCK * BLOCK
        return [*range(0, self.n_frames, step), self.n_frames]

    def wet(self) -> Wet:
        """A room and an echo in which nothing sounds yet."""
        return Wet(self.mix, 60 / self.score.timeline.tempos[0].qpm, self.sample_rate)

    def blocks(self) -> Iterator[Audio]:
        """Yield the mix before the finish, block by block."""
        yield from mixed([lane for lane in self.lanes() if len(lane.starts)], self.wet(), self.bounds, self.report)

    def lanes(self) -> list[Lane]:
        """Return all tracks ready to be laid down."""
        strips, bends = places(self.score.tracks, self.mix), [own.bends for own in self.gestures]
        return lanes(pedalled(self.score, self.gestures), strips, self.source, Store(), self.sample_rate, bends)


def check(
    score: Score,
    sample_rate: int = 44100,
    *,
    preset: str = "default",
    lufs: float | None = None,
    tail: float = TAIL_SECOND,
    voices: str = USUAL_SOURCE,
    gestures: Sequence[Gestures] = (),
    report: Report | None = None,
) -> Job:
    """Check settings and return what to do.

    Raises
    ------
    InputError
        if a setting is out of range or unknown.
    """
    if not 8000 <= sample_rate <= 192000:
        raise InputError(f"sample_rate must be 8000-192000; got {sample_rate}")
    if voices not in SOURCES:
        raise InputError(f"voices must be one of {', '.join(SOURCES)}; got {voices!r}")
    length = n_frames(score, sample_rate, tail)
    if gestures and len(gestures) != len(score.tracks):
        raise InputError(f"gestures must be of each of {len(score.tracks)} tracks; got {len(gestures)}. Read both from one file.")
    return Job(score, sample_rate, mix_of(preset, lufs=lufs), length, SOURCES[voices](), gestures, report)


def blocks_of(job: Job) -> Iterator[Audio]:
    """Yield the finished piece in blocks of five seconds. `[shape=(2, n)]`"""
    meter = Meter(job.sample_rate)
    with Shelf() as shelf:
        for block in job.blocks():
            meter.add(block)
            shelf.put(block)
        curve = curve_of(*meter.finish(), job.sample_rate, job.mix)
        start = 0
        for block in shelf:
            curve.apply(block, start)
            fade_end(block, start, job.n_frames, job.sample_rate)
            yield block
            start += block.shape[1]


def stem_blocks_of(job: Job) -> Iterator[list[Audio]]:
    """Yield each track's own sound, with its reverb, in blocks of five seconds; added they are the mix before its finish.

    All share one gain, which brings the mix to its loudness unless a stem would pass the ceiling. The piece is laid down twice.
    """
    meter, own = Meter(job.sample_rate), [Meter(job.sample_rate) for _ in job.score.tracks]
    for stems in _stems(job):
        meter.add(np.sum(stems, axis=0) if stems else np.zeros((2, 0), dtype=np.float32))
        for heard, stem in zip(own, stems, strict=True):
            heard.add(stem)
    energies, peaks = meter.finish()
    tops = [float(column.max(initial=0)) for column in (peaks, *(heard.finish()[1] for heard in own))]
    gain = np.float32(steady_gain(energies, tops, job.sample_rate, job.mix))
    start = 0
    for stems in _stems(job):
        for stem in stems:
            np.multiply(stem, gain, out=stem)
            fade_end(stem, start, job.n_frames, job.sample_rate)
        yield stems
        start += stems[0].shape[1] if stems else 0


def _stems(job: Job) -> Iterator[list[Audio]]:
    """Yield the unscaled stems block by block."""
    streams = [mixed([lane] if len(lane.starts) else [], job.wet(), job.bounds) for lane in job.lanes()]
    for end in job.bounds[1:]:
        yield [next(stream) for stream in streams]
        if job.report:
            job.report(end, job.n_frames)


def loop_of(job: Job) -> Audio:
    """Return whole bars of finished sound that can follow themselves: what rings on after the end is added to the beginning.

    Raises
    ------
    InputError
        if the score is empty or longer than a quarter of an hour.
    """
    score, rate = job.score, job.sample_rate
    length = round(float(score.timeline.second_at(int(score.bar_bounds[-1]))) * rate)
    if not 2 * BLOCK <= length <= MAX_LOOP_SECOND * rate:
        raise InputError(f"a loop must last up to {MAX_LOOP_SECOND} s and not be empty; this one has {length / rate:.1f} s")
    rings = RING_SECOND + (max(band[2] for band in job.mix.room.bands) if job.mix.room else 0)
    longer = replace(job, n_frames=length + round(rings * rate))
    whole = np.concatenate(list(longer.blocks()), axis=1)
    loop = whole[:, :length].copy()
    for start in range(length, whole.shape[1], length):
        rest = whole[:, start : start + length]
        loop[:, : rest.shape[1]] += rest
    _loop_curve(loop, job).apply_loop(loop)
    return loop


def _loop_curve(loop: Audio, job: Job) -> Curve:
    """Return the finish of a loop, heard with its end before its beginning; the last block takes what is left over."""
    n = loop.shape[1] // BLOCK
    meter = Meter(job.sample_rate)
    around = min(WARM, n) * BLOCK
    meter.add(np.concatenate([loop[:, loop.shape[1] - around :], loop, loop[:, :BLOCK]], axis=1))
    energies, peaks = (column[around // BLOCK :][: n + 1] for column in meter.finish())
    peaks[n - 1] = max(peaks[n - 1], peaks[n])
    return curve_of(energies[:n], peaks[:n], job.sample_rate, job.mix, is_loop=True)
