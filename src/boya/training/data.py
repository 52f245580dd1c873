"""From a packed corpus to phrases: all frames in one array, phrases as places in it.

Conventions: frames of all pieces lie one after another (FRAME_DTYPE), a phrase is the row where it starts; nothing is cut
until a batch asks for it. Only `train` is learnt from; a *dev* part of it, whole works, decides when to stop; `valid` is
never looked at here. The frames are kept as `.npy` beside the packed arrays, named by a hash of what they depend on, and are
made again when that changes.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import CorpusError, ModelError
from boya.models.layout import tempo_class
from boya.representation.frames import FRAME_DTYPE, Frames, parts_on_grid
from boya.representation.grid import HOLD, LINE_WINDOWS, STEPS_PER_BAR
from boya.representation.phrases import Phrases
from boya.training.pieces import Packed, is_dev_work, pieces_to_learn, summarised, write_arrays
from boya.training.settings import DataSettings

__all__ = ["Corpus", "PhraseSet", "load_corpus", "phrase_set", "phrases_at"]

FRAMES_VERSION = 1  # raise when frames of the same score change
PARTS_DTYPE = np.dtype([("start", "<i8"), ("steps", "<i8"), ("piece", "<i4"), ("minor", "?"), ("qpm", "<f4")])


@dataclass(frozen=True, eq=False)
class Corpus:
    """Frames of the pieces that may be learnt from.

    Attributes
    ----------
    frames
        FRAME_DTYPE `[shape=(frames,)]`
    parts
        stretches in 4/4, PARTS_DTYPE: first frame, number of frames, piece, mode, tempo
    pieces
        manifest entries by piece number
    """

    frames: NDArray[np.void]
    parts: NDArray[np.void]
    pieces: list[dict[str, Any]]

    def summary(self) -> dict[str, Any]:
        """Say what was learnt from, for cards."""
        return summarised([self.pieces[i] for i in np.unique(self.parts["piece"]).tolist()])

    def told(self, settings: DataSettings) -> dict[str, Any]:
        """Say what stands beside the weights."""
        return {"data": self.summary(), "styles": [*settings.styles, "other"]}


@dataclass(frozen=True, eq=False)
class PhraseSet:
    """Phrases as places in a corpus, with what is known about each.

    Attributes
    ----------
    starts
        first frame of each phrase, lead included `[shape=(phrases,)]`
    conditions
        style, mode (1 minor), tempo class, piece `[shape=(phrases, 4)]`
    steps
        length in sixteenths, lead included
    """

    corpus: Corpus
    starts: NDArray[np.int64]
    conditions: NDArray[np.int64]
    steps: int

    def __len__(self) -> int:
        return len(self.starts)

    def take(self, which: NDArray[np.int64]) -> Phrases:
        """Cut phrases by number. [shape=(len(which), steps)]"""
        return phrases_at(self.corpus.frames, self.starts[which], self.steps)

    def thinned(self, most: int) -> "PhraseSet":
        """Return at most so many, evenly chosen."""
        if len(self) <= most:
            return self
        which = np.linspace(0, len(self) - 1, most).round().astype(np.int64)
        return PhraseSet(self.corpus, self.starts[which], self.conditions[which], self.steps)


def load_corpus(packed: Packed, collections: tuple[str, ...] = (), cache: Path | None = None) -> Corpus:
    """Return the frames of the `train` pieces of some collections.

    Parameters
    ----------
    packed
        an opened packed corpus.
    collections
        sources to take, all if none is named; a corpus that holds none of them at all is someone's own, and is taken whole.
    cache
        folder for the frames made; None makes them each time.

    Raises
    ------
    CorpusError
        if a collection is not there, or nothing in it is in 4/4.
    """
    frames, parts = _cached(packed, pieces_to_learn(packed, collections), cache)
    if not len(parts):
        raise CorpusError("training needs pieces in 4/4 in the split train; found none. See: boya corpus summary")
    return Corpus(frames, parts, packed.pieces)


def phrase_set(corpus: Corpus, settings: DataSettings, *, is_dev: bool) -> PhraseSet:
    """Return the phrases to learn from, or those of the dev part, which do not overlap.

    Raises
    ------
    ModelError
        if no phrase is left.
    """
    steps = (settings.lead_bars + settings.bars) * STEPS_PER_BAR
    hop = (settings.lead_bars + settings.bars if is_dev else settings.hop_bars) * STEPS_PER_BAR
    starts, conditions = [np.zeros(0, dtype=np.int64)], [np.zeros((0, 4), dtype=np.int64)]
    for part in corpus.parts:
        piece = int(part["piece"])
        entry = corpus.pieces[piece]
        if is_dev_work(str(entry.get("group", piece)), settings.dev_share) != is_dev:
            continue
        first = np.arange(0, int(part["steps"]) - steps + 1, hop) + int(part["start"])
        first = first[_is_fit(corpus, part, first, settings)]
        style = str(entry.get("style", ""))
        index = settings.styles.index(style) if style in settings.styles else len(settings.styles)
        tempo = tempo_class(part["qpm"])
        starts.append(first)
        conditions.append(np.tile([[index, int(part["minor"]), tempo, piece]], (len(first), 1)))
    found = PhraseSet(corpus, np.concatenate(starts), np.concatenate(conditions), steps)
    if not len(found):
        where = "the dev part" if is_dev else "training"
        raise ModelError(f"{where} must hold a phrase of {settings.bars} bars; none of {len(corpus.parts)} stretches fits [data]")
    return found


def phrases_at(frames: NDArray[np.void], starts: NDArray[np.int64], steps: int) -> Phrases:
    """Cut phrases; a note held into a phrase begins there again, as in `Frames.bars`. [shape=(len(starts), steps)]

    >>> frames = np.zeros(48, dtype=FRAME_DTYPE)
    >>> frames["melody"][14:18] = 62, 1, 1, 1
    >>> phrases_at(frames, np.array([0, 16]), 32)["melody"][:, :2].tolist()
    [[0, 0], [62, 1]]
    """
    cut = np.asarray(frames[starts[:, None] + np.arange(steps)])
    for role in LINE_WINDOWS:
        for row in np.flatnonzero(cut[role][:, 0] == HOLD).tolist():
            before = int(starts[row])
            while before and frames[role][before] == HOLD:
                before -= 1
            cut[role][row, 0] = frames[role][before]
    for role in ("chords", "pad"):
        cut[f"{role}_onset"][:, 0] = cut[role][:, 0]
    return cut


def _is_fit(corpus: Corpus, part: np.void, first: NDArray[np.int64], settings: DataSettings) -> NDArray[np.bool_]:
    """Which phrases have enough music, lead aside. [shape=(len(first),)]"""
    span = corpus.frames[int(part["start"]) : int(part["start"] + part["steps"])]
    begins = span["melody"] > HOLD
    plays = [begins, span["bass"] > HOLD, span["chords"] > 0, span["drums"] > 0]
    bar = (first - int(part["start"])) // STEPS_PER_BAR + settings.lead_bars
    by_bar = np.stack([role.reshape(-1, STEPS_PER_BAR).any(axis=1) for role in plays])[:, bar[:, None] + np.arange(settings.bars)]
    enough_melody = by_bar[0].mean(axis=1) >= settings.melody_bars
    return np.asarray(enough_melody & (by_bar.any(axis=2).sum(axis=0) >= settings.least_roles))


def _cached(packed: Packed, wanted: list[int], cache: Path | None) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """Frames and parts, from the cache if they are there."""
    told = [FRAMES_VERSION, FRAME_DTYPE.descr, packed.manifest["arrays"], wanted]  # the manifest has every array's checksum
    name = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
    files = [cache / f"{kind}-{name}.npy" for kind in ("frames", "parts")] if cache else []
    if files and all(file.is_file() for file in files):
        return np.load(files[0], mmap_mode="r"), np.load(files[1])
    made = list(_frames(packed, wanted))
    lengths = np.array([len(frames.steps) for _, frames in made], dtype=np.int64)
    rows = [(0, len(f.steps), piece, f.mode == "minor", f.qpm) for piece, f in made]
    parts = np.array(rows, dtype=PARTS_DTYPE)
    parts["start"] = np.cumsum(lengths) - lengths
    frames = np.concatenate([np.zeros(0, dtype=FRAME_DTYPE), *(f.steps for _, f in made)])
    for file, array in zip(files, (frames, parts), strict=False):
        with suppress(OSError):  # a folder that cannot be written to only costs the time of making it again
            write_arrays(file, array)
    return frames, parts


def _frames(packed: Packed, wanted: list[int]) -> Iterator[tuple[int, Frames]]:
    """Frames of every stretch in 4/4 of the pieces."""
    for piece in wanted:
        for part in parts_on_grid(packed.score(piece)):
            if part.n_notes:
                yield piece, Frames.of(part)
