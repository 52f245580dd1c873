"""How fast a score becomes sound: the built-in voices, and the SoundFont players that are installed, in one run.

    python benchmarks/sound.py [--soundfont FILE] [--bars 16] [--repeats 5]

Prints, for each renderer, seconds, the real-time factor (seconds of music per second of work; higher is better) and the ratio to
the built-in voices. The built-in row is given cold (first call in this process) and warm; the others warm, their best of the
repeats. One thread. Memory is the growth of the process's peak during the first rendering.
"""

import argparse
import os
import resource
import time
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from boya.score import Score, Tempo, Timeline, Track, note_array
from boya.sound import render, render_soundfont, wav_bytes
from boya.sound.soundfont.players import available_players


def five_tracks(n_bars: int) -> Score:
    """Melody, chords, bass, pad and drums at 120 qpm, about 40 notes a bar."""
    rng = np.random.default_rng(7)
    roots = (0, 9, 5, 7)
    melody, chords, bass, pad, drums = [], [], [], [], []
    for bar in range(n_bars):
        at, root = 1920 * bar, roots[bar % 4]
        melody += [(at + 240 * i, 220, 72 + int(rng.choice([0, 2, 4, 5, 7, 9])), int(rng.integers(70, 110))) for i in range(8)]
        chords += [(at + beat, 400, 48 + root % 12 + p, int(rng.integers(55, 80))) for beat in (0, 960) for p in (0, 4, 7, 12)]
        bass += [(at + 480 * i, 430, 36 + root % 12, int(rng.integers(75, 100))) for i in range(4)]
        pad += [(at, 1900, 60 + root % 12 + p, 60) for p in (0, 4, 7)]
        drums += [(at + 240 * i, 100, 42, int(rng.integers(50, 90))) for i in range(8)]
        drums += [(at + 960 * i + 480 * j, 100, (36, 38)[j], 100) for i in range(2) for j in range(2)]
    parts = [("melody", 65, melody), ("chords", 0, chords), ("bass", 33, bass), ("pad", 48, pad), ("drums", 0, drums)]
    tracks = tuple(Track(note_array(notes), program, role == "drums", role=role) for role, program, notes in parts)
    return Score(tracks, timeline=Timeline.of([Tempo(0, 120.0)]))


def best(action: Callable[[], object], repeats: int) -> float:
    """Return the shortest time of several runs, in seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return min(times)


def peak_mebibyte() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--soundfont", help="a .sf2 or .sf3 file for the other players")
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=5)
    settings = parser.parse_args()
    score = five_tracks(settings.bars)
    before, start = peak_mebibyte(), time.perf_counter()
    audio = render(score)
    cold, grown = time.perf_counter() - start, peak_mebibyte() - before
    length = len(audio) / 44100
    warm = best(lambda: render(score), settings.repeats)
    print(
        f"{score.n_bars} bars, {len(score.tracks)} tracks, {score.n_notes} notes, {length:.1f} s of sound, {grown:.0f} MiB grown"
    )
    print(f"{'renderer':<24}{'seconds':>9}{'real-time factor':>18}{'time against ours':>19}")

    def row(name: str, seconds: float) -> None:
        print(f"{name:<24}{seconds:>9.3f}{length / seconds:>18.0f}{seconds / warm:>19.1f}")

    row("built-in, cold", cold)
    row("built-in, warm", warm)
    row("writing 16-bit WAV", best(lambda: wav_bytes(audio), settings.repeats))
    for player in available_players() if settings.soundfont else ():
        row(player, best(lambda p=player: render_soundfont(score, settings.soundfont, player=p), settings.repeats))
    if not settings.soundfont:
        print(f"installed SoundFont players: {', '.join(available_players()) or 'none'}; give --soundfont FILE to compare")


if __name__ == "__main__":
    main()
