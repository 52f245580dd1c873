"""`boya similar`: more like a piece."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boya.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from boya.listening.content import Content
    from boya.listening.recommendation import Library, Suggestion


def command(
    piece: Annotated[str, typer.Argument(help="A score file, or the id of a piece of the index.")],
    *,
    index: Annotated[Path, typer.Option("--index", "-i", help="An index, made by boya index.")] = Path("index"),
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many pieces to show.")] = 10,
    diversity: Annotated[float, typer.Option("--diversity", min=0, max=1, help="Towards 1: less alike each other.")] = 0.0,
    json: Json = False,
) -> None:
    """Find more like a piece, and say what they have in common."""
    from boya.cli.talk import emit
    from boya.listening.recommendation import similar

    library = open_library(index)
    _, content = read_piece(library, piece)
    found = similar(library, content, limit=limit, diversity=diversity, without=(piece,))
    emit({"piece": piece, "suggestions": [one.as_json() for one in found]}, as_text(found), json)


def open_library(index: Path) -> "Library":
    """Return the pieces of an index; those that nobody asked about yet are described now."""
    from boya.cli.talk import Progress
    from boya.errors import CorpusError
    from boya.listening.recommendation import Library, describer
    from boya.listening.search import open_index

    with open_index(index) as opened, Progress("pieces described") as progress:
        library = Library.of(opened.contents(describer(), progress))
    if not len(library):
        raise CorpusError(f"{index} must hold pieces with notes; it has none, or is of an older Boya. Index into a new folder")
    return library


def read_piece(library: "Library", piece: str) -> "tuple[str, Content]":
    """Return title and content of a piece of the index, or of a score file."""
    from boya.files import FORMATS, read
    from boya.listening.recommendation import content_of

    if piece not in library.numbers and Path(piece).suffix.lower() in FORMATS:
        score = read(piece)
        return score.title or Path(piece).stem, content_of(score)
    content = library.content(piece)
    return library.titles[library.numbers[piece]], content


def as_text(found: "Sequence[Suggestion]") -> str:
    """Return suggestions as a person reads them."""
    from boya.cli.talk import table

    rows: list[tuple[object, ...]] = [(f"{one.score:.2f}", one.piece, one.title or "-", one.why()) for one in found]
    return table([("score", "piece", "title", "why"), *rows]) if rows else "nothing to suggest: every piece was heard"
