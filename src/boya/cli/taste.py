"""`boya taste`: learn what a listener likes, recommend, and forget."""

from pathlib import Path
from typing import Annotated

import typer

from boya.cli.options import Json, Seed

command = typer.Typer(
    rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Learn what a listener likes, recommend, and forget."
)

Listener = Annotated[Path, typer.Option("--listener", "-l", help="The listener's file; made where there is none.")]
IndexFolder = Annotated[Path, typer.Option("--index", "-i", help="An index, made by boya index.")]
Pieces = Annotated[list[str], typer.Argument(help="Ids of pieces of the index, or score files.")]
LISTENER, INDEX = Path("listener.sqlite"), Path("index")


@command.command("like")
def like(pieces: Pieces, *, listener: Listener = LISTENER, index: IndexFolder = INDEX, json: Json = False) -> None:
    """Remember that pieces were liked."""
    _remember("like", pieces, listener, index, json)


@command.command("skip")
def skip(pieces: Pieces, *, listener: Listener = LISTENER, index: IndexFolder = INDEX, json: Json = False) -> None:
    """Remember that pieces were skipped."""
    _remember("skip", pieces, listener, index, json)


@command.command("edit")
def edit(pieces: Pieces, *, listener: Listener = LISTENER, index: IndexFolder = INDEX, json: Json = False) -> None:
    """Remember that pieces were worked on: half a like."""
    _remember("edit", pieces, listener, index, json)


@command.command("recommend")
def recommend(
    *,
    listener: Listener = LISTENER,
    index: IndexFolder = INDEX,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many pieces to show.")] = 10,
    diversity: Annotated[float, typer.Option("--diversity", min=0, max=1, help="Towards 1: less alike each other.")] = 0.2,
    half_life: Annotated[float | None, typer.Option("--half-life", help="Days after which something counts half.")] = None,
    seed: Seed = None,
    json: Json = False,
) -> None:
    """Recommend pieces that nothing was done with yet, and say why."""
    import numpy as np

    from boya.cli.similar import as_text, open_library
    from boya.cli.talk import choose_seed, emit
    from boya.listening.recommendation import Memory
    from boya.listening.recommendation import recommend as recommended

    with Memory(listener) as memory:
        events = memory.events()
    seed = choose_seed(seed)
    rng = np.random.default_rng(seed)
    found = recommended(open_library(index), events, rng, limit=limit, diversity=diversity, half_life_day=half_life)
    emit({"seed": seed, "suggestions": [one.as_json() for one in found]}, as_text(found), json)


@command.command("forget")
def forget(
    pieces: Annotated[list[str] | None, typer.Argument(help="Ids or files as they were told.")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Forget everything.")] = False,
    listener: Listener = LISTENER,
    json: Json = False,
) -> None:
    """Forget pieces, or everything, without a trace."""
    from boya.cli.talk import emit
    from boya.errors import InputError
    from boya.listening.recommendation import Memory

    if everything == bool(pieces):
        raise InputError("forget needs pieces or --all, one of the two")
    with Memory(listener) as memory:
        count = memory.forget(None if everything else pieces)
    emit({"listener": str(listener), "n_forgotten": count}, f"{listener}: {count} forgotten", json)


def _remember(done: str, pieces: list[str], listener: Path, index: Path, json: bool) -> None:
    """Remember the same of several pieces."""
    import time

    from boya.cli.similar import open_library, read_piece
    from boya.cli.talk import emit
    from boya.listening.recommendation import Event, Memory

    library = open_library(index)
    known = [(piece, *read_piece(library, piece)) for piece in pieces]
    with Memory(listener) as memory:
        for piece, title, content in known:
            memory.add(Event(piece, title, done, time.time(), content))
        count = len(memory.events())
    emit({"listener": str(listener), done: pieces, "n_events": count}, f"{listener}: {count} remembered", json)
