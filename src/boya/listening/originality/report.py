"""What a score shares with the music that the shipped weights were trained on, and whether real music shares as much.

Conventions: lines, moves, runs and telling notes as in `boya.evaluation.fingerprints`, near runs as in `near`, windows as in
`windows`. Bars are counted from 0 in values, a pair is the first and the one after the last; in words and JSON they are counted
from 1, and the last one is named. A figure's *rank* is how many of a hundred held-out real pieces have at most as much.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.fingerprints import SHORTEST, Fingerprints, Line, Matches, kind_of, limit_of, lines_of, most_telling, shipped
from boya.listening.originality.near import near_runs
from boya.listening.originality.passages import Passages, passages_of
from boya.listening.originality.values import LineReport, Originality, Passage, Run, Stretch
from boya.listening.originality.windows import LENGTH_QUARTER, Windows, windows_of
from boya.score import TICKS_PER_QUARTER, Score

__all__ = ["report"]


def report(score: Score, prints: Fingerprints | None = None) -> Originality:
    """Compare a score with a corpus.

    Parameters
    ----------
    prints
        of the corpus; those of what the shipped weights were trained on when not given

    Examples
    --------
    >>> report(Score()).why_nothing
    'empty'
    """
    prints = prints or shipped()
    lines = lines_of(score)
    why = _why_nothing(score, lines)
    if why:
        return Originality(len(prints.pieces), typical=prints.typical, why_nothing=why)
    runs = prints.runs(lines)
    near = near_runs(prints, lines)
    passages = passages_of(prints, lines)
    near = near.take(near.equal >= SHORTEST)
    unknown = prints.unknown([line for line in lines if not line.is_skyline])
    return Originality(
        len(prints.pieces),
        tuple(_line_reports(score, prints, lines, runs)),
        _run(score, prints, lines, near, near.equal, 0) if len(near) else None,
        _passage(score, prints, passages) if len(passages) else None,
        tuple(_stretches(score, prints, windows_of(lines, runs))),
        float(unknown.mean()) if len(unknown) else None,
        prints.typical,
    )


def _why_nothing(score: Score, lines: Sequence[Line]) -> str:
    """Why nothing can be compared: empty, drums or short; nothing when it can."""
    if not score.n_notes:
        return "empty"
    if not lines:
        return "drums"
    return "" if max(line.n_notes for line in lines) >= SHORTEST else "short"


def _line_reports(score: Score, prints: Fingerprints, lines: Sequence[Line], runs: Matches) -> list[LineReport]:
    """The longest and the most telling run of each line."""
    told, telling = most_telling(prints, lines, runs)
    _, longest = np.unique(runs.line, return_index=True)  # they come the longest first
    longest_runs = runs.take(longest)
    in_longest = prints.telling(lines, longest_runs)
    reports = []
    for number, line in enumerate(lines):
        kind = kind_of(score, line)
        long_at, told_at = np.flatnonzero(longest_runs.line == number), np.flatnonzero(told.line == number)
        reports.append(
            LineReport(
                line.track,
                "" if line.is_skyline else score.tracks[line.track].name,
                kind,
                line.n_notes,
                limit_of(prints, kind),
                _run(score, prints, lines, longest_runs, in_longest, int(long_at[0])) if len(long_at) else None,
                _run(score, prints, lines, told, telling, int(told_at[0])) if len(told_at) else None,
            )
        )
    return reports


def _run(score: Score, prints: Fingerprints, lines: Sequence[Line], found: Matches, telling: NDArray[np.int64], row: int) -> Run:
    """One of the runs as plain values."""
    one = found.take(np.array([row]))
    line = lines[int(one.line[0])]
    notes = int(one.notes[0])
    first, last = prints.bars(one)[0].tolist()
    return Run(
        line.track,
        notes,
        int(telling[row]),
        int(one.equal[0]),
        line.bars(score, int(one.first[0]), notes),
        prints.pieces[int(one.piece[0])],
        (first, last),
    )


def _stretches(score: Score, prints: Fingerprints, windows: Windows) -> list[Stretch]:
    """Windows as plain values."""
    rows = zip(windows.onset.tolist(), windows.originality.tolist(), windows.piece.tolist(), strict=True)
    return [Stretch(_bars_from(score, at), value, prints.pieces[piece] if piece >= 0 else None) for at, value, piece in rows]


def _passage(score: Score, prints: Fingerprints, found: Passages) -> Passage:
    """The passage that is worth most as plain values."""
    piece = int(found.piece[0])
    here = _bars_from(score, int(found.onset[0]))
    there = prints.bars_between(piece, int(found.first[0]), int(found.last[0]))
    return Passage(int(found.worth[0]), int(found.n_lines[0]), here, prints.pieces[piece], there)


def _bars_from(score: Score, onset: int) -> tuple[int, int]:
    """The bars of the 16 quarters from a tick on: the first one, and the one after the last."""
    bounds = score.bar_bounds
    first = int(np.searchsorted(bounds, onset, side="right")) - 1
    last = int(np.searchsorted(bounds, onset + LENGTH_QUARTER * TICKS_PER_QUARTER, side="left"))
    return first, min(last, len(bounds) - 1)
