"""Tunes to look for: every seed another one. The fixture `music` is this module."""

import sys
from types import ModuleType

import numpy as np
import pytest

from boya.listening.search import Entry, Index, Line, Query
from boya.score import Score, Track, note_array


@pytest.fixture(scope="session")
def music() -> ModuleType:
    return sys.modules[__name__]


def melody(words: str, quarter: int = 480) -> Score:
    """A score of quarter notes, such as melody("60 62 64 65")."""
    rows = [(at * quarter, quarter, int(pitch), 80) for at, pitch in enumerate(words.split())]
    return Score((Track(note_array(rows)),))


def line(seed: int, n_notes: int = 40, voice: str = "") -> Line:
    rng = np.random.default_rng(seed)
    pitches = 66 + np.cumsum(rng.integers(-4, 5, n_notes)) % 24
    return Line(pitches.astype(np.uint8), rng.choice([6, 12, 18, 24], n_notes).astype(np.uint8), voice)


def piece(seed: int, **about: str) -> Entry:
    return Entry(f"tune/{seed}", (line(seed),), **about)


def asked(entry: Entry, first: int = 5, n_notes: int = 14, up: int = 0, slower: float = 1.0) -> Query:
    found = entry.lines[0]
    part = slice(first, first + n_notes)
    return Query(found.pitches[part].astype(int) + up, found.gaps[part] * slower)


@pytest.fixture
def index(tmp_path) -> Index:
    """An index of thirty tunes."""
    with Index(tmp_path / "index", create=True) as made:
        made.add([piece(seed, title=f"Air {seed}", composer="Anon" if seed % 2 else "Turlough") for seed in range(30)])
        yield made
