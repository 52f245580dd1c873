"""Neural instruments: speed, size, how near they come to their teachers on pitches they never heard, in tune, and the same again.

Conventions: the distance is `boya.evaluation.spectra.spectral_distance` of whole tones played from a score - loudness by the
performer, not taken from the teacher - to the teacher's straight tones, at the rate the network learnt, on the pitches of the
part `unseen` (a sixth, not rendered for training), several forces. Beside it stand silence, and
noise with the loudness the teacher has at each moment. The real-time factor is of tones of four seconds
after one that compiles: a WaveNet at 16 kHz, the decoder at 44.1 kHz.
"""

import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.scoreboard import Row
from boya.evaluation.spectra import spectral_distance
from boya.proof.setup import Setup
from boya.proof.sound_voices import cents_off, click
from boya.score import Score, Track, note_array
from boya.sound import render
from boya.sound.modal import Audio
from boya.sound.neural import ddsp, wavenet
from boya.sound.neural.controls import amplitude, hop_of
from boya.sound.neural.playing import Wish
from boya.sound.neural.source import Neural
from boya.sound.neural.table import Taught, taught
from boya.sound.neural.teacher import FORCES, level_of, pitches_of, teacher_tone
from boya.sound.neural.weights import Network, shipped_network
from boya.sound.patches import chinese
from boya.sound.wave import Strike

__all__ = ["neural"]

Array = NDArray[np.float64]
RATE, WAVENET_RATE = 44100, 16000
WAVENET_FACTOR, DDSP_FACTOR, MOST_DECIBEL, MOST_CENTS, MOST_KILOBYTE, MOST_CLICK = 1.0, 50.0, 7.0, 5.0, 1000.0, 8.0
SPEED_SECOND, HEARD_SECOND = 4.0, 1.6
NAMES = {"wavenet": "WaveNet", "ddsp": "DDSP"}
PLAY: dict[str, Callable[[Network, Wish, int], Array]] = {"wavenet": wavenet.play, "ddsp": ddsp.play}


def neural(setup: Setup) -> Iterator[Row]:
    """Measure both families."""
    yield from _speed(setup)
    yield from _size(setup)
    for family in NAMES:
        yield from _distance(setup, family)
        yield from _tones(setup, family)
    yield from _again(setup)


def _speed(setup: Setup) -> Iterator[Row]:
    """How many times as fast as it sounds: the median of tones at the ends of each range."""
    for family, rate, bar in (("wavenet", WAVENET_RATE, WAVENET_FACTOR), ("ddsp", RATE, DDSP_FACTOR)):
        found = []
        for one in (one for one in taught().values() if one.network == family):
            _played(one, one.pitches[0], 0.5, 0.1, rate)
            for pitch in one.pitches[: setup.pick(2, 1)]:
                start = time.perf_counter()
                tone = _played(one, pitch, 0.5, SPEED_SECOND, rate)
                found.append(len(tone) / rate / (time.perf_counter() - start))
        where = f"real-time factor at {rate / 1000:g} kHz, one core"
        yield setup.row(where, NAMES[family], float(np.median(found)), "x", at_least=bar)


def _size(setup: Setup) -> Iterator[Row]:
    """Weights as they ship, and their number."""
    total = 0.0
    for family, name in NAMES.items():
        size = len(files("boya.sound").joinpath("data", f"{family}.npz").read_bytes()) / 1000
        total += size
        yield setup.row("weights as shipped", name, size, "kB")
        yield setup.row("weights", name, float(sum(array.size for array in shipped_network(family).arrays.values())), "numbers")
    yield setup.row("weights as shipped", "both", total, "kB", at_most=MOST_KILOBYTE)


