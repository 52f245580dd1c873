"""`boya exercises`: sheets for learners, and their marking."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from boya.cli.options import Json, Seed

if TYPE_CHECKING:
    from boya.teaching.exercises import Sheet

_MARK, _LIST = "mark", "list"


def command(
    what: Annotated[str, typer.Argument(metavar="KIND", help="Such as intervals, four-part, counterpoint; or: list, mark.")],
    answers: Annotated[list[Path] | None, typer.Argument(help="For mark: a filled-in score, JSON of texts, or both.")] = None,
    *,
    level: Annotated[int, typer.Option("--level", min=1, max=5, help="1 for beginners to 5; of counterpoint the species.")] = 1,
    count: Annotated[int, typer.Option("--count", min=1, max=64, help="How many questions.")] = 8,
    key: Annotated[Path | None, typer.Option("--key", help="For mark: the key of the sheet, sheet.key.json.")] = None,
    language: Annotated[str, typer.Option("--language", help="en or zh.")] = "en",
    seed: Seed = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The sheet: .musicxml, .mxl, .mid, .abc or .json.")] = None,
    json: Json = False,
) -> None:
    """Draw a sheet of exercises, or mark the answers to one.

    Beside sheet.musicxml stand sheet.md (the questions), sheet.key.json and sheet.key.md (the answers), and sheet.wav where
    something is to be heard. To mark: boya exercises mark answers.json sheet.musicxml --key sheet.key.json. Notes are written
    into the sheet; texts are JSON such as {"answers": {"1": "P5", "2": "m3"}}.
    """
    from boya.errors import InputError
    from boya.teaching.wording import check_language

    check_language(language)
    if what == _LIST:
        _list(language, json)
    elif what == _MARK:
        if key is None or not answers:
            raise InputError("marking needs answers and the key: boya exercises mark answers.json --key sheet.key.json")
        _mark(answers, key, language, json)
    elif answers or key is not None:
        raise InputError(f"answers and a key are for marking, as in boya exercises mark ANSWERS --key KEY; got {what!r:.40}")
    else:
        _make(what, level, seed, count, out, language, json)


def _make(kind: str, level: int, seed: int | None, count: int, out: Path | None, language: str, json: bool) -> None:
    """Draw a sheet and write it."""
    from boya.cli.talk import choose_seed, emit, wrote
    from boya.teaching.exercises import exercise_sheet
    from boya.teaching.exercises.saving import save_sheet

    seed = choose_seed(seed)
    sheet = exercise_sheet(kind, level=level, seed=seed, count=count)
    paths = save_sheet(sheet, _checked(out, sheet), language)
    about = {"kind": sheet.kind, "level": level, "seed": seed, "difficulty": round(sheet.difficulty, 3)}
    questions = [item.question.of(language) for item in sheet.items]
    emit({**about, "questions": questions, "files": [str(path) for path in paths]}, wrote(paths), json)


def _checked(out: Path | None, sheet: "Sheet") -> Path:
    """Where the sheet goes."""
    from boya.cli.saving import check_outs

    return check_outs([out] if out else None, [f"{sheet.kind}-{sheet.level}-{sheet.seed}.musicxml"])[0]


def _mark(answers: Sequence[Path], key: Path, language: str, json: bool) -> None:
    """Mark answers by a key."""
    from boya.cli.talk import emit
    from boya.teaching.exercises import mark, read_answers, read_key

    marking = mark(read_answers(answers), read_key(key))
    remarks = [
        {"item": remark.item, "bar": remark.bar + 1, "what": remark.what, "text": remark.words.of(language)}
        for remark in marking.remarks
    ]
    about = {"points": sum(marking.points), "of": len(marking.points), "share": marking.share}
    emit({**about, "items": list(marking.points), "remarks": remarks}, marking.text(language), json)


def _list(language: str, json: bool) -> None:
    """Tell the kinds of exercises."""
    from boya.cli.talk import emit, table
    from boya.teaching.exercises import KINDS
    from boya.teaching.wording import say

    rows = [(kind, say("exercises", f"{module}.title").of(language)) for kind, module in KINDS.items()]
    emit({"kinds": dict(rows)}, table(rows), json)
