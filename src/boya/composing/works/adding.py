"""New tracks beside those of a score."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from boya.composing.checks import check_whole
from boya.composing.given import rng_of
from boya.composing.piece import Piece
from boya.composing.works.bands import player_of, read_band
from boya.composing.works.engine import CANDIDATES, MOST_CANDIDATES, Watch, fill_in
from boya.composing.works.given_score import given_back, heard, style_words
from boya.composing.works.saying import said_of
from boya.composing.works.selection import Words, read_bars
from boya.composing.works.sheets import sheet_of, tracks_of
from boya.errors import RequestError
from boya.score import Score

__all__ = ["add"]


def add(
    score: Score,
    track: Any,
    *,
    bars: Words | None = None,
    seed: int = 0,
    style: str | None = None,
    scale: str | None = None,
    chord_tones: str | None = None,
    controls: Any = (),
    limits: Any = (),
    candidates: int = CANDIDATES,
    listen: Callable[[int, int], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> Piece:
    """Write one or more new tracks; the others stay, note for note.

    Parameters
    ----------
    track
        "bass=electric bass", "drums", "strings, flute": as a band in `Request`
    bars
        where they play, as "9-16", counted from 1; everywhere if left out
    style, scale, chord_tones, controls, limits, candidates, listen, is_cancelled
        as in `rewrite`; chord tones are kept on strong beats by chords, bass and pad if nothing is said

    Raises
    ------
    RequestError
        if there is no such instrument, nobody is to be added, or wishes cannot be met together.
    CancelledError
        if `is_cancelled` says so.
    """
    check_whole("candidates", candidates, 1, MOST_CANDIDATES)
    rng, known = rng_of(seed), heard(score)
    has_melody = any(part.role == "melody" for part in known.tracks)
    programs = [(role, player_of(role, wish, is_strict=False)) for role, wish in read_band(track, has_melody=has_melody)]
    players = [(role, 0 if role == "drums" else program) for role, program in programs if program is not None]
    if not players or not all(isinstance(program, int) for _, program in players):
        raise RequestError(f"a track to be added must name an instrument, as bass=electric bass or flute; got {track!r:.60}")
    new = tracks_of([(role, int(program)) for role, program in players])
    n_old = len(known.tracks)
    known = replace(known, tracks=(*known.tracks, *new))
    wishes = {"scale": scale, "chord_tones": chord_tones, "controls": controls, "limits": limits}
    sheet = sheet_of(known, known.n_bars, style_words(style), **wishes, is_led=True)
    selection = sheet.blank_selection()
    selection[np.ix_(range(n_old, n_old + len(new)), read_bars(bars, known.n_bars))] = True
    filled = fill_in(sheet, selection, rng, candidates=candidates, watch=Watch(listen, is_cancelled))
    said = said_of("add", {"track": track, "bars": bars, "seed": seed, "style": style, **wishes, "candidates": candidates})
    return Piece(given_back(filled.scores[0], score), said, {"said": list(filled.report)}, given=(score,))
