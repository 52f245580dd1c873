"""Is a score a copy? The runs of it that share more with the corpus than held-out real music does.

Conventions: the *kind* of a line is melody or accompaniment by the role of its track, track where it has none, skyline for the
top line of all tracks. Limits are counted in telling notes, one for each kind: the 99th percentile of the most telling run of a
piece, measured on real music that no weights were trained on, and kept beside the fingerprints.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.fingerprints.lines import Line, lines_of
from boya.evaluation.fingerprints.lookup import Fingerprints, Matches
from boya.evaluation.fingerprints.store import shipped
from boya.score import Score

__all__ = ["KINDS", "Copied", "copied", "kind_of", "limit_of", "most_telling"]

KINDS = ("melody", "accompaniment", "track", "skyline")
PERCENTILE = 99
UNMEASURED = 24  # telling notes, where no real music was measured


@dataclass(frozen=True)
class Copied:
    """A run that is longer than real music's.

    Attributes
    ----------
    kind, track
        of the line, and the number of its track from 0; -1 is the skyline
    notes, telling, limit
        notes of the run, telling ones among them, and how many of those are still usual
    bars
        its first bar in the score, and the bar after its last
    piece, piece_bars
        what is known of the piece of the corpus, and the bars there
    """

    kind: str
    track: int
    notes: int
    telling: int
    limit: int
    bars: tuple[int, int]
    piece: dict[str, Any]
    piece_bars: tuple[int, int]


def copied(score: Score, prints: Fingerprints | None = None) -> tuple[Copied, ...]:
    """Return the runs of a score that share more with the corpus than real music does, one for each line that has one.

    Parameters
    ----------
    prints
        of the corpus; those that ship when not given

    Returns
    -------
    the most telling run first; nothing when the score is as original as real music is.

    Examples
    --------
    >>> copied(Score())
    ()
    """
    prints = prints or shipped()
    lines = lines_of(score)
    found, telling = most_telling(prints, lines)
    kinds = [kind_of(score, lines[number]) for number in found.line.tolist()]
    limits = np.array([limit_of(prints, kind) for kind in kinds], dtype=np.int64)
    over = np.flatnonzero(telling > limits)
    rows = found.take(over)
    return tuple(
        Copied(
            kinds[i],
            lines[line].track,
            int(rows.notes[row]),
            int(telling[i]),
            int(limits[i]),
            lines[line].bars(score, int(rows.first[row]), int(rows.notes[row])),
            prints.pieces[int(rows.piece[row])],
            (int(bars[0]), int(bars[1])),
        )
        for row, (i, line, bars) in enumerate(zip(over.tolist(), rows.line.tolist(), prints.bars(rows), strict=True))
    )


def most_telling(prints: Fingerprints, lines: Sequence[Line], runs: Matches | None = None) -> tuple[Matches, NDArray[np.int64]]:
    """Return the most telling run of each line that has one, and how many notes of it are telling; the most telling first.

    `runs` are the exact runs of the lines where they are known already.
    """
    found = prints.runs(lines) if runs is None else runs
    telling = prints.telling(lines, found)
    order = np.lexsort((-found.notes, -telling))
    _, best = np.unique(found.line[order], return_index=True)
    order = order[np.sort(best)]
    return found.take(order), telling[order]


def kind_of(score: Score, line: Line) -> str:
    """Return the kind of a line, one of KINDS."""
    if line.is_skyline:
        return "skyline"
    role = score.tracks[line.track].role
    return "melody" if role == "melody" else "accompaniment" if role else "track"


def limit_of(prints: Fingerprints, kind: str) -> int:
    """Return how many telling notes of a shared run are usual in a line of a kind."""
    percentiles = prints.typical.get("figures", {}).get(kind)
    return int(percentiles[PERCENTILE]) if percentiles else UNMEASURED
