"""Phrases for the seq2seq: token windows of real pieces, as its encoder reads them.

Conventions: int64 `[shape=(phrases, tracks, steps)]`: 0 rest, 1 hold, 2-49 the pitches of the role's window; drums a 9-bit set.
Phrases stand one after another; a note held into a phrase begins there again. Kept where the melody plays: both bars of two hold
an onset of it, or three in four of a longer phrase.
"""

import numpy as np
from numpy.typing import NDArray

from boya.corpus.packed import Packed
from boya.errors import CorpusError
from boya.proof.bands import grid_parts
from boya.representation.grid import HOLD, STEPS_PER_BAR
from boya.representation.phrases import Phrases, cut_phrases, line_tokens

__all__ = ["SOURCES", "token_windows"]

Tokens = NDArray[np.int64]
SOURCES: dict[tuple[str, ...], tuple[str, ...]] = {
    ("melody",): ("pop909", "ewld", "lieder"),
    ("melody", "bass", "drums"): ("band",),
}
SHORT_BARS, LONG_SHARE = 2, 0.75


def token_windows(packed: Packed, split: str, tracks: tuple[str, ...], n_bars: int) -> Tokens:
    """Return the windows of a split, of the collections in SOURCES.

    Raises
    ------
    CorpusError
        if there is none.
    """
    cuts = []
    for _, part in grid_parts(packed, split, SOURCES.get(tracks, SOURCES["melody",])):
        cut = cut_phrases(part, n_bars, n_bars)
        cuts.append(_tokens(cut[_plays(cut, n_bars)], tracks))
    found = np.concatenate(cuts) if cuts else np.zeros((0, len(tracks), n_bars * STEPS_PER_BAR), dtype=np.int64)
    if not len(found):
        raise CorpusError(f"the packed corpus must hold {n_bars}-bar phrases of {', '.join(tracks)} in {split}; found none")
    return found


def _plays(phrases: Phrases, n_bars: int) -> NDArray[np.bool_]:
    """Which phrases have enough melody. [shape=(phrases,)]"""
    begins = (phrases["melody"] > HOLD).reshape(len(phrases), n_bars, STEPS_PER_BAR).any(axis=2)
    return np.asarray(begins.mean(axis=1) >= (1.0 if n_bars <= SHORT_BARS else LONG_SHARE))


def _tokens(phrases: Phrases, tracks: tuple[str, ...]) -> Tokens:
    """Join the tracks."""
    lines = [phrases[t].astype(np.int64) if t == "drums" else line_tokens(phrases[t], t) for t in tracks]
    return np.stack(lines, axis=1)
