"""`boya train`: a recipe and a packed corpus to weights."""

from pathlib import Path
from typing import Annotated

import typer

from boya.cli.options import Json, Seed


def command(
    recipe: Annotated[str, typer.Argument(help="The name of a shipped recipe, such as gan, or a .toml file.")],
    packed: Annotated[Path, typer.Argument(help="A packed folder; see boya corpus build.")],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for checkpoints, logs and weights.")] = Path("runs"),
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the last checkpoint in --out.")] = False,
    seed: Seed = None,
    json: Json = False,
) -> None:
    """Train a model on a packed corpus.

    Needs the extra: pip install 'boya[train]'."""
    from importlib.util import find_spec

    from boya.cli.talk import emit
    from boya.errors import MissingExtraError

    if find_spec("torch") is None:
        raise MissingExtraError("training", "train")
    from boya.training import train

    result = train(recipe, packed, out, resume=resume, seed=seed)
    emit({"recipe": recipe, "folder": str(out), "result": result}, f"trained {recipe}; weights and logs are in {out}", json)
