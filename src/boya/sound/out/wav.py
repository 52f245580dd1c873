"""WAV files: 16 and 24 bit integers and 32 bit floats, written in blocks, whole or not at all.

Integers are dithered (16 bit) so that quiet endings fade into a faint hiss instead of distortion. A loop has its points in a
`smpl` chunk. Source: RIFF/WAVE after Microsoft's "Multiple Channel Audio Data and WAVE Files", 2001, and IBM and Microsoft's
"Multimedia Programming Interface and Data Specifications 1.0", 1991 (`smpl`); dither after S. Lipshitz et al., JAES 40(5), 1992.
"""

import io
import os
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.sound.modal import Audio
from boya.sound.out.whole import whole_file

__all__ = ["Packer", "check_audio", "wav_bytes", "wav_into", "write_wav"]

Rng = np.random.Generator
MAX_DATA = 2**32 - 4096  # sizes in a WAV header are 32 bits
BITS = (16, 24, 32)
DITHER_SEED = 1992
CHUNK = 1 << 18  # frames packed at once


class Packer:
    """Turns blocks of audio into integers or floats; the dither goes on from block to block."""

    def __init__(self, bits: int, rng: Rng | None = None) -> None:
        if bits not in BITS:
            raise InputError(f"bits must be 16, 24 or 32; got {bits}")
        self.bits = bits
        self._rng = rng or np.random.default_rng(DITHER_SEED)
        self._last: Audio | None = None

    def __call__(self, audio: Audio) -> NDArray[Any]:
        """Return `int16`, `int32` within 24 bits, or `float32`, little-endian; integers are clipped."""
        if self.bits == 32:
            return audio.astype("<f4")
        kind = np.float32 if self.bits == 16 else np.float64
        scaled = np.multiply(audio, np.float32(2 ** (self.bits - 1) - 1), dtype=kind)
        if self.bits == 16:
            scaled += np.where(audio.any(axis=1, keepdims=True), self._dither(audio.shape), np.float32(0))
        limit = 2 ** (self.bits - 1)
        return np.clip(np.rint(scaled), -limit, limit - 1).astype("<i2" if self.bits == 16 else "<i4")

    def _dither(self, shape: tuple[int, ...]) -> Audio:
        """Return noise of triangular distribution that has little in the low tones: differences of even draws."""
        if self._last is None:
            self._last = self._rng.random((1, shape[1]), dtype=np.float32)
        draws = np.concatenate([self._last, self._rng.random(shape, dtype=np.float32)])
        self._last = draws[-1:]
        return np.diff(draws, axis=0)


def check_audio(audio: Audio, sample_rate: int) -> Audio:
    """Return audio as an array that a file can hold.

    Raises
    ------
    InputError
        if the shape, a value or the rate is impossible.
    """
    audio = np.asarray(audio)
    if audio.ndim != 2 or not 1 <= audio.shape[1] <= 8:
        raise InputError(f"audio must have the shape (frames, channels) with 1-8 channels; got {audio.shape}")
    if not 1 <= sample_rate <= 384000:
        raise InputError(f"sample_rate must be 1-384000; got {sample_rate}")
    if not np.isfinite(audio).all():
        raise InputError("audio must be finite; it holds NaN or infinity")
    return audio


def wav_bytes(audio: Audio, sample_rate: int = 44100, *, bits: int = 16, rng: Rng | None = None, is_loop: bool = False) -> bytes:
    """Return audio as the bytes of a WAV file.

    Parameters
    ----------
    audio
        Samples in -1 to 1; what lies beyond is clipped. `[shape=(frames, channels)]`
    sample_rate
        Frames per second.
    bits
        16 or 24 for integers, 32 for floats.
    rng
        Draws the dither of 16 bits; None always draws the same.
    is_loop
        Whether to say that the whole is to be repeated.

    Raises
    ------
    InputError
        if the shape, a value, the bits or the length do not fit a WAV file.

    Examples
    --------
    >>> wav_bytes(np.zeros((4, 2), dtype=np.float32))[:4]
    b'RIFF'
    """
    audio = check_audio(audio, sample_rate)
    out = io.BytesIO()
    with wav_into(out, audio.shape, sample_rate, Packer(bits, rng), is_loop=is_loop) as write:
        write(audio)
    return out.getvalue()


def write_wav(
    audio: Audio,
    path: str | os.PathLike[str],
    sample_rate: int = 44100,
    *,
    bits: int = 16,
    rng: Rng | None = None,
    is_loop: bool = False,
) -> None:
    """Write audio to a WAV file; a failure leaves what was there before.

    Parameters are those of `wav_bytes`.

    Raises
    ------
    InputError
        if the audio does not fit a WAV file.
    FileError
        if the file cannot be written.
    """
    audio, packer = check_audio(audio, sample_rate), Packer(bits, rng)
    with whole_file(path) as out, wav_into(out, audio.shape, sample_rate, packer, is_loop=is_loop) as write:
        write(audio)


@contextmanager
def wav_into(
    out: IO[bytes], shape: tuple[int, ...], sample_rate: int, packer: Packer, *, is_loop: bool = False
) -> Iterator[Callable[[Audio], None]]:
    """Write a WAV file into `out`: give what is yielded the blocks, which have `shape` together.

    Raises
    ------
    InputError
        if that is more than a WAV file holds, or the blocks are not what was said.
    """
    frames, channels = shape
    size = frames * channels * packer.bits // 8
    if size > MAX_DATA:
        raise InputError("a WAV file holds at most 4 GiB; write the piece in parts, or as .flac")
    after = b"\0" * (size % 2) + (_loop_points(frames, sample_rate) if is_loop and frames else b"")
    out.write(_header(channels, sample_rate, packer.bits, size, len(after)))
    begin = out.tell()

    def write(block: Audio) -> None:
        for start in range(0, len(block), CHUNK):
            whole = packer(block[start : start + CHUNK])
            out.write((whole.view("u1").reshape(-1, 4)[:, :3] if packer.bits == 24 else whole).tobytes())

    yield write
    if out.tell() - begin != size:
        found = (out.tell() - begin) * frames // max(size, 1)
        raise InputError(f"the blocks must have {frames} frames together; they have {found}")
    out.write(after)


def _header(channels: int, sample_rate: int, bits: int, size: int, after: int) -> bytes:
    """Return the 44 bytes before the samples (58 for floats, which also state their number of frames)."""
    frame = channels * bits // 8
    is_float = bits == 32
    form = struct.pack("<HHIIHH", 3 if is_float else 1, channels, sample_rate, sample_rate * frame, frame, bits)
    chunks = b"fmt " + struct.pack("<I", 18 if is_float else 16) + form + (b"\0\0" if is_float else b"")
    if is_float:
        chunks += b"fact" + struct.pack("<II", 4, size // frame)
    whole = struct.pack("<I", 4 + len(chunks) + 8 + size + after)
    return b"RIFF" + whole + b"WAVE" + chunks + b"data" + struct.pack("<I", size)


def _loop_points(frames: int, sample_rate: int) -> bytes:
    """Return a `smpl` chunk: one loop from the first frame to the last, for ever."""
    period = round(1e9 / sample_rate)
    head = struct.pack("<9I", 0, 0, period, 60, 0, 0, 0, 1, 0)
    return b"smpl" + struct.pack("<I", 60) + head + struct.pack("<6I", 0, 0, 0, frames - 1, 0, 0)
