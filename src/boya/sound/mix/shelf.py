"""A place to lay blocks of audio until they are wanted again: in memory while they are few, then in a temporary file."""

import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import IO, Self

import numpy as np

from boya.errors import FileError
from boya.sound.modal import Audio

__all__ = ["Shelf"]

MEMORY_BYTES = 16 * 2**20


class Shelf:
    """Blocks in their order; each is read once, last of all.

    >>> with Shelf(n_bytes=10) as shelf:
    ...     shelf.put(np.ones((2, 4), np.float32)); shelf.put(np.zeros((2, 3), np.float32))
    ...     [block.shape for block in shelf]
    [(2, 4), (2, 3)]
    """

    def __init__(self, n_bytes: int = MEMORY_BYTES) -> None:
        self._room = n_bytes
        self._blocks: list[Audio | int] = []  # a number of frames stands for a block in the file
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file:
            self._file.close()

    def put(self, block: Audio) -> None:
        """Lay down a stereo block. `[shape=(2, n)]`

        Raises
        ------
        FileError
            if the folder for temporary files is full.
        """
        if block.nbytes <= self._room:
            self._room -= block.nbytes
            self._blocks.append(block)
            return
        self._room = 0
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="boya-")  # noqa: SIM115  (closed with the shelf)
            self._file.write(block.tobytes())
        except OSError as error:
            folder = tempfile.gettempdir()
            raise FileError(f"{folder} must have room for the sound of a long piece: {error.strerror}. Set TMPDIR.") from error
        self._blocks.append(block.shape[1])

    def __iter__(self) -> Iterator[Audio]:
        """Yield the blocks; those in memory are given away."""
        if self._file:
            self._file.seek(0)
        while self._blocks:
            block = self._blocks.pop(0)
            if isinstance(block, int):
                assert self._file is not None
                yield np.frombuffer(self._file.read(8 * block), dtype=np.float32).reshape(2, block).copy()
            else:
                yield block
