"""`boya ask`: questions to the knowledge graph, in plain words or SPARQL."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boya.cli.options import Json

if TYPE_CHECKING:
    from boya.theory.graph import Graph
    from boya.theory.graph.questions import Reply

MOST_PIECES = 20
_SPARQL = re.compile(r"\s*(?:PREFIX|BASE|SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)


def command(
    question: Annotated[str, typer.Argument(help='Such as "instruments for jazz", "什么是古琴", or SPARQL.')],
    *,
    packed: Annotated[
        Path | None, typer.Option("--packed", help="Also the pieces of this packed corpus whose chords have the progressions.")
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="How many answers to show.")] = 30,
    json: Json = False,
) -> None:
    """Ask the knowledge graph, in English, Chinese or SPARQL.

    In English, Chinese or SPARQL 1.1, with sources.
    """
    from boya.cli.talk import emit
    from boya.theory.graph import graph

    if _SPARQL.match(question):
        rows = graph().query(question)
        emit({"answers": rows}, _rows(rows), json)
        return
    from boya.theory.graph.questions import answer_question

    reply = answer_question(graph(), question)
    about = describe(reply, most, {} if packed is None else pieces(graph(), reply, packed, most))
    emit(about, as_text(about), json)


def describe(reply: "Reply", most: int, found: dict[str, list[str]]) -> dict[str, Any]:
    """Return a reply as plain values, with the pieces found for each progression."""
    from dataclasses import asdict

    term = reply.about
    return {
        "question": reply.question,
        "about": {"id": term.id, "kind": term.kind, "label": term.label(reply.language), "names": list(term.names)},
        "n_answers": len(reply.answers),
        "answers": [asdict(answer) for answer in reply.answers[:most]],
        "sources": list(reply.sources),
        "pieces": found,
    }


def pieces(graph: "Graph", reply: "Reply", packed: Path, most: int) -> dict[str, list[str]]:
    """Return the pieces of a corpus for each progression that is asked about or answered."""
    from boya.corpus.graph_statistics import pieces_with
    from boya.corpus.packed import open_packed
    from boya.errors import InputError

    wanted = [reply.about.id, *(answer.id for answer in reply.answers[:most])]
    progressions = [identity for identity in wanted if identity.startswith("progression:")]
    if not progressions:
        raise InputError(f"--packed looks for progressions; the answer to this question has none ({reply.question})")
    opened = open_packed(packed)
    found = pieces_with(opened, progressions)
    return {graph.label(identity, reply.language): [opened.pieces[i]["id"] for i in found[identity]] for identity in progressions}


def as_text(about: dict[str, Any]) -> str:
    """Return a reply as a person reads it."""
    from boya.cli.talk import table

    thing = about["about"]
    lines = [f"{about['question']}: {thing['label']} ({thing['id']})"]
    rows = [_columns(answer) for answer in about["answers"]]
    lines += [table(rows)] if rows else ["nothing in the graph"]
    if about["n_answers"] > len(rows):
        lines.append(f"... {about['n_answers']} in all; --most N shows more")
    for progression, found in about["pieces"].items():
        shown = ", ".join(found[:MOST_PIECES]) + (", ..." if len(found) > MOST_PIECES else "")
        lines.append(f"{len(found)} pieces have {progression}" + (f": {shown}" if found else ""))
    lines += [f"source: {source}" for source in about["sources"]]
    return "\n".join(lines)


def _columns(answer: dict[str, Any]) -> tuple[str, str, str]:
    """One line of a table: what, detail, how often and by which broader thing."""
    often = f"{answer['count']} of {answer['total']} pieces" if answer["total"] else ""
    return answer["label"], answer["detail"], ", ".join(filter(None, (often, answer["of"])))


def _rows(rows: list[dict[str, Any]]) -> str:
    """Return the answers of a query as a table."""
    from boya.cli.talk import table

    if not rows:
        return "no answer"
    return table([tuple(rows[0]), *(tuple("" if value is None else value for value in row.values()) for row in rows)])
