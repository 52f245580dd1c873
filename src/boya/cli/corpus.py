"""`boya corpus`: folders of music to a clean, packed corpus, and what is in one."""

from pathlib import Path
from typing import Annotated, Any

import typer

from boya.cli.options import Json

command = typer.Typer(
    rich_markup_mode=None, add_completion=False, no_args_is_help=True, help="Build a packed corpus, or tell what is in one."
)


@command.command()
def build(
    sources: Annotated[
        list[str],
        typer.Argument(help="A folder or archive of music; NAME=PLACE for a source Boya knows; or music21."),
    ],
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The packed folder to write.")] = Path("packed"),
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes on this computer.")] = 2,
    cluster: Annotated[str | None, typer.Option("--cluster", help="A Dask scheduler, such as tcp://host:8786.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Do not go on with a build that was stopped.")] = False,
    drop_duplicates: Annotated[bool, typer.Option("--drop-duplicates", help="Keep one piece of each tune.")] = False,
    json: Json = False,
) -> None:
    """Read, clean, split and pack music.

    Writes the arrays and the manifest, and prints its summary.
    """
    from boya.cli.talk import Meter, emit
    from boya.corpus.build import build as build_corpus
    from boya.corpus.manifest import summary as count

    opened = [_open(word) for word in sources]
    with Meter("pieces") as meter:
        manifest = build_corpus(
            opened, out, workers=workers, cluster=cluster, resume=not fresh, keep_duplicates=not drop_duplicates,
            progress=lambda p: meter.show(p.done, p.total, p.eta_second),
        )  # fmt: skip
    counts = {"folder": str(out), **count(manifest)}
    emit(counts, as_text(counts), json)


@command.command()
def summary(
    packed: Annotated[Path, typer.Argument(help="A packed folder.")],
    json: Json = False,
) -> None:
    """Tell what a packed corpus holds.

    Pieces by source, split and licence, and why others were rejected.
    """
    from boya.cli.talk import emit
    from boya.corpus.manifest import summary as count
    from boya.corpus.packed import open_packed

    counts = count(open_packed(packed).manifest)
    emit(counts, as_text(counts), json)


def _open(word: str) -> Any:
    """Open the source that a word of the command line names."""
    from boya.corpus.sources import SOURCES, open_source

    name, equals, place = word.partition("=")
    if equals and name in SOURCES:
        return open_source(name, place)
    if word in SOURCES and not Path(word).exists():
        return open_source(word)
    return open_source("folder", word)


def as_text(counts: dict[str, Any]) -> str:
    """Return nested counts as lines."""
    lines = []
    for name, value in counts.items():
        if not isinstance(value, dict):
            lines.append(f"{name}: {value}")
            continue
        lines.append(f"{name}:")
        for inner, count in value.items():
            shown = ", ".join(f"{key} {number}" for key, number in count.items()) if isinstance(count, dict) else count
            lines.append(f"  {inner}: {shown}")
    return "\n".join(lines)
