"""`boya check`: voice-leading and counterpoint faults, and their smallest repair."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from boya.cli.options import Json, Key, ScoreFile

if TYPE_CHECKING:
    from boya.score import Score
    from boya.theory.voices import Fault, Repair

MOST_REPAIRS, FEW = 20, 5


def command(
    score_file: ScoreFile,
    *,
    rules: Annotated[
        str,
        typer.Option(
            "--rules", help='usual, hard, soft, all, "species 1" to "species 5", or names: "parallel-fifths, crossing".'
        ),
    ] = "usual",
    key: Key = None,
    cantus: Annotated[
        str | None, typer.Option("--cantus", help="Which voice has the cantus firmus: upper or lower. The one with fewer notes.")
    ] = None,
    fix: Annotated[Path | None, typer.Option("--fix", help="Write the repaired piece here; bars without faults stay.")] = None,
    language: Annotated[str, typer.Option("--language", help="en or zh.")] = "en",
    json: Json = False,
) -> None:
    """Find faults of voice leading, and their repairs.

    For music in 2 to 8 voices, a track each or staves of several voices. Ends with 1 when faults are left.
    """
    from boya.cli.saving import check_outs, save_score
    from boya.cli.talk import emit, wrote
    from boya.errors import InputError
    from boya.files import read

    if language not in ("en", "zh"):
        raise InputError(f"--language must be en or zh; got {language!r}")
    paths = check_outs([fix], []) if fix is not None else []
    score = read(score_file)
    wishes: dict[str, Any] = {"rules": rules, "key": key, "cantus": _cantus(cantus)}
    mended, told = _repaired(score, wishes) if paths else (score, _looked_up(score, wishes))
    lines = [_line(score, fault, found, language) for fault, found in told]
    left = sum(found is None for _, found in told) if paths else len(told)
    for path in paths:
        save_score(mended, path)
    about = {"file": str(score_file), "rules": rules, "faults": [_plain(fault, found) for fault, found in told], "left": left}
    text = "\n".join([*(lines or [_nothing(language)]), *([wrote(paths)] if paths else [])])
    emit({**about, "files": [str(path) for path in paths]}, text, json)
    if left:
        raise typer.Exit(1)


def _cantus(word: str | None) -> int | None:
    """The number of the voice with the cantus firmus."""
    from boya.errors import InputError

    if word not in (None, "upper", "lower"):
        raise InputError(f"--cantus must be upper or lower; got {word!r}")
    return None if word is None else int(word == "lower")


def _repaired(score: "Score", wishes: dict[str, Any]) -> tuple["Score", "tuple[tuple[Fault, Repair | None], ...]"]:
    """Repair what can be repaired, one fault after another."""
    from boya.cli.talk import Progress
    from boya.theory.voices import repair_all

    with Progress("faults") as show:
        return repair_all(score, **wishes, listen=lambda done, total: show(done, total) if total > FEW else None)


def _looked_up(score: "Score", wishes: dict[str, Any]) -> "tuple[tuple[Fault, Repair | None], ...]":
    """Each fault with the smallest repair of it alone; of many faults only the first have theirs looked for."""
    from boya.cli.talk import Progress
    from boya.theory.voices import faults, find_repair

    found = faults(score, **wishes)
    told: list[tuple[Fault, Repair | None]] = []
    with Progress("repairs looked for") as show:
        for number, fault in enumerate(found):
            told.append((fault, find_repair(score, fault, **wishes) if number < MOST_REPAIRS else None))
            if len(found) > FEW and number < MOST_REPAIRS:
                show(number + 1, min(len(found), MOST_REPAIRS))
    return tuple(told)


def _line(score: "Score", fault: "Fault", found: "Repair | None", language: str) -> str:
    """Return a fault and its repair as a person reads them."""
    from boya.theory.voices import pitch_name

    key = score.timeline.keys[0]
    moves = [] if found is None else found.moves
    pairs = [(_voice(score, note), *(pitch_name(pitch, key.tonic, key.mode) for pitch in (was, now))) for note, was, now in moves]
    named = [f"{voice} {was} -> {now}" for voice, was, now in pairs]
    mend = f" [{', '.join(named)}]" if named else ""
    return f"{fault.severity} {fault.rule}: {fault.text(language)}{mend}"


def _voice(score: "Score", note: tuple[int, int]) -> str:
    """Name the track of a note."""
    return score.tracks[note[0]].name or f"track {note[0] + 1}"


def _plain(fault: "Fault", found: "Repair | None") -> dict[str, Any]:
    """Return a fault and its repair as plain values; bars, tracks and notes are counted from 1."""
    moves = [] if found is None else found.moves
    return {
        "rule": fault.rule,
        "severity": fault.severity,
        "bar": fault.bar + 1,
        "beat": fault.beat,
        "tick": fault.tick,
        "voices": list(fault.voices),
        "explanation": fault.explanation,
        "explanation_zh": fault.explanation_zh,
        "repair": [{"track": note[0] + 1, "note": note[1] + 1, "pitch": was, "to": now} for note, was, now in moves],
    }


def _nothing(language: str) -> str:
    """Say that all is well."""
    return "没有发现错误" if language == "zh" else "no faults found"
