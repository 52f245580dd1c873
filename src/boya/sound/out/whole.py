"""A file that grows beside its place and takes it when it is whole; after an error or Ctrl-C nothing is left of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from boya.errors import BoyaError, FileError

__all__ = ["whole_file"]


@contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a file to write; it appears under `path` when the block ends without an error.

    Raises
    ------
    FileError
        if the folder does not exist, may not be written to, or is full.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with whole_file(f"{folder}/a.bin") as file:
    ...         size = file.write(b"la")
    ...     os.listdir(folder)
    ['a.bin']
    """
    target = Path(path)
    beside = target.with_name(f".{target.name[:100]}.{os.getpid()}.part")
    try:
        with open(beside, "w+b") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, target)
    except (OSError, ValueError) as error:
        _remove(beside)
        if isinstance(error, BoyaError):  # of the block inside: our InputError is a ValueError too
            raise
        reason = getattr(error, "strerror", None) or error
        raise FileError(f"{target} cannot be written: {reason}. Check folder, rights and free space.") from error
    except BaseException:
        _remove(beside)
        raise


def _remove(path: Path) -> None:
    """Remove a leftover, if any."""
    with suppress(OSError, ValueError):
        path.unlink(missing_ok=True)
