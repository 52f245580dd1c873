"""One voice heard from beginning to end: its pitches, its notes, and whether it is one voice at all.

Conventions: audio comes as mono blocks at 22050 frames a second; what is kept of it is about 60 bytes for each frame of 12 ms.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.listening.audio import attacks, pitch
from boya.listening.audio.attacks import Attacks
from boya.listening.audio.framing import Audio, framed
from boya.listening.audio.notes import BEGIN, Heard, notes_of
from boya.listening.audio.pitch import HOP, Candidates, PitchTrack, candidates, path

__all__ = ["Voice", "hear_voice"]

LOUD_DECIBEL = -30.0  # frames that tell whether one voice sounds, against the loudest
SILENCE_DECIBEL = -60.0  # a recording that never gets louder holds nothing
CLEAR = 0.6  # the usual probability of the best pitch, from which on it is one voice


@dataclass(frozen=True, eq=False)
class Voice:
    """What was heard of a recording, as if one voice sang.

    Attributes
    ----------
    found
        candidates of each frame
    attacks
        strength of the attack that begins there `[shape=(frames,)]`
    levels
        decibels below full scale `[shape=(frames,)]`
    """

    found: Candidates
    attacks: NDArray[np.float32]
    levels: NDArray[np.float32]

    @property
    def is_silent(self) -> bool:
        """Whether nothing sounds."""
        return bool(self.levels.max(initial=SILENCE_DECIBEL) <= SILENCE_DECIBEL)

    @property
    def is_one(self) -> bool:
        """Whether most of it has one clear pitch: several voices, or noise, have not."""
        is_loud = self.levels > self.levels.max(initial=SILENCE_DECIBEL) + LOUD_DECIBEL
        return bool(is_loud.any() and np.median(self.found.chances[is_loud].max(axis=1)) >= CLEAR)

    def pitches(self) -> PitchTrack:
        """Return the pitch of each frame."""
        return path(self.found)

    def notes(self, keenness: float = 1.0, begin: float = BEGIN) -> list[Heard]:
        """Return its notes; the keener, the weaker an attack may be that begins one; `begin` is that of `notes_of`."""
        return [] if self.is_silent else notes_of(self.found, self.attacks * np.float32(keenness), self.levels, begin)


def hear_voice(blocks: Iterable[Audio]) -> Voice:
    """Hear a recording of one voice.

    Examples
    --------
    >>> time = np.arange(22050, dtype=np.float32) / 22050
    >>> voice = hear_voice([0.3 * np.sin(2 * np.pi * np.where(time < 0.5, 440, 494) * time).astype(np.float32)])
    >>> voice.is_one, [note.pitch for note in voice.notes()]
    (True, [69, 71])
    """
    heard, parts = Attacks(), []
    edge = (attacks.WINDOW - pitch.WINDOW) // 2
    for windows in framed(blocks, attacks.WINDOW, HOP):
        parts.append(candidates(windows[:, edge : edge + pitch.WINDOW]))
        heard.add(windows)
    none = np.zeros((0, pitch.N_CANDIDATES), dtype=np.float32)
    found = [np.concatenate([none, *column]) for column in zip(*((p.pitches, p.chances) for p in parts), strict=True)]
    return Voice(Candidates(*found) if found else Candidates(none, none), heard.strengths(), heard.levels)
