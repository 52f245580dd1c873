"""`boya plan`: what is understood of a request in words, and the plan that follows."""

from pathlib import Path
from typing import Annotated

import typer

from boya.cli.options import Json, Seed


def command(
    words: Annotated[str, typer.Argument(metavar="WORDS", help='In plain English or Chinese: "a sad waltz for flute, 16 bars".')],
    *,
    language: Annotated[
        str | None, typer.Option("--language", help="Of the summary: en or zh; that of the words if not given.")
    ] = None,
    seed: Seed = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="File for the plan: .toml.")] = None,
    json: Json = False,
) -> None:
    """Understand a request in words, and plan it without composing.

    The plan is printed as TOML, and what was understood beside it; edit it and compose from it: boya compose --plan FILE.
    """
    from boya.cli.saving import check_outs
    from boya.cli.talk import choose_seed, emit, say, wrote
    from boya.composing import plan_of
    from boya.composing.plan_text import write_plan
    from boya.composing.words import LANGUAGES, fill, read_words
    from boya.errors import InputError

    if language not in (None, *LANGUAGES):
        raise InputError(f"language must be {' or '.join(LANGUAGES)}; got {language!r:.20}")
    paths = check_outs([out], [], [".toml"]) if out is not None else []
    seed = choose_seed(seed)
    filled = fill(read_words(words), seed=seed)
    plan = write_plan(plan_of(filled.request))
    say(filled.summary(language))
    for path in paths:
        path.write_text(plan, encoding="utf-8")
    told = filled.told
    about = {
        "seed": seed,
        "understood": [{"wish": one.wish, "words": one.words, "start": one.start, "end": one.end} for one in told.heard],
        "filled": [{"field": name, "value": value, "because": why} for name, value, why in filled.filled],
        "unmet": [span.words for span in told.unmet],
        "unknown": [span.words for span in told.unknown],
        "plan": plan,
    }
    emit(about, wrote(paths) if paths else plan.rstrip("\n"), json)
