"""`boya add`: one track more."""

from typing import Annotated

import typer

from boya.cli.options import Candidates, ChordTones, Controls, Json, Limits, Out, Scale, ScoreFile, Seed, Style, asked


def command(
    score_file: ScoreFile,
    *,
    track: Annotated[list[str], typer.Option("--track", help='Such as "bass=electric bass", drums, flute; again for more.')],
    bars: Annotated[str | None, typer.Option("--bars", help="Where it plays, such as 9-16. Everywhere if not given.")] = None,
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
    """Write new tracks beside those of a score."""
    from boya.cli.saving import about_piece, check_outs, deliver, tell_limits
    from boya.cli.talk import Progress, choose_seed
    from boya.composing import add
    from boya.files import read

    seed = choose_seed(seed)
    paths = check_outs(out, [f"{score_file.stem}-added.mid"])
    wishes = asked(
        bars=bars, style=style, scale=scale, controls=control, limits=limit, chord_tones=chord_tones, candidates=candidates
    )
    with Progress("bars") as progress:
        piece = add(read(score_file), ", ".join(track), seed=seed, listen=progress, **wishes)
    tell_limits(piece)
    deliver([(piece, paths)], about_piece(piece, seed), json)
