"""`boya info`: what a score file holds."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from boya.cli.options import Json, ScoreFile

if TYPE_CHECKING:
    from boya.score import Score


def command(score_file: ScoreFile, *, json: Json = False) -> None:
    """Tell what a score holds: key, chords, tracks."""
    from boya.cli.talk import emit
    from boya.files import read

    about = describe(read(score_file), score_file)
    emit(about, as_text(about), json)


def describe(score: "Score", path: Path) -> dict[str, Any]:
    """Return the facts about a score as plain values."""
    from boya.theory.chords import chord_name
    from boya.theory.keys import find_key, key_name

    timeline = score.timeline
    heard = find_key(score) if score.n_notes else None
    return {
        "file": str(path),
        "title": score.title,
        "composer": score.composer,
        "licence": score.licence,
        "length_bar": score.n_bars,
        "length_second": round(score.length_second, 3),
        "n_notes": score.n_notes,
        "tempo_qpm": [round(tempo.qpm, 3) for tempo in timeline.tempos],
        "metre": [f"{metre.numerator}/{metre.denominator}" for metre in timeline.metres],
        "key": [key_name(key.tonic, key.mode) for key in timeline.keys],
        "key_heard": key_name(heard.tonic, heard.mode) if heard else None,
        "assumed": sorted(timeline.assumed),
        "chords": [chord_name(chord.root, chord.quality, chord.bass) for chord in score.chords],
        "sections": [section.label for section in score.sections],
        "tracks": [
            {"name": t.name, "role": t.role, "program": t.program, "is_drum": t.is_drum, "n_notes": t.n_notes, **_range(t.notes)}
            for t in score.tracks
        ],
    }


def as_text(about: dict[str, Any]) -> str:
    """Return the facts as a person reads them."""
    from boya.cli.talk import table

    def change(name: str, values: list[Any]) -> str:
        shown = ", ".join(map(str, values[:8])) + (f" ... ({len(values)} in all)" if len(values) > 8 else "")
        return shown + (" (assumed: the file is silent)" if name in about["assumed"] else "")

    lines = [about["file"]]
    lines += [f"{name}: {about[name]}" for name in ("title", "composer", "licence") if about[name]]
    lines.append(f"length: {about['length_bar']} bars, {about['length_second']:.1f} s, {about['n_notes']} notes")
    lines.append(f"tempo: {change('tempo', about['tempo_qpm'])} qpm")
    lines.append(f"metre: {change('metre', about['metre'])}")
    lines.append(f"key: {change('key', about['key'])}" + (f"; sounds like {about['key_heard']}" if about["key_heard"] else ""))
    for name in ("chords", "sections"):
        if about[name]:
            lines.append(f"{name}: {change(name, about[name])}")
    rows: list[tuple[object, ...]] = [("no.", "track", "role", "program", "notes", "pitches")]
    for number, track in enumerate(about["tracks"], 1):
        program = "drums" if track["is_drum"] else track["program"]
        pitches = f"{track['lowest']}-{track['highest']}" if track["n_notes"] else "-"
        rows.append((number, track["name"] or "-", track["role"] or "-", program, track["n_notes"], pitches))
    return "\n".join([*lines, table(rows)])


def _range(notes: Any) -> dict[str, int | None]:
    """Return the lowest and highest pitch."""
    if not len(notes):
        return {"lowest": None, "highest": None}
    return {"lowest": int(notes["pitch"].min()), "highest": int(notes["pitch"].max())}
