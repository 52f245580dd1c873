"""How fast files are read, against the libraries a user would otherwise pick: ours, bare symusic, and others that are installed.

    python benchmarks/files.py [--notes 6000] [--repeats 5]

One generated file of each format; every reader reads it from disk in the same run of this program, the best of the repeats. Ours
checks and repairs the bytes before it reads, and gives a `Score` with NumPy notes, roles and chords.
"""

import argparse
import importlib.util
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from boya.files import read, write
from boya.score import Score, Tempo, Timeline, Track, note_array

TRACKS = 4


def best(action: Callable[[], object], repeats: int) -> float:
    """Return the shortest time of several runs after one that warms up, in seconds."""
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times[1:])


def score(n_notes: int) -> Score:
    rng = np.random.default_rng(7)
    each = n_notes // TRACKS
    tracks = []
    for number in range(TRACKS):
        onsets = np.arange(each) * 120
        rows = [
            (int(on), 110, int(p), int(v))
            for on, p, v in zip(onsets, rng.integers(48, 84, each), rng.integers(40, 110, each), strict=True)
        ]
        tracks.append(Track(note_array(rows), number * 8, name=f"Voice {number}"))
    return Score(tuple(tracks), Timeline.of([Tempo(0, 100.0)]))


def symusic_reader(path: Path) -> object:
    import symusic  # noqa: PLC0415

    loaded = symusic.Score(path)
    return [track.notes.numpy() for track in loaded.tracks]


def mido_reader(path: Path) -> object:
    import mido  # noqa: PLC0415

    return list(mido.MidiFile(path))


def pretty_midi_reader(path: Path) -> object:
    import pretty_midi  # noqa: PLC0415

    return pretty_midi.PrettyMIDI(str(path))


def music21_reader(path: Path) -> object:
    import music21  # noqa: PLC0415

    return music21.converter.parse(path, forceSource=True)


OTHERS = {"symusic": symusic_reader, "mido": mido_reader, "pretty_midi": pretty_midi_reader, "music21": music21_reader}
READS = {"symusic": (".mid",), "mido": (".mid",), "pretty_midi": (".mid",), "music21": (".mid", ".musicxml", ".abc")}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, default=6000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    piece = score(options.notes)
    has_music21 = importlib.util.find_spec("music21") is not None
    print(f"{'format':<11}{'notes':>7}  {'reader':<12}{'seconds':>9}{'files a second':>16}{'time against ours':>19}")
    with tempfile.TemporaryDirectory() as folder:
        for suffix, part in (
            (".mid", piece),
            (".json", piece),
            *(((".musicxml", score(options.notes // 10)),) if has_music21 else ()),
        ):
            path = write(part, Path(folder) / f"a{suffix}")
            readers = {"boya": read} | {n: r for n, r in OTHERS.items() if suffix in READS[n] and importlib.util.find_spec(n)}
            ours = 0.0
            for name, reader in readers.items():
                spent = best(lambda r=reader, p=path: r(p), 1 if name == "music21" or suffix == ".musicxml" else options.repeats)
                ours = ours or spent
                print(f"{suffix:<11}{part.n_notes:>7}  {name:<12}{spent:>9.4f}{1 / spent:>16.1f}{spent / ours:>18.1f}x")


if __name__ == "__main__":
    main()
