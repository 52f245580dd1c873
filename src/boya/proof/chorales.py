"""Chorales as scores: the table of J. S. Bach's chorales that voice leading is measured on.

Conventions: `<split>_voices` int8 `[shape=(n_frames, 4)]` holds soprano, alto, tenor and bass in sixteenths, -1 where silent;
`<split>_lengths` the frames of each piece. A pitch that goes on is one note, as the table does not tell repeated notes from long
ones. There is no metre: bars of 4/4 from the beginning are assumed. Source: N. Boulanger-Lewandowski, "Modeling Temporal
Dependencies in High-Dimensional Sequences", ICML 2012.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boya.errors import FileError, FormatError, InputError
from boya.score import TICKS_PER_QUARTER, Score, Track, note_array

__all__ = ["chorale_score", "read_chorales"]

STEP = TICKS_PER_QUARTER // 4
SPLITS = ("train", "valid")
NAMES = ("Soprano", "Alto", "Tenor", "Bass")
CHOIR = 52


def read_chorales(path: str | Path, split: str) -> list[Score]:
    """Return the chorales of a split, train or valid.

    Raises
    ------
    InputError
        if the split is another one; the test part is for final figures of models only.
    FileError
        if the file cannot be read.
    FormatError
        if it is no such table.
    """
    if split not in SPLITS:
        raise InputError(f"a split of the chorales is one of {', '.join(SPLITS)}; got {split!r}")
    try:
        with np.load(path, allow_pickle=False) as table:
            voices, lengths = table[f"{split}_voices"].astype(np.int64), table[f"{split}_lengths"].astype(np.int64)
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}; check the name") from error
    except (KeyError, ValueError) as error:
        raise FormatError(f"{path} must hold {split}_voices and {split}_lengths; it does not") from error
    if voices.ndim != 2 or voices.shape[1] != len(NAMES) or lengths.sum() != len(voices):
        raise FormatError(
            f"{path} must hold four voices for each frame of its pieces; got {voices.shape}, {lengths.sum()} frames"
        )
    return [chorale_score(part) for part in np.split(voices, np.cumsum(lengths)[:-1])]


def chorale_score(frames: NDArray[np.int64]) -> Score:
    """Return four voices in sixteenths as a score of four tracks. `frames` `[shape=(n_frames, 4)]`

    >>> chorale_score(np.array([[72, 67, 64, 48], [72, 65, -1, 48]])).tracks[1].notes.tolist()
    [(0, 120, 67, 80), (120, 120, 65, 80)]
    """
    tracks = []
    for column, name in zip(frames.T, NAMES, strict=True):
        edges = [0, *(np.flatnonzero(np.diff(column)) + 1).tolist(), len(column)]
        rows = [(a * STEP, (b - a) * STEP, int(column[a]), 80) for a, b in pairwise(edges) if b > a and column[a] >= 0]
        tracks.append(Track(note_array(rows), CHOIR, name=name))
    return Score(tuple(tracks))
