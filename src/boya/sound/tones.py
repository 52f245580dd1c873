"""Where tones come from, and a store that makes each different tone once.

A `Source` gives an instrument for each track and a stroke for each drum key; `Live` is the built-in synthesizer. A tone is
float32 `[shape=(2, n)]` at about unit loudness, without release. Times in frames. The store is bounded: what was used least
recently goes.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np

from boya.score import Track
from boya.sound import patches
from boya.sound.modal import Audio
from boya.sound.voices import VOICES
from boya.sound.voices.drums import drum_tone
from boya.sound.wave import Strike

__all__ = ["Instrument", "Live", "Source", "Store", "Stroke", "Tone", "steady", "voiced"]

STORE_BYTES = 48 * 2**20
LONGEST_SECOND = 20.0  # what is held longer repeats its steady part
REPEATED_SECOND, MELT_SECOND = 8.0, 1.0


@dataclass(frozen=True)
class Instrument:
    """One pitched instrument; tones of equal `name` are the same."""

    name: str
    tone: Callable[[Strike], Audio]
    gain: float = 1.0
    send: float = 0.25  # share into the reverb
    release: float = 0.15  # seconds to fade after the key is up
    is_held: bool = True


@dataclass(frozen=True)
class Stroke:
    """One drum key: its tone takes force and sample rate; `choke` names keys that end each other."""

    name: str
    tone: Callable[[float, int], Audio]
    gain: float = 1.0
    send: float = 0.1
    choke: str = ""


class Source(Protocol):
    """What plays the notes."""

    def instrument(self, track: Track) -> Instrument:
        """Return what plays a pitched track."""
        ...

    def drum(self, key: int) -> Stroke:
        """Return what plays a drum key."""
        ...


class Live:
    """The built-in voices, synthesized now.

    >>> Live().instrument(Track(program=40)).is_held
    True
    """

    def instrument(self, track: Track) -> Instrument:
        """Return the voice of the track's program, or of its name where the tables know it."""
        sound = patches.patch(track.program, track.name)
        voice = VOICES[sound.voice]
        name = f"{sound.voice} {sound.settings!r}"
        tone = partial(voiced, voice.tone, sound.settings)
        return Instrument(name, tone, sound.gain, sound.send, sound.release, voice.is_held)

    def drum(self, key: int) -> Stroke:
        """Return the stroke of a drum key."""
        sound = patches.drum(key)
        return Stroke(f"drum {key}", partial(drum_tone, sound), sound.gain, sound.send, sound.choke)


def voiced(tone: Callable[[Strike, Any], Audio], settings: Any, strike: Strike) -> Audio:
    """Call a voice with its settings last, as voices want it; give it the first two to have a `Tone`."""
    return tone(strike, settings)


@dataclass(frozen=True)
class Tone:
    """A tone, and how its end repeats when it is held for longer than it was made: 0 not."""

    audio: Audio
    period: int = 0

    def part(self, start: int, stop: int) -> Audio:
        """Return frames [start, stop) of the tone; fewer where it has died away. `[shape=(2, n)]`"""
        n = self.audio.shape[1]
        if stop <= n or not self.period:
            return self.audio[:, start:stop]
        places = np.arange(start, stop)
        places = np.where(places < n, places, n - self.period + (places - n) % max(self.period, 1))
        return self.audio[:, places]

    def length(self, wanted: int) -> int:
        """Return how long the tone sounds when `wanted` frames are asked for."""
        return wanted if self.period else min(wanted, self.audio.shape[1])


class Store:
    """Tones by what they are, up to a number of bytes."""

    def __init__(self, n_bytes: int = STORE_BYTES) -> None:
        self._limit = n_bytes
        self._used = 0
        self._tones: OrderedDict[Hashable, Tone] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Tone]) -> Tone:
        """Return the tone of a key; make it when it is not there.

        >>> store = Store(100)
        >>> [store.get(key, lambda: Tone(np.zeros((2, 8), np.float32))).length(99) for key in "aba"], len(store)
        ([8, 8, 8], 1)
        """
        if key in self._tones:
            self._tones.move_to_end(key)
            return self._tones[key]
        tone = self._tones[key] = make()
        self._used += tone.audio.nbytes
        while self._used > self._limit and len(self._tones) > 1:
            _, old = self._tones.popitem(last=False)
            self._used -= old.audio.nbytes
        return tone

    def __len__(self) -> int:
        return len(self._tones)


def steady(make: Callable[[int], Audio], wanted: int, frequency: float, sample_rate: int, *, is_held: bool) -> Tone:
    """Return a tone of `wanted` frames; of one longer than 20 s, 20 s whose last seconds repeat a whole number of periods.

    Parameters
    ----------
    make
        Returns a tone of a number of frames.
    wanted
        Frames.
    frequency
        Hertz.
    is_held
        Whether it sounds as long as the key is down; what dies away by itself is not repeated.
    """
    longest = int(LONGEST_SECOND * sample_rate)
    if wanted <= longest:
        return Tone(make(wanted))
    audio = make(longest)
    if not is_held or audio.shape[1] < longest:
        return Tone(audio)
    period = round(round(REPEATED_SECOND * frequency) / frequency * sample_rate)
    melt = int(MELT_SECOND * sample_rate)
    audio = audio.copy()
    before = audio[:, longest - melt - period : longest - period]
    share = np.linspace(0, 1, melt, dtype=np.float32)
    audio[:, longest - melt :] = (1 - share) * audio[:, longest - melt :] + share * before
    return Tone(audio, period)
