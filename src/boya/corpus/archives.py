"""Walk a folder or an archive of music files without unpacking anything to disk.

Names that leave the archive (`../x`, `/x`), links, devices and files beyond the limits are refused with a reason, never followed.
Order is sorted by path in folders and zips, and as stored in tar files, which can only be read from front to back.
"""

import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from boya.errors import CorpusError

__all__ = ["ARCHIVES", "Entry", "WalkLimits", "walk"]

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")


@dataclass(frozen=True)
class WalkLimits:
    """How much of a folder or archive is read."""

    file_bytes: int = 32 << 20  # larger files are refused
    total_bytes: int = 64 << 30  # reading stops with an error beyond this
    n_files: int = 2_000_000  # likewise


@dataclass(frozen=True)
class Entry:
    """A file found: its path, its size, and its bytes or the reason why they are not read (both None when only listing)."""

    path: str
    n_bytes: int
    data: bytes | None = None
    refused: str | None = None


def walk(place: Path, suffixes: tuple[str, ...], *, limits: WalkLimits | None = None, has_data: bool = True) -> Iterator[Entry]:
    """Yield the files of a folder or archive that end in one of `suffixes`.

    Parameters
    ----------
    place
        a folder, or a `.zip`, `.tar`, `.tar.gz`, `.tar.xz` or `.tar.bz2` file.
    suffixes
        lower-case endings, such as `(".mid",)`.
    limits
        sizes beyond which files are refused or reading ends.
    has_data
        False lists paths and sizes only.

    Raises
    ------
    CorpusError
        if the place is missing, no archive, damaged, or beyond the total limits.
    """
    limits = limits or WalkLimits()
    n_files = total = 0
    for entry in _entries(place, suffixes, limits, has_data):
        n_files, total = n_files + 1, total + (0 if entry.refused else entry.n_bytes)
        if n_files > limits.n_files or total > limits.total_bytes:
            most = f"{limits.n_files} files and {limits.total_bytes} bytes"
            raise CorpusError(f"{place.name} must hold at most {most} of music. Give parts of it as several sources")
        yield entry


def _entries(place: Path, suffixes: tuple[str, ...], limits: WalkLimits, has_data: bool) -> Iterator[Entry]:
    """Choose the reader by what is there."""
    if place.is_dir():
        return _folder(place, suffixes, limits, has_data)
    if not place.is_file():
        raise CorpusError(f"{place} must be a folder or an archive; there is nothing there")
    if place.name.lower().endswith(".zip"):
        return _zip(place, suffixes, limits, has_data)
    if place.name.lower().endswith(ARCHIVES):
        return _tar(place, suffixes, limits, has_data)
    raise CorpusError(f"{place} must be a folder or end in one of {', '.join(ARCHIVES)}")


def _folder(place: Path, suffixes: tuple[str, ...], limits: WalkLimits, has_data: bool) -> Iterator[Entry]:
    """Yield files in the order of their paths; links are refused."""
    found = sorted(
        Path(parent, name).relative_to(place).as_posix()
        for parent, _, names in os.walk(place)
        for name in names
        if name.lower().endswith(suffixes)
    )
    for path in found:
        file = place / path
        if file.is_symlink() or not file.is_file():
            yield Entry(path, 0, refused="not_a_plain_file")
            continue
        size = file.stat().st_size
        refused = _refusal(path, size, limits)
        try:
            yield Entry(path, size, None if refused or not has_data else file.read_bytes(), refused)
        except OSError:
            yield Entry(path, size, refused="unreadable")


def _zip(place: Path, suffixes: tuple[str, ...], limits: WalkLimits, has_data: bool) -> Iterator[Entry]:
    """Yield members sorted by name; one damaged member does not end the walk."""
    try:
        with zipfile.ZipFile(place) as archive:
            for info in sorted(archive.infolist(), key=lambda i: i.filename):
                if info.is_dir() or not info.filename.lower().endswith(suffixes):
                    continue
                refused = _refusal(info.filename, info.file_size, limits)
                data = None
                if has_data and not refused:
                    data, refused = _zip_bytes(archive, info)
                yield Entry(info.filename, info.file_size, data, refused)
    except (zipfile.BadZipFile, OSError) as error:
        raise CorpusError(f"{place.name} must be a whole zip archive; {error}") from error


def _zip_bytes(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> tuple[bytes | None, str | None]:
    """Read a member, but never more than its head promises."""
    try:
        with archive.open(info) as member:
            data = member.read(info.file_size + 1)
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, zlib.error, EOFError):
        return None, "unreadable"
    return (data, None) if len(data) == info.file_size else (None, "unreadable")


def _tar(place: Path, suffixes: tuple[str, ...], limits: WalkLimits, has_data: bool) -> Iterator[Entry]:
    """Yield members as stored."""
    try:
        with tarfile.open(place, "r:*") as archive:
            for info in archive:
                if info.isdir() or not info.name.lower().endswith(suffixes):
                    continue
                refused = _refusal(info.name, info.size, limits) if info.isfile() else "not_a_plain_file"
                member = None if refused or not has_data else archive.extractfile(info)
                yield Entry(info.name, info.size, member.read() if member else None, refused)
    except (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError, OSError) as error:
        raise CorpusError(f"{place.name} must be a whole tar archive; {error}") from error


def _refusal(path: str, size: int, limits: WalkLimits) -> str | None:
    """Say why a file may not be read."""
    pure = PurePosixPath(path.replace("\\", "/"))
    if pure.is_absolute() or ".." in pure.parts or ":" in pure.parts[0] or "\0" in path:
        return "unsafe_path"
    return "too_large_file" if size > limits.file_bytes else None
