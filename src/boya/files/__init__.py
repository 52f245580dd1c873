"""Scores from and to files: MIDI, MusicXML, ABC and Boya's own JSON.

The suffix chooses the format. A format is a module of this package with two functions, `decode(data, limits) -> Score` and
`encode(score) -> bytes`, and a line per suffix in `FORMATS`; it is imported when first used. Reading never changes a file;
writing replaces it whole or leaves it as it was. What happens to damaged and hostile files is written down in docs/files.md.
"""

import os
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, cast

from boya.errors import FileError, FormatError, InputError, LimitError
from boya.files.atomic import write_atomic
from boya.files.gestures import Gestures
from boya.files.limits import Limits
from boya.score import Score

__all__ = ["FORMATS", "Gestures", "Limits", "read", "read_bytes", "read_gestures", "write", "write_atomic", "write_bytes"]

FORMATS: Mapping[str, str] = MappingProxyType(
    {
        ".mid": "midi",
        ".midi": "midi",
        ".musicxml": "musicxml",
        ".xml": "musicxml",
        ".mxl": "mxl",
        ".abc": "abc",
        ".json": "native",
    }
)


class _Format(Protocol):
    """What a format module offers."""

    def decode(self, data: bytes, limits: Limits) -> Score:
        """Read a score from bytes."""

    def encode(self, score: Score) -> bytes:
        """Write a score to bytes."""


def read(path: str | os.PathLike[str], *, limits: Limits | None = None) -> Score:
    """Read a score from a file.

    Parameters
    ----------
    path
        A file whose suffix is one of `FORMATS`.
    limits
        Largest accepted sizes; the defaults of `Limits` if left out.

    Raises
    ------
    FileError
        if there is no such file or it cannot be opened; `FormatError` if its bytes are not of its format; `LimitError` if it is
        too large.
    MissingExtraError
        if the format needs music21 and it is not installed.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from boya.score import Score, Track, note_array
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.mid"
    >>> score = Score((Track(note_array([(0, 480, 60, 80)]), program=40),))
    >>> read(write(score, path)) == score
    True
    """
    file = Path(path)
    suffix = _known_suffix(file.suffix)
    limits = limits or Limits()
    data = _file_bytes(file, limits)
    try:
        return read_bytes(data, suffix, limits=limits)
    except FileError as error:
        raise type(error)(f"{file}: {error}") from error


def read_gestures(path: str | os.PathLike[str], *, limits: Limits | None = None) -> tuple[Gestures, ...]:
    """Read what was done beside the notes, sustain pedal and pitch wheel, for each track that `read` returns.

    Returns
    -------
    nothing of files that hold none: those that are no MIDI, and MIDI files of type 2.

    Raises
    ------
    FileError
        as `read` does.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from boya.score import Score, Track, note_array
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "a.mid"
    >>> read_gestures(write(Score((Track(note_array([(0, 480, 60, 80)])),)), path))[0].pedals.tolist()
    []
    """
    file = Path(path)
    if FORMATS[_known_suffix(file.suffix)] != "midi":
        return ()
    from boya.files import midi  # noqa: PLC0415  (symusic is imported where it is needed)

    limits = limits or Limits()
    try:
        return midi.gestures(_file_bytes(file, limits), limits)
    except FileError as error:
        raise type(error)(f"{file}: {error}") from error


def read_bytes(data: bytes, suffix: str, *, limits: Limits | None = None) -> Score:
    """Read a score from bytes in the format of `suffix`, such as `.mid`. Raises as `read` does."""
    limits = limits or Limits()
    form = _load(suffix)
    if len(data) > limits.n_bytes:
        raise LimitError(f"a file may have {limits.n_bytes} bytes; it has {len(data)}. Pass files.Limits with a higher limit.")
    if not data:
        raise FormatError("the file is empty; nothing can be read from it")
    try:
        return form.decode(data, limits)
    except InputError as error:
        raise FormatError(f"it holds what a score cannot hold: {error}") from error


def write(score: Score, path: str | os.PathLike[str]) -> Path:
    """Write a score to a file in the format of its suffix and return the path. The file appears whole or not at all.

    Raises
    ------
    FileError
        if the file cannot be written.
    InputError
        if the suffix is unknown, or the score holds what the format cannot.
    MissingExtraError
        if the format needs music21 and it is not installed.
    """
    return write_atomic(path, write_bytes(score, Path(path).suffix))


def write_bytes(score: Score, suffix: str) -> bytes:
    """Return the score as bytes in the format of `suffix`. Raises as `write` does."""
    return _load(suffix).encode(score)


def _known_suffix(suffix: str) -> str:
    """The suffix in lower case, or an error that lists the formats."""
    if suffix.lower() not in FORMATS:
        raise InputError(f"a score file must end in one of {', '.join(FORMATS)}; got {suffix or 'no suffix'!r}")
    return suffix.lower()


def _load(suffix: str) -> _Format:
    """The module of a suffix."""
    return cast(_Format, import_module(f"boya.files.{FORMATS[_known_suffix(suffix)]}"))


def _file_bytes(file: Path, limits: Limits) -> bytes:
    """The bytes of a regular file within the limits."""
    try:
        if not file.exists():
            raise FileError(f"{file} does not exist; check the path")
        if not file.is_file():
            raise FileError(f"{file} must be a file; it is a folder or a device")
        with open(file, "rb") as source:
            data = source.read(limits.n_bytes + 1)
    except (OSError, ValueError) as error:
        raise FileError(f"{file} cannot be opened: {getattr(error, 'strerror', None) or error}") from error
    if len(data) > limits.n_bytes:
        raise LimitError(f"{file}: a file may have {limits.n_bytes} bytes; it has more. Pass files.Limits with a higher limit.")
    return data
