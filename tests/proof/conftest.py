"""A small packed corpus: bands and tunes, enough for every test of the proof. The fixture `setup` measures on it."""

from pathlib import Path

import numpy as np
import pytest

from boya.corpus.packing import write_packed
from boya.proof.setup import Setup
from boya.score import Chord, Key, Metre, Score, Tempo, Timeline, Track, note_array

BAR = 1920


def track(rows, role, program=0):
    return Track(note_array(rows), program=program, is_drum=role == "drums", role=role)


def band(seed: int, n_bars: int = 48) -> Score:
    """Melody, chords, bass and drums in C, every seed another; chords change each bar."""
    rng = np.random.default_rng(seed)
    roots = rng.choice([0, 5, 7, 9], size=n_bars)
    melody = [
        (i * 480, 240 * int(rng.integers(1, 3)), 60 + int(rng.choice([0, 2, 4, 5, 7, 9, 11])), 80) for i in range(n_bars * 4)
    ]
    chords = [(bar * BAR, BAR, 60 + int(root) % 12 + p, 70) for bar, root in enumerate(roots) for p in (0, 4, 7)]
    bass = [(bar * BAR + half, 960, 36 + int(root) % 12, 80) for bar, root in enumerate(roots) for half in (0, 960)]
    drums = [(t, 60, int(rng.choice([36, 38, 42])), 90) for t in range(0, n_bars * BAR, 240)]
    tracks = (track(melody, "melody"), track(chords, "chords"), track(bass, "bass", 33), track(drums, "drums"))
    timeline = Timeline.of([Tempo(0, 90.0 + seed)], [Metre(0, 4, 4)], [Key(0, 0, "major")])
    symbols = tuple(Chord(bar * BAR, BAR, int(root) % 12, "maj") for bar, root in enumerate(roots))
    return Score(tracks, timeline, chords=symbols)


def tune(seed: int) -> Score:
    return Score(band(seed, 32).tracks[:1], Timeline.of([Tempo(0, 100.0)], [Metre(0, 4, 4)], [Key(0, 0, "major")]))


def entry(source: str, number: int, split: str, notes: int) -> dict:
    name = f"{source}/{number}"
    told = {"id": name, "source": source, "split": split, "group": name, "style": "pop", "licence": "CC0-1.0", "notes": notes}
    return told | {"named": [], "title": "", "composer": ""}


@pytest.fixture(scope="session")
def packed_folder(tmp_path_factory) -> Path:
    pieces = []
    for source, make in (("band", band), ("ewld", tune)):
        for number in range(14):
            score = make(number + 100 * (source == "ewld"))
            pieces.append((score, entry(source, number, "valid" if number >= 8 else "train", score.n_notes)))
    folder = tmp_path_factory.mktemp("packed")
    write_packed(folder, pieces, rejections=[{"id": "x", "source": "band", "reason": "too_short"}], sources={})
    return folder


@pytest.fixture
def heard() -> list[str]:
    """What was noted."""
    return []


@pytest.fixture
def setup(packed_folder, heard, tmp_path) -> Setup:
    return Setup("gan", packed_folder, tmp_path / "models", quick=True, note=heard.append)
