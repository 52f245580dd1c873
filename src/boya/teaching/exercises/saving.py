"""Write a sheet: the music, its questions and answers as text, its key, and for dictation its sound."""

from pathlib import Path

from boya.errors import InputError
from boya.files import FORMATS, write, write_atomic
from boya.teaching.exercises.hearing import heard_score
from boya.teaching.exercises.item import Sheet
from boya.teaching.exercises.keys import answer_key, key_text
from boya.teaching.exercises.sheet_text import as_markdown
from boya.teaching.wording import check_language

__all__ = ["save_sheet"]


def save_sheet(sheet: Sheet, path: str | Path, language: str = "en") -> list[Path]:
    """Write a sheet and all that goes with it.

    Parameters
    ----------
    path
        of the music: `sheet.musicxml`; beside it stand `sheet.md`, `sheet.key.json`, `sheet.key.md`, and `sheet.wav` where
        something is to be heard

    Returns
    -------
    list of Path
        what was written, the sheet first

    Raises
    ------
    InputError
        if the ending is that of no score.
    FileError
        if a file cannot be written.
    """
    path, language = Path(path), check_language(language)
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"a sheet must end in one of {' '.join(FORMATS)}; got {path.name!r}")
    sound = path.with_suffix(".wav")
    heard = sound.name if sheet.is_heard else ""
    texts = {
        ".md": as_markdown(sheet, language, heard=heard),
        ".key.json": key_text(answer_key(sheet, language)),
        ".key.md": as_markdown(sheet, language, has_answers=True, heard=heard),
    }
    paths = [write(sheet.score(language), path)]
    paths += [write_atomic(path.with_suffix(ending), text.encode()) for ending, text in texts.items()]
    if sheet.is_heard:
        from boya.sound import render, write_wav  # noqa: PLC0415  (the renderer waits until it is needed)

        write_wav(render(heard_score(sheet)), sound)
        paths.append(sound)
    return paths
