"""Phrases of real bands, with what is known about each: the data that the GAN is compared with.

Conventions: phrases of 4 bars, cut one after another from the parts of a piece in 4/4 (also 2/2, 2/4), in the key of C; kept
where at least two of melody, bass, chords and drums play.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.corpus.packed import Packed
from boya.errors import CorpusError
from boya.models.gan import Setting
from boya.representation.frames import FRAME_DTYPE, Frames, parts_on_grid
from boya.representation.grid import HOLD
from boya.representation.phrases import Phrases, cut_phrases, rolls_of

__all__ = ["Band", "band_phrases", "grid_parts"]

N_BARS = 4
LEAST_ROLES = 2


@dataclass(frozen=True, eq=False)
class Band:
    """Phrases and their conditions.

    Attributes
    ----------
    frames
        FRAME_DTYPE `[shape=(phrases, 64)]`
    settings
        style, mode and tempo of each
    pieces
        number of the piece each comes from `[shape=(phrases,)]`
    """

    frames: Phrases
    settings: tuple[Setting, ...]
    pieces: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.frames)

    def take(self, which: NDArray[np.int64]) -> "Band":
        """Return some of the phrases."""
        return Band(self.frames[which], tuple(self.settings[i] for i in which.tolist()), self.pieces[which])

    def thinned(self, most: int) -> "Band":
        """Return at most so many, evenly chosen."""
        if len(self) <= most:
            return self
        return self.take(np.linspace(0, len(self) - 1, most).round().astype(np.int64))

    @property
    def rolls(self) -> NDArray[np.uint8]:
        """Phrase rolls. [shape=(phrases, 5, 64, 128)]"""
        return rolls_of(self.frames)

    @property
    def chords(self) -> NDArray[np.bool_]:
        """Pitch classes of the chord in force. [shape=(phrases, 64, 12)]"""
        return np.asarray((self.frames["chroma"][..., None] >> np.arange(12)) & 1 > 0)


def band_phrases(packed: Packed, split: str, source: str = "band") -> Band:
    """Return all phrases of a collection's split.

    Raises
    ------
    CorpusError
        if there is none.
    """
    frames, settings, pieces = [np.zeros((0, N_BARS * 16), dtype=FRAME_DTYPE)], [], []
    for piece, part in grid_parts(packed, split, (source,)):
        cut = cut_phrases(part, N_BARS, N_BARS)
        cut = cut[_is_band(cut)]
        frames.append(cut)
        settings += [Setting(str(packed.pieces[piece].get("style", "")), part.mode, part.qpm)] * len(cut)
        pieces += [piece] * len(cut)
    if not pieces:
        raise CorpusError(f"the packed corpus must hold 4-bar phrases of {source!r} in the split {split}; found none")
    return Band(np.concatenate(frames), tuple(settings), np.array(pieces, dtype=np.int64))


def grid_parts(packed: Packed, split: str, sources: tuple[str, ...]) -> Iterator[tuple[int, Frames]]:
    """Yield piece and frames of every part in 4/4 of some collections."""
    for piece in packed.split(split).tolist():
        if packed.pieces[piece].get("source") in sources:
            for part in parts_on_grid(packed.score(piece)):
                if part.n_notes:
                    yield piece, Frames.of(part)


def _is_band(phrases: Phrases) -> NDArray[np.bool_]:
    """Which phrases have enough roles that play. [shape=(phrases,)]"""
    plays = [phrases["melody"] > HOLD, phrases["bass"] > HOLD, phrases["chords"] > 0, phrases["drums"] > 0]
    return np.asarray(np.stack([steps.any(axis=1) for steps in plays]).sum(axis=0) >= LEAST_ROLES)
