"""A band around a melody: the melody and its chords stay, everyone else is written.

`arrange` gives the melody of a lead sheet to a band that is wished for; `accompany` leaves it on its own instrument. A score
without chords is given those that are heard in it.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from boya.composing import rework
from boya.composing.checks import check_whole, contradiction
from boya.composing.decisions import Plan
from boya.composing.given import rng_of
from boya.composing.piece import Piece
from boya.composing.plan import plan_of
from boya.composing.request import Request
from boya.composing.which_model import is_by_composer
from boya.composing.works.bands import read_band
from boya.composing.works.engine import CANDIDATES, MOST_CANDIDATES, Watch, fill_in
from boya.composing.works.given_score import heard, is_wished
from boya.composing.works.habits import heard_as
from boya.composing.works.saying import said_of
from boya.composing.works.sheets import sheet_of, tracks_of
from boya.errors import RequestError
from boya.score import Score, Track
from boya.theory.instruments import instrument

__all__ = ["accompany", "arrange"]

OCTAVE = 12


def arrange(
    score: Score,
    band: Any = (),
    *,
    style: str | None = None,
    seed: int = 0,
    scale: str | None = None,
    chord_tones: str | None = None,
    controls: Any = (),
    limits: Any = (),
    candidates: int = CANDIDATES,
    listen: Callable[[int, int], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> Piece:
    """Arrange a lead sheet for a band.

    The melody stays note for note, in another octave where its new instrument needs that; its chords stay, or are heard in it;
    the other tracks of the score are left out.

    Parameters
    ----------
    band
        as in `Request`; what is not said is drawn from the habits of the style
    style
        as in `Request`; drawn if left out
    scale, chord_tones, controls, limits, candidates, listen, is_cancelled
        as in `add`

    Raises
    ------
    RequestError
        if there is no melody, nobody in the band plays it, or wishes cannot be met together.
    CancelledError
        if `is_cancelled` says so.
    """
    wishes = {"scale": scale, "chord_tones": chord_tones, "controls": controls, "limits": limits}
    piece = _with_band(score, band, style, seed, wishes, candidates, Watch(listen, is_cancelled), is_own=False)
    said = said_of("arrange", {"band": band, "style": style, "seed": seed, **wishes, "candidates": candidates})
    return replace(piece, request=said)


def accompany(
    score: Score,
    *,
    seed: int = 0,
    style: str | None = None,
    candidates: int = CANDIDATES,
    model: str | None = None,
    band: Any = (),
    scale: str | None = None,
    chord_tones: str | None = None,
    controls: Any = (),
    limits: Any = (),
    listen: Callable[[int, int], None] | None = None,
    is_cancelled: Callable[[], bool] | None = None,
) -> Piece:
    """Write a band around the melody of a score; the melody stays as it is, on its own instrument.

    Parameters
    ----------
    model
        "gan" or "composer"; the composer if left out
    band, scale, chord_tones, controls, limits, listen, is_cancelled
        as in `arrange`, for the composer

    Raises
    ------
    RequestError
        if there is no melody, the style is unknown, the melody is longer than 512 bars, or wishes cannot be met together.
    ScoreError
        if no part of the score is in 4/4, 2/2 or 2/4 (GAN).
    CancelledError
        if `is_cancelled` says so.
    """
    wishes = {"scale": scale, "chord_tones": chord_tones, "controls": controls, "limits": limits}
    wished = [name for name, value in {"band": band, **wishes}.items() if is_wished(value)]
    if not is_by_composer(model, "gan"):
        if wished:
            raise contradiction(wished[0], "model", f"only the composer takes {wished[0]}; ask for model composer")
        return rework.accompany(score, seed=seed, style=style, candidates=candidates)
    piece = _with_band(score, band, style, seed, wishes, candidates, Watch(listen, is_cancelled), is_own=True)
    call = {"seed": seed, "style": style, "model": "composer", "band": band}
    return replace(piece, request=said_of("accompany", {**call, **wishes, "candidates": candidates}))


def _with_band(
    score: Score,
    band: Any,
    style: str | None,
    seed: int,
    wishes: dict[str, Any],
    candidates: int,
    watch: Watch,
    *,
    is_own: bool,
) -> Piece:
    """The melody of a score with a band; `is_own` where it keeps its instrument."""
    check_whole("candidates", candidates, 1, MOST_CANDIDATES)
    rng, known = rng_of(seed), heard(score)
    melody = next((track for track in known.tracks if track.role == "melody" and track.n_notes), None)
    if melody is None:
        raise RequestError("the score must have a melody: a track of single notes; give one, or name a track 'Melody'")
    plan = _plan(known, _accompanying(band) if is_own else band, style, seed)
    lead, said = (melody, []) if is_own else _played_by(melody, plan)
    others = list(plan.players)[0 if is_own else 1 :]
    tracks = (lead, *tracks_of(others))
    sheet = sheet_of(replace(known, tracks=tracks), known.n_bars, heard_as(plan.style, plan.substyle), **wishes, is_led=True)
    if not others:
        return Piece(replace(known, tracks=tracks), report={"said": [*said, "the band is the melody alone"]}, given=(score,))
    selection = sheet.blank_selection()
    selection[1:] = True
    filled = fill_in(sheet, selection, rng, candidates=candidates, watch=watch)
    written = replace(filled.scores[0], title=score.title or f"{plan.substyle or plan.style} arrangement")
    return Piece(written, report={"said": [*said, *filled.report]}, plan="", given=(score,))


def _accompanying(band: Any) -> list[tuple[str, Any]]:
    """A band without a melody of its own."""
    pairs = [(role, wish) for role, wish in read_band(band or (), has_melody=True) if role != "melody" or wish is not None]
    if any(role == "melody" for role, _ in pairs):
        raise contradiction(
            "band", "the melody of the score", "it keeps its own instrument; leave melody out, or arrange the score"
        )
    return [("melody", None), *pairs]


def _plan(known: Score, band: Any, style: str | None, seed: int) -> Plan:
    """A plan for its band and style, in the metre of the score."""
    metre = known.timeline.metres[0]
    request = Request(style=style, band=band, seed=seed, metre=f"{metre.numerator}/{metre.denominator}", model="composer")
    return plan_of(request)


def _played_by(melody: Track, plan: Plan) -> tuple[Track, list[str]]:
    """The melody on the instrument that the band has for it, in an octave that it reaches; and what is to be said of that."""
    program = plan.program("melody")
    if program is None:
        raise contradiction("band", "the melody of the score", "nobody plays it")
    player, name = instrument(program), tracks_of([("melody", program)])[0].name
    notes, pitches = melody.notes.copy(), melody.notes["pitch"].astype(int)
    low, high = player.range

    def outside(moved: int) -> tuple[int, int]:
        return int(((pitches + moved < low) | (pitches + moved > high)).sum()), abs(moved)

    moved = min((octaves * OCTAVE for octaves in range(-5, 6)), key=outside)
    if (pitches + moved).min() < 0 or (pitches + moved).max() > 127:
        moved = 0
    notes["pitch"] = np.clip(pitches + moved, 0, 127)
    way = "higher" if moved > 0 else "lower"
    said = [f"{player.name} plays the melody {abs(moved) // OCTAVE} octave(s) {way}"] if moved else []
    if outside(moved)[0]:
        said.append(f"{outside(moved)[0]} notes of the melody lie outside the range of {player.name}, {low}-{high}")
    return Track(notes, program, name=name, role="melody"), said
