"""Write a file whole or not at all."""

import os
from pathlib import Path

from boya.errors import FileError

__all__ = ["write_atomic"]


def write_atomic(path: str | os.PathLike[str], data: bytes) -> Path:
    """Write `data` to a temporary file beside `path`, then rename it; a file that was there stays until then.

    Raises
    ------
    FileError
        if the folder does not exist or may not be written to.
    """
    target = Path(path)
    beside = target.with_name(f".{target.name[:100]}.{os.getpid()}.part")
    try:
        with open(beside, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(beside, target)
    except (OSError, ValueError) as error:
        _remove(beside)
        raise FileError(
            f"{target} cannot be written: {getattr(error, 'strerror', None) or error}. Check folder and rights."
        ) from error
    except BaseException:
        _remove(beside)
        raise
    return target


def _remove(path: Path) -> None:
    """Remove a leftover, if any."""
    try:
        path.unlink(missing_ok=True)
    except (OSError, ValueError):
        return
