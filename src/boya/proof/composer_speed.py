"""How long people wait for the composer: notes a second, a cold `boya compose`, a passage written again.

One thread. Notes a second are those of single pieces written one after another under outlines of `valid`, reading included, by
the processor's time, so that other work on the machine does not count; the wish for them depends on the size of the network.
Hugging Face's `generate` runs the same checkpoint in the same run of `benchmarks/composer.py`, where transformers is installed:
there, too, we write under the stream's grammar and draw, it takes the likeliest token without any mask. What people wait for is
measured by the clock on the wall.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from boya.composing.filling import Sheet, fill
from boya.errors import RequestError
from boya.evaluation.scoreboard import Row
from boya.files import read
from boya.models.composer import Composer
from boya.models.runtime import available
from boya.proof.drafts import heard, write_drafts
from boya.proof.process import CommandError, run_measured
from boya.proof.setup import Setup, median_second
from boya.representation.stream import Encoded

__all__ = ["rows"]

BENCHMARK = Path("benchmarks/composer.py")
SMALL = 10e6  # weights; a larger network is of the shape `base`
NOTES_BARS = {"small": 400.0, "base": 200.0}
RATIO_BAR = 10.0
COMPOSE = ("--model", "composer", "--style", "electronic", "--bars", "32", "--seed", "7")  # five tracks
COMPOSE_SECOND, COMPOSE_MEGABYTE, N_TRACKS = 8.0, 700.0, 5
REWRITE_SECOND, ALTERNATIVES = 1.0, 4
STREAM_BARS, SHEET_BARS = 16, 32


def rows(setup: Setup, composer: Composer, name: str, bands: Sequence[Encoded]) -> Iterator[Row]:
    """Measure everything.

    Parameters
    ----------
    bands
        pieces of `valid` with many tracks
    """
    yield from _stream(setup, composer, name, bands)
    yield from _generate(setup, composer)
    yield from _compose(setup, name)
    yield from _rewrite(setup, composer, name, bands)


def _stream(setup: Setup, composer: Composer, name: str, bands: Sequence[Encoded]) -> Iterator[Row]:
    """Notes a second of one piece at a time."""
    speeds = []
    for outline in bands[: setup.pick(5, 1)]:
        start = time.process_time()
        score = write_drafts(composer, [outline], setup.pick(STREAM_BARS, 2), setup.rng())[0]
        speeds.append(score.n_notes / (time.process_time() - start))
    if speeds:
        bar = NOTES_BARS["small" if composer.card["parameters"] < SMALL else "base"]
        yield setup.row("single stream, weights loaded", name, statistics.median(speeds), "notes a second", at_least=bar)


def _generate(setup: Setup, composer: Composer) -> Iterator[Row]:
    """Tokens a second beside those of Hugging Face."""
    missing = [module for module in ("torch", "onnx", "transformers") if find_spec(module) is None]
    if missing or not BENCHMARK.is_file():
        setup.note(f"composer: {BENCHMARK} and transformers are needed to stand beside generate; earlier rows stay")
        return
    words = ["--tokens", str(setup.pick(300, 20)), "--rows", "1", "--repeats", "1", "--clock", "cpu"]
    words += ["--kinds", composer.card["precision"], "--sizes", *(["small"] if setup.quick else NOTES_BARS)]
    command = f"python {BENCHMARK} {' '.join(words)}"
    try:
        ran = run_measured([sys.executable, BENCHMARK, *words, "--json"])
    except CommandError as error:
        setup.note(f"composer: {error}")
        return
    for shape, found in json.loads(ran.stdout.splitlines()[-1]).items():
        ours, greedy, masked = (found[f"{key} 1"] for key in (composer.card["precision"], "generate greedy", "generate masked"))
        metric, model = f"tokens a second, shape {shape}", "fresh weights"
        for who, speed in ((model, ours), ("generate, greedy", greedy), ("generate, same masks", masked)):
            yield setup.row(metric, who, speed, "tokens a second", command=command)
        yield setup.row(f"{metric}, against generate", model, ours / greedy, "times", at_least=RATIO_BAR, command=command)


def _compose(setup: Setup, name: str) -> Iterator[Row]:
    """`boya compose` from process start to MIDI and WAV on disk."""
    if name not in available():
        setup.note(f"composer: {name} does not ship here, so no cold boya compose is measured")
        return
    with tempfile.TemporaryDirectory() as folder:
        outs = [Path(folder) / f"piece{suffix}" for suffix in (".mid", ".wav")]
        words = [sys.executable, "-m", "boya", "compose", *COMPOSE, *(word for out in outs for word in ("--out", str(out)))]
        try:
            ran = [run_measured(words) for _ in range(setup.pick(4, 2))][1:]
        except CommandError as error:
            setup.note(f"composer: {error}")
            return
        score = read(outs[0])
    what, peak = "compose, cold, 32 bars to MIDI and WAV", max(r.peak_megabyte for r in ran)
    yield setup.row(what, name, statistics.median(r.second for r in ran), "s", at_most=COMPOSE_SECOND)
    yield setup.row(f"{what}, peak memory", name, peak, "MB", at_most=COMPOSE_MEGABYTE)
    yield setup.row(f"{what}, tracks", name, float(len(score.tracks)), "tracks", at_least=N_TRACKS)
    yield setup.row(f"{what}, notes", name, float(score.n_notes), "notes")


def _rewrite(setup: Setup, composer: Composer, name: str, bands: Sequence[Encoded]) -> Iterator[Row]:
    """Four alternatives for two bars of one track in the middle of a piece."""
    seconds = []
    for number, piece in enumerate(bands[: setup.pick(7, 1)]):
        score = heard(piece, SHEET_BARS)
        sheet = Sheet(score, score.n_bars, piece.style, piece.substyle)
        selection = sheet.blank_selection()
        middle = sheet.n_bars // 2
        selection[number % sheet.n_tracks, middle : middle + 2] = True
        write = partial(fill, sheet, selection, setup.rng(), alternatives=ALTERNATIVES, composer=composer)
        try:
            seconds.append(median_second(write, 1))
        except RequestError as error:
            setup.note(f"composer: a passage is left out: {error}")
    if seconds:
        what = f"rewrite 2 bars of 1 track, {ALTERNATIVES} alternatives, weights loaded"
        yield setup.row(what, name, statistics.median(seconds), "s", at_most=REWRITE_SECOND)
        yield setup.row(f"{what}, slowest", name, max(seconds), "s")
