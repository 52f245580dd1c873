"""Any selection of bars and tracks of a score written again, in several ways, with what stands on both sides as context."""

from collections.abc import Callable
from typing import Any

import numpy as np

from boya.composing.checks import check_whole
from boya.composing.given import rng_of
from boya.composing.piece import Piece
from boya.composing.works.engine import CANDIDATES, MOST_CANDIDATES, Watch, fill_in
from boya.composing.works.given_score import given_back, heard, style_words
from boya.composing.works.saying import said_of
from boya.composing.works.selection import Words, selected
from boya.composing.works.sheets import sheet_of
from boya.score import Score

__all__ = ["rewrite", "rewritten"]

MOST_ALTERNATIVES = 16


def rewrite(
    score: Score,
    bars: Words | None = None,
    tracks: Words | None = None,
    *,
    locked: Words | None = None,
    alternatives: int = 1,
    seed: int = 0,
    style: str | None = None,
    scale: str | None = None,
    chord_tones: str | None = None,
    controls: Any = (),
    limits: Any = (),
    candidates: int = CANDIDATES,
    listen: Callable[[int, int], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> list[Piece]:
    """Write bars of tracks again; everything else stays, note for note.

    Parameters
    ----------
    bars
        "5-8" or "1-2, 7", counted from 1; all if left out
    tracks
        numbers from 1, roles, names or instruments, as "melody, 2"; all if left out
    locked
        tracks that stay as they are
    alternatives
        how many versions, 1-16, the best first
    style
        as in `Request`; none is stated if left out
    scale
        notes to draw from: "key", or a scale on the tonic; notes of the chords are always allowed
    chord_tones, controls, limits
        as in `Request`
    candidates
        how many versions are written for the critic to choose from, 1-32
    listen, is_cancelled
        told bars done and bars in all; asked whether to stop

    Returns
    -------
    list of Piece
        fewer than `alternatives` where the limits leave no more

    Raises
    ------
    RequestError
        if nothing is selected, a track or bar is not there, or wishes cannot be met together.
    CancelledError
        if `is_cancelled` says so.
    """
    check_whole("alternatives", alternatives, 1, MOST_ALTERNATIVES)
    check_whole("candidates", candidates, 1, MOST_CANDIDATES)
    rng, known = rng_of(seed), heard(score)
    chosen_bars, chosen_tracks = selected(known, known.n_bars, bars, tracks, locked)
    wishes = {"scale": scale, "chord_tones": chord_tones, "controls": controls, "limits": limits}
    sheet = sheet_of(known, known.n_bars, style_words(style), **wishes)
    selection = sheet.blank_selection()
    selection[np.ix_(chosen_tracks, chosen_bars)] = True
    filled = fill_in(sheet, selection, rng, alternatives=alternatives, candidates=candidates, watch=Watch(listen, is_cancelled))
    call = {"bars": bars, "tracks": tracks, "locked": locked, "alternatives": alternatives, "seed": seed, "style": style}
    said = said_of("rewrite", {**call, **wishes, "candidates": candidates})
    return [
        Piece(
            given_back(written, score),
            {**said, "wishes": {**said["wishes"], "number": number}},
            {"distance": round(float(distance), 4), "said": list(filled.report)},
            given=(score,),
        )
        for number, (written, distance) in enumerate(zip(filled.scores, filled.distances, strict=True))
    ]


def rewritten(score: Score, number: int = 0, **wishes: Any) -> Piece:
    """Return the version of that number, from 0, among those that `rewrite` makes of these wishes."""
    pieces = rewrite(score, **wishes)
    return pieces[check_whole("number", number, 0, len(pieces) - 1)]
