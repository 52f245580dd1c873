"""What is kept of a recording, and what is asked for: its landmarks, not its sound."""

import hashlib
import os
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boya.errors import FileError, InputError
from boya.listening.audio.framing import Audio
from boya.listening.audio.reading import limited, open_recording
from boya.listening.recordings.landmarks import landmarks
from boya.listening.recordings.peaks import RATE

__all__ = ["ASKED_SECOND", "Clip", "Fingerprint", "checksum_of", "clip_of", "fingerprint_of"]

Ints = NDArray[np.int64]

ASKED_SECOND = 30.0  # of a clip that are listened to
SHORTEST_SECOND = 1.0
SILENT = 1e-3  # of full scale


@dataclass(frozen=True, eq=False)
class Fingerprint:
    """What is kept of a recording: about 120 landmarks a second.

    Attributes
    ----------
    id
        what it is called
    length_second
        how long it is
    hashes, frames
        its landmarks, and where they begin `[shape=(landmarks,)]`
    checksum
        of the file it was read from; empty where it is from none
    """

    id: str
    length_second: float
    hashes: Ints
    frames: Ints
    checksum: str = ""

    def __post_init__(self) -> None:
        if not self.id.isascii():  # names of files may hold what is no Unicode
            object.__setattr__(self, "id", self.id.encode("utf-8", "replace").decode("utf-8"))


@dataclass(frozen=True, eq=False)
class Clip:
    """A few seconds that are asked for: mono at `RATE`, and how many seconds of silence were before them in their file."""

    audio: Audio
    silent_second: float = 0.0


def fingerprint_of(path: str | os.PathLike[str], id: str = "") -> Fingerprint:
    """Listen to a sound file in blocks; hours of it need little memory.

    Parameters
    ----------
    path
        WAV, or with the extra `sound` FLAC, OGG and MP3; up to five hours.
    id
        what to call it; its path by default.

    Raises
    ------
    FileError
        if it cannot be read; `FormatError` where it is broken, `LimitError` where it is too long.
    InputError
        if it is silent.

    Examples
    --------
    >>> import tempfile
    >>> from boya.sound import write_wav
    >>> name = f"{tempfile.mkdtemp()}/rain.wav"
    >>> write_wav(np.random.default_rng(0).normal(scale=0.1, size=(88200, 2)).astype(np.float32), name)
    >>> rain = fingerprint_of(name, "rain")
    >>> rain.length_second, len(rain.hashes) > 50
    (2.0, True)
    """
    recording = open_recording(path)
    hashes, frames = landmarks(recording.blocks(RATE))
    if not len(hashes):
        raise InputError(f"a recording must hold sound; {path} is silent, or too short")
    return Fingerprint(id or str(path), recording.length_second, hashes, frames, checksum_of(path))


def checksum_of(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a file.

    Raises
    ------
    FileError
        if it cannot be read.
    """
    try:
        with Path(path).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}; check the name") from error


def clip_of(path: str | os.PathLike[str]) -> Clip:
    """Read what is asked for from a sound file: half a minute from its first sound on.

    Raises
    ------
    InputError
        if it is silent, or shorter than a second. Other errors are those of `fingerprint_of`.
    """
    recording = open_recording(path)
    if recording.length_second < SHORTEST_SECOND:
        raise InputError(f"a clip must last {SHORTEST_SECOND:g} s; {path} lasts {recording.length_second:.2f} s. Record more")
    n_silent, blocks = 0, recording.blocks(RATE)
    for block in blocks:
        if np.abs(block).max(initial=0) > SILENT:
            audio = np.concatenate(list(limited(chain([block], blocks), RATE, ASKED_SECOND)))
            return Clip(audio, n_silent / RATE)
        n_silent += len(block)
    raise InputError(f"a clip must hold sound; {path} is silent. Record it louder")
