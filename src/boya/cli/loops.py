"""`boya loops`: short phrases to build with."""

from pathlib import Path
from typing import Annotated, Any

import typer

from boya.cli.options import Json, Key, Model, Qpm, Seed, Style


def command(
    *,
    count: Annotated[int, typer.Option("--count", "-n", min=1, max=1000, help="How many.")] = 4,
    style: Style = None,
    key: Key = None,
    qpm: Qpm = None,
    model: Model = None,
    seed: Seed = None,
    folder: Annotated[Path, typer.Option("--folder", help="Where the loops go; made when missing.")] = Path("loops"),
    suffix: Annotated[list[str] | None, typer.Option("--suffix", help="Files of each loop, such as .mid or .wav.")] = None,
    json: Json = False,
) -> None:
    """Write a folder of four-bar loops that fit together.

    They share style, key and tempo."""
    from boya.cli.saving import check_outs, deliver
    from boya.cli.talk import choose_seed
    from boya.composing import loops

    seed = choose_seed(seed)
    folder.mkdir(parents=True, exist_ok=True)
    names = [[folder / f"loop-{number + 1:03}{ending}" for ending in suffix or [".mid"]] for number in range(count)]
    check_outs([path for paths in names for path in paths], [])
    wishes: dict[str, Any] = {"style": style, "key": key, "qpm": qpm, "model": model}
    pieces = loops(count, seed=seed, **{name: wish for name, wish in wishes.items() if wish is not None})
    deliver(list(zip(pieces, names, strict=True)), {"seed": seed}, json)
