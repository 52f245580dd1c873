"""`boya vary`: the same phrase, a little or very different."""

from typing import Annotated

import typer

from boya.cli.options import Candidates, Json, Locked, Model, Out, ScoreFile, Seed, Style, Tracks, asked


def command(
    score_file: ScoreFile,
    *,
    amount: Annotated[float, typer.Option("--amount", min=0, max=1, help="0 keeps the music, 1 writes it anew.")] = 0.3,
    tracks: Tracks = None,
    locked: Locked = None,
    style: Style = None,
    model: Model = None,
    candidates: Candidates = None,
    seed: Seed = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Write a variation of a score.

    The seq2seq varies a melody in 4/4; --model composer writes that share of the bars of any score again.
    """
    from boya.cli.saving import about_piece, check_outs, deliver, tell_limits
    from boya.cli.talk import Progress, choose_seed
    from boya.composing import vary
    from boya.files import read

    seed = choose_seed(seed)
    paths = check_outs(out, [f"{score_file.stem}-varied.mid"])
    wishes = asked(tracks=tracks, locked=locked, style=style, model=model, candidates=candidates)
    with Progress("bars") as progress:
        piece = vary(read(score_file), amount, seed=seed, listen=progress, **wishes)
    tell_limits(piece)
    deliver([(piece, paths)], about_piece(piece, seed), json)
