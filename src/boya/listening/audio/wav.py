"""WAV files read in blocks: integers of 8 to 32 bits and floats of 32 and 64, any number of channels, without extras.

Conventions: samples are float32, full scale is 1, `[shape=(frames, channels)]`. A file that ends before its header says, as a
recorder leaves it that lost its power, is read as far as it goes. Source: Microsoft's "Multiple Channel Audio Data and WAVE
Files", 2001.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import FormatError

__all__ = ["WavHead", "read_wav", "wav_head"]

Audio = NDArray[np.float32]

PCM, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
MOST_CHANNELS, MOST_RATE = 64, 768_000
MOST_CHUNKS = 1000
_HOW = "Save it as WAV with 16, 24 or 32 bits, or as FLAC"


@dataclass(frozen=True)
class WavHead:
    """What the head of a WAV file says, and where its samples are; `n_frames` counts what is there."""

    sample_rate: int
    n_channels: int
    n_bytes: int  # of one sample
    is_float: bool
    start: int
    n_frames: int


def wav_head(path: Path) -> WavHead:
    """Read the head of a WAV file.

    Raises
    ------
    FormatError
        if it is none, or of a kind that cannot be read.
    """
    with path.open("rb") as file:
        size = path.stat().st_size
        if file.read(4) != b"RIFF" or len(file.read(4)) != 4 or file.read(4) != b"WAVE":
            raise FormatError(f"{path} must be a WAV file; it does not begin like one. {_HOW}")
        form: tuple[Any, ...] | None = None
        for _ in range(MOST_CHUNKS):
            head = file.read(8)
            if len(head) < 8:
                break
            name, length = head[:4], int.from_bytes(head[4:], "little")
            if name == b"data" and form is not None:
                return _head(path, form, file.tell(), min(length, size - file.tell()))
            at = file.tell()
            form = _form(path, file.read(min(length, 40))) if name == b"fmt " else form
            file.seek(at + length + length % 2)
    raise FormatError(f"{path} must hold samples; it has only a head, or a broken one. Record or export it again")


def read_wav(path: Path, head: WavHead, block: int) -> Iterator[Audio]:
    """Yield the samples in blocks of so many frames. `[shape=(frames, channels)]`"""
    step = head.n_bytes * head.n_channels
    with path.open("rb") as file:
        file.seek(head.start)
        for first in range(0, head.n_frames, block):
            n_frames = min(block, head.n_frames - first)
            yield _samples(_whole(file, n_frames * step, step), head).reshape(-1, head.n_channels)


def _whole(file: IO[bytes], size: int, step: int) -> bytes:
    """So many bytes, or the whole frames that there are."""
    found = file.read(size)
    return found[: len(found) // step * step]


def _form(path: Path, data: bytes) -> tuple[Any, ...]:
    """Kind, channels, rate and bits of a format chunk."""
    if len(data) < 16:
        raise FormatError(f"{path} must say its format; that part is cut off. Record or export it again")
    kind, channels, rate, _, _, bits = struct.unpack("<HHIIHH", data[:16])
    if kind == EXTENSIBLE and len(data) >= 26:
        kind = int.from_bytes(data[24:26], "little")
    return kind, channels, rate, bits


def _head(path: Path, form: tuple[Any, ...], start: int, length: int) -> WavHead:
    """A checked head."""
    kind, channels, rate, bits = form
    if (kind, bits) not in [(PCM, 8), (PCM, 16), (PCM, 24), (PCM, 32), (FLOAT, 32), (FLOAT, 64)]:
        raise FormatError(f"{path} must hold plain integers or floats; its samples are of kind {kind}, {bits} bits. {_HOW}")
    if not 1 <= channels <= MOST_CHANNELS or not 1 <= rate <= MOST_RATE:
        raise FormatError(f"{path} must have 1-{MOST_CHANNELS} channels and a rate up to {MOST_RATE}; it says {channels}, {rate}")
    return WavHead(rate, channels, bits // 8, kind == FLOAT, start, max(length, 0) // (channels * bits // 8))


def _samples(data: bytes, head: WavHead) -> Audio:
    """Bytes as numbers between -1 and 1."""
    if head.is_float:
        return np.frombuffer(data, dtype=f"<f{head.n_bytes}").astype(np.float32)
    if head.n_bytes == 1:
        return (np.frombuffer(data, dtype=np.uint8).astype(np.float32) - 128) / np.float32(128)
    if head.n_bytes == 3:
        wide = np.zeros((len(data) // 3, 4), dtype=np.uint8)
        wide[:, 1:] = np.frombuffer(data, dtype=np.uint8).reshape(-1, 3)
        return wide.view("<i4")[:, 0].astype(np.float32) / np.float32(2**31)
    return np.frombuffer(data, dtype=f"<i{head.n_bytes}").astype(np.float32) / np.float32(2 ** (8 * head.n_bytes - 1))
