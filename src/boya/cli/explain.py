"""`boya explain`: what a score is, and how a piece of ours came about, in words."""

from typing import Annotated

import typer

from boya.cli.options import Json, ScoreFile


def command(
    score_file: ScoreFile,
    *,
    bar: Annotated[int | None, typer.Option("--bar", min=1, help="Only this bar, from 1.")] = None,
    language: Annotated[str, typer.Option("--language", help="en or zh.")] = "en",
    json: Json = False,
) -> None:
    """Say in words what happens in a score, and how it came about.

    Of a piece that Boya composed and saved as .json (or beside whose music such a .json lies) it also says what led to each
    decision: your wish, a table with its weights and source, or a rule.
    """
    from boya.cli.talk import emit
    from boya.files import read
    from boya.teaching import explain
    from boya.teaching.origins import read_origin

    score = read(score_file)
    told = explain(score, None if bar is None else bar - 1, language, origin=read_origin(score_file, score))
    emit(told.as_json(), str(told), json)
