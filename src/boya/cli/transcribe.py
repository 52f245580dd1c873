"""`boya transcribe`: a recording to notes."""

from pathlib import Path
from typing import Annotated

import typer

from boya.cli.options import Json


def command(
    recording: Annotated[Path, typer.Argument(metavar="AUDIO", help="A recording: .wav, .flac, .ogg or .mp3; up to five hours.")],
    *,
    out: Annotated[
        list[Path] | None,
        typer.Option("--out", "-o", help="File to write; several times. .mid .musicxml .json .svg tell the format."),
    ] = None,
    how: Annotated[str, typer.Option("--how", help="one voice, many at once (needs basic-pitch), or auto to find out.")] = "auto",
    json: Json = False,
) -> None:
    """Write down the notes of a recording.

    Without --out, hummed.wav gives hummed.mid in the folder where you are. A recording has no bars: 120 quarters a minute are
    assumed.
    """
    from boya.cli.saving import check_outs, save_score
    from boya.cli.talk import emit, wrote
    from boya.listening.audio import transcribe

    paths = check_outs(out, [f"{recording.stem}.mid"])
    score = transcribe(recording, how=how)
    for path in paths:
        save_score(score, path)
    about = {"file": str(recording), "n_notes": score.n_notes, "length_second": round(score.length_second, 3)}
    emit({**about, "files": [str(path) for path in paths]}, f"{score.n_notes} notes heard\n{wrote(paths)}", json)
