"""Recordings on disk: add them, remove them, and find which of them a few seconds are from.

They lie in one SQLite file of a folder (see `store`), beside an index of pieces where there is one. Each call that adds or
removes is one transaction; asking changes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from boya.errors import CorpusError, InputError
from boya.listening.audio.resampling import resample
from boya.listening.recordings.fingerprint import Clip, Fingerprint
from boya.listening.recordings.landmarks import shifted
from boya.listening.recordings.matching import Place, places
from boya.listening.recordings.peaks import FRAME_SECOND, RATE
from boya.listening.recordings.store import FILE, Store

__all__ = ["Recordings", "SameRecording", "has_recordings", "open_recordings"]

SPEEDS = (((1.0,), 0.5), ((0.99, 1.01, 0.98, 1.02), 0.8))  # at which a clip may play, and how sure an answer must be


@dataclass(frozen=True)
class SameRecording:
    """A recording that a clip is from.

    Attributes
    ----------
    id
        what it is called
    at_second
        where in it the clip begins; below 0 where the clip begins earlier
    sure
        how likely it is this recording and not another that sounds like it, 0-1
    n_landmarks
        landmarks that agree
    speed
        of the clip, to the next percent that fits: 1.01 is 1% faster than the recording
    length_second
        how long the recording is
    """

    id: str
    at_second: float
    sure: float
    n_landmarks: int
    speed: float
    length_second: float


class Recordings:
    """The recordings of a folder, opened. Iterating gives ids.

    Parameters
    ----------
    folder
        where they lie; it must be there
    create
        make the file if there is none

    Raises
    ------
    CorpusError
        if there are no recordings, the file is damaged or another one.
    FileError
        if it cannot be read or made.

    Examples
    --------
    >>> import tempfile
    >>> from boya.listening.recordings.landmarks import landmarks
    >>> noise = np.random.default_rng(0).normal(scale=0.1, size=8 * RATE).astype(np.float32)
    >>> known = Recordings(tempfile.mkdtemp(), create=True)
    >>> known.add(Fingerprint("rain", 8.0, *landmarks([noise])))
    >>> [(found.id, round(found.at_second)) for found in known.find(Clip(0.1 * noise[3 * RATE : 7 * RATE]))]
    [('rain', 3)]
    """

    def __init__(self, folder: str | Path, *, create: bool = False) -> None:
        self._store = Store(Path(folder), create=create)

    def __len__(self) -> int:
        return self._store.size()[0]

    def __iter__(self) -> Iterator[str]:
        return iter(self._store.ids())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    def checksums(self) -> dict[str, str]:
        """Return the checksum of every recording by id, so that what is unchanged need not be heard again."""
        return self._store.ids()

    def add(self, fingerprint: Fingerprint) -> None:
        """Add a recording, in the place of one of the same id.

        Raises
        ------
        FileError
            if another process is writing, or the disk is full; nothing is changed then.
        """
        self._store.add(fingerprint)

    def remove(self, ids: Sequence[str]) -> int:
        """Remove recordings; ids that are not there are passed over. Return how many were there."""
        return self._store.remove(ids)

    def find(self, clip: Clip, *, limit: int = 5) -> list[SameRecording]:
        """Find the recordings that a clip is from, surest first; none where it is from none of them.

        Raises
        ------
        InputError
            if `limit` is below 1.
        CorpusError
            if there are no recordings to look in, or the file is damaged.
        """
        if limit < 1:
            raise InputError(f"limit must be at least 1; got {limit}")
        if not len(self):
            raise CorpusError("there must be recordings to look in; all are removed. Add some: boya index FOLDER")
        for speeds, least in SPEEDS:  # the second ones where nothing is found: so many chances more, so much surer
            found = [one for speed in speeds for one in self._found(clip, speed, least)]
            if found:
                best = {one.id: one for one in sorted(found, key=lambda one: one.sure)}  # the surest of each
                return sorted(best.values(), key=lambda one: -one.sure)[:limit]
        return []

    def verify(self) -> None:
        """Check the whole file; this reads all of it.

        Raises
        ------
        CorpusError
            if something has changed since it was written.
        """
        self._store.check()

    def _found(self, clip: Clip, speed: float, least: float) -> list[SameRecording]:
        """The recordings that a clip is from if it plays at a speed, at least so sure."""
        slow = np.concatenate([*resample([clip.audio], RATE, round(RATE * speed))])
        hashes, frames = shifted(slow)
        n_frames = round(self._store.size()[1] / FRAME_SECOND)
        found = places(hashes, frames, self._store.look_up(hashes), n_frames)
        return [self._told(place, clip.silent_second * speed, speed) for place in found if place.sure >= least]

    def _told(self, place: Place, silent_second: float, speed: float) -> SameRecording:
        """A place as an answer."""
        id, length = self._store.about(place.number)
        at = round(place.frame * FRAME_SECOND - silent_second, 2)
        return SameRecording(id, at, round(place.sure, 3), place.n_landmarks, speed, length)


def open_recordings(folder: str | Path) -> Recordings:
    """Open recordings that exist. Raises as `Recordings` does."""
    return Recordings(folder)


def has_recordings(folder: str | Path) -> bool:
    """Return whether a folder holds recordings.

    >>> has_recordings("nowhere")
    False
    """
    return (Path(folder) / FILE).is_file()
