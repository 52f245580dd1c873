"""`boya originality`: what a score shares with the music that the shipped weights were trained on."""

from pathlib import Path
from typing import Annotated

import typer

from boya.cli.options import Json, ScoreFile


def command(
    score_file: ScoreFile,
    *,
    against: Annotated[
        Path | None, typer.Option("--against", help="A file of fingerprints in place of the shipped weights' training music.")
    ] = None,
    language: Annotated[str, typer.Option("--language", help="en or zh.")] = "en",
    json: Json = False,
) -> None:
    """Tell what a score shares with what Boya learnt from.

    Runs of notes are found in any key and tempo. Beside each figure stands what real music that was held out shares.
    """
    from boya.cli.talk import emit
    from boya.evaluation.fingerprints import open_fingerprints
    from boya.files import read
    from boya.listening.originality import report

    found = report(read(score_file), None if against is None else open_fingerprints(against))
    emit({"file": str(score_file), **found.as_json()}, found.in_words(language), json)
