"""`boya evaluate`: every figure again, beside the published ones."""

from pathlib import Path
from typing import Annotated

import typer

from boya.cli.options import Json, Seed


def command(
    *,
    area: Annotated[
        list[str] | None,
        typer.Option(
            "--area",
            help="corpus, files, gan, seq2seq, composer, theory, listening, sound or speed; several times; all when left out.",
        ),
    ] = None,
    packed: Annotated[Path | None, typer.Option("--packed", help="A packed corpus to measure against.")] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for scoreboard.md and scoreboard.json; docs, or none with --quick.")
    ] = None,
    models: Annotated[Path, typer.Option("--models", help="Exported models that do not ship, to compare.")] = Path("runs/models"),
    data: Annotated[Path | None, typer.Option("--data", help="The folder with catalog.csv, for --slow.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Small numbers: shows that all runs, figures are noisy.")] = False,
    slow: Annotated[bool, typer.Option("--slow", help="Also build the corpus again, and fuzz the files for long.")] = False,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Measure the models and write the scoreboard.

    Each row holds a figure, the bar it should reach, and the command that repeats it. Rows not measured now stay as they are.
    In a copy of the repository, without --out and --quick, the cards of the models are given their figures too.
    """
    from dataclasses import asdict

    from boya.cli.talk import emit, say, table
    from boya.proof import evaluate
    from boya.proof.cards import CARDS

    cards = CARDS if out is None and not quick else None
    out = out or (None if quick else Path("docs"))
    rows = evaluate(area, packed, out, seed or 0, quick, models=models, data=data, slow=slow, cards=cards, note=say)
    shown = {None: "", True: "holds", False: "FAILS"}
    lines = [
        (
            row.area,
            row.metric,
            row.model,
            f"{row.value:.4g} {row.unit}",
            "" if row.bar is None else f"{row.bar:g}",
            shown[row.holds],
        )
        for row in rows
    ]
    emit({"rows": [asdict(row) for row in rows]}, table(lines) if lines else "nothing was measured", json)
