"""Feed damaged files to the readers and fail on anything but a score or an error of ours.

    python scripts/fuzz_files.py --midi 20000 --other 300 --folder PATH

Inputs are mutations of generated files and of the files in each --folder: bytes flipped, cut, doubled, spliced, lines moved,
numbers replaced by hostile ones. Each input is read in a child process, so that a crash or a hang of a library is seen and does
not end the run. What is read must be writable as JSON and, from MIDI, survive writing and reading again. The last line on stdout
is JSON with the counts; the exit code is 1 when anything failed, and each failing input is kept in --keep.
"""

import argparse
import io
import json
import logging
import random
import signal
import sys
import time
import zipfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from boya import files
from boya.errors import BoyaError
from boya.score import Chord, Key, Metre, Score, Section, Tempo, Timeline, Track, note_array

SUFFIXES = (".mid", ".musicxml", ".mxl", ".abc", ".json")
BATCH = 250
MAX_SEED_BYTES = 40_000
NUMBERS = (b"0", b"-1", b"1", b"3", b"255", b"65536", b"99999999", b"1e308", b"NaN", b"0.0000001", b"")
BYTES = (0x00, 0x01, 0x2F, 0x40, 0x51, 0x58, 0x59, 0x7F, 0x80, 0x90, 0xC0, 0xF0, 0xF7, 0xFF)


@dataclass(frozen=True)
class Job:
    """A run of inputs of one format: `count` of them from number `first` on."""

    suffix: str
    first: int
    count: int
    seed: int
    limit_second: float
    folders: tuple[str, ...]
    keep: str


class TooSlowError(Exception):
    """An input took longer than the limit."""


def generated_score(rng: np.random.Generator) -> Score:
    """A small band with everything a score can hold."""
    tracks = []
    for number in range(int(rng.integers(1, 4))):
        steps = rng.integers(0, 64, size=int(rng.integers(1, 40)))
        rows = [(int(s) * 120, int(rng.integers(1, 9)) * 40, int(rng.integers(30, 90)), int(rng.integers(1, 128))) for s in steps]
        tracks.append(
            Track(note_array(rows), int(rng.integers(0, 128)), number == 2, f"Téte {number}", ("melody", "bass", "")[number])
        )
    line = Timeline.of(
        [Tempo(0, 97.0), Tempo(1920, 140.0)], [Metre(0, 3, 4), Metre(2880, 6, 8)], [Key(0, 2, "dorian"), Key(1440, 10)]
    )
    chords = (Chord(0, 1440, 2, "min7", 9), Chord(1440, 1440, 7, "7(b9)"), Chord(2880, 480, None, ""))
    return Score(tuple(tracks), line, chords, (Section(0, 2880, "A"),), "Fuzz", "Nobody", "CC0-1.0")


