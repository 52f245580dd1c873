"""One token per sixteenth for each track of a phrase roll: the alphabet of the n-gram baseline.

Conventions: a roll is uint8 `[shape=(phrases, steps, 128)]`, 0 silent, 1 sustained, 2 onset. Tokens: 0 rest, 1 hold (what
sounded goes on unchanged), 2 + i the frame `frames[i]`, a row of 128 such values. A line (melody, bass) has the 128 single
onsets as its frames and keeps one note at a time; drums keep onsets only; chords and pads learn their most frequent frames, and
any other frame becomes the nearest one, counted in pitches that sound or begin in only one of the two.
"""

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError, ModelError

__all__ = ["FIRST_FRAME", "HOLD", "REST", "FrameAlphabet"]

REST, HOLD, FIRST_FRAME = 0, 1, 2
_READINGS = ("highest", "lowest", "onsets", "all")
_CHUNK = 1024  # phrases at a time: bounds the memory of 20,000 phrases

Rolls = NDArray[np.uint8]
Tokens = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FrameAlphabet:
    """The frames of one track, and what of the track is read: its highest or lowest note, only onsets, or all.

    Examples
    --------
    >>> roll = np.zeros((1, 4, 128), np.uint8)
    >>> roll[0, 0, [60, 64]] = 2
    >>> roll[0, 1, [60, 64]] = 1
    >>> alphabet = FrameAlphabet.learn(roll, "all")
    >>> alphabet.encode(roll).tolist()
    [[2, 1, 0, 0]]
    >>> bool((alphabet.decode(alphabet.encode(roll)) == roll).all())
    True
    """

    reading: str
    frames: Rolls

    def __post_init__(self) -> None:
        frames = np.asarray(self.frames)
        if self.reading not in _READINGS:
            raise ModelError(f"reading must be one of {', '.join(_READINGS)}; got {self.reading!r}")
        if frames.dtype != np.uint8 or frames.ndim != 2 or frames.shape[1] != 128 or frames.max(initial=0) > 2:
            raise ModelError(f"frames must be uint8 (n, 128) of 0, 1, 2; got {frames.dtype} {frames.shape}")

    @classmethod
    def learn(cls, rolls: Rolls, reading: str, size: int = 2000) -> "FrameAlphabet":
        """Keep the `size` most frequent frames of a track; lines always have the 128 pitches."""
        if reading in ("highest", "lowest"):
            return cls(reading, (2 * np.eye(128)).astype(np.uint8))
        counts: Counter[bytes] = Counter()
        for chunk in _chunks(rolls):
            changed, event = _changes(_read(chunk, reading))
            frames, seen = np.unique(_as_keys(changed[event]), return_counts=True)
            counts.update({key.tobytes(): int(n) for key, n in zip(frames, seen, strict=True)})
        best = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:size]
        return cls(reading, np.frombuffer(b"".join(key for key, _ in best), dtype=np.uint8).reshape(-1, 128))

    @property
    def n_tokens(self) -> int:
        """Number of tokens: rest, hold and the frames."""
        return FIRST_FRAME + len(self.frames)

    def encode(self, rolls: Rolls) -> Tokens:
        """Return one token per step. `[shape=(phrases, steps)]`"""
        return np.concatenate([np.empty((0, rolls.shape[1]), np.int64), *(self._encode(chunk) for chunk in _chunks(rolls))])

    def decode(self, tokens: Tokens) -> Rolls:
        """Return the roll `[shape=(phrases, steps, 128)]`; a hold after silence is silent."""
        if tokens.size and (tokens.min() < 0 or tokens.max() >= self.n_tokens):
            raise InputError(f"tokens must be 0-{self.n_tokens - 1}; got {tokens.min()}-{tokens.max()}")
        table = np.concatenate([np.zeros((FIRST_FRAME, 128), np.uint8), self.frames])
        rolls = table[tokens]
        for step in range(1, tokens.shape[1]):
            held = tokens[:, step] == HOLD
            rolls[held, step] = rolls[held, step - 1] > 0
        return rolls

    def share_known(self, rolls: Rolls) -> float:
        """Return the share of frames with a change that are in the alphabet exactly; NaN where nothing happens."""
        known = {frame.tobytes() for frame in self.frames}
        found = total = 0
        for chunk in _chunks(rolls):
            frames, event = _changes(_read(chunk, self.reading))
            found += sum(frame.tobytes() in known for frame in frames[event])
            total += int(event.sum())
        return found / total if total else float("nan")

    def _encode(self, rolls: Rolls) -> Tokens:
        """Encode one chunk."""
        frames, event = _changes(_read(rolls, self.reading))
        tokens = np.where(frames.any(axis=2), HOLD, REST).astype(np.int64)
        if event.any():
            keys, place = np.unique(_as_keys(frames[event]), return_inverse=True)
            ids = self._nearest(np.frombuffer(keys.tobytes(), dtype=np.uint8).reshape(-1, 128))
            tokens[event] = np.where(ids < 0, REST, FIRST_FRAME + ids)[place.reshape(-1)]
        return tokens

    def _nearest(self, frames: Rolls) -> Tokens:
        """Return the index of the nearest frame of the alphabet for each; -1 where the alphabet is empty."""
        if not len(self.frames):
            return np.full(len(frames), -1)
        mine, theirs = _bits(frames), _bits(self.frames)
        distance = mine.sum(axis=1)[:, None] + theirs.sum(axis=1) - 2 * mine @ theirs.T
        return np.asarray(distance.argmin(axis=1))


def _chunks(rolls: Rolls) -> list[Rolls]:
    """Cut many phrases into parts."""
    if rolls.ndim != 3 or rolls.shape[2] != 128:
        raise InputError(f"a track must be (phrases, steps, 128); got {rolls.shape}")
    return [rolls[first : first + _CHUNK] for first in range(0, len(rolls), _CHUNK)]


def _read(rolls: Rolls, reading: str) -> Rolls:
    """Reduce a track to what its alphabet can say."""
    if reading == "all":
        return rolls
    starts = (rolls == 2) | ((rolls > 0) & (_before(rolls) == 0))
    if reading == "onsets":
        return np.asarray(np.where(starts, 2, 0), dtype=np.uint8)
    pitch = starts.argmax(axis=2) if reading == "lowest" else 127 - starts[..., ::-1].argmax(axis=2)
    struck = starts.any(axis=2)
    line = np.zeros_like(rolls)
    line[struck, pitch[struck]] = 2
    held = (rolls > 0).any(axis=2) & ~struck
    for step in range(1, rolls.shape[1]):
        line[held[:, step], step] = line[held[:, step], step - 1] > 0
    return line


def _changes(rolls: Rolls) -> tuple[Rolls, NDArray[np.bool_]]:
    """Return the frames and where one is an event: neither silence nor a plain continuation of the frame before."""
    sounding = rolls > 0
    continued = (sounding == (_before(rolls) > 0)).all(axis=2) & ~(rolls == 2).any(axis=2)
    return rolls, sounding.any(axis=2) & ~continued


def _before(rolls: Rolls) -> Rolls:
    """The frame one step earlier; silence before the first."""
    before = np.zeros_like(rolls)
    before[:, 1:] = rolls[:, :-1]
    return before


def _as_keys(frames: Rolls) -> NDArray[np.void]:
    """View frames `[shape=(n, 128)]` as one sortable value each."""
    return np.ascontiguousarray(frames).view("V128").reshape(-1)


def _bits(frames: Rolls) -> NDArray[np.float32]:
    """What sounds and what begins, as 256 zeros and ones."""
    return np.concatenate([frames > 0, frames == 2], axis=1).astype(np.float32)
