"""What commands that make music share: check the wanted files first, write them last, and tell."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boya.cli.talk import emit, say, wrote
from boya.errors import FileError, InputError

if TYPE_CHECKING:
    from boya.score import Score

__all__ = [
    "SUFFIXES",
    "about_piece",
    "check_folder",
    "check_outs",
    "deliver",
    "numbered",
    "read_text",
    "save_score",
    "tell_limits",
]

SUFFIXES = (".mid", ".midi", ".wav", ".flac", ".ogg", ".svg", ".musicxml", ".xml", ".mxl", ".abc", ".json")
COMPRESSED = (".flac", ".ogg")
MOST_BYTES = 4_000_000


def check_outs(outs: Sequence[Path] | None, default: Sequence[str], also: Sequence[str] = ()) -> list[Path]:
    """Return the files to write; complain about a wrong ending or a missing folder before any work is done.

    `also` are endings beside those of SUFFIXES.

    >>> [path.name for path in check_outs(None, ["a.mid", "a.wav"])]
    ['a.mid', 'a.wav']
    """
    paths = list(outs or map(Path, default))
    for path in paths:
        if path.suffix.lower() not in (*SUFFIXES, *also):
            raise InputError(f"a file to write must end in one of {' '.join((*SUFFIXES, *also))}; got {path.name!r}")
        check_folder(path)
        if path.suffix.lower() in COMPRESSED:
            from boya.sound import check_audio_path

            check_audio_path(path)
    return paths


def check_folder(path: Path) -> None:
    """Complain if the folder of a file to write is missing.

    Raises
    ------
    FileError
        if it is.
    """
    if not path.parent.is_dir():
        raise FileError(f"the folder of {path} must exist; make it with: mkdir -p {path.parent}")


def read_text(path: Path) -> str:
    """Return the text of a small file.

    Raises
    ------
    FileError
        if it cannot be read, is too large, or is no text.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise FileError(f"{path} must have at most {MOST_BYTES} bytes; it has {path.stat().st_size}")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}; check the name") from error
    except UnicodeDecodeError as error:
        raise FileError(f"{path} must be text in UTF-8; it is not") from error


def numbered(paths: Sequence[Path], count: int) -> list[list[Path]]:
    """Return the files of each of several pieces: of more than one, each has its number.

    >>> [[path.name for path in paths] for paths in numbered([Path("a.mid")], 2)]
    [['a-1.mid'], ['a-2.mid']]
    """
    if count == 1:
        return [list(paths)]
    return [[path.with_name(f"{path.stem}-{number + 1}{path.suffix}") for path in paths] for number in range(count)]


def save_score(score: "Score", path: Path) -> None:
    """Write a score as sound, picture or notes, as the ending of `path` says."""
    suffix = path.suffix.lower()
    if suffix in (".wav", *COMPRESSED):
        from boya.sound import render, save_audio

        save_audio(render(score), path)
    elif suffix == ".svg":
        from boya.engraving import piano_roll_svg

        path.write_text(piano_roll_svg(score), encoding="utf-8")
    else:
        from boya.files import write

        write(score, path)


def about_piece(piece: Any, seed: int | None) -> dict[str, Any]:
    """Return what `--json` tells about a piece: how to repeat it, how long it is, and what the critic said."""
    score = piece.score
    about = {"length_bar": score.n_bars, "length_second": round(score.length_second, 3), "n_notes": score.n_notes}
    return {**({} if seed is None else {"seed": seed}), **about, "report": piece.report}


def tell_limits(piece: Any) -> None:
    """Say what a person should know of how a piece was written, such as bars that were too far away to be heard."""
    for sentence in piece.report.get("said", ()):
        say(sentence)


def deliver(pieces: Sequence[tuple[Any, Sequence[Path]]], about: dict[str, Any], as_json: bool) -> None:
    """Save each piece to its files; print what was written, and `about` when JSON is asked for."""
    for piece, paths in pieces:
        for path in paths:
            piece.save(path)
    written = [path for _, paths in pieces for path in paths]
    emit({**about, "files": [str(path) for path in written]}, wrote(written), as_json)
