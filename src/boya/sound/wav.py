"""WAV files: 16 and 24 bit integers and 32 bit floats, written whole or not at all.

Integers are dithered (16 bit) so that quiet endings fade into a faint hiss instead of distortion. Source: RIFF/WAVE after
Microsoft's "Multiple Channel Audio Data and WAVE Files", 2001; dither after S. Lipshitz et al., JAES 40(5), 1992.
"""

import os
import struct
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.files import write_atomic
from boya.sound.modal import Audio

__all__ = ["wav_bytes", "write_wav"]

Rng = np.random.Generator
MAX_DATA = 2**32 - 4096  # sizes in a WAV header are 32 bits


def wav_bytes(audio: Audio, sample_rate: int = 44100, *, bits: int = 16, rng: Rng | None = None) -> bytes:
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

    Raises
    ------
    InputError
        if the shape, a value, the bits or the length do not fit a WAV file.

    Examples
    --------
    >>> wav_bytes(np.zeros((4, 2), dtype=np.float32))[:4]
    b'RIFF'
    """
    audio = np.asarray(audio)
    if audio.ndim != 2 or not 1 <= audio.shape[1] <= 8:
        raise InputError(f"audio must have the shape (frames, channels) with 1-8 channels; got {audio.shape}")
    if bits not in (16, 24, 32):
        raise InputError(f"bits must be 16, 24 or 32; got {bits}")
    if not 1 <= sample_rate <= 384000:
        raise InputError(f"sample_rate must be 1-384000; got {sample_rate}")
    if audio.size * bits // 8 > MAX_DATA:
        raise InputError("a WAV file holds at most 4 GiB; write the piece in parts")
    if not np.isfinite(audio).all():
        raise InputError("audio must be finite; it holds NaN or infinity")
    data = _packed(audio, bits, rng or np.random.default_rng(1992)).tobytes()
    return _header(audio.shape[1], sample_rate, bits, len(data)) + data


def write_wav(
    audio: Audio, path: str | os.PathLike[str], sample_rate: int = 44100, *, bits: int = 16, rng: Rng | None = None
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
    write_atomic(path, wav_bytes(audio, sample_rate, bits=bits, rng=rng))


def _packed(audio: Audio, bits: int, rng: Rng) -> NDArray[Any]:
    """Return samples as little-endian integers or floats."""
    if bits == 32:
        return audio.astype("<f4")
    scaled = np.multiply(audio, np.float32(2 ** (bits - 1) - 1), dtype=np.float32 if bits == 16 else np.float64)
    if bits == 16:
        draws = rng.random((len(audio) + 1, audio.shape[1]), dtype=np.float32)
        scaled += np.where(audio.any(axis=1, keepdims=True), np.diff(draws, axis=0), np.float32(0))
    limit = 2 ** (bits - 1)
    whole = np.clip(np.rint(scaled), -limit, limit - 1).astype("<i2" if bits == 16 else "<i4")
    return whole if bits == 16 else whole.view("u1").reshape(-1, 4)[:, :3]


def _header(channels: int, sample_rate: int, bits: int, size: int) -> bytes:
    """Return the 44 bytes before the samples (58 for floats, which also state their number of frames)."""
    frame = channels * bits // 8
    is_float = bits == 32
    form = struct.pack("<HHIIHH", 3 if is_float else 1, channels, sample_rate, sample_rate * frame, frame, bits)
    chunks = b"fmt " + struct.pack("<I", 18 if is_float else 16) + form + (b"\0\0" if is_float else b"")
    if is_float:
        chunks += b"fact" + struct.pack("<II", 4, size // frame)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks) + 8 + size) + b"WAVE" + chunks + b"data" + struct.pack("<I", size)
