"""`boya render`: a score to sound, picture or another notation."""

from pathlib import Path
from typing import Annotated

import typer

from boya.cli.options import Json, Out, ScoreFile


def command(
    score_file: ScoreFile,
    *,
    out: Out = None,
    sample_rate: Annotated[int, typer.Option("--sample-rate", help="Frames per second of the sound.")] = 44100,
    soundfont: Annotated[Path | None, typer.Option("--soundfont", help="A .sf2 or .sf3 file to play with.")] = None,
    json: Json = False,
) -> None:
    """Turn a score into sound, picture or notation.

    The ending of --out says which: .wav is sound, .svg a piano roll, .musicxml, .mid and .json are notes. Without --out, song.mid
    gives song.wav in the folder where you are.
    """
    from boya.cli.saving import check_outs, save_score
    from boya.cli.talk import emit, wrote
    from boya.files import read

    paths = check_outs(out, [f"{score_file.stem}.wav"])
    score = read(score_file)
    for path in paths:
        save_score(score, path, sample_rate=sample_rate, soundfont=soundfont)
    emit({"files": [str(path) for path in paths]}, wrote(paths), json)
