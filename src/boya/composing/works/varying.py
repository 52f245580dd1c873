"""A score with a stated share of its bars written again: by the composer for any music, by the seq2seq for melodies on a grid."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.composing import melodies
from boya.composing.checks import check_share, check_whole, contradiction
from boya.composing.given import melody_of, rng_of, understood
from boya.composing.piece import Piece
from boya.composing.which_model import is_by_composer
from boya.composing.works.engine import CANDIDATES, MOST_CANDIDATES, Watch, fill_in
from boya.composing.works.given_score import given_back, heard, is_wished, style_words
from boya.composing.works.saying import said_of
from boya.composing.works.selection import Words, selected
from boya.composing.works.sheets import sheet_of
from boya.errors import InputError
from boya.representation.frames import Frames
from boya.score import Score

__all__ = ["vary"]


def vary(
    score: Score,
    amount: float = 0.3,
    *,
    seed: int = 0,
    model: str | None = None,
    tracks: Words | None = None,
    locked: Words | None = None,
    style: str | None = None,
    candidates: int = CANDIDATES,
    listen: Callable[[int, int], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> Piece:
    """Write a score anew, nearer or farther.

    The seq2seq varies the melody of a score in 4/4, 2/2 or 2/4, and leaves the other tracks as they are. The composer writes that
    share of the bars of all tracks again in which something is played, and leaves the others note for note.

    Parameters
    ----------
    amount
        0 keeps the music, 1 writes it anew
    model
        "seq2seq" or "composer"; left out, the seq2seq varies what it can
    tracks, locked
        for the composer, as in `rewrite`

    Raises
    ------
    RequestError
        if there is no melody (seq2seq) or no music, a number is out of range, or a track is not there.
    ScoreError
        if no part of the score is in 4/4, 2/2 or 2/4 (seq2seq).
    CancelledError
        if `is_cancelled` says so.
    """
    share = check_share("amount", amount)
    wished = {"tracks": tracks, "locked": locked, "style": style}
    said_names = [name for name, value in wished.items() if is_wished(value)]
    is_its_own = model is None and not said_names and _has_grid_melody(score)
    if is_its_own or not is_by_composer(model, "seq2seq"):
        if said_names:
            raise contradiction(said_names[0], "model", f"only the composer takes {said_names[0]}; ask for model composer")
        return melodies.vary(score, amount, seed=seed)
    check_whole("candidates", candidates, 1, MOST_CANDIDATES)
    rng, known = rng_of(seed), heard(score)
    bars, chosen = selected(known, known.n_bars, None, tracks, locked)
    sheet = sheet_of(known, known.n_bars, style_words(style))
    cells = np.argwhere(_played(known)[np.ix_(chosen, bars)])
    drawn = rng.choice(cells, round(share * len(cells)) or (1 if share and len(cells) else 0), replace=False)
    said = said_of("vary", {"amount": amount, "seed": seed, "model": "composer", **wished, "candidates": candidates})
    if not len(drawn):
        return Piece(score, said, {"written_again": 0, "of": len(cells)}, given=(score,))
    selection = sheet.blank_selection()
    selection[np.array(chosen)[drawn[:, 0]], drawn[:, 1]] = True
    filled = fill_in(sheet, selection, rng, candidates=candidates, watch=Watch(listen, is_cancelled))
    told: dict[str, Any] = {"written_again": len(drawn), "of": len(cells), "said": list(filled.report)}
    return Piece(given_back(filled.scores[0], score), said, told, given=(score,))


def _played(score: Score) -> NDArray[np.bool_]:
    """Where a track begins notes. `[shape=(n_tracks, n_bars)]`"""
    bounds = score.bar_bounds
    played = np.zeros((len(score.tracks), len(bounds) - 1), dtype=bool)
    for row, track in zip(played, score.tracks, strict=True):
        row[np.unique(np.searchsorted(bounds, track.notes["onset"], side="right") - 1)] = True
    return played


def _has_grid_melody(score: Score) -> bool:
    """Whether the seq2seq can read a melody in the score."""
    try:
        melody_of(Frames.of(understood(score)))
    except InputError:
        return False
    return True
