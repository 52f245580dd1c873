"""`boya compose`: a wish to a piece."""

from pathlib import Path
from typing import Annotated

import typer

from boya.cli.options import (
    Band,
    Bars,
    Candidates,
    ChordTones,
    Controls,
    Json,
    Key,
    Limits,
    Model,
    Out,
    Qpm,
    Scale,
    Seed,
    Style,
    asked,
)


def command(
    words: Annotated[
        str | None, typer.Argument(metavar="WORDS", help='What you want, in plain English or Chinese: "a sad waltz, 16 bars".')
    ] = None,
    *,
    style: Style = None,
    key: Key = None,
    metre: Annotated[str | None, typer.Option("--metre", help="Such as 3/4, 6/8, 7/8. Others than 4/4: composer.")] = None,
    bars: Bars = None,
    seconds: Annotated[float | None, typer.Option("--seconds", help="Exact length in seconds; bars and tempo follow.")] = None,
    qpm: Qpm = None,
    chords: Annotated[str | None, typer.Option("--chords", help='A progression, as "Am7 D7 Gmaj7" or "ii7 V7 | I".')] = None,
    form: Annotated[str | None, typer.Option("--form", help='Such as AABA, "intro A A B A outro", "A:8 B:8".')] = None,
    scale: Scale = None,
    band: Band = None,
    control: Controls = None,
    limit: Limits = None,
    chord_tones: ChordTones = None,
    vary_repeats: Annotated[
        float | None, typer.Option("--vary-repeats", help="Share of what comes back that is written again, 0-1. Composer.")
    ] = None,
    plan: Annotated[
        Path | None, typer.Option("--plan", help="A plan to follow: a .toml that --out wrote, edited or not.")
    ] = None,
    model: Model = None,
    candidates: Candidates = None,
    seed: Seed = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Compose a new piece: style, key, length as you wish.

    Wishes are options, plain words, or both. What you do not ask for is drawn. Without --out, boya-SEED.mid and boya-SEED.wav are
    written.
    """
    from boya.cli.saving import about_piece, check_outs, deliver, read_text
    from boya.cli.talk import Progress, choose_seed, say
    from boya.composing import compose

    seed = choose_seed(seed)
    paths = check_outs(out, [f"boya-{seed}.mid", f"boya-{seed}.wav"], [".toml"])
    wishes = asked(
        style=style, key=key, metre=metre, bars=bars, seconds=seconds, qpm=qpm, chords=chords, form=form, scale=scale, band=band,
        controls=control, limits=limit, chord_tones=chord_tones, vary_repeats=vary_repeats,
        plan=None if plan is None else read_text(plan), model=model, seed=seed,
    )  # fmt: skip
    chosen = asked(candidates=candidates)
    if words is not None:
        from boya.composing.words import fill, read_words

        say(fill(read_words(words), **wishes).summary())
        chosen["request"] = words
    with Progress("bars") as progress:
        piece = compose(listen=progress, **chosen, **wishes)
    deliver([(piece, paths)], about_piece(piece, seed), json)
