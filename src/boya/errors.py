"""Every error Boya raises on purpose.

    BoyaError
    ├── InputError        what was given cannot be used: wrong value, unknown name
    │   ├── RequestError  a wish that cannot be met, or contradicts another
    │   ├── ScoreError    notes, times or names outside what a score may hold
    │   └── StreamError   tokens that are no bar stream, or music that one cannot hold
    ├── FileError         a file cannot be read or written
    │   ├── FormatError   its bytes are not what its format asks for
    │   └── LimitError    it is larger than Boya accepts
    ├── CorpusError       a collection, manifest or packed array is not as expected
    ├── ModelError        weights missing, of another vocabulary, or untrainable settings
    ├── CancelledError    a work that was called off before it was done
    └── MissingExtraError an optional part of Boya is not installed

A message says what must hold, what was found, and what to do about it.
"""

__all__ = [
    "BoyaError",
    "CancelledError",
    "CorpusError",
    "FileError",
    "FormatError",
    "InputError",
    "LimitError",
    "MissingExtraError",
    "ModelError",
    "RequestError",
    "ScoreError",
    "StreamError",
]


class BoyaError(Exception):
    """Base of all errors of this package; catch it to catch them all."""

    exit_code = 1


class InputError(BoyaError, ValueError):
    """What was given cannot be used."""

    exit_code = 2


class RequestError(InputError):
    """A wish that cannot be met, or that contradicts another one."""


class ScoreError(InputError):
    """Notes, times or names outside what a score may hold."""


class StreamError(InputError):
    """Tokens that are no bar stream, or music that one cannot hold."""


class FileError(BoyaError):
    """A file cannot be read or written."""

    exit_code = 3


class FormatError(FileError):
    """The bytes of a file are not what its format asks for."""


class LimitError(FileError):
    """A file is larger than Boya accepts."""


class CorpusError(BoyaError):
    """A collection, manifest or packed array is not as expected."""

    exit_code = 4


class ModelError(BoyaError):
    """Weights are missing, belong to another vocabulary, or cannot be trained."""

    exit_code = 5


class CancelledError(BoyaError):
    """A work was called off before it was done; nothing of it is left."""

    exit_code = 130


class MissingExtraError(BoyaError):
    """An optional part of Boya is not installed."""

    exit_code = 6

    def __init__(self, what: str, extra: str = "", *, command: str = "") -> None:
        how = command or f"pip install 'boya[{extra}]'"
        super().__init__(f"{what} needs an optional part; install it with: {how}")
