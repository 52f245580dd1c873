"""Our own SoundFont and sampler: speed, size, pitch, the seams of loops, and how near they come to the live voices.

The piece is that of the mix: eight tracks, three minutes, about 60 notes a bar. Its real-time factor is that of the sampler
alone: notes found, tones made, laid down in stereo, the font read from disk; the whole rendering, with room and mastering, is
told besides. FluidSynth, where it is installed, plays the same font and notes in the same run, without reverb or chorus where its
library is used.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from boya.evaluation.scoreboard import Row
from boya.proof.setup import Setup
from boya.proof.sound_mix import eight_tracks
from boya.proof.sound_voices import cents_off, click
from boya.score import Track
from boya.sound import render
from boya.sound.modal import Audio
from boya.sound.patches import drums, patches
from boya.sound.sampler.source import SHIPPED, Sampled, shipped_font
from boya.sound.soundfont.build import build_soundfont
from boya.sound.soundfont.loops import seam
from boya.sound.soundfont.players import PLAYERS, available_players
from boya.sound.soundfont.playing import passes
from boya.sound.soundfont.writer import soundfont_bytes
from boya.sound.tones import Instrument, Live
from boya.sound.wave import Strike
from boya.theory.instruments import instruments

__all__ = ["sampler"]

RATE = 44100
FASTEST, LARGEST_MEGABYTE, MOST_CENTS, SEAM_DECIBEL, LEVEL_DECIBEL = 300.0, 6.0, 5.0, -60.0, 1.5
FORCES = (0.3, 0.8)
HEARD_SECOND, CLICK_SECOND, MOST_CLICK = 0.5, 2.0, 8.0
PITCH_SECOND, PITCH_FROM = 1.6, 0.08


def sampler(setup: Setup) -> Iterator[Row]:
    """Measure the shipped font and our sampler."""
    with as_file(files("boya.sound").joinpath("data", SHIPPED)) as path:
        size = path.stat().st_size / 1e6
        yield setup.row("SoundFont in the package, size", "boya", size, "MB", at_most=LARGEST_MEGABYTE)
        yield from _speed(setup, path)
    font = shipped_font()
    yield setup.row("SoundFont, presets", "boya", float(len(font.presets)), "presets", at_least=129)
    yield from _pitch(setup)
    yield from _seams(setup)
    yield from _levels(setup)
    yield from _again(setup)


def _speed(setup: Setup, font: Path) -> Iterator[Row]:
    """Eight tracks for three minutes: our sampler, FluidSynth, and the whole rendering."""
    score = eight_tracks(setup.pick(90, 4))
    n = round((score.length_second + 1.5) * RATE)

    def played_by(name: str) -> Callable[[], Audio]:
        return lambda: PLAYERS[name].play(font, passes(score, RATE)[0], n, RATE)  # eight tracks are one pass

    what = "8 tracks, 3 minutes, real-time factor"
    ours = n / RATE / _second(played_by("sampler"), setup.pick(5, 1))
    yield setup.row(what, "sampler", ours, "x", at_least=FASTEST)
    for name in ("pyfluidsynth", "fluidsynth"):
        if name in available_players():
            theirs = n / RATE / _second(played_by(name), 1)
            yield setup.row(what, name, theirs, "x")
            yield setup.row("8 tracks, 3 minutes, times as fast as FluidSynth", "sampler", ours / theirs, "x")
            break
    else:
        setup.note("sound: FluidSynth is not installed; the sampler is not compared with it")
    whole = n / RATE / _second(lambda: render(score, voices="sampled"), 1)
    yield setup.row("8 tracks, 3 minutes, with room and mastering, real-time factor", "sampler", whole, "x")


def _second(work: Callable[[], object], times: int) -> float:
    """Return the median time of some runs, after one that is not counted."""
    found = []
    for _ in range(times + (times > 1)):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return statistics.median(found[1:] or found)


def _tone(sound: Instrument, pitch: int, force: float, second: float) -> Audio:
    """Return a tone at the instrument's level. `[shape=(2, n)]`"""
    return sound.tone(Strike(440 * 2 ** ((pitch - 69) / 12), force, int(second * RATE), RATE)) * np.float32(sound.gain)


