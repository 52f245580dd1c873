"""A small packed corpus made of scales and beats, and how to train on it in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from boya.corpus import write_packed
from boya.score import Chord, Key, Metre, Score, Tempo, Timeline, Track, note_array

BAR = 1920
CHORDS = ((0, "maj"), (9, "min"), (5, "maj"), (7, "maj"))


def band(seed, n_bars=12):
    """A tune over four chords: melody, chords, bass, drums."""
    rng = np.random.default_rng(seed)
    melody, bass, chords, drums, symbols = [], [], [], [], []
    for bar in range(n_bars):
        root, quality = CHORDS[(bar + seed) % 4]
        at = bar * BAR
        symbols.append(Chord(at, BAR, root, quality))
        steps = np.sort(rng.choice(16, size=6, replace=False))
        steps[0] = 0
        melody += [(at + int(s) * 120, 120, 60 + int(rng.choice((0, 2, 4, 5, 7, 9, 11))), 80) for s in np.unique(steps)]
        bass += [(at, 960, 36 + root, 80), (at + 960, 960, 36 + root, 80)]
        chords += [(at, BAR, 48 + root + step, 60) for step in ((0, 4, 7) if quality == "maj" else (0, 3, 7))]
        drums += [(at + beat * 480, 120, key, 90) for beat, key in enumerate((36, 38, 36, 38))]
        drums += [(at + eighth * 240, 120, 42, 70) for eighth in range(int(rng.integers(1, 9)))]
    tracks = (
        Track(note_array(melody), 0, role="melody"),
        Track(note_array(bass), 33, role="bass"),
        Track(note_array(chords), 0, role="chords"),
        Track(note_array(sorted(drums)), 0, True, role="drums"),
    )
    timeline = Timeline((Tempo(0, 90.0 + 10 * seed),), (Metre(0, 4, 4),), (Key(0, 0, "minor" if seed % 3 == 0 else "major"),))
    return Score(tracks, timeline, tuple(symbols))


@pytest.fixture(scope="session")
def packed(tmp_path_factory):
    """A packed corpus of 36 pieces, 32 of them to learn from."""
    folder = tmp_path_factory.mktemp("packed")
    styles = ("pop", "jazz", "unheard of")
    listed = [
        (
            band(seed),
            {
                "id": f"piece {seed}",
                "source": "band" if seed % 2 else "lieder",
                "group": f"work {seed}",
                "checksum": str(seed),
                "style": styles[seed % 3],
                "licence": "CC0-1.0",
                "split": "valid" if seed >= 32 else "train",
            },
        )
        for seed in range(36)
    ]
    write_packed(folder, listed)
    return folder


TRAIN = "import sys; from boya.training import train; train(sys.argv[1], sys.argv[2], sys.argv[3])"


def start(recipe, packed, out, *, launcher=(), code=TRAIN):
    """Start training in a process of its own."""
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).parents[2] / "src")}
    return subprocess.Popen(
        [sys.executable, *launcher, *(["-c", code] if not launcher else [code]), str(recipe), str(packed), str(out)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def recipe(tmp_path):
    """Writes a recipe that extends a shipped one."""

    def write(extends, name="own", **tables):
        lines = [f'extends = "{extends}"']
        for table, fields in tables.items():
            lines += [
                f"[{table}]",
                *(f"{key} = {str(value).lower() if isinstance(value, bool) else value!r}" for key, value in fields.items()),
            ]
        path = tmp_path / f"{name}.toml"
        path.write_text("\n".join(lines).replace("'", '"'))
        return path

    return write
