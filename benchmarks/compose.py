"""Where the time of a cold `boya compose` goes: imports, weights, writing notes, files, sound.

    python benchmarks/compose.py [--style "bossa nova"] [--bars 16] [--repeats 5] [--json]

Each repeat is a process of its own, with nothing loaded; medians are printed, and each phase as a share of the whole. `start` is
Python's own start, measured as a process that does nothing: what no program in Python can be faster than. Models are those that
the default composer loads. Memory is the peak after each phase.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
MEGABYTE = 1024 / 1e6


def once(style: str, bars: int) -> dict[str, list[float]]:
    """Compose in this process; seconds and peak megabytes of each phase."""
    phases: dict[str, list[float]] = {}
    last = time.perf_counter()

    def done(name: str) -> None:
        nonlocal last
        now = time.perf_counter()
        phases[name] = [now - last, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MEGABYTE]
        last = now

    import boya  # noqa: PLC0415
    from boya.composing import writers  # noqa: PLC0415

    done("import")
    writers.gan_model()
    for name in ("seq2seq-melody-16", "seq2seq-melody-2"):
        writers.seq2seq_model(name)
    done("weights")
    piece = boya.compose(style=style, bars=bars, seed=7)
    done("plan and notes")
    with tempfile.TemporaryDirectory() as folder:
        piece.save(Path(folder) / "a.mid")
        done("MIDI")
        piece.save(Path(folder) / "a.wav")
        done("sound")
    return phases


def second(words: list[str]) -> tuple[float, str]:
    start = time.perf_counter()
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr.strip().splitlines()[-1])
    return time.perf_counter() - start, done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--style", default="bossa nova")
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        print(json.dumps(once(options.style, options.bars)))
        return
    words = [__file__, "--once", "--style", options.style, "--bars", str(options.bars)]
    second(words)  # warms the disk
    runs = [second(words) for _ in range(options.repeats)]
    phases = [json.loads(out) for _, out in runs]
    start = statistics.median(second(["-c", "pass"])[0] for _ in range(options.repeats))
    total = statistics.median(time for time, _ in runs)
    found = {"start": [start, 0.0]}
    for name in phases[0]:
        found[name] = [statistics.median(p[name][0] for p in phases), max(p[name][1] for p in phases)]
    found["whole process"] = [total, max(peak for _, peak in found.values())]
    if options.json:
        print(json.dumps(found))
        return
    print(f"{'phase':<16}{'seconds':>9}{'share':>8}{'peak MB':>9}")
    for name, (spent, peak) in found.items():
        print(f"{name:<16}{spent:>9.3f}{spent / total:>8.0%}{peak or float('nan'):>9.0f}")


if __name__ == "__main__":
    main()
