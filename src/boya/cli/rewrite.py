"""`boya rewrite`: some bars of some tracks again."""

from typing import Annotated

import typer

from boya.cli.options import (
    Candidates,
    ChordTones,
    Controls,
    Json,
    Limits,
    Locked,
    Out,
    Scale,
    ScoreFile,
    Seed,
    Style,
    Tracks,
    asked,
)


def command(
    score_file: ScoreFile,
    *,
    bars: Annotated[str | None, typer.Option("--bars", help="Such as 5-8 or 1-2,7, from 1. All if not given.")] = None,
    tracks: Tracks = None,
    locked: Locked = None,
    alternatives: Annotated[int, typer.Option("--alternatives", min=1, max=16, help="How many versions, best first.")] = 1,
    style: Style = None,
    scale: Scale = None,
    control: Controls = None,
    limit: Limits = None,
    chord_tones: ChordTones = None,
    candidates: Candidates = None,
    seed: Seed = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Write bars of tracks again, in one or more ways.

    Everything else stays, note for note; the composer hears both sides. Several versions are numbered: song-rewritten-1.mid.
    """
    from boya.cli.saving import about_piece, check_outs, deliver, numbered, tell_limits
    from boya.cli.talk import Progress, choose_seed
    from boya.composing import rewrite
    from boya.files import read

    seed = choose_seed(seed)
    paths = check_outs(out, [f"{score_file.stem}-rewritten.mid"])
    wishes = asked(
        locked=locked, style=style, scale=scale, controls=control, limits=limit, chord_tones=chord_tones, candidates=candidates
    )
    with Progress("bars") as progress:
        pieces = rewrite(read(score_file), bars, tracks, alternatives=alternatives, seed=seed, listen=progress, **wishes)
    tell_limits(pieces[0])
    about = {"seed": seed, "alternatives": [about_piece(piece, None) for piece in pieces]}
    files = numbered(paths, alternatives)
    deliver(list(zip(pieces, files, strict=False)), about, json)
