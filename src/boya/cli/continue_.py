"""`boya continue`: what comes next."""

from typing import Annotated

import typer

from boya.cli.options import (
    Bars,
    Candidates,
    ChordTones,
    Controls,
    Json,
    Limits,
    Model,
    Out,
    Scale,
    ScoreFile,
    Seed,
    Style,
    asked,
)


def command(
    score_file: ScoreFile,
    *,
    bars: Bars = None,
    style: Style = None,
    chords: Annotated[str | None, typer.Option("--chords", help='Chords of the new bars, as "ii7 V7 | I". Composer.')] = None,
    scale: Scale = None,
    control: Controls = None,
    limit: Limits = None,
    chord_tones: ChordTones = None,
    model: Model = None,
    candidates: Candidates = None,
    seed: Seed = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Continue a score with new bars."""
    from boya.cli.saving import about_piece, check_outs, deliver, tell_limits
    from boya.cli.talk import Progress, choose_seed
    from boya.composing import continue_
    from boya.files import read

    seed = choose_seed(seed)
    paths = check_outs(out, [f"{score_file.stem}-continued.mid"])
    wishes = asked(
        bars=bars, style=style, chords=chords, scale=scale, controls=control, limits=limit, chord_tones=chord_tones, model=model,
        candidates=candidates,
    )  # fmt: skip
    with Progress("bars") as progress:
        piece = continue_(read(score_file), seed=seed, listen=progress, **wishes)
    tell_limits(piece)
    deliver([(piece, paths)], about_piece(piece, seed), json)
