"""`boya index`: a folder of music becomes an index to search in."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boya.cli.options import Json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from boya.corpus.piece import Piece
    from boya.listening.content import Sketch
    from boya.listening.search import Entry, Index
    from boya.score import Score


def command(
    folder: Annotated[
        Path | None, typer.Argument(help="A folder of scores and recordings, an archive of scores, or a packed corpus.")
    ] = None,
    *,
    out: Annotated[Path, typer.Option("--out", "-o", help="The index to write, or to add to.")] = Path("index"),
    name: Annotated[str, typer.Option("--name", help="What ids begin with; the folder's name by default.")] = "",
    forget: Annotated[
        list[str] | None, typer.Option("--forget", help="Id of a piece or recording to remove; give it several times.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Compare the whole index with its checksums.")] = False,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes that read files.")] = 1,
    cluster: Annotated[str | None, typer.Option("--cluster", help="A Dask scheduler, such as tcp://host:8786.")] = None,
    json: Json = False,
) -> None:
    """Make pieces findable by their notes and names.

    Scores are .mid, .musicxml, .mxl and .abc; recordings, .wav, .flac, .ogg and .mp3, are known again by a few seconds of them
    (boya search --recording). Files that have not changed are not read again. A kill leaves the old index or the new one.
    """
    from boya.cli.recordings import tend
    from boya.cli.talk import emit
    from boya.errors import InputError
    from boya.listening.search import Index

    if folder is None and not forget and not check:
        raise InputError("an index needs a folder or archive of music, --forget ID or --check; got none of them")
    with Index(out, create=folder is not None) as index:
        counts: dict[str, Any] = {"index": str(out)}
        if folder is not None:
            counts |= _add(index, folder, name, workers, cluster)
        if forget:
            counts["n_forgotten"] = index.remove(forget)
        if check:
            index.verify()
            counts["is_whole"] = True
        counts["n_pieces"] = len(index)
        tend(counts, folder, name, forget or [], check, workers)
    emit(counts, as_text(counts), json)


def as_text(counts: dict[str, Any]) -> str:
    """Return what was done as a person reads it."""
    from boya.cli.recordings import in_words

    words = {"n_added": "added", "n_unchanged": "unchanged", "n_forgotten": "removed"}
    done = [f"{counts[name]} {word}" for name, word in words.items() if name in counts]
    lines = [f"{counts['index']}: {counts['n_pieces']} pieces" + (f" ({', '.join(done)})" if done else ""), *in_words(counts)]
    lines += ["whole: everything is as it was written"] if counts.get("is_whole") else []
    rejected = counts.get("rejected", {})
    lines += [f"left out: {len(rejected)}"] if rejected else []
    lines += [f"  {path}: {why}" for path, why in list(rejected.items())[:10]]
    return "\n".join(lines)


def _add(index: "Index", folder: Path, name: str, workers: int, cluster: str | None) -> dict[str, Any]:
    """Add what is new or changed in a folder."""
    known = index.checksums()
    counts: dict[str, Any] = {"n_added": 0, "n_unchanged": 0, "rejected": {}}
    is_packed = (folder / "manifest.json").is_file() and (folder / "notes.npy").is_file()
    found = _packed_entries(folder, known, counts) if is_packed else _entries(folder, name, known, counts, workers, cluster)
    counts["n_added"] = index.add(found)
    return counts


def _entries(
    folder: Path, name: str, known: dict[str, str], counts: dict[str, Any], workers: int, cluster: str | None
) -> "Iterator[Entry]":
    """The pieces of a folder that are not known yet."""
    from boya.cli.talk import Meter
    from boya.corpus.mapping import map_items
    from boya.corpus.piece import Rejection
    from boya.corpus.sources.folder import open_folder

    source = open_folder(folder, name=name)
    total = len(source.sizes())

    def fresh() -> "Iterator[Piece]":
        for piece in source.pieces():
            if isinstance(piece, Rejection):
                counts["rejected"][piece.path] = piece.reason
            elif known.get(piece.id) == piece.checksum:
                counts["n_unchanged"] += 1
            else:
                yield piece

    with Meter("files") as meter:
        for number, (id, entry, why) in map_items(read, fresh(), workers=workers, cluster=cluster):
            if entry is None:
                counts["rejected"][id] = why
            else:
                yield entry
            meter.show(min(number + 1, total), total, None)


def read(piece: "Piece") -> "tuple[str, Entry | None, str]":
    """Read one piece; its id, the entry, and why there is none."""
    from boya.errors import BoyaError
    from boya.listening.search import entry_of

    try:
        score = piece.read()
    except BoyaError as error:
        return piece.id, None, str(error)
    about = {"style": piece.style, "substyle": piece.substyle, "source": piece.origin.source, "licence": piece.licence}
    text, sketch = _known(score, about)
    names = {"title": piece.title, "composer": piece.composer, "checksum": piece.checksum}
    return piece.id, entry_of(score, piece.id, text=text, sketch=sketch, **names), ""


def _packed_entries(folder: Path, known: dict[str, str], counts: dict[str, Any]) -> "Iterator[Entry]":
    """The pieces of a packed corpus that are not known yet."""
    from boya.corpus.packed import open_packed
    from boya.listening.search import entry_of

    packed = open_packed(folder)
    for number, about in enumerate(packed.pieces):
        checksum = str(about.get("checksum", ""))
        if checksum and known.get(about["id"]) == checksum:
            counts["n_unchanged"] += 1
            continue
        score = packed.score(number)
        names = {"title": str(about.get("title") or ""), "composer": str(about.get("composer") or "")}
        text, sketch = _known(score, about)
        yield entry_of(score, about["id"], text=text, sketch=sketch, checksum=checksum, **names)


def _known(score: "Score", about: "Mapping[str, Any]") -> "tuple[str, Sketch | None]":
    """What else a piece is found by: its words, and of what it is described later, if it has notes."""
    from boya.listening.facets import facet_words, facets_of
    from boya.listening.recommendation import sketch_of

    style, substyle, source, licence = (str(about.get(name) or "") for name in ("style", "substyle", "source", "licence"))
    sketch = sketch_of(score, style, substyle) if score.n_notes else None
    named = facet_words(sketch.facets if sketch else facets_of(score, style, substyle), score)
    words = (style, substyle, *(track.name for track in score.tracks), named, source, licence)
    return " ".join(dict.fromkeys(word for word in words if word)), sketch
