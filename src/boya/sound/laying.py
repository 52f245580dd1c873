"""Laying the notes of a track down, block after block, at the frames that the tempo map gives.

A track's bus has three rows: left, right, and what its notes send into the reverb. `[shape=(3, frames)]`
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from boya.score import Score, Track, note_ends
from boya.sound.bending import Bend, bent, places_in
from boya.sound.mix.equaliser import Filter, equalise
from boya.sound.mix.stage import Strip
from boya.sound.modal import Audio
from boya.sound.tones import Instrument, Source, Store, Stroke, Tone, steady
from boya.sound.wave import Strike

__all__ = ["Lane", "lanes"]

VELOCITY_CLASSES = 6
SHORT_SECOND = 0.2
CURVE = 1.6  # loudness grows with velocity to this power
TONE_LEVEL, DRUM_LEVEL = 0.2, 0.34
CHOKE_SECOND = 0.03
NEVER = np.iinfo(np.int64).max // 4
NO_BEND: Bend = np.zeros((0, 2))

Frames = NDArray[np.int64]
Making = Callable[[int], Tone]  # of a note, by its row


@dataclass
class Lane:
    """A track ready to be laid down.

    Attributes
    ----------
    starts, lengths, kinds
        First frame, frames until the release, and number of the tone of each note. `[shape=(n_notes,)]`
    gains
        Of each note.
    send, sends
        The share into the reverb, or that of each note.
    fade
        The release.
    tone
        Gives the tone of a note.
    """

    strip: Strip
    starts: Frames
    lengths: Frames
    kinds: Frames
    gains: Audio
    fade: Audio
    tone: Making
    send: float = 0.0
    sends: Audio | None = None
    ringing: Frames = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def lay(self, bus: Audio, begin: int) -> None:
        """Add what sounds in the frames of a block that begins at frame `begin`; blocks must follow one another."""
        end = begin + bus.shape[1]
        first, last = np.searchsorted(self.starts, [begin, end])
        rows = np.concatenate([self.ringing, np.arange(first, last)])
        rows = rows[np.argsort(self.kinds[rows], kind="stable")]
        self.ringing = np.array([row for row in rows.tolist() if self._add(row, bus, begin)], dtype=np.int64)
        if self.sends is None:
            bus[2] += np.float32(self.send) * (bus[0] + bus[1])

    def _add(self, row: int, bus: Audio, begin: int) -> bool:
        """Add one note; tell whether it rings on after the block."""
        tone, start, held = self.tone(row), int(self.starts[row]), int(self.lengths[row])
        stop = start + tone.length(held + len(self.fade))
        low, high = max(start, begin), min(stop, begin + bus.shape[1])
        if low < high:
            piece = tone.part(low - start, high - start) * self.gains[row]
            fading = start + held
            if high > fading:
                at = max(low, fading)
                piece[:, at - low :] *= self.fade[at - fading : high - fading]
            bus[:2, low - begin : high - begin] += piece
            if self.sends is not None:
                bus[2, low - begin : high - begin] += self.sends[row] * (piece[0] + piece[1])
        return bool(stop > begin + bus.shape[1])


def lanes(
    score: Score,
    strips: Iterable[Strip],
    source: Source,
    store: Store,
    sample_rate: int,
    bends: Sequence[NDArray[np.float64]] = (),
) -> list[Lane]:
    """Return a lane for each track of a score; tracks of one instrument share their tones.

    `bends` has ticks and semitones of each track, or is empty. `[shape=(n, 2)]`
    """
    longest: dict[tuple[object, ...], int] = {}
    found = []
    for number, (track, strip) in enumerate(zip(score.tracks, strips, strict=True)):
        starts = np.rint(score.timeline.second_at(track.notes["onset"]) * sample_rate).astype(np.int64)
        ends = np.rint(score.timeline.second_at(note_ends(track.notes)) * sample_rate).astype(np.int64)
        lengths = np.maximum(ends - starts, 1)
        if track.is_drum:
            found.append(_drums(track, strip, starts, source, store, sample_rate))
        else:
            bend = _in_frames(bends[number], score, sample_rate) if number < len(bends) else NO_BEND
            found.append(_pitched(track, strip, starts, lengths, source.instrument(track), store, longest, sample_rate, bend))
    return found


def _in_frames(bends: NDArray[np.float64], score: Score, sample_rate: int) -> Bend:
    """Ticks and semitones as frames and factors."""
    seconds = score.timeline.second_at(bends[:, 0].astype(np.int64))
    return np.stack([np.rint(seconds * sample_rate), 2 ** (bends[:, 1] / 12)], axis=1)


def _classes(track: Track) -> tuple[Frames, Audio]:
    """Return the velocity class and the gain of each note."""
    velocity = track.notes["velocity"].astype(np.float32) / np.float32(127)
    classes = np.minimum((velocity * VELOCITY_CLASSES).astype(np.int64), VELOCITY_CLASSES - 1)
    return classes, velocity ** np.float32(CURVE)


def _pitched(
    track: Track,
    strip: Strip,
    starts: Frames,
    lengths: Frames,
    sound: Instrument,
    store: Store,
    longest: dict[tuple[object, ...], int],
    sample_rate: int,
    bend: Bend,
) -> Lane:
    """Prepare a pitched track; `longest` gathers how long each tone has to be for all tracks that use it."""
    classes, gains = _classes(track)
    is_short = sound.is_held & (lengths < SHORT_SECOND * sample_rate)
    kinds = (track.notes["pitch"].astype(np.int64) * VELOCITY_CLASSES + classes) * 2 + is_short
    fade = _release(sound.release, sample_rate)
    head = (sound.name, strip.eq)
    needed = lengths + len(fade)
    for row in range(len(starts)) if len(bend) else ():
        places = places_in(bend, int(starts[row]), int(needed[row]))
        needed[row] = needed[row] if places is None else int(places[-1]) + 2
    for kind in np.unique(kinds).tolist():
        longest[*head, kind] = max(longest.get((*head, kind), 0), int(needed[kinds == kind].max()))

    def tone(row: int) -> Tone:
        key = (*head, int(kinds[row]))
        made = store.get(key, lambda: _tone(sound, int(kinds[row]), longest[key], strip.eq, sample_rate))
        places = places_in(bend, int(starts[row]), int(lengths[row]) + len(fade)) if len(bend) else None
        return made if places is None else Tone(bent(made.part(0, int(places[-1]) + 2), places))

    level = np.float32(sound.gain * TONE_LEVEL)
    return Lane(strip, starts, lengths, kinds, gains * level, fade, tone, send=sound.send)


def _tone(sound: Instrument, kind: int, n: int, eq: tuple[Filter, ...], sample_rate: int) -> Tone:
    """Make one tone: kinds number pitches, velocity classes, long and short."""
    pitch, force = kind // 2 // VELOCITY_CLASSES, (kind // 2 % VELOCITY_CLASSES + 0.5) / VELOCITY_CLASSES
    frequency = 440 * 2 ** ((pitch - 69) / 12)

    def make(n_frames: int) -> Audio:
        audio = sound.tone(Strike(frequency, force, n_frames, sample_rate, bool(kind % 2)))
        return equalise(audio, eq, sample_rate)

    return steady(make, n, frequency, sample_rate, is_held=sound.is_held)


def _drums(track: Track, strip: Strip, starts: Frames, source: Source, store: Store, sample_rate: int) -> Lane:
    """Prepare a drum track: strokes ring until a key of the same choke group ends them."""
    classes, gains = _classes(track)
    pitches = track.notes["pitch"].astype(np.int64)
    keys = {key: source.drum(key) for key in np.unique(pitches).tolist()}
    kinds = pitches * VELOCITY_CLASSES + classes

    def tone(row: int) -> Tone:
        stroke, force = keys[int(pitches[row])], (int(classes[row]) + 0.5) / VELOCITY_CLASSES
        key = (stroke.name, strip.eq, int(kinds[row]))
        return store.get(key, lambda: Tone(equalise(stroke.tone(force, sample_rate), strip.eq, sample_rate)))

    levels = np.array([keys[key].gain * DRUM_LEVEL for key in pitches.tolist()], dtype=np.float32)
    sends = np.array([keys[key].send for key in pitches.tolist()], dtype=np.float32)
    fade = np.cos(np.linspace(0, np.pi / 2, int(CHOKE_SECOND * sample_rate), dtype=np.float32)) ** 2
    return Lane(strip, starts, _choked(pitches, starts, keys), kinds, gains * levels, fade, tone, sends=sends)


def _choked(pitches: Frames, starts: Frames, keys: dict[int, Stroke]) -> Frames:
    """Return how long each stroke may ring. Notes are sorted by onset."""
    lengths = np.full(len(pitches), NEVER, dtype=np.int64)
    for group in sorted({stroke.choke for stroke in keys.values()} - {""}):
        member = np.flatnonzero([keys[key].choke == group for key in pitches.tolist()])
        following = np.searchsorted(starts[member], starts[member], side="right")
        cut = following < len(member)
        lengths[member[cut]] = starts[member][following[cut]] - starts[member][cut]
    return lengths


@lru_cache(maxsize=64)
def _release(second: float, sample_rate: int) -> Audio:
    """Return the fade after the key is up: fast at first, then slow, to 0."""
    x = np.linspace(0, 1, max(2, int(second * sample_rate)), dtype=np.float32)
    return np.asarray((np.cos(x * np.float32(np.pi / 2)) ** 2) * np.exp(np.float32(-1.2) * x), dtype=np.float32)
