"""The area `files`: how many damaged files the readers were given, and how many times one did anything but read or refuse.

The fuzzer is `scripts/fuzz_files.py`; a small run by default, a long one when `slow`.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

from boya.evaluation.scoreboard import Row
from boya.proof.process import run_measured
from boya.proof.setup import Setup

__all__ = ["rows"]

FUZZER = Path("scripts/fuzz_files.py")
SIZES = {"quick": (100, 5), "full": (2000, 50), "slow": (20_000, 400)}
READERS = "readers"


def rows(setup: Setup) -> Iterator[Row]:
    """Fuzz the readers; rows of a long run are kept when a shorter one follows, as they have names of their own."""
    if not FUZZER.is_file():
        setup.note(f"files: {FUZZER} is not here; run this in a copy of the repository. Earlier rows stay")
        return
    size = "slow" if setup.slow else "quick" if setup.quick else "full"
    midi, other = SIZES[size]
    words = ["--midi", str(midi), "--other", str(other), "--seed", str(setup.seed)]
    ran = run_measured([sys.executable, FUZZER, *words], accepted=(0, 1))
    report = json.loads(ran.stdout.splitlines()[-1])
    command = f"python {FUZZER} {' '.join(words)}"
    where = {"quick": ", quick run", "full": "", "slow": ", long run"}[size]
    total = sum(report["inputs"].values())
    yield setup.row(f"damaged files tried{where}", READERS, float(total), "files", command=command)
    for suffix, count in report["inputs"].items():
        read = report["outcomes"][suffix].get("read", 0)
        yield setup.row(f"damaged files tried, {suffix}{where}", READERS, float(count), "files", command=command)
        if count:
            metric = f"read or repaired, {suffix}{where}"
            yield setup.row(metric, READERS, 100 * read / count, "%", command=command)
    metric = f"neither read nor refused with an error of ours{where}"
    yield setup.row(metric, READERS, float(report["failures"]), "files", at_most=0, command=command)
