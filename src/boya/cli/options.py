"""Options that several commands share, spelled once."""

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["Bars", "Candidates", "Json", "Key", "Model", "Out", "Qpm", "ScoreFile", "Seed", "Style"]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Same seed, same music. Drawn and told when not given.")]
Out = Annotated[
    list[Path] | None,
    typer.Option("--out", "-o", help="File to write; give it several times. .mid .wav .svg .musicxml .json tell the format."),
]
ScoreFile = Annotated[Path, typer.Argument(metavar="SCORE", help="A score: .mid, .musicxml, .mxl, .abc or Boya's .json.")]
Style = Annotated[str | None, typer.Option("--style", help='Such as "bossa nova", swing, rock, waltz.')]
Key = Annotated[str | None, typer.Option("--key", help='Such as "A minor", Bb, "F# dorian".')]
Bars = Annotated[int | None, typer.Option("--bars", min=1, help="Length in bars.")]
Qpm = Annotated[float | None, typer.Option("--qpm", help="Tempo in quarters per minute.")]
Model = Annotated[str | None, typer.Option("--model", help="Which model writes the notes: gan or seq2seq.")]
Candidates = Annotated[int | None, typer.Option("--candidates", min=1, help="How many to write; the critic keeps the best.")]
