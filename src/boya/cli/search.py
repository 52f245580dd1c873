"""`boya search`: find a tune by its notes, a score, a recording, or words."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boya.cli.options import Json

if TYPE_CHECKING:
    from boya.listening.search import Entry, Match, Query


def command(
    query: Annotated[
        str | None,
        typer.Argument(help='Notes, such as "C4 D4 E4 G4" or "C4:1 D4:0.5 E4:0.5 G4:2"; or a .mid, .musicxml, .abc, .wav file.'),
    ] = None,
    *,
    text: Annotated[str, typer.Option("--text", help="Words of the title, composer or name; alone, or beside notes.")] = "",
    recording: Annotated[
        bool, typer.Option("--recording", help="Not the tune, but which recording of the index a sound file is a part of.")
    ] = False,
    index: Annotated[Path, typer.Option("--index", "-i", help="An index, made by boya index.")] = Path("index"),
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many pieces to show.")] = 10,
    json: Json = False,
) -> None:
    """Find a tune: in any key and tempo, with wrong notes.

    Says which piece, which voice, which bar (counted from 1), and why. With --recording, clip.wav is looked for among the
    recordings of the index: says which one it is a part of, from which minute and second, and how sure that is.
    """
    from boya.cli.recordings import identify, same_in_words
    from boya.cli.talk import emit
    from boya.errors import InputError
    from boya.listening.search import open_index

    if recording:
        if query is None or text:
            raise InputError("--recording needs a sound file, and no --text; such as: boya search clip.wav --recording")
        same = identify(index, query, limit)
        emit(same, same_in_words(same), json)
        return
    if query is None and not text.strip():
        raise InputError('a search needs notes, a file or --text; such as: boya search "C4 D4 E4 G4"')
    with open_index(index) as opened:
        if query is None:
            about: dict[str, Any] = {"text": text, "pieces": [describe_piece(e) for e in opened.find_text(text, limit=limit)]}
        else:
            matches = opened.search(_queries(query), limit=limit, text=text)
            about = {"query": query, "text": text, "matches": [describe(match) for match in matches]}
        about["n_searched"] = len(opened)
    emit(about, as_text(about), json)


def describe(match: "Match") -> dict[str, Any]:
    """Return a match as plain values; bars and notes are counted from 1."""
    return {
        "piece": match.piece,
        "title": match.title,
        "composer": match.composer,
        "voice": match.voice,
        "bar": match.bar + 1,
        "score": match.score,
        "distance": match.distance,
        "n_right": match.n_right,
        "n_notes": match.n_notes,
        "transposition": match.transposition,
        "tempo_ratio": match.tempo_ratio,
        "edits": [{"kind": edit.kind, "note": edit.note + 1} for edit in match.edits],
        "query": match.query,
        "why": match.why(),
    }


def describe_piece(entry: "Entry") -> dict[str, Any]:
    """Return a piece found by words as plain values."""
    return {"piece": entry.id, "title": entry.title, "composer": entry.composer}


def as_text(about: dict[str, Any]) -> str:
    """Return what was found as a person reads it."""
    from boya.cli.talk import table

    if "pieces" in about:
        rows: list[tuple[object, ...]] = [(one["piece"], one["title"] or "-", one["composer"] or "-") for one in about["pieces"]]
        head: tuple[object, ...] = ("piece", "title", "composer")
    else:
        head = ("score", "piece", "title", "bar", "voice", "why")
        rows = [
            (f"{m['score']:.2f}", m["piece"], m["title"] or "-", m["bar"], m["voice"] or "-", m["why"]) for m in about["matches"]
        ]
    return table([head, *rows]) if rows else f"nothing found in {about['n_searched']} pieces"


def _queries(query: str) -> "Query | list[Query]":
    """The notes of a text, or of a file of notes or sound."""
    from boya.files import FORMATS, read
    from boya.listening.audio import HEARD_SUFFIXES, audio_queries
    from boya.listening.search import parse_query, queries_of

    if Path(query).suffix.lower() in FORMATS:
        return queries_of(read(query))
    if Path(query).suffix.lower() in HEARD_SUFFIXES:
        return audio_queries(query)
    return parse_query(query)
