"""From a score to sound with nothing but NumPy.

Each different tone (program, pitch, velocity class, short or long) is made once, as long as its longest note, and laid down
wherever it is played. Times become frames with the score's own tempo map. Every track has a place on the stage and a level by its
role; all share one small hall and one limiter.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError
from boya.score import Score, Timeline, Track, note_ends
from boya.sound.master import finish
from boya.sound.modal import Audio
from boya.sound.patches import Patch, drum, patch
from boya.sound.reverb import reverberate
from boya.sound.voices import VOICES
from boya.sound.voices.drums import drum_tone
from boya.sound.wave import Strike

__all__ = ["TAIL_SECOND", "n_frames", "render_builtin"]

TAIL_SECOND = 1.5
MAX_SECOND = 3600
VELOCITY_CLASSES = 6
SHORT_SECOND = 0.2
CURVE = 1.6  # loudness grows with velocity to this power

# role: (level, pan); what has no role sits a little back. Tracks that share a role step aside in turn.
STAGE = {
    "melody": (1.3, 0.0),
    "chords": (0.6, -0.28),
    "bass": (0.85, 0.0),
    "pad": (0.5, 0.22),
    "drums": (0.9, 0.0),
    "": (0.75, 0.0),
}
SIDE_STEPS = (0.0, 0.35, -0.35, 0.18, -0.18, 0.5, -0.5)


@dataclass(frozen=True)
class Lane:
    """Where and how strongly a track's notes are laid down."""

    starts: NDArray[np.int64]
    lengths: NDArray[np.int64]
    gains: NDArray[np.float32]
    classes: NDArray[np.int64]
    balance: Audio


def n_frames(score: Score, sample_rate: int) -> int:
    """Return how many frames a rendering has: the score's length and a tail of 1.5 seconds; refuse more than an hour."""
    length = score.length_second
    if length > MAX_SECOND:
        raise InputError(f"a score to render must last at most {MAX_SECOND} s; got {length:.0f}. Cut it with slice_bars.")
    return round((length + TAIL_SECOND) * sample_rate)


def render_builtin(score: Score, sample_rate: int) -> Audio:
    """Render with the built-in voices. `[shape=(frames, 2)]`"""
    if not 8000 <= sample_rate <= 192000:
        raise InputError(f"sample_rate must be 8000-192000; got {sample_rate}")
    bus = np.zeros((3, n_frames(score, sample_rate)), dtype=np.float32)  # left, right, send
    for track, balance in zip(score.tracks, _stage(score.tracks), strict=True):
        if track.n_notes:
            lane = _lane(track, score.timeline, balance, sample_rate)
            (_lay_drums if track.is_drum else _lay_tones)(track, lane, bus, sample_rate)
    reverberate(bus[2], sample_rate, bus[:2])
    finish(bus[:2], sample_rate)
    return np.ascontiguousarray(bus[:2].T)


def _stage(tracks: tuple[Track, ...]) -> Iterator[Audio]:
    """Yield the level and balance of each track: left and right gain. `[shape=(2, 1)]`"""
    seen: dict[str, int] = {}
    for track in tracks:
        role = track.role or ("drums" if track.is_drum else "")
        level, pan = STAGE[role]
        if role not in ("drums", "bass"):
            pan += SIDE_STEPS[seen.get(role, 0) % len(SIDE_STEPS)]
        seen[role] = seen.get(role, 0) + 1
        yield np.array([[level * np.sqrt(1 - pan)], [level * np.sqrt(1 + pan)]], dtype=np.float32)


def _lane(track: Track, timeline: Timeline, balance: Audio, sample_rate: int) -> Lane:
    """Turn a track's ticks and velocities into frames, gains and velocity classes."""
    starts = np.rint(timeline.second_at(track.notes["onset"]) * sample_rate).astype(np.int64)
    ends = np.rint(timeline.second_at(note_ends(track.notes)) * sample_rate).astype(np.int64)
    velocity = track.notes["velocity"].astype(np.float32) / np.float32(127)
    classes = np.minimum((velocity * VELOCITY_CLASSES).astype(np.int64), VELOCITY_CLASSES - 1)
    return Lane(starts, np.maximum(ends - starts, 1), velocity ** np.float32(CURVE), classes, balance)


