"""`boya replay`: a piece again, from what its file remembers."""

from pathlib import Path
from typing import Annotated

import typer

from boya.cli.options import Json, Out


def command(
    piece_file: Annotated[Path, typer.Argument(help="The .json of a piece that Boya composed.")],
    *,
    out: Out = None,
    json: Json = False,
) -> None:
    """Compose a piece again from its .json file.

    Same request, same seed, same bytes."""
    from boya.cli.saving import about_piece, check_outs, deliver
    from boya.composing import replay

    paths = check_outs(out, [f"{piece_file.stem}-again.mid"])
    piece = replay(piece_file)
    deliver([(piece, paths)], about_piece(piece, None), json)
