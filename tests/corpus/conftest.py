"""Music for the tests of the corpus: seeded tunes, bands, files. The fixture `music` is this module."""

import csv
import os
import sys
import tarfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from boya.files import write
from boya.score import Chord, Key, Metre, Score, Tempo, Timeline, Track, note_array


@pytest.fixture(scope="session")
def music() -> ModuleType:
    return sys.modules[__name__]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The shared collections, where they are."""
    beside = Path(__file__).parents[3] / "shared" / "data"
    place = Path(os.environ.get("BOYA_DATA", beside))
    if not (place / "catalog.csv").exists():
        pytest.skip("needs the shared collections; BOYA_DATA names their folder")
    return place


STEPS = (-7, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 7)
SPACINGS = (120, 240, 240, 480, 480, 720, 960)


def tune(seed: int, n_notes: int = 60, program: int = 0, name: str = "Melody") -> Track:
    """A melody of its own: every seed another."""
    rng = np.random.default_rng(seed)
    pitch, onset, rows = 67, 0, []
    for _ in range(n_notes):
        pitch += int(rng.choice(STEPS))
        pitch = pitch - 12 if pitch > 84 else pitch + 12 if pitch < 55 else pitch
        length = int(rng.choice(SPACINGS))
        rows.append((onset, length, pitch, 80))
        onset += length
    return Track(note_array(rows), program=program, name=name)


def held(pitches: tuple[int, ...], n_bars: int, ticks: int, program: int, name: str = "") -> Track:
    """Chords struck anew every `ticks`."""
    rows = [(t, ticks, p, 70) for t in range(0, n_bars * 1920, ticks) for p in pitches]
    return Track(note_array(rows), program=program, name=name)


def drums(n_bars: int = 8) -> Track:
    """Kick and snare."""
    rows = [(t, 60, 36 if t % 960 == 0 else 38, 90) for t in range(0, n_bars * 1920, 480)]
    return Track(note_array(rows), is_drum=True, name="Drum")


def band(seed: int) -> Score:
    """A tune with chords, bass and drums, in A minor."""
    tracks = (
        tune(seed),
        held((60, 64, 67), 8, 480, 25, "Chord-Guitar"),
        held((57, 60, 64), 8, 1920, 48, "Chord-Warm"),
        held((36,), 8, 960, 33, "Walk"),
        drums(),
    )
    timeline = Timeline.of([Tempo(0, 100.0)], [Metre(0, 4, 4)], [Key(0, 9, "minor")])
    return Score(tracks, timeline, chords=(Chord(0, 1920, 9, "min"), Chord(1920, 1920, 5, "maj7", 9)))


def stretched(score: Score, numerator: int, denominator: int) -> Score:
    """The same music with every time multiplied."""
    tracks = []
    for track in score.tracks:
        notes = track.notes.copy()
        for column in ("onset", "duration"):
            notes[column] = notes[column] * numerator // denominator
        tracks.append(replace(track, notes=notes))
    return Score(tuple(tracks))


def thinned(score: Score, seed: int, share: float = 0.1) -> Score:
    """The same music with a share of the notes missing."""
    rng = np.random.default_rng(seed)
    return score.with_tracks(replace(t, notes=t.notes[rng.random(t.n_notes) >= share]) for t in score.tracks)


def folder_of(place: Path, n_pieces: int = 8) -> Path:
    """A folder of MIDI files in two levels, with one that is none."""
    for seed in range(n_pieces):
        path = place / ("a" if seed % 2 else "b") / f"{seed:02d}.mid"
        path.parent.mkdir(parents=True, exist_ok=True)
        write(band(seed), path)
    (place / "broken.mid").write_bytes(b"MThd, but no more")
    return place


def collection(place: Path, name: str, rows: list[dict[str, str]], scores: list[Score]) -> Path:
    """A catalogue and a tar.xz, like the shared data."""
    place.mkdir(parents=True, exist_ok=True)
    columns = ["path", "collection", "split", "title", "composer", "style", "substyle", "licence", "source"]
    catalog = place / "catalog.csv"
    is_new = not catalog.exists()
    with catalog.open("a", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        if is_new:
            writer.writeheader()
        writer.writerows(rows)
    with tarfile.open(place / f"{name}.tar.xz", "w:xz") as archive:
        for row, score in zip(rows, scores, strict=True):
            file = write(score, place / "piece.mid")
            archive.add(file, arcname=row["path"])
            file.unlink()
    return place


def row(name: str, number: int, split: str, **more: str) -> dict[str, str]:
    """A row of a catalogue."""
    return {"path": f"{name}/{number}.mid", "collection": name, "split": split, "licence": "CC0-1.0", **more}