def _lay_tones(track: Track, lane: Lane, bus: Audio, sample_rate: int) -> None:
    """Make each different tone of a pitched track once and add it wherever it is played."""
    sound = patch(track.program)
    voice = VOICES[sound.voice]
    is_short = voice.is_held & (lane.lengths < SHORT_SECOND * sample_rate)
    fade = _release(sound, sample_rate)
    kinds = (track.notes["pitch"].astype(np.int64) * VELOCITY_CLASSES + lane.classes) * 2 + is_short
    for rows in _groups(kinds):
        first = rows[0]
        frequency = 440 * 2 ** ((int(track.notes["pitch"][first]) - 69) / 12)
        force = (int(lane.classes[first]) + 0.5) / VELOCITY_CLASSES
        longest = int(lane.lengths[rows].max()) + len(fade)
        tone = voice.tone(Strike(frequency, force, longest, sample_rate, bool(is_short[first])), sound.settings)
        tone = _with_send(tone * (lane.balance * np.float32(sound.gain * 0.2)), sound.send)
        for row in rows:
            _add(bus[:, lane.starts[row] :], tone, lane.gains[row], int(lane.lengths[row]), fade)


def _lay_drums(track: Track, lane: Lane, bus: Audio, sample_rate: int) -> None:
    """Make each drum stroke once and let it ring, until a key of the same choke group ends it."""
    pitches = track.notes["pitch"].astype(np.int64)
    lengths = _choked(pitches, lane.starts, bus.shape[1])
    fade = np.cos(np.linspace(0, np.pi / 2, int(0.03 * sample_rate), dtype=np.float32)) ** 2
    for rows in _groups(pitches * VELOCITY_CLASSES + lane.classes):
        key = drum(int(pitches[rows[0]]))
        stroke = drum_tone(key, (int(lane.classes[rows[0]]) + 0.5) / VELOCITY_CLASSES, sample_rate)
        stroke = _with_send(stroke * (lane.balance * np.float32(key.gain * 0.34)), key.send)
        for row in rows:
            _add(bus[:, lane.starts[row] :], stroke, lane.gains[row], int(lengths[row]), fade)


def _choked(pitches: NDArray[np.int64], starts: NDArray[np.int64], end: int) -> NDArray[np.int64]:
    """Return how long each stroke may ring. Notes are sorted by onset."""
    lengths = np.full(len(pitches), end, dtype=np.int64)
    chokes = {int(key): drum(int(key)).choke for key in np.unique(pitches)}
    for group in sorted(set(chokes.values()) - {""}):
        member = np.flatnonzero([chokes[int(p)] == group for p in pitches])
        following = np.searchsorted(starts[member], starts[member], side="right")
        cut = following < len(member)
        lengths[member[cut]] = starts[member][following[cut]] - starts[member][cut]
    return lengths


def _groups(kinds: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """Yield the rows of equal kind together."""
    order = np.argsort(kinds, kind="stable")
    yield from np.split(order, np.flatnonzero(np.diff(kinds[order])) + 1)


def _with_send(tone: Audio, send: float) -> Audio:
    """Stack left, right and the share for the reverb. `[shape=(3, n)]`"""
    return np.concatenate([tone, np.float32(send) * (tone[:1] + tone[1:])])


def _release(sound: Patch, sample_rate: int) -> Audio:
    """Return the fade after the key is up: fast at first, then slow, to 0."""
    x = np.linspace(0, 1, max(2, int(sound.release * sample_rate)), dtype=np.float32)
    return np.asarray((np.cos(x * np.float32(np.pi / 2)) ** 2) * np.exp(np.float32(-1.2) * x), dtype=np.float32)


def _add(bus: Audio, tone: Audio, gain: np.float32, length: int, fade: Audio) -> None:
    """Add a tone at the start of a view of the bus: `length` frames as it is, then through the fade."""
    n = min(length + len(fade), tone.shape[1], bus.shape[1])
    piece = tone[:, :n] * gain
    if n > length:
        piece[:, length:] *= fade[: n - length]
    bus[:, :n] += piece
