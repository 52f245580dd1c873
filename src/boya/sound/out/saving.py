"""Audio to a file of any kind: WAV by ourselves; FLAC and OGG Vorbis with soundfile, the only module that knows it.

soundfile comes with the extra `sound`. Blocks are written as they come, so that a long piece needs no memory; see `whole_file`.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

import numpy as np

from boya.errors import FileError, InputError, MissingExtraError
from boya.sound.modal import Audio
from boya.sound.out.wav import BITS, Packer, check_audio, wav_into
from boya.sound.out.whole import whole_file

__all__ = ["AUDIO_SUFFIXES", "check_audio_path", "open_audio", "save_audio"]

AUDIO_SUFFIXES = (".wav", ".flac", ".ogg")
CHUNK = 1 << 15  # frames; more at once is too much for the Vorbis encoder's stack
VORBIS = {"format": "OGG", "subtype": "VORBIS", "compression_level": 0.3}  # 0 best, 1 smallest; about 190 kb/s


def check_audio_path(path: str | os.PathLike[str], bits: int = 16) -> Path:
    """Return the path of a sound file; complain before any work is done.

    Raises
    ------
    InputError
        if its ending is unknown, or the format has no samples of that many bits.
    MissingExtraError
        if the format needs soundfile and it is not installed.

    Examples
    --------
    >>> check_audio_path("song.wav", 24).name
    'song.wav'
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in AUDIO_SUFFIXES:
        raise InputError(f"a sound file must end in one of {' '.join(AUDIO_SUFFIXES)}; got {target.name!r}")
    if bits not in BITS:
        raise InputError(f"bits must be 16, 24 or 32; got {bits}")
    if suffix == ".flac" and bits == 32:
        raise InputError("a .flac file holds 16 or 24 bits; got 32. Write .wav for floats.")
    if suffix != ".wav" and find_spec("soundfile") is None:
        raise MissingExtraError(f"writing {suffix} files (.wav works without)", "sound")
    return target


def save_audio(
    audio: Audio | Iterable[Audio],
    path: str | os.PathLike[str],
    sample_rate: int = 44100,
    *,
    bits: int = 16,
    n_frames: int | None = None,
    is_loop: bool = False,
) -> Path:
    """Write audio to a `.wav`, `.flac` or `.ogg` file; a failure leaves what was there before.

    Parameters
    ----------
    audio
        Samples in -1 to 1 `[shape=(frames, channels)]`, or such blocks one after another.
    path
        Its ending says the format.
    sample_rate
        Frames per second.
    bits
        16 (dithered) or 24; 32 for floats in `.wav`; `.ogg` has none.
    n_frames
        How many frames the blocks have together; a `.wav` must know when it gets blocks.
    is_loop
        Whether the whole is to be repeated: written as loop points in `.wav`, as a comment elsewhere.

    Raises
    ------
    InputError
        if the audio, the ending, the bits or the rate do not fit.
    FileError
        if the file cannot be written.
    MissingExtraError
        if the format needs soundfile and it is not installed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_audio(np.zeros((10, 2), np.float32), f"{folder}/silence.wav").stat().st_size
    84
    """
    shape: tuple[int | None, ...] = (n_frames, 2)
    if isinstance(audio, np.ndarray):
        shape, audio = check_audio(audio, sample_rate).shape, [audio]
    with open_audio(path, sample_rate, shape, bits=bits, is_loop=is_loop) as write:
        for block in audio:
            write(block)
    return Path(path)


@contextmanager
def open_audio(
    path: str | os.PathLike[str],
    sample_rate: int,
    shape: tuple[int | None, ...],
    *,
    bits: int = 16,
    is_loop: bool = False,
) -> Iterator[Callable[[Audio], None]]:
    """Open a sound file to write blocks into, in turn; it appears when it is whole. See `save_audio`.

    `shape` is frames (None where they are not known, not in `.wav`) and channels.
    """
    target = check_audio_path(path, bits)
    if target.suffix.lower() == ".wav":
        frames, channels = shape
        if frames is None or channels is None:
            raise InputError("a .wav file must know its frames before its blocks come; give n_frames")
        with whole_file(target) as file, wav_into(file, (frames, channels), sample_rate, Packer(bits), is_loop=is_loop) as write:
            yield lambda block: write(check_audio(block, sample_rate))
    else:
        with whole_file(target) as file, _packed_into(file, target, shape, sample_rate, bits, is_loop) as write:
            yield lambda block: write(check_audio(block, sample_rate))


@contextmanager
def _packed_into(
    file: IO[bytes], path: Path, shape: tuple[int | None, ...], sample_rate: int, bits: int, is_loop: bool
) -> Iterator[Callable[[Audio], None]]:
    """Encode FLAC or OGG into a file, and turn the library's errors into ours."""
    import soundfile  # noqa: PLC0415  (an extra)

    is_flac = path.suffix.lower() == ".flac"
    settings: dict[str, Any] = {"format": "FLAC", "subtype": f"PCM_{bits}"} if is_flac else dict(VORBIS)
    packer = Packer(bits if is_flac else 32)
    try:
        with soundfile.SoundFile(file.fileno(), "w", sample_rate, shape[1], closefd=False, **settings) as out:
            if is_loop and shape[0]:
                out.comment = f"LOOPSTART=0 LOOPLENGTH={shape[0]}"

            def write(block: Audio) -> None:
                for start in range(0, len(block), CHUNK):
                    whole = packer(block[start : start + CHUNK])
                    out.write(whole << 8 if is_flac and bits == 24 else whole)

            yield write
    except soundfile.LibsndfileError as error:
        raise FileError(f"{path} cannot be written: {error}. Try another sample rate, or .wav.") from error
