"""`boya harmonise`: chords for a melody."""

from typing import Annotated

import typer

from boya.cli.options import Json, Key, Out, ScoreFile, Seed, Style, asked


def command(
    score_file: ScoreFile,
    *,
    style: Style = None,
    key: Key = None,
    melody: Annotated[str | None, typer.Option("--melody", help="The track: number from 1, role or name.")] = None,
    track: Annotated[str | None, typer.Option("--track", help="An instrument that plays the chords, such as piano.")] = None,
    surprise: Annotated[float | None, typer.Option("--surprise", min=0, max=1, help="0 likely chords, 1 bold ones.")] = None,
    seed: Seed = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Find chords for a melody, by theory.

    They are written as chord symbols (markers in a MIDI file), and played by an instrument if you name one.
    """
    from boya.cli.saving import about_piece, check_outs, deliver, tell_limits
    from boya.cli.talk import choose_seed, say
    from boya.composing import harmonise
    from boya.files import read

    seed = choose_seed(seed) if surprise else seed or 0
    paths = check_outs(out, [f"{score_file.stem}-harmonised.mid"])
    wishes = asked(style=style, key=key, melody=melody, track=track, surprise=surprise)
    piece = harmonise(read(score_file), seed=seed, **wishes)
    tell_limits(piece)
    say("{}: {}".format(piece.report["key"], " ".join(piece.report["chords"])))
    deliver([(piece, paths)], about_piece(piece, seed), json)
