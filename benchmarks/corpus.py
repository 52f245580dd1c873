"""Build the corpus of the shared collections and say how long it took and how much memory.

    python benchmarks/corpus.py DATA [--workers 2] [--sources lieder,band] [--json]

DATA is the folder with `catalog.csv`. The peak is the largest sum of resident memory of this process and its workers, read from
/proc ten times a second. Nothing is kept.
"""

import argparse
import json
import os
import tempfile
import threading
import time
from pathlib import Path

from boya.corpus.build import build
from boya.corpus.manifest import summary
from boya.corpus.packed import open_packed
from boya.corpus.sources import SHARED, open_source


def children(pid: int) -> list[int]:
    found = [int(c) for c in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return found + [g for c in found for g in children(c)]


def resident(pid: int) -> int:
    try:
        family = [pid, *children(pid)]
        return sum(int(Path(f"/proc/{p}/statm").read_text().split()[1]) for p in family) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError):
        return 0


def watch(peak: list[int], done: threading.Event) -> None:
    while not done.wait(0.1):
        peak[0] = max(peak[0], resident(os.getpid()))


def measure(data: Path, names: list[str], workers: int) -> dict[str, float]:
    peak, done = [0], threading.Event()
    watcher = threading.Thread(target=watch, args=(peak, done))
    watcher.start()
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        manifest = build([open_source(name, data) for name in names], folder, workers=workers)
        second = time.perf_counter() - start
        start = time.perf_counter()
        packed = open_packed(folder)
        opening = time.perf_counter() - start
        start = time.perf_counter()
        n_notes = sum(score.n_notes for score in packed)
        reading = time.perf_counter() - start
        n_bytes = sum(f.stat().st_size for f in Path(folder).iterdir())
    done.set()
    watcher.join()
    found = summary(manifest)
    n_files = found["pieces"] + sum(found["rejected"].values())
    return {
        "files": n_files,
        "pieces": found["pieces"],
        "notes": n_notes,
        "workers": workers,
        "build_second": round(second, 1),
        "files_per_second": round(n_files / second, 1),
        "peak_megabyte": round(peak[0] / 1e6, 1),
        "packed_megabyte": round(n_bytes / 1e6, 1),
        "open_second": round(opening, 3),
        "scores_per_second": round(found["pieces"] / reading),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sources", default=",".join(SHARED))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.data, options.sources.split(","), options.workers)
    print(json.dumps(found) if options.json else "\n".join(f"{name:18} {value:>12,}" for name, value in found.items()))


if __name__ == "__main__":
    main()
