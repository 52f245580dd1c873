"""`boya vary`: the same phrase, a little or very different."""

from typing import Annotated

import typer

from boya.cli.options import Json, Out, ScoreFile, Seed


def command(
    score_file: ScoreFile,
    *,
    amount: Annotated[float, typer.Option("--amount", min=0, max=1, help="0 keeps the music, 1 writes it anew.")] = 0.3,
    seed: Seed = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Write a variation of a score."""
    from boya.cli.saving import about_piece, check_outs, deliver
    from boya.cli.talk import choose_seed
    from boya.composing import vary
    from boya.files import read

    seed = choose_seed(seed)
    paths = check_outs(out, [f"{score_file.stem}-varied.mid"])
    piece = vary(read(score_file), amount, seed=seed)
    deliver([(piece, paths)], about_piece(piece, seed), json)
