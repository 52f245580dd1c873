"""The same recording: which of sixty a few seconds are from, through noise, other music, a telephone's band and another speed.

Recordings are about a minute of pieces of the part `valid`, each of another work, played by Boya and written as WAV files of 16
bits at 44.1 kHz. A clip is drawn from each, spoilt as the row says, and written the same way. As many clips are from recordings
that are not known: "none of these" is the right answer to them. Times are processor time of one thread. What was chosen by
measuring was chosen on pieces of `train`.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.scoreboard import Row
from boya.listening.audio.resampling import resample
from boya.listening.recordings import Recordings, SameRecording, clip_of, fingerprint_of
from boya.proof.setup import Setup
from boya.score import Score
from boya.sound import render, write_wav

__all__ = ["SPOILT", "faster", "joined", "narrow", "noisy", "rows"]

Audio = NDArray[np.float32]
Spoil = Callable[[Audio, Audio, np.random.Generator], Audio]  # a clip, as much of another recording, and chance

RATE = 44100
MODEL = "landmarks"
KNOWN_SECOND, UNKNOWN_SECOND = 60.0, 20.0
FEWEST_NOTES = 60
LENGTHS = (5, 10)
NEAR_SECOND = 0.1
DRAWS = 100  # of a place that is not silent
LOUD = 1e-3  # root mean square of the quietest clip that is asked for
HITS = {(5, "as it is"): 0.99, (10, "as it is"): 0.99, (5, "noise at 10 dB"): 0.9, (10, "noise at 10 dB"): 0.95}
FALSE, SPEED = 0.02, 100.0


@dataclass(frozen=True, eq=False)
class Played:
    """A recording: its id, its mono sound `[shape=(frames,)]`, and its file."""

    id: str
    audio: Audio
    path: Path


def rows(setup: Setup) -> Iterator[Row]:
    """Measure what knows recordings again."""
    with tempfile.TemporaryDirectory() as name:
        folder, n_each = Path(name), setup.pick(60, 3)
        pieces = _pieces(setup)
        known, unknown = (list(islice(_sounding(pieces, folder, second), n_each)) for second in (KNOWN_SECOND, UNKNOWN_SECOND))
        with Recordings(folder, create=True) as recordings:
            yield from _build_rows(setup, recordings, known, folder)
            yield from _known_rows(setup, recordings, known, unknown)
            yield from _unknown_rows(setup, recordings, unknown)


def noisy(audio: Audio, decibel: float, rng: np.random.Generator) -> Audio:
    """Return a sound under white noise, which is so many decibels quieter.

    >>> tone = np.sin(np.arange(9999, dtype=np.float32))
    >>> round(float(np.square(noisy(tone, 0, np.random.default_rng(0))).mean() / np.square(tone).mean()))
    2
    """
    noise = rng.normal(size=len(audio)) * _level(audio) * 10 ** (-decibel / 20)
    return np.asarray(audio + noise, dtype=np.float32)


def narrow(audio: Audio, low: float, high: float) -> Audio:
    """Return what of a sound lies between two frequencies, in Hz.

    >>> bool(np.abs(narrow(np.ones(4410, np.float32), 300, 3400)).max() < 1e-6)
    True
    """
    spectrum, hertz = np.fft.rfft(audio), np.fft.rfftfreq(len(audio), 1 / RATE)
    return np.fft.irfft(np.where((hertz >= low) & (hertz <= high), spectrum, 0), len(audio)).astype(np.float32)


def faster(audio: Audio, percent: float) -> Audio:
    """Return a sound played faster, and so much higher.

    >>> len(faster(np.zeros(10100, np.float32), 1))
    10000
    """
    return np.concatenate(list(resample([audio], round(RATE * (1 + percent / 100)), RATE)))


def joined(audio: Audio, other: Audio) -> Audio:
    """Return a sound with another one, made as loud, playing along.

    >>> joined(np.array([0.5, 0.5], np.float32), np.array([0.1, -0.1, 9], np.float32)).tolist()
    [1.0, 0.0]
    """
    along = other[: len(audio)]
    return np.asarray(audio + along * (_level(audio) / max(_level(along), 1e-9)), dtype=np.float32)


SPOILT: Mapping[str, Spoil] = {
    "as it is": lambda audio, other, rng: audio,
    "noise at 10 dB": lambda audio, other, rng: noisy(audio, 10, rng),
    "noise at 0 dB": lambda audio, other, rng: noisy(audio, 0, rng),
    "telephone band (300-3400 Hz)": lambda audio, other, rng: narrow(audio, 300, 3400),
    "another recording playing along, as loud": lambda audio, other, rng: joined(audio, other),
    "1% faster": lambda audio, other, rng: faster(audio, 1),
    "1.5% faster": lambda audio, other, rng: faster(audio, 1.5),
    "3% faster": lambda audio, other, rng: faster(audio, 3),
}
ASKED_OF_UNKNOWN = ("as it is", "another recording playing along, as loud")


def _build_rows(setup: Setup, recordings: Recordings, known: Sequence[Played], folder: Path) -> Iterator[Row]:
    """How fast recordings are heard and kept, and how much room they take."""
    start = time.process_time()
    for one in known:
        recordings.add(fingerprint_of(one.path, one.id))
    passed, second = time.process_time() - start, sum(len(one.audio) for one in known) / RATE
    yield setup.row("recordings known", MODEL, float(len(known)), "recordings")
    yield setup.row("recordings heard and kept, times real time", MODEL, second / passed, "x", at_least=SPEED)
    n_bytes = sum(file.stat().st_size for file in folder.glob("*.sqlite"))
    yield setup.row("room of a recording", MODEL, n_bytes / 1000 / (second / 60), "kB/min")


def _known_rows(setup: Setup, recordings: Recordings, known: Sequence[Played], others: Sequence[Played]) -> Iterator[Row]:
    """How often the first answer is right, in the recording and in the second."""
    times: list[float] = []
    for length in LENGTHS:
        for kind, spoil in SPOILT.items():
            rng, n_right, n_there = setup.rng(), 0, 0
            for one, other in zip(known, others, strict=True):
                clip, begin = _clip(one.audio, length, rng)
                first = _first(recordings, spoil(clip, other.audio, rng)[: length * RATE], one.path.with_name("clip.wav"), times)
                is_right = first is not None and first.id == one.id
                n_right += is_right
                n_there += bool(is_right and first and abs(first.at_second - begin) <= NEAR_SECOND)
            what = f"{length} s of a recording, {kind}"
            yield setup.row(f"hit@1, {what}", MODEL, n_right / len(known), at_least=HITS.get((length, kind)))
            if kind == "as it is":
                yield setup.row(f"right within {NEAR_SECOND:g} s, {what}", MODEL, n_there / len(known))
                yield setup.row(f"median look-up, {length} s of a recording", MODEL, 1000 * float(np.median(times)), "ms")


def _unknown_rows(setup: Setup, recordings: Recordings, unknown: Sequence[Played]) -> Iterator[Row]:
    """How often a clip of a recording that is not known gets an answer, all the same."""
    for length in LENGTHS:
        n_false, times = 0, list[float]()
        for kind in ASKED_OF_UNKNOWN:
            rng = setup.rng()
            for one, other in zip(unknown, [*unknown[1:], unknown[0]], strict=True):
                clip, _ = _clip(one.audio, length, rng)
                spoilt = SPOILT[kind](clip, other.audio, rng)[: length * RATE]
                n_false += _first(recordings, spoilt, one.path.with_name("clip.wav"), times) is not None
        n_asked = len(unknown) * len(ASKED_OF_UNKNOWN)
        yield setup.row(f"false answers, {length} s of an unknown recording", MODEL, n_false / n_asked, at_most=FALSE)
        yield setup.row(f"median look-up, {length} s, none of these", MODEL, 1000 * float(np.median(times)), "ms")


def _pieces(setup: Setup) -> Iterator[tuple[str, Score]]:
    """Beginnings of valid pieces that last a minute or longer, each of another work."""
    packed, works = setup.corpus(), set[str]()
    order = setup.rng().permutation([at for at, about in enumerate(packed.pieces) if about["split"] == "valid"])
    for at in order.tolist():
        about, score = packed.pieces[at], packed.score(at)
        work = str(about.get("work") or about["id"])
        if work not in works and score.n_notes >= FEWEST_NOTES and score.length_second >= KNOWN_SECOND:
            works.add(work)
            yield str(about["id"]), score


def _sounding(pieces: Iterator[tuple[str, Score]], folder: Path, second: float) -> Iterator[Played]:
    """The pieces as recordings, without those that are silent nearly to their end."""
    for id, piece in pieces:
        played = _played(piece, id, folder, second)
        if _level(played.audio[: len(played.audio) // 2]) > LOUD:
            yield played


def _played(score: Score, id: str, folder: Path, second: float) -> Played:
    """The bars of about so many seconds, played and written."""
    path = folder / f"{id.replace('/', '-')}.wav"
    n_bars = int(np.searchsorted(score.timeline.second_at(score.bar_bounds), second))
    audio = render(score.slice_bars(0, min(n_bars, score.n_bars)))
    write_wav(audio, path)
    return Played(id, audio.mean(axis=1, dtype=np.float32), path)


def _clip(audio: Audio, length: int, rng: np.random.Generator) -> tuple[Audio, float]:
    """Some seconds of a recording, a few more for those that play faster, and where they begin; not where it is silent."""
    n_frames = round(1.05 * length * RATE)
    for _ in range(DRAWS):
        begin = int(rng.integers(len(audio) - n_frames))
        if _level(audio[begin : begin + n_frames]) > LOUD:
            break
    return audio[begin : begin + n_frames], begin / RATE


def _first(recordings: Recordings, audio: Audio, path: Path, times: list[float]) -> SameRecording | None:
    """The first answer to a clip that was written as a file; how many seconds of work that was goes to `times`."""
    write_wav(0.5 * audio[:, None] / np.abs(audio).max(), path)
    clip = clip_of(path)
    start = time.process_time()
    found = recordings.find(clip)
    times.append(time.process_time() - start)
    return found[0] if found else None


def _level(audio: Audio) -> float:
    """The root mean square."""
    return float(np.sqrt(np.square(audio).mean()))
