"""The area `corpus`: what a packed corpus holds, why pieces were left out, and how long the build takes.

The build itself is measured only when asked for (`slow`, with the folder of the collections): by `benchmarks/corpus.py`, in a
process of its own.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from boya.corpus import summary
from boya.evaluation.scoreboard import Row
from boya.proof.process import run_measured
from boya.proof.setup import Setup

__all__ = ["rows"]

BENCHMARK = Path("benchmarks/corpus.py")
BUILD_SECOND, BUILD_MEGABYTE = 240, 2000
WORKERS = 2
PACKED = "packed corpus"


def rows(setup: Setup) -> Iterator[Row]:
    """Measure the packed corpus; with `setup.slow` also its build."""
    packed = setup.corpus()
    found = summary(packed.manifest)
    for name in ("pieces", "notes", "works"):
        yield setup.row(name, PACKED, float(found[name]))
    for split, count in found["splits"].items():
        yield setup.row(f"pieces, split {split}", PACKED, float(count))
    for source, splits in found["sources"].items():
        yield setup.row(f"pieces, collection {source}", PACKED, float(sum(splits.values())))
    groups: dict[str, set[str]] = {}
    for piece in packed.pieces:
        groups.setdefault(piece["group"], set()).add(piece["split"])
    yield setup.row("works in two splits", PACKED, float(sum(len(s) > 1 for s in groups.values())), at_most=0)
    yield setup.row("rejected", PACKED, float(sum(found["rejected"].values())), "pieces")
    for reason, count in found["rejected"].items():
        yield setup.row(f"rejected, {reason}", PACKED, float(count), "pieces")
    yield from _build(setup)


def _build(setup: Setup) -> Iterator[Row]:
    """Build the corpus again in a process of its own."""
    if not setup.slow:
        setup.note("corpus: time and memory of the build are measured with --slow --data FOLDER; earlier rows stay")
        return
    if setup.data is None or not BENCHMARK.is_file():
        setup.note(f"corpus: the build needs --data FOLDER (the one with catalog.csv) and {BENCHMARK}; earlier rows stay")
        return
    ran = run_measured([sys.executable, BENCHMARK, setup.data, "--workers", str(WORKERS), "--json"])
    found = json.loads(ran.stdout.splitlines()[-1])
    name, command = f"{WORKERS} workers", f"python {BENCHMARK} DATA --workers {WORKERS}"
    yield setup.row("build", name, found["build_second"], "s", at_most=BUILD_SECOND, command=command)
    yield setup.row("build, peak memory", name, found["peak_megabyte"], "MB", at_most=BUILD_MEGABYTE, command=command)
    yield setup.row("build, files", name, found["files_per_second"], "files a second", command=command)
    yield setup.row("packed size", name, found["packed_megabyte"], "MB", command=command)
    yield setup.row("reading back", name, found["scores_per_second"], "scores a second", command=command)
