"""What a track may never do, whatever the composer thinks of it: limits as they are wished, and as they are kept.

Conventions: pitches are MIDI numbers as they sound, of drums their keys; pitch classes are 0-11, 0 = C. What is None in a wish is
settled by the instrument and by the notes that the track already has, so that nobody is asked to play what a flute cannot, and
nothing that stands in a score is called impossible.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from boya.composing.checks import contradiction
from boya.errors import RequestError
from boya.representation.stream.vocabulary import LOWEST_DRUM, N_DRUMS
from boya.score import NoteArray, Track, note_ends
from boya.theory.drums import drum_name
from boya.theory.instruments import instrument

__all__ = ["LEAP_STEPS", "Bounds", "Limits", "TrackLimits", "bounds_of", "part_name"]

LEAP_STEPS = 48  # a leap is one between onsets at most 4 quarters apart; after a longer silence a track begins anew
DRUM_KEYS = frozenset(range(LOWEST_DRUM, LOWEST_DRUM + N_DRUMS))
MOST_VOICES = 128
_STRENGTHS = ("free", "strong", "all")


@dataclass(frozen=True)
class TrackLimits:
    """Limits of one track; None leaves the usual.

    Attributes
    ----------
    lowest, highest
        pitches, both included; usually the range of the instrument, and what the track already plays outside it
    voices
        most notes that sound at once; usually the polyphony of the instrument, or of the track where that is more
    leap
        each note lies at most so many semitones from a note of the onset before, where the two are at most 4 quarters apart, and
        so does each from what is kept after it; usually free
    keys
        drum keys, 27-87; usually all
    chord_tones
        "free", "strong" or "all", as in `Limits`; usually what that says

    Raises
    ------
    RequestError
        if a value is out of range, or two contradict each other.
    """

    lowest: int | None = None
    highest: int | None = None
    voices: int | None = None
    leap: int | None = None
    keys: frozenset[int] | None = None
    chord_tones: str | None = None

    def __post_init__(self) -> None:
        for name, low, high in (("lowest", 0, 127), ("highest", 0, 127), ("voices", 1, MOST_VOICES), ("leap", 0, 127)):
            value = getattr(self, name)
            if value is not None and not (isinstance(value, int) and low <= value <= high):
                raise RequestError(f"{name} of a track must be a whole number {low}-{high}; got {value!r:.60}")
        if self.lowest is not None and self.highest is not None and self.lowest > self.highest:
            raise contradiction(f"lowest={self.lowest}", f"highest={self.highest}", "no pitch lies between them")
        if self.keys is not None:
            object.__setattr__(self, "keys", _whole_numbers("keys", self.keys, LOWEST_DRUM, LOWEST_DRUM + N_DRUMS - 1))
        _check_strength(self.chord_tones)


@dataclass(frozen=True)
class Limits:
    """Limits of all tracks.

    Attributes
    ----------
    tracks
        those of each track, in the order of the score; tracks beyond them have the usual ones
    scale
        pitch classes that may begin, "key" for those of the key in force in each bar, None for all; notes of the chord in force
        are always among them
    chord_tones
        "strong": what begins on a strong beat (the first, and the middle of the bar where that is a beat) is of the chord in
        force; "all": everything is; "free" or None

    Examples
    --------
    >>> Limits((TrackLimits(lowest=60, highest=84),), scale="key", chord_tones="strong").of(1)
    TrackLimits(lowest=None, highest=None, voices=None, leap=None, keys=None, chord_tones=None)
    """

    tracks: tuple[TrackLimits, ...] = ()
    scale: frozenset[int] | str | None = None
    chord_tones: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "tracks", tuple(self.tracks))
        _check_strength(self.chord_tones)
        if isinstance(self.scale, str):
            if self.scale != "key":
                raise RequestError(f"scale must be pitch classes 0-11 or 'key'; got {self.scale!r:.60}")
        elif self.scale is not None:
            object.__setattr__(self, "scale", _whole_numbers("scale", self.scale, 0, 11))

    def of(self, number: int) -> TrackLimits:
        """Return the limits of a track."""
        return self.tracks[number] if number < len(self.tracks) else TrackLimits()


@dataclass(frozen=True)
class Bounds:
    """Limits of a track with nothing left open; pitches of drums are their keys."""

    name: str
    pitches: frozenset[int]
    voices: int
    leap: int | None
    chord_tones: str
    is_drum: bool


def bounds_of(tracks: Iterable[Track], limits: Limits) -> tuple[Bounds, ...]:
    """Return what each track may play.

    Raises
    ------
    RequestError
        if nothing is left of a track's range.

    Examples
    --------
    >>> bounds = bounds_of([Track(program=73)], Limits())[0]
    >>> bounds.name, min(bounds.pitches), max(bounds.pitches), bounds.voices
    ('track 1 (Flute)', 59, 98, 1)
    """
    return tuple(_bounds(number, track, limits) for number, track in enumerate(tracks))


def part_name(number: int, track: Track) -> str:
    """A track as a person calls it.

    >>> part_name(1, Track(is_drum=True))
    'track 2 (drums)'
    """
    return f"track {number + 1} ({track.name or ('drums' if track.is_drum else instrument(track.program).name)})"


def _bounds(number: int, track: Track, limits: Limits) -> Bounds:
    """One track's."""
    wished, name = limits.of(number), part_name(number, track)
    if track.is_drum:
        keys = DRUM_KEYS if wished.keys is None else wished.keys
        low, high = wished.lowest or 0, 127 if wished.highest is None else wished.highest
        voices, strength = wished.voices or MOST_VOICES, "free"
    else:
        keys = frozenset(range(128))
        low, high = _usual_range(track)
        low, high = low if wished.lowest is None else wished.lowest, high if wished.highest is None else wished.highest
        voices = wished.voices or max(instrument(track.program).polyphony, _most_at_once(track.notes))
        strength = wished.chord_tones or limits.chord_tones or "free"
    pitches = frozenset(pitch for pitch in keys if low <= pitch <= high)
    if not pitches:
        first, second = (f"keys {_keys_text(keys)}", f"range {low}-{high}") if track.is_drum else ("lowest", "highest")
        raise contradiction(first, second, f"no pitch of {low}-{high} is left for {name}")
    return Bounds(name, pitches, voices, None if track.is_drum else wished.leap, strength, track.is_drum)