def _distance(setup: Setup, family: str) -> Iterator[Row]:
    """How far tones of unseen pitches are from the teacher's, by instrument, and the baselines."""
    rate = int(shipped_network(family).card["sample_rate"])
    every: dict[str, list[float]] = {name: [] for name in (NAMES[family], "silence", "noise")}
    for one in (one for one in taught().values() if one.network == family):
        ours = []
        for pitch in pitches_of(one, "unseen")[:: setup.pick(1, 4)]:
            for force in FORCES[pitch % 2 :: setup.pick(2, 4)]:
                teacher = teacher_tone(one, pitch, force, round(HEARD_SECOND * rate), rate)
                noise = np.random.default_rng([setup.seed, pitch]).standard_normal(len(teacher)) * _loudness(teacher, rate)
                ours.append(spectral_distance(teacher, _played(one, pitch, force, HEARD_SECOND, rate)))
                every["silence"].append(spectral_distance(teacher, np.zeros(len(teacher))))
                every["noise"].append(spectral_distance(teacher, noise))
        every[NAMES[family]] += ours
        yield setup.row(f"log-spectral distance, unseen pitches, {one.name}", NAMES[family], float(np.mean(ours)), "dB")
    where = f"log-spectral distance, unseen pitches of {NAMES[family]}"
    bar = MOST_DECIBEL if family == "ddsp" else None
    yield setup.row(where, NAMES[family], float(np.mean(every[NAMES[family]])), "dB", at_most=bar)
    for baseline in ("silence", "noise"):
        yield setup.row(where, baseline, float(np.mean(every[baseline])), "dB")


def _tones(setup: Setup, family: str) -> Iterator[Row]:
    """Pitch, clicks and DC of tones as a score gets them, vibrato and all, over learnt and unseen pitches."""
    errors, clicks, dc = [], [], []
    for one in (one for one in taught().values() if one.network == family):
        sound = Neural().instrument(_track(one)).tone
        for pitch in np.linspace(*one.pitches, setup.pick(9, 2)).round().astype(int).tolist():
            tone = _middle(sound, pitch, 1.6 if pitch > 48 else 2.6)
            errors.append(abs(cents_off(tone[int(0.08 * RATE) :], pitch)))
            clicks.append(click(tone, 440 * 2 ** ((pitch - 69) / 12)))
            dc.append(abs(float(np.mean(tone * np.hanning(len(tone))))) * 2 / float(np.sqrt(np.mean(tone**2))))
    name = NAMES[family]
    yield setup.row("pitch error, worst", name, max(errors), "cents", at_most=MOST_CENTS)
    yield setup.row("pitch error, mean", name, float(np.mean(errors)), "cents")
    yield setup.row("sharpest moment against its neighbours", name, max(clicks), "", at_most=MOST_CLICK)
    yield setup.row("DC against the level", name, 20 * float(np.log10(max(*dc, 1e-9))), "dB", at_most=-40)


def _again(setup: Setup) -> Iterator[Row]:
    """Whether rendering a score with neural instruments twice gives the same bytes."""
    notes = note_array([(480 * i, 480, 67 + i, 60 + 10 * i) for i in range(4)])
    score = Score(tuple(_track(one, notes) for one in taught().values()))
    first, second = (render(score, voices="neural").tobytes() for _ in range(2))
    yield setup.row("rendered again, different bytes", "neural voices", float(first != second), "renderings", at_most=0)


def _track(one: Taught, notes: NDArray[np.void] | None = None) -> Track:
    """Return a track that the instrument plays."""
    given: dict[str, Any] = {} if notes is None else {"notes": notes}
    name = next((name for name, patch in chinese().items() if patch == one.live), "")
    program = next((track for track in range(128) if Neural().instrument(Track(program=track)).name == f"neural {one.name}"), 0)
    return Track(program=program, name=name, **given)


def _played(one: Taught, pitch: int, force: float, second: float, rate: int) -> Array:
    """Return a network's straight tone, silence after it where it dies away. `[shape=(n,)]`"""
    n = round(second * rate)
    tone = PLAY[one.network](shipped_network(one.network), Wish(one.name, 440 * 2 ** ((pitch - 69) / 12), force, n), rate)
    return np.pad(tone, (0, n - len(tone)))


def _middle(sound: Callable[[Strike], Audio], pitch: int, second: float) -> Array:
    """Return a voice's tone in mono."""
    tone = sound(Strike(440 * 2 ** ((pitch - 69) / 12), 0.6, round(second * RATE), RATE))
    return np.asarray(tone.mean(axis=0), dtype=np.float64)


def _loudness(tone: Array, rate: int) -> Array:
    """Return the amplitude of a tone at each sample."""
    level = amplitude(level_of(tone, rate))
    return np.asarray(np.interp(np.arange(len(tone)) / hop_of(rate), np.arange(len(level)), level))
