"""Make the fingerprints of a corpus: the moves and notes of its lines, where their bars begin, and what each piece is called.

Conventions: see `boya.evaluation.fingerprints`. Lines are those of the tracks, and the skyline where a piece has no track of role
melody: where it has one, the tune is among the tracks. The file is NumPy's `.npz`, compressed; same pieces, same bytes.
"""

import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.evaluation.fingerprints import (
    ARRAYS,
    EXACT,
    MOST_PLACES,
    NEAR,
    Fingerprints,
    Line,
    grams,
    lines_of,
    packed_notes,
    text_of,
)
from boya.files.atomic import write_atomic
from boya.score import Score

__all__ = ["build_fingerprints", "write_fingerprints"]

TOLD = ("id", "title", "composer", "source", "licence")
MOST_PIECES = 1 << 16


def build_fingerprints(pieces: Iterable[tuple[Score, Mapping[str, Any]]]) -> Fingerprints:
    """Return the fingerprints of pieces.

    Parameters
    ----------
    pieces
        scores, and of each the id, title, composer, source and licence

    Raises
    ------
    InputError
        if there are more than 65,536.

    Examples
    --------
    >>> from boya.score import Track, note_array
    >>> tune = Score((Track(note_array([(480 * i, 480, 60 + i * i % 7, 80) for i in range(16)])),))
    >>> prints = build_fingerprints([(tune, {"id": "a", "title": "Tune"})])
    >>> prints.pieces[0]["title"], int(prints.runs(lines_of(tune.transpose(3))).notes[0])
    ('Tune', 16)
    """
    lines: list[Line] = []
    bars: list[NDArray[np.int64]] = []
    owners: list[int] = []
    told: list[dict[str, Any]] = []
    for number, (score, about) in enumerate(pieces):
        told.append({name: str(about.get(name, "")) for name in TOLD})
        kept = _kept(score)
        lines += kept
        bars += [_notes_of_bars(line, score) for line in kept]
        owners += [number] * len(kept)
    if len(told) > MOST_PIECES:
        raise InputError(f"fingerprints hold {MOST_PIECES} pieces at most; got {len(told)}. Build several files")
    moves, _ = text_of(lines)
    values = {
        "moves": moves,
        **packed_notes(lines),
        "line_piece": np.array(owners),
        "bar_notes": np.concatenate([np.zeros(0, dtype=np.int64), *bars]),
        "line_bars": np.array([len(counts) for counts in bars]),
        "common8": _common(moves, EXACT),
        "common4": _common(moves, NEAR),
    }
    return Fingerprints({name: values[name].astype(kind) for name, kind in ARRAYS.items()}, {"pieces": told})


def write_fingerprints(prints: Fingerprints, path: str | Path) -> Path:
    """Write fingerprints, and what held-out music typically shares with them, as one file."""
    about = {"pieces": prints.pieces, "typical": prints.typical}
    said = np.frombuffer(json.dumps(about, ensure_ascii=False, separators=(",", ":")).encode(), dtype=np.uint8)
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, about=said, **prints.arrays)
    write_atomic(Path(path), packed.getvalue())
    return Path(path)


def _kept(score: Score) -> list[Line]:
    """The lines of a piece that are kept."""
    has_tune = any(track.role == "melody" and track.n_notes for track in score.tracks)
    return [line for line in lines_of(score) if line.n_notes > 1 and not (line.is_skyline and has_tune)]


def _notes_of_bars(line: Line, score: Score) -> NDArray[np.int64]:
    """How many notes of a line begin in each bar, up to the last that has any."""
    bounds = score.bar_bounds
    bar = np.searchsorted(bounds, line.onset, side="right") - 1
    return np.bincount(np.minimum(bar, len(bounds) - 2))


def _common(moves: NDArray[np.uint8], size: int) -> NDArray[Any]:
    """The stretches that stand at more places than a telling one does, sorted."""
    found, count = np.unique(grams(moves, size), return_counts=True)
    is_whole = (np.ascontiguousarray(found).view(np.uint8).reshape(-1, size) != 0).all(axis=1)
    return np.asarray(found[is_whole & (count > MOST_PLACES)])
