"""Sound files as mono blocks of any rate: WAV by ourselves, FLAC, OGG and MP3 with soundfile, which comes with the extra `sound`.

Conventions: audio is mono float32, full scale is 1, `[shape=(frames,)]`; the channels of a file are averaged. A file is read in
blocks, so that hours of it need no memory. What the bytes are is seen from their beginning, not from the name.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import FileError, FormatError, InputError, LimitError, MissingExtraError
from boya.listening.audio.resampling import resample
from boya.listening.audio.wav import WavHead, read_wav, wav_head

__all__ = ["HEARD_SUFFIXES", "MOST_SECOND", "Recording", "limited", "open_recording"]

Audio = NDArray[np.float32]

HEARD_SUFFIXES = (".wav", ".flac", ".ogg", ".mp3", ".aiff", ".aif")
BLOCK = 1 << 17  # frames read at once
MOST_SECOND = 5 * 3600
LOUDEST = 1e4  # a float beyond full scale by this much is no sound


@dataclass(frozen=True)
class Recording:
    """A sound file that was opened: what its head says, and its samples when they are asked for."""

    path: Path
    sample_rate: int
    n_channels: int
    n_frames: int
    head: WavHead | None = None

    @property
    def length_second(self) -> float:
        """Length in seconds."""
        return self.n_frames / self.sample_rate

    def blocks(self, sample_rate: int) -> Iterator[Audio]:
        """Yield the mono sound in another rate, block by block.

        Raises
        ------
        FormatError
            if a part of it cannot be decoded, or holds what is no number.
        """
        return resample(self._mono(), self.sample_rate, sample_rate)

    def _mono(self) -> Iterator[Audio]:
        """Blocks in the file's own rate, the channels averaged."""
        for block in read_wav(self.path, self.head, BLOCK) if self.head else _decoded(self.path):
            with np.errstate(over="ignore", invalid="ignore"):
                mono = block.mean(axis=1, dtype=np.float32)
            if not (np.abs(mono) < LOUDEST).all():
                raise FormatError(f"{self.path} must hold numbers; it has NaN, infinity or what is no sound. Export it again")
            yield mono


def open_recording(path: str | os.PathLike[str]) -> Recording:
    """Open a sound file.

    Raises
    ------
    FileError
        if it cannot be read.
    FormatError
        if it is no sound file, or a broken or empty one.
    LimitError
        if it lasts for more than five hours.
    MissingExtraError
        if it is not WAV, and soundfile is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from boya.sound import write_wav
    >>> name = f"{tempfile.mkdtemp()}/a.wav"
    >>> write_wav(np.zeros((4410, 2), np.float32), name)
    >>> open_recording(name).length_second
    0.1
    """
    target = Path(path)
    try:
        with target.open("rb") as file:
            begins = file.read(4)
        opened = _opened_wav(target) if begins == b"RIFF" else _opened(target, begins)
    except OSError as error:
        raise FileError(f"{target} cannot be read: {error.strerror}; check the name") from error
    if not opened.n_frames:
        raise FormatError(f"{target} must hold sound; it has no samples. Record or export it again")
    if opened.length_second > MOST_SECOND:
        raise LimitError(f"{target} must last at most {MOST_SECOND // 3600} hours; it lasts {opened.length_second / 3600:.1f}")
    return opened


def limited(blocks: Iterator[Audio], sample_rate: int, most_second: float) -> Iterator[Audio]:
    """Yield no more than so many seconds of blocks.

    >>> [len(block) for block in limited(iter([np.zeros(6, np.float32)] * 3), 10, 1.0)]
    [6, 4]
    """
    left = round(most_second * sample_rate)
    for block in blocks:
        yield block[:left]
        left -= len(block)
        if left <= 0:
            return


def _opened_wav(path: Path) -> Recording:
    """A WAV file."""
    head = wav_head(path)
    return Recording(path, head.sample_rate, head.n_channels, head.n_frames, head)


def _opened(path: Path, begins: bytes) -> Recording:
    """A file that soundfile opens."""
    if len(begins) < 4:
        raise FormatError(f"{path} must be a sound file; it has {len(begins)} bytes. Record or export it again")
    if begins == b"MThd":
        raise InputError(f"{path} is MIDI, not sound; it is read as notes where its name ends in .mid")
    soundfile = _soundfile(path)
    try:
        about = soundfile.info(str(path))
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise FormatError(f"{path} must be WAV, FLAC, OGG or MP3; {_reason(error)}. Record or export it again") from error
    return Recording(path, about.samplerate, about.channels, about.frames)


def _decoded(path: Path) -> Iterator[Audio]:
    """Blocks that soundfile decodes. `[shape=(frames, channels)]`"""
    soundfile = _soundfile(path)
    try:
        with soundfile.SoundFile(str(path)) as file:
            while len(block := file.read(BLOCK, dtype="float32", always_2d=True)):
                yield block
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise FormatError(f"{path} is broken: {_reason(error)}. Record or export it again") from error


def _soundfile(path: Path) -> Any:
    """The library, where it is installed."""
    if find_spec("soundfile") is None:
        raise MissingExtraError(f"reading {path.suffix or 'this kind of'} files (.wav is read without)", "sound")
    import soundfile  # noqa: PLC0415  (an extra)

    return soundfile


def _reason(error: Exception) -> str:
    """What the library says, without the name of the file."""
    return str(getattr(error, "error_string", error)).strip(" .").lower()
