"""The area `speed`: what a user waits for, from process start to files on disk, and what an install weighs.

Each command runs in a process of its own, with nothing loaded before; the median of several runs counts, after one that warms the
disk. Memory is the largest of the runs.
"""

import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from boya.evaluation.scoreboard import Row
from boya.files import read
from boya.models.runtime import available, weights_folder
from boya.proof.process import Ran, run_measured
from boya.proof.setup import Setup

__all__ = ["rows"]

BOYA = "boya"
WISHES = ("--style", "electronic", "--bars", "16", "--seed", "7")  # five tracks
COMPOSE_SECOND, COMPOSE_MEGABYTE = 4.0, 500.0
HELP_SECOND = 0.3
INSTALL_MEGABYTE, WEIGHTS_MEGABYTE, COMPOSER_MEGABYTE = 400.0, 20.0, 40.0
N_TRACKS = 5
LIGHT = Path(".venv")


def rows(setup: Setup) -> Iterator[Row]:
    """Measure commands and sizes."""
    yield from _help(setup)
    if available():
        yield from _compose(setup)
        yield from _weights(setup)
    else:
        setup.note("speed: no weights in this installation; boya compose is not measured")
    yield from _install(setup)


def _weights(setup: Setup) -> Iterator[Row]:
    """Megabytes of the models of phrases and of the composer, which have a bar each, and of the encoder."""
    sizes: Counter[str] = Counter()
    for file in weights_folder().iterdir():
        model = file.name.partition(".")[0]
        sizes[model if model in ("composer", "encoder") else "gan, seq2seq"] += file.stat().st_size
    for model, bar in (("gan, seq2seq", WEIGHTS_MEGABYTE), ("composer", COMPOSER_MEGABYTE), ("encoder", None)):
        if model in sizes:
            yield setup.row("weights in the package", model, sizes[model] / 1e6, "MB", at_most=bar)


def _help(setup: Setup) -> Iterator[Row]:
    """`boya --help`."""
    ran = [run_measured([sys.executable, "-m", BOYA, "--help"]) for _ in range(setup.pick(10, 2))][1:]
    yield setup.row("boya --help", BOYA, statistics.median(r.second for r in ran), "s", at_most=HELP_SECOND)


def _compose(setup: Setup) -> Iterator[Row]:
    """`boya compose` to MIDI and WAV."""
    with tempfile.TemporaryDirectory() as name:
        outs = [Path(name) / f"piece{suffix}" for suffix in (".mid", ".wav")]
        words = [sys.executable, "-m", BOYA, "compose", *WISHES, *(word for out in outs for word in ("--out", str(out)))]
        ran: list[Ran] = [run_measured(words) for _ in range(setup.pick(6, 2))][1:]
        score = read(outs[0])
    second, peak = statistics.median(r.second for r in ran), max(r.peak_megabyte for r in ran)
    what = "compose, cold, 16 bars to MIDI and WAV"
    yield setup.row(what, BOYA, second, "s", at_most=COMPOSE_SECOND)
    yield setup.row(f"{what}, peak memory", BOYA, peak, "MB", at_most=COMPOSE_MEGABYTE)
    yield setup.row(f"{what}, tracks", BOYA, float(len(score.tracks)), "tracks", at_least=N_TRACKS)
    yield setup.row(f"{what}, notes", BOYA, float(score.n_notes), "notes")


def _install(setup: Setup) -> Iterator[Row]:
    """Size on disk of the light environment that `python3 tasks.py hear` makes."""
    if not (LIGHT / "installed").is_file():
        setup.note("speed: no light install here (python3 tasks.py hear makes one); its size is not measured")
        return
    size = sum(f.stat().st_size for f in LIGHT.rglob("*") if f.is_file() and not f.is_symlink()) / 1e6
    yield setup.row("light install", BOYA, size, "MB", at_most=INSTALL_MEGABYTE, command="python3 tasks.py light")
