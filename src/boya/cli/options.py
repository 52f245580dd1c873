"""Options that several commands share, spelled once."""

from pathlib import Path
from typing import Annotated, Any

import typer

__all__ = [
    "Band",
    "Bars",
    "Candidates",
    "ChordTones",
    "Controls",
    "Json",
    "Key",
    "Limits",
    "Locked",
    "Model",
    "Out",
    "Qpm",
    "Scale",
    "ScoreFile",
    "Seed",
    "Style",
    "Tracks",
    "asked",
]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
Seed = Annotated[int | None, typer.Option("--seed", min=0, help="Same seed, same music. Drawn and told when not given.")]
Out = Annotated[
    list[Path] | None,
    typer.Option("--out", "-o", help="File to write; give it several times. .mid .wav .svg .musicxml .json tell the format."),
]
ScoreFile = Annotated[Path, typer.Argument(metavar="SCORE", help="A score: .mid, .musicxml, .mxl, .abc or Boya's .json.")]
Style = Annotated[str | None, typer.Option("--style", help='Such as "bossa nova", swing, rock, waltz, "string quartet".')]
Key = Annotated[str | None, typer.Option("--key", help='Such as "A minor", Bb, "F# dorian".')]
Bars = Annotated[int | None, typer.Option("--bars", min=1, help="Length in bars.")]
Qpm = Annotated[float | None, typer.Option("--qpm", help="Tempo in quarters per minute.")]
Model = Annotated[str | None, typer.Option("--model", help="Which model writes: gan, seq2seq, hybrid (both) or composer.")]
Candidates = Annotated[int | None, typer.Option("--candidates", min=1, help="How many to write; the critic keeps the best.")]
Band = Annotated[
    str | None, typer.Option("--band", help='Who plays: "melody=flute, drums=none" or "flute, strings, piano, bass, drums".')
]
Scale = Annotated[str | None, typer.Option("--scale", help="Notes to draw from, such as blues; those of chords come with them.")]
ChordTones = Annotated[
    str | None, typer.Option("--chord-tones", help="Where notes must be of the chord: all, strong (beats) or off. Composer.")
]
Controls = Annotated[
    list[str] | None,
    typer.Option("--control", help='How a section is: "B: density=high melody.register=low"; no label means all. Composer.'),
]
Limits = Annotated[
    list[str] | None, typer.Option("--limit", help='What must hold: "melody: range=C4-G5 voices=1 leap=7". Composer.')
]
Tracks = Annotated[
    str | None, typer.Option("--tracks", help="By number from 1, role, name or instrument: melody,2. All if not given.")
]
Locked = Annotated[str | None, typer.Option("--locked", help="Tracks that stay as they are.")]


def asked(**wishes: Any) -> dict[str, Any]:
    """Return the wishes that a person has.

    >>> asked(style="rock", key=None, control=[])
    {'style': 'rock'}
    """
    return {name: wish for name, wish in wishes.items() if wish is not None and wish != []}