@cache
def seeds(suffix: str, folders: tuple[str, ...]) -> list[bytes]:
    """Whole files of a format: generated ones, and small ones of the folders."""
    rng = np.random.default_rng(7)
    found = [files.write_bytes(generated_score(rng), suffix) for _ in range(20)]
    if suffix == ".mid":
        events = b"\x00\xc0\x28\x00\x90\x3c\x50\x60\x3c\x00\x00\x40\x50\x60\x40\x00\x00\xff\x2f\x00"
        track = b"MTrk" + len(events).to_bytes(4, "big") + events
        found += [
            b"MThd\0\0\0\6" + head + track * head[3] for head in (b"\0\0\0\1\0\x60", b"\0\2\0\3\0\x60", b"\0\1\0\1\xe7\x28")
        ]
    for folder in folders:
        paths = sorted(p for p in Path(folder).rglob(f"*{suffix}") if p.stat().st_size <= MAX_SEED_BYTES)
        found += [p.read_bytes() for p in paths[:: max(1, len(paths) // 60)]]
    return found


def mutated(rng: random.Random, suffix: str, folders: tuple[str, ...]) -> bytes:
    """One damaged file."""
    pool = seeds(suffix, folders)
    data = rng.choice(pool)
    if suffix == ".mxl" and rng.random() < 0.6:
        return _rezipped(rng, data)
    for _ in range(rng.choice((1, 1, 1, 2, 3, 8))):
        data = _mutated_once(rng, data, rng.choice(pool), is_text=suffix in (".musicxml", ".abc", ".json"))
    return data


def _mutated_once(rng: random.Random, data: bytes, other: bytes, is_text: bool) -> bytes:
    """One change."""
    at = rng.randrange(len(data) + 1) if rng.random() < 0.7 else rng.randrange(min(len(data), 80) + 1)
    if is_text and rng.random() < 0.7:
        return _number_replaced(rng, data, at) if rng.random() < 0.5 else _lines_changed(rng, data)
    length = rng.choice((1, 1, 2, 4, 16, 200))
    noise = bytes(rng.randrange(256) for _ in range(min(length, 16)))
    changes = (
        data[:at] + bytes([rng.choice(BYTES)]) + data[at + 1 :],
        data[:at] + noise + data[at + rng.randrange(2) * length :],
        data[:at] + data[at + length :],
        data[:at] + data[at : at + length] * rng.choice((2, 3, 50)) + data[at + length :],
        data[:at],
        data[:at] + other[rng.randrange(len(other) + 1) :],
        data[:at] + bytes(b ^ 1 << rng.randrange(8) for b in data[at : at + 1]) + data[at + 1 :],
    )
    return rng.choice(changes)


def _lines_changed(rng: random.Random, data: bytes) -> bytes:
    """A whole line dropped, doubled or moved; in XML one that holds a whole element, so that the file stays XML."""
    lines = data.split(b"\n")
    whole = [i for i, line in enumerate(lines) if b"<" not in line or b"</" in line.strip()[1:] or b"/>" in line]
    if not whole:
        return data
    line = lines.pop(rng.choice(whole))
    for _ in range(rng.choice((0, 1, 2, 30))):
        lines.insert(rng.randrange(len(lines) + 1), line)
    return b"\n".join(lines)


def _number_replaced(rng: random.Random, data: bytes, at: int) -> bytes:
    """The next number from `at` on, replaced."""
    while at < len(data) and not data[at : at + 1].isdigit():
        at += 1
    end = at
    while end < len(data) and data[end : end + 1].isdigit():
        end += 1
    return data[:at] + rng.choice(NUMBERS) + data[end:]


def _rezipped(rng: random.Random, data: bytes) -> bytes:
    """An archive whose members are damaged, not the archive itself."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = old.read(name)
            for _ in range(rng.randrange(3)):
                member = _mutated_once(rng, member, member, is_text=True)
            new.writestr(name, member)
    return out.getvalue()


def _alarm(*_: object) -> None:
    raise TooSlowError


def try_one(data: bytes, suffix: str, limit_second: float) -> str:
    """`read`, the name of our error, or a description of a failure."""
    signal.signal(signal.SIGALRM, _alarm)
    signal.setitimer(signal.ITIMER_REAL, limit_second)
    try:
        score = files.read_bytes(data, suffix)
        if files.read_bytes(files.write_bytes(score, ".json"), ".json") != score:
            return "FAILED: JSON does not read back"
        if suffix == ".mid" and not _survives(score):
            return "FAILED: MIDI does not read back"
        return "read"
    except BoyaError as error:
        return type(error).__name__ if str(error) else "FAILED: an error without a message"
    except TooSlowError:
        return "FAILED: too slow"
    except BaseException as error:
        return f"FAILED: {type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _survives(score: Score) -> bool:
    """Whether what was read and written once stays the same from then on."""
    once = files.read_bytes(files.write_bytes(score, ".mid"), ".mid")
    return once.n_notes == score.n_notes and files.read_bytes(files.write_bytes(once, ".mid"), ".mid") == once


def run(job: Job) -> Counter[str]:
    """Try the inputs of a job; keep those that fail."""
    logging.disable(logging.CRITICAL)
    counts: Counter[str] = Counter()
    for number in range(job.first, job.first + job.count):
        data = mutated(random.Random(f"{job.seed} {job.suffix} {number}"), job.suffix, job.folders)
        outcome = try_one(data, job.suffix, job.limit_second)
        counts[outcome] += 1
        if outcome.startswith("FAILED"):
            folder = Path(job.keep)
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{job.seed}-{number}{job.suffix}").write_bytes(data)
    return counts


def run_all(jobs: list[Job]) -> dict[str, Counter[str]]:
    """Run jobs in one child process after another; a child that dies is a failure of its job."""
    totals: dict[str, Counter[str]] = {suffix: Counter() for suffix in SUFFIXES}
    waiting = list(jobs)
    while waiting:
        with ProcessPoolExecutor(1) as pool:
            while waiting:
                job = waiting.pop(0)
                try:
                    totals[job.suffix] += pool.submit(run, job).result(timeout=job.count * (job.limit_second + 1))
                except (BrokenProcessPool, TimeoutError) as error:
                    half = job.count // 2
                    if half:
                        parts = ((job.first, half), (job.first + half, job.count - half))
                        waiting = [
                            Job(job.suffix, f, n, job.seed, job.limit_second, job.folders, job.keep) for f, n in parts
                        ] + waiting
                    else:
                        totals[job.suffix][f"FAILED: {type(error).__name__} at input {job.first}"] += 1
                    break
    return totals


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--midi", type=int, default=2000, help="MIDI inputs")
    parser.add_argument("--other", type=int, default=50, help="inputs of each other format")
    parser.add_argument("--json", type=int, default=0, help="more JSON inputs, which are fast")
    parser.add_argument("--folder", action="append", default=[], help="folder with files to start from")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, default=20.0, help="seconds one input may take")
    parser.add_argument("--keep", default="fuzz_failures", help="folder for inputs that fail")
    args = parser.parse_args()
    wanted = dict.fromkeys(SUFFIXES, args.other) | {".mid": args.midi}
    wanted[".json"] += args.json
    began = time.monotonic()
    jobs = [
        Job(suffix, first, min(BATCH, count - first), args.seed, args.limit, tuple(args.folder), args.keep)
        for suffix, count in wanted.items()
        for first in range(0, count, BATCH)
    ]
    totals = run_all(jobs)
    failures = sum(n for counts in totals.values() for outcome, n in counts.items() if outcome.startswith("FAILED"))
    report = {
        "inputs": {suffix: sum(counts.values()) for suffix, counts in totals.items()},
        "outcomes": {suffix: dict(counts.most_common()) for suffix, counts in totals.items()},
        "failures": failures,
        "seed": args.seed,
        "seconds": round(time.monotonic() - began, 1),
    }
    print(json.dumps(report))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
