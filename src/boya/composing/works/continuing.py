"""A score carried on: by the composer in any metre and for up to 16 tracks, by the GAN for a band in 4/4."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from boya.composing import rework
from boya.composing.checks import check_whole, contradiction
from boya.composing.given import rng_of
from boya.composing.piece import Piece
from boya.composing.progressions import in_key, parse_bars
from boya.composing.which_model import is_by_composer
from boya.composing.works.engine import CANDIDATES, MOST_CANDIDATES, Watch, fill_in
from boya.composing.works.given_score import bar_copies, heard, is_wished, style_words
from boya.composing.works.lengths import part_ticks
from boya.composing.works.saying import said_of
from boya.composing.works.sheets import sheet_of
from boya.score import Chord, Score, Section
from boya.theory.chords import parse_chord

__all__ = ["continue_"]

MOST_BARS = 256
ROUND = 8  # bars of chords that go round again
MOST_TRACKS = 16


def continue_(
    score: Score,
    *,
    bars: int = 8,
    seed: int = 0,
    style: str | None = None,
    candidates: int = CANDIDATES,
    model: str | None = None,
    chords: str | None = None,
    scale: str | None = None,
    chord_tones: str | None = None,
    controls: Any = (),
    limits: Any = (),
    listen: Callable[[int, int], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> Piece:
    """Carry a score on for `bars` more bars; returns the whole.

    What was given stays note for note; silent bars at the end are left out. The new bars have the metre, tempo and key of the end
    and are written for the same tracks, those that play last where there are more than 16.

    Parameters
    ----------
    model
        "gan" or "composer"; the composer if left out
    chords
        of the new bars, as in `Request`, for the composer; left out, the last chords go round again
    scale, chord_tones, controls, limits, listen, is_cancelled
        as in `rewrite`, for the composer

    Raises
    ------
    RequestError
        if `bars` is not 1-256, the style is unknown, or wishes cannot be met together.
    ScoreError
        if the score does not end in 4/4, 2/2 or 2/4 (GAN).
    CancelledError
        if `is_cancelled` says so.
    """
    wishes = {"chords": chords, "scale": scale, "chord_tones": chord_tones, "controls": controls, "limits": limits}
    wished = [name for name, value in wishes.items() if is_wished(value)]
    if not is_by_composer(model, "gan"):
        if wished:
            raise contradiction(wished[0], "model", f"only the composer takes {wished[0]}; ask for model composer")
        return rework.continue_(score, bars=bars, seed=seed, style=style, candidates=candidates)
    check_whole("bars", bars, 1, MOST_BARS)
    check_whole("candidates", candidates, 1, MOST_CANDIDATES)
    rng, known = rng_of(seed), _whole_bars(heard(score))
    n_old, n_bars = known.n_bars, known.n_bars + bars
    longer = _prolonged(known, n_bars, chords)
    del wishes["chords"]
    sheet = sheet_of(longer, n_bars, style_words(style), **wishes)
    selection = sheet.blank_selection()
    chosen, left_out = _playing(known)
    selection[np.ix_(chosen, range(n_old, n_bars))] = True
    filled = fill_in(sheet, selection, rng, candidates=candidates, watch=Watch(listen, is_cancelled))
    call = {"bars": bars, "seed": seed, "style": style, "model": "composer", "chords": chords}
    said = said_of("continue", {**call, **wishes, "candidates": candidates})
    written = filled.scores[0]
    written = written if score.chords else replace(written, chords=())
    return Piece(written, said, {"said": [*left_out, *filled.report]}, given=(score,))


def _whole_bars(known: Score) -> Score:
    """The score up to the end of the bar of its last note."""
    bounds = known.bar_bounds
    end = max(track.end for track in known.tracks)
    return known.slice(0, int(bounds[np.searchsorted(bounds, end)]))


def _playing(known: Score) -> tuple[list[int], list[str]]:
    """The tracks that play on: all that play, or of too many those that play most at the end; and what to say of the others."""
    playing = [number for number, track in enumerate(known.tracks) if track.n_notes]
    start = int(known.bar_bounds[max(known.n_bars - ROUND, 0)])
    latest = sorted(playing, key=lambda n: (-int((known.tracks[n].notes["onset"] >= start).sum()), n))
    if len(playing) <= MOST_TRACKS:
        return playing, []
    said = f"of {len(playing)} tracks the {MOST_TRACKS} that play most at the end go on: {_numbers(latest[:MOST_TRACKS])}"
    return sorted(latest[:MOST_TRACKS]), [said]


def _numbers(tracks: list[int]) -> str:
    """Tracks as a person counts them."""
    return ", ".join(str(number + 1) for number in sorted(tracks))


def _prolonged(known: Score, n_bars: int, chords: str | None) -> Score:
    """The score with chords and a section for the bars that follow."""
    old, start = known.n_bars, int(known.bar_bounds[-1])
    length = known.timeline.metre_at(start - 1).ticks_per_bar
    targets = [(start + number * length, length) for number in range(n_bars - old)]
    new = _wished(known, targets, chords) if chords is not None else _going_round(known, targets)
    section = Section(start, length * len(targets), "continuation")
    return replace(known, chords=(*known.chords, *new), sections=(*known.sections, section))


def _going_round(known: Score, targets: list[tuple[int, int]]) -> tuple[Chord, ...]:
    """The last chords again, in whole phrases where there are any."""
    bounds = known.bar_bounds.tolist()
    n_round = min(ROUND, max(known.n_bars // 4 * 4, 1) if known.n_bars >= 4 else known.n_bars)
    last = [(start, end - start) for start, end in zip(bounds[-n_round - 1 : -1], bounds[-n_round:], strict=True)]
    return bar_copies(known.chords, [last[number % n_round] for number in range(len(targets))], targets)


def _wished(known: Score, targets: list[tuple[int, int]], text: str) -> tuple[Chord, ...]:
    """The chords of a text over and over, in the key of the end."""
    key, written = known.timeline.key_at(targets[0][0]), parse_bars(text)
    part = part_ticks(known.timeline.metre_at(targets[0][0]))
    made = []
    for number, (start, length) in enumerate(targets):
        first, second = in_key(written[number % len(written)], key.tonic, key.mode)
        parts = [(0, length, first)] if first == second else [(0, part, first), (part, length - part, second)]
        made += [Chord(start + at, ticks, *parse_chord(symbol)) for at, ticks, symbol in parts]
    return tuple(made)
