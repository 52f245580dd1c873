"""The mix and what leaves it: speed, true peak and loudness, the seam of loops, stems, memory, and the same bytes again.

Conventions: the real-time factor is seconds of sound per second of work, one thread. The pieces are written here, so that anyone
has them: eight tracks at 120 qpm, about 60 notes a bar. Loudness is measured by our own meter, and by pyloudnorm (another
implementation of BS.1770) where it is installed.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from boya.evaluation.scoreboard import Row
from boya.proof.process import run_measured
from boya.proof.setup import Setup
from boya.score import Score, Tempo, Timeline, Track, note_array
from boya.sound import effect, effect_kinds, humanise, loudness, render, render_loop, render_stems, save_audio, true_peak
from boya.sound.modal import Audio

__all__ = ["eight_tracks", "mix", "seam_decibel"]

RATE = 44100
LIVE_FACTOR, PEAK_DBTP, LOUDNESS_LU, SEAM_DECIBEL, HOUR_MEGABYTE = 20.0, -1.0, 0.5, -60.0, 400.0
SEAM_SECOND = 0.005
QUIET_LUFS = -24.0  # no peak needs the limiter
PROGRAMS = (("melody", 73), ("melody", 40), ("chords", 0), ("chords", 25), ("bass", 33), ("pad", 48), ("pad", 89))
ROOTS = (0, 9, 5, 7)
PLANS = ((120.0, "default"), (84.0, "hall"), (168.0, "loud"), (100.0, "dry"))

_HOUR = """
import sys
from boya.proof.sound_mix import eight_tracks
from boya.sound import render_blocks, save_audio
from boya.sound.render import n_frames
score = eight_tracks(int(sys.argv[1]))
save_audio(render_blocks(score), sys.argv[2], 44100, n_frames=n_frames(score, 44100))
print(score.length_second)
"""


def eight_tracks(n_bars: int, qpm: float = 120.0, seed: int = 7) -> Score:
    """Return a piece for two melodies, two chord instruments, bass, two pads and drums, in 4/4.

    >>> eight_tracks(2).n_bars, len(eight_tracks(2).tracks)
    (2, 8)
    """
    rng = np.random.default_rng(seed)
    notes: list[list[tuple[int, int, int, int]]] = [[] for _ in range(8)]
    for bar in range(n_bars):
        at, root = 1920 * bar, ROOTS[bar % 4]
        for line in (0, 1):
            pitches = 72 - 5 * line + rng.choice([0, 2, 4, 5, 7, 9], 8)
            notes[line] += [(at + 240 * i, 220, int(p), int(rng.integers(60, 115))) for i, p in enumerate(pitches)]
        for line, beats in ((2, (0, 960)), (3, (480, 1440))):
            notes[line] += [(at + b, 400, 48 + root + p, int(rng.integers(55, 90))) for b in beats for p in (0, 4, 7, 12)]
        notes[4] += [(at + 480 * i, 430, 36 + root, int(rng.integers(75, 105))) for i in range(4)]
        notes[5] += [(at, 1900, 60 + root + p, 60) for p in (0, 4, 7)]
        notes[6] += [(at, 1900, 48 + root + p, 50) for p in (0, 7)]
        notes[7] += [(at + 240 * i, 100, 42, int(rng.integers(50, 95))) for i in range(8)]
        notes[7] += [(at + 480 * i, 100, (36, 38)[i % 2], 105) for i in range(4)]
    parts = [Track(note_array(rows), program, role=role) for rows, (role, program) in zip(notes[:7], PROGRAMS, strict=True)]
    drums = Track(note_array(notes[7]), is_drum=True, role="drums")
    return Score((*parts, drums), timeline=Timeline.of([Tempo(0, qpm)]))


def mix(setup: Setup) -> Iterator[Row]:
    """Measure the mix."""
    yield from _speed(setup)
    yield from _levels(setup)
    yield setup.row("loop, seam against the same bars inside a longer render", "boya", seam_decibel(), "dB", at_most=SEAM_DECIBEL)
    yield from _stems(setup)
    yield from _again(setup)
    yield from _effects(setup)
    yield from _hour(setup)


def _speed(setup: Setup) -> Iterator[Row]:
    """The eight tracks, for three minutes: the best of three runs, after one of a single bar that compiles what is compiled."""
    score = eight_tracks(setup.pick(90, 4))
    render(eight_tracks(1), voices="live")
    factors = []
    for _ in range(setup.pick(3, 1)):
        start = time.perf_counter()
        audio = render(score, voices="live")
        factors.append(len(audio) / RATE / (time.perf_counter() - start))
    yield setup.row(
        "8 tracks, 3 minutes, with room and mastering, real-time factor", "live voices", max(factors), "x", at_least=LIVE_FACTOR
    )


def _levels(setup: Setup) -> Iterator[Row]:
    """True peak and loudness over pieces of several tempos and presets."""
    tops, away, theirs = [], [], []
    for number, (qpm, preset) in enumerate(PLANS[: setup.pick(len(PLANS), 2)]):
        for target in (None, -14.0, -20.0):
            audio = render(eight_tracks(setup.pick(8, 2), qpm, number), preset=preset, lufs=target)
            wanted = target if target is not None else {"hall": -18.0, "loud": -11.0}.get(preset, -16.0)
            tops.append(20 * np.log10(true_peak(audio)))
            away.append(abs(loudness(audio, RATE) - wanted))
            theirs += _reference(audio, wanted)
    pieces = f"{len(tops)} renderings"
    yield setup.row(f"true peak, highest of {pieces}", "boya", float(max(tops)), "dBTP", at_most=PEAK_DBTP)
    yield setup.row(f"loudness off target, most of {pieces}", "our meter", float(max(away)), "LU", at_most=LOUDNESS_LU)
    if theirs:
        yield setup.row(f"loudness off target, most of {pieces}", "pyloudnorm", max(theirs), "LU", at_most=LOUDNESS_LU)
    else:
        setup.note("sound: pyloudnorm is not installed; loudness is measured by our own meter only")


def _reference(audio: Audio, wanted: float) -> list[float]:
    """Return how far another implementation finds the loudness off; nothing when it is not there."""
    if find_spec("pyloudnorm") is None:
        return []
    import pyloudnorm  # noqa: PLC0415  (of the test extra)

    return [abs(float(pyloudnorm.Meter(RATE).integrated_loudness(audio)) - wanted)]


def seam_decibel() -> float:
    """Return how far a loop is from the same bars played in the middle of three rounds, near its seam, against its peak.

    The two have finishes of their own, whose gains wander apart by some hundredths of a decibel; so a steadily changing gain is
    fitted to the few milliseconds on both sides together. A step at the seam, in wave or gain, remains.
    """
    score = eight_tracks(4)
    loop = render_loop(score, lufs=QUIET_LUFS)
    n, near = len(loop), int(SEAM_SECOND * RATE)
    thrice = render(score.join(score).join(score), lufs=QUIET_LUFS)[n : 2 * n]
    here, there = (np.concatenate([audio[-near:], audio[:near]]).reshape(-1) for audio in (loop, thrice))
    basis = np.stack([there, there * np.linspace(-1, 1, len(there))], axis=1)
    gains, *_ = np.linalg.lstsq(basis, here, rcond=None)
    return float(20 * np.log10(np.abs(here - basis @ gains).max() / np.abs(loop).max()))


def _stems(setup: Setup) -> Iterator[Row]:
    """Stems added, against the mix before its finish: both are linear, so one gain apart."""
    score = eight_tracks(setup.pick(8, 2))
    together = np.sum(list(render_stems(score).values()), axis=0)
    alone = next(iter(render_stems(Score(score.tracks[:1], timeline=score.timeline)).values()))
    first = next(iter(render_stems(score).values()))
    gain = float(np.vdot(alone, first) / np.vdot(alone, alone))
    off = 20 * np.log10(np.abs(first - gain * alone).max() / np.abs(first).max() + 1e-12)
    yield setup.row("stem against its track rendered alone", "boya", float(off), "dB", at_most=-60.0)
    yield setup.row("stems added, true peak", "boya", float(20 * np.log10(true_peak(together))), "dBTP", at_most=PEAK_DBTP)


def _again(setup: Setup) -> Iterator[Row]:
    """Bytes that differ when the same is made twice: a piece, a humanised one, every effect."""
    score = humanise(eight_tracks(setup.pick(8, 2)), 0.5, seed=3)
    twice = [(render(score), render(humanise(eight_tracks(setup.pick(8, 2)), 0.5, seed=3)))]
    twice += [(effect(kind, seed=5), effect(kind, seed=5)) for kind in effect_kinds()]
    with tempfile.TemporaryDirectory() as name:
        files = [save_audio(twice[0][0], Path(name) / f"{number}.wav").read_bytes() for number in range(2)]
    different = sum(a.tobytes() != b.tobytes() for a, b in twice) + (files[0] != files[1])
    yield setup.row("same seed, different bytes", "boya", float(different), "sounds", at_most=0)


def _effects(setup: Setup) -> Iterator[Row]:
    """Effects: how many, their peak, and what is wrong with any of them."""
    kinds, seeds = effect_kinds(), range(setup.pick(20, 2))
    made = [effect(kind, seed=seed) for kind in kinds for seed in seeds]
    faults = sum(not np.isfinite(a).all() or not a.any() or np.abs(a[[0, -1]]).max() > 1e-3 or abs(a.mean()) > 1e-3 for a in made)
    yield setup.row("effects, kinds", "boya", float(len(kinds)), "kinds", at_least=16)
    top = max(20 * np.log10(true_peak(audio)) for audio in made)
    yield setup.row(f"effects, true peak of {len(made)}", "boya", float(top), "dBTP", at_most=PEAK_DBTP)
    yield setup.row(f"effects, clicks, DC, silence or NaN of {len(made)}", "boya", float(faults), "effects", at_most=0)


def _hour(setup: Setup) -> Iterator[Row]:
    """Peak memory of one hour to a WAV file, in a process of its own."""
    n_bars = setup.pick(1799, 30)  # two seconds a bar
    with tempfile.TemporaryDirectory() as name:
        ran = run_measured([sys.executable, "-c", _HOUR, str(n_bars), str(Path(name) / "hour.wav")])
    what = f"render of {round(float(ran.stdout) / 60)} minutes to WAV"
    yield setup.row(f"{what}, peak memory", "boya", ran.peak_megabyte, "MB", at_most=HOUR_MEGABYTE)
    yield setup.row(f"{what}, time", "boya", ran.second, "s")
