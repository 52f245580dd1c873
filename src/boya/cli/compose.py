"""`boya compose`: a wish to a piece."""

from typing import Annotated, Any

import typer

from boya.cli.options import Bars, Candidates, Json, Key, Model, Out, Qpm, Seed, Style


def command(
    *,
    style: Style = None,
    key: Key = None,
    bars: Bars = None,
    qpm: Qpm = None,
    chords: Annotated[str | None, typer.Option("--chords", help='A progression to follow, such as "Am7 D7 Gmaj7".')] = None,
    form: Annotated[str | None, typer.Option("--form", help='Such as AABA, "intro A A B A outro", "A:8 B:8".')] = None,
    scale: Annotated[str | None, typer.Option("--scale", help="Notes to draw from, such as blues.")] = None,
    band: Annotated[str | None, typer.Option("--band", help='Such as "melody=flute, drums=none".')] = None,
    model: Model = None,
    candidates: Candidates = None,
    seed: Seed = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """Compose a new piece: style, key, length as you wish.

    What you do not ask for is drawn. Without --out, boya-SEED.mid and boya-SEED.wav are written.
    """
    from boya.cli.saving import about_piece, check_outs, deliver
    from boya.cli.talk import choose_seed
    from boya.composing import compose

    seed = choose_seed(seed)
    paths = check_outs(out, [f"boya-{seed}.mid", f"boya-{seed}.wav"])
    wishes: dict[str, Any] = {
        "style": style, "key": key, "bars": bars, "qpm": qpm, "chords": chords, "form": form, "scale": scale, "band": band,
        "model": model, "candidates": candidates,
    }  # fmt: skip
    piece = compose(seed=seed, **{name: wish for name, wish in wishes.items() if wish is not None})
    deliver([(piece, paths)], about_piece(piece, seed), json)