def _pitch(setup: Setup) -> Iterator[Row]:
    """How far the sampled tones are from their pitch, over all programs and their ranges, and from the live tones."""
    live, sampled = Live(), Sampled()
    errors, apart = [], []
    for sort in instruments()[:: setup.pick(1, 16)]:
        if patches()[sort.program].is_pitched:
            track = Track(program=sort.program)
            for pitch in np.linspace(*sort.comfortable, setup.pick(5, 2)).round().astype(int).tolist():
                here, there = (
                    cents_off(
                        _tone(source.instrument(track), pitch, 0.6, PITCH_SECOND).mean(axis=0)[int(PITCH_FROM * RATE) :], pitch
                    )
                    for source in (sampled, live)
                )
                errors.append(abs(here))
                apart.append(abs(here - there))
    yield setup.row("pitch error, worst of all programs and ranges", "sampler", max(errors), "cents", at_most=MOST_CENTS)
    yield setup.row("pitch error, mean", "sampler", float(np.mean(errors)), "cents")
    yield setup.row("pitch, away from the live voices, mean", "sampler", float(np.mean(apart)), "cents")


def _seams(setup: Setup) -> Iterator[Row]:
    """The worst seam: the 16 frames around the end of a loop against those around its start; and clicks of tones as played."""
    font = shipped_font()
    found = []
    for head in font.headers:
        start, first, last = (int(head[name]) for name in ("start", "loop_start", "loop_end"))
        if last > first:
            audio = font.samples[start : int(head["end"])].astype(np.float64)
            found.append(seam(audio, (first - start, last - start)))
    yield setup.row(f"loop seam, worst of {len(found)} recordings", "SoundFont", max(found), "dB", at_most=SEAM_DECIBEL)
    yield setup.row("sharpest moment of held tones against its neighbours", "sampler", _sharpest(setup), "", at_most=MOST_CLICK)


def _sharpest(setup: Setup) -> float:
    """Return how far the sharpest bend stands out in tones that loop for two seconds, between the recorded pitches too."""
    sampled, worst = Sampled(), 1.0
    for sort in instruments()[:: setup.pick(1, 16)]:
        if patches()[sort.program].is_pitched:
            for pitch in (sort.comfortable[0], sum(sort.comfortable) // 2, sort.comfortable[1]):
                tone = _tone(sampled.instrument(Track(program=sort.program)), pitch, 0.7, CLICK_SECOND)
                worst = max(worst, click(tone.mean(axis=0), 440 * 2 ** ((pitch - 69) / 12)))
    return worst


def _levels(setup: Setup) -> Iterator[Row]:
    """How far programs and drum keys are from the level of the live voices in half a second, pitches and velocities together."""
    live, sampled = Live(), Sampled()
    programs = []
    for sort in instruments()[:: setup.pick(1, 16)]:
        track = Track(program=sort.program)
        pair = sampled.instrument(track), live.instrument(track)
        pitches = np.linspace(*sort.comfortable, setup.pick(5, 2)).round().astype(int).tolist()
        tones = [[_tone(sound, pitch, force, HEARD_SECOND) for pitch in pitches for force in FORCES] for sound in pair]
        programs.append(float(np.mean([_decibel(a) - _decibel(b) for a, b in zip(*tones, strict=True)])))
    strokes = [(sampled.drum(key), live.drum(key)) for key in drums()]
    keys = [_decibel(a.gain * a.tone(0.7, RATE)) - _decibel(b.gain * b.tone(0.7, RATE)) for a, b in strokes]
    for what, found in (("programs", programs), ("drum keys", keys)):
        away = np.abs(found)
        ninth = float(np.percentile(away, 90))
        yield setup.row(f"level against live voices, nine tenths of {what} within", "sampler", ninth, "dB", at_most=LEVEL_DECIBEL)
        yield setup.row(
            f"level against live voices, mean of {what}", "sampler", float(np.mean(away)), "dB", at_most=LEVEL_DECIBEL
        )
        yield setup.row(f"level against live voices, worst of {what}", "sampler", float(np.max(away)), "dB")


def _decibel(tone: Audio) -> float:
    """Return the power of a tone over half a second, both sides together."""
    return float(10 * np.log10(np.sum(tone[:, : int(HEARD_SECOND * RATE)].astype(np.float64) ** 2) + 1e-12))


def _again(setup: Setup) -> Iterator[Row]:
    """Whether recording again gives the same bytes."""
    some = list(range(0, 128, setup.pick(16, 64)))
    first, second = (soundfont_bytes(build_soundfont("small", only=some)) for _ in range(2))
    yield setup.row("recorded again, different bytes", "SoundFont", float(first != second), "fonts", at_most=0)
