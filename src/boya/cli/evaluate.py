"""`boya evaluate`: every figure again, beside the published ones."""

from pathlib import Path
from typing import Annotated

import typer

from boya.cli.options import Json, Seed


def command(
    area: Annotated[list[str] | None, typer.Argument(help="Such as gan, seq2seq, speed; all when left out.")] = None,
    *,
    packed: Annotated[Path | None, typer.Option("--packed", help="A packed corpus to measure against.")] = None,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for scoreboard.md and scoreboard.json.")] = Path("docs"),
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Measure the models and write the scoreboard.

    Each row holds a figure, the bar it should reach, and the command that repeats it."""
    from boya.cli.talk import emit
    from boya.evaluation import evaluate

    rows = evaluate(area or [], packed=packed, out=out, seed=seed)
    text = "\n".join(f"{row['area']}  {row['metric']}  {row['model']}  {row['value']} {row['unit']}" for row in rows)
    emit({"rows": rows}, text, json)
