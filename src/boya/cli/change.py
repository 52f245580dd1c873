"""`boya change`: the same melody with more of something, or less."""

from typing import Annotated

import typer

from boya.cli.options import Json, Out, ScoreFile, Seed


def command(
    score_file: ScoreFile,
    *,
    attribute: Annotated[str, typer.Option("--attribute", help="What to change: density, register or syncopation.")],
    by: Annotated[float, typer.Option("--by", min=-4, max=4, help="How much more; less when negative.")] = 1.0,
    seed: Seed = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Make a melody denser, higher, more syncopated, or less so."""
    from boya.cli.saving import about_piece, check_outs, deliver
    from boya.cli.talk import choose_seed, say
    from boya.composing import change
    from boya.files import read

    seed = choose_seed(seed)
    paths = check_outs(out, [f"{score_file.stem}-changed.mid"])
    piece = change(read(score_file), attribute, by, seed=seed)
    deliver([(piece, paths)], about_piece(piece, seed), json)
    say("{attribute}: {before:g} -> {after:g} {unit}".format(**piece.report))