def _usual_range(track: Track) -> tuple[int, int]:
    """The range of the instrument, and of what it plays."""
    low, high = instrument(track.program).range
    if not track.n_notes:
        return low, high
    return min(low, int(track.notes["pitch"].min())), max(high, int(track.notes["pitch"].max()))


def _most_at_once(notes: NoteArray) -> int:
    """How many notes sound at once, at most."""
    times = np.concatenate([note_ends(notes), notes["onset"].astype(np.int64)])
    changes = np.repeat([-1, 1], len(notes))
    return int(np.cumsum(changes[np.argsort(times, kind="stable")]).max(initial=0))


def _keys_text(keys: Iterable[int]) -> str:
    """Drum keys with their names."""
    return ", ".join(f"{key} {drum_name(key)}" for key in sorted(keys)[:4])


def _whole_numbers(name: str, values: Iterable[int], low: int, high: int) -> frozenset[int]:
    """Values as a set, after looking that they are whole numbers in range, at least one."""
    found = frozenset(int(value) if isinstance(value, (int, np.integer)) else -1 for value in values)
    if not found or min(found) < low or max(found) > high:
        raise RequestError(f"{name} must be one or more whole numbers {low}-{high}; got {sorted(values)!r:.60}")
    return found


def _check_strength(value: str | None) -> None:
    """Raise unless it is a way of keeping to chords."""
    if value is not None and value not in _STRENGTHS:
        raise RequestError(f"chord_tones must be one of {', '.join(_STRENGTHS)}, or None; got {value!r:.60}")
