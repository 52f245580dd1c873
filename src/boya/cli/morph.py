"""`boya morph`: from one piece to another in steps."""

from pathlib import Path
from typing import Annotated

import typer

from boya.cli.options import Json, Out, ScoreFile, Seed


def command(
    score_file: ScoreFile,
    other_file: Annotated[Path, typer.Argument(metavar="OTHER", help="The score to arrive at.")],
    *,
    steps: Annotated[int, typer.Option("--steps", min=2, help="How many phrases, both ends counted.")] = 5,
    seed: Seed = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Walk from one score to another in steps."""
    from boya.cli.saving import about_piece, check_outs, deliver
    from boya.cli.talk import choose_seed
    from boya.composing import morph
    from boya.files import read

    seed = choose_seed(seed)
    paths = check_outs(out, [f"{score_file.stem}-to-{other_file.stem}.mid"])
    piece = morph(read(score_file), read(other_file), steps, seed=seed)
    deliver([(piece, paths)], about_piece(piece, seed), json)
