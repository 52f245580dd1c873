"""`boya chorale`: a melody or chords for four voices."""

from pathlib import Path
from typing import Annotated

import typer

from boya.cli.options import Json, Key, Out


def command(
    score_file: Annotated[Path | None, typer.Argument(help="A file with the melody; or give --chords.")] = None,
    *,
    chords: Annotated[str | None, typer.Option("--chords", help='Chords to set, such as "I ii6/5 V7 I".')] = None,
    key: Key = None,
    melody: Annotated[str | None, typer.Option("--melody", help="The track: number from 1, role or name.")] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Set a melody or chords for soprano, alto, tenor and bass.

    An exact search over all legal voicings: no hard rule of voice leading is broken. The `.json` beside it says why each chord is
    there.
    """
    from boya.cli.saving import about_piece, check_outs, deliver
    from boya.cli.talk import say
    from boya.composing import chorale
    from boya.files import read

    stem = score_file.stem if score_file else "chords"
    paths = check_outs(out, [f"{stem}-chorale.mid", f"{stem}-chorale.json"])
    piece = chorale(read(score_file) if score_file else None, chords=chords, key=key, melody=melody)
    say("{}: {}".format(piece.report["key"], " ".join(piece.report["numerals"])))
    deliver([(piece, paths)], about_piece(piece, None), json)
