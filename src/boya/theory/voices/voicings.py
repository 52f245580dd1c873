"""All legal ways to set a chord for four voices, each with what it costs by itself.

Conventions: a *slot* says what is given of a chord's place: the chord, or the notes of the melody, or both. A *stage* holds the
voicings of a slot, `[shape=(n_voicings, 4)]`, soprano first; `first` when the slot begins, `last` when it ends (they differ only
where the melody moves on). Every voicing obeys the hard rules of a single chord: ranges, spacing, no crossing, a third, no
doubled leading tone or seventh. Source of the doublings: W. Piston, "Harmony", 1941.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

from boya.score import MINOR_MODES
from boya.theory.chords import chord_pitch_classes
from boya.theory.voices.grammar import grammar
from boya.theory.voices.rules import rules
from boya.theory.voices.setting import chord_of

__all__ = ["Slot", "Stage", "chords_of", "dominants", "forget_settings", "members", "stage_of"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Named = tuple[int, str, int]

RANGES = ((60, 81), (55, 74), (48, 67), (40, 62))  # what choirs sing at ease; the rule allows a little more
SCALE = 0.3  # what a weight of the table of rules costs in the search, in nats
NO_FIFTH, UNISON, WIDE, FOREIGN = 0.5, 0.3, 0.3, 3.5
WIDE_GAP, OCTAVE, LOW_GAP = 19, 12, 28
MIDDLE, ROOM, STRAIN = (70, 64, 57, 49), 5, 0.06  # middle of each voice, semitones around it that are free, cost of each beyond


@dataclass(frozen=True)
class Slot:
    """What is given of one chord.

    Attributes
    ----------
    tonic, mode
        of the key
    chord
        root, quality and bass as pitch classes; None: any chord of the grammar
    melody
        pitches of the melody in the slot: at its beginning, at its end, lowest, highest; None: the soprano is free
    may_clash
        whether the first note of the melody may be no note of the chord, as it moves on by step
    ends_on_beat
        whether what sounds last begins on a beat
    """

    tonic: int
    mode: str
    chord: tuple[int, str, int] | None = None
    melody: tuple[int, int, int, int] | None = None
    may_clash: bool = False
    ends_on_beat: bool = True


@dataclass(frozen=True, eq=False)
class Stage:
    """Voicings of a slot: pitches, the chord that is heard (root, third, fifth, seventh), its number in the grammar, the cost."""

    slot: Slot
    first: Ints
    last: Ints
    heard_first: Ints
    heard_last: Ints
    chord: Ints
    cost: Floats

    def __len__(self) -> int:
        return len(self.first)

    def take(self, rows: list[int]) -> "Stage":
        """Return some of the voicings."""
        heard = self.heard_first[rows], self.heard_last[rows]
        return Stage(self.slot, self.first[rows], self.last[rows], *heard, self.chord[rows], self.cost[rows])

    @property
    def is_minor(self) -> bool:
        """Whether the third of the key is minor."""
        return self.slot.mode in MINOR_MODES


@lru_cache(maxsize=1024)
def stage_of(slot: Slot) -> Stage:
    """Return all legal voicings of a slot; there may be none.

    >>> stage = stage_of(Slot(0, "major", (0, "maj", 0), (72, 72, 72, 72)))
    >>> stage.first[stage.cost.argmin()].tolist()
    [72, 64, 55, 48]
    """
    chords = chords_of(slot.tonic, slot.mode) if slot.chord is None else (slot.chord,)
    first, number = _settings(chords, slot.melody, slot.may_clash)
    heard = _heard(first, slot.tonic)
    keep = _is_legal(first, heard, slot.tonic)
    first, heard, number = first[keep], heard[keep], number[keep]
    last, heard_last = first, heard
    if slot.melody is not None and slot.melody[1] != slot.melody[0]:
        last = first.copy()
        last[:, 0] = slot.melody[1]
        heard_last = _heard(last, slot.tonic)
    clash = ~members(chords)[number, first[:, 0] % 12]
    cost = (_cost(first, heard) + FOREIGN * clash).astype(np.float32)
    return Stage(slot, first, last, heard, heard_last, number, cost)


@cache
def chords_of(tonic: int, mode: str) -> tuple[Named, ...]:
    """Return the chords of the grammar in a key: root, quality and bass as pitch classes."""
    return tuple(((e.root + tonic) % 12, e.quality, (e.bass + tonic) % 12) for e in grammar(mode).entries)


@lru_cache(maxsize=256)
def members(chords: tuple[Named, ...]) -> Bools:
    """Return which pitch classes belong to chords. `[shape=(n_chords, 12)]`"""
    table = np.zeros((len(chords), 12), dtype=bool)
    for number, (root, quality, bass) in enumerate(chords):
        table[number, [*chord_pitch_classes(root, quality), bass]] = True
    return table


def _settings(chords: tuple[Named, ...], melody: tuple[int, int, int, int] | None, may_clash: bool) -> tuple[Ints, Ints]:
    """Complete settings of chords, `[shape=(n, 4)]`, and the number of the chord of each."""
    lower, number, needed = _lower_voices(chords)
    has = np.bitwise_or.reduce(1 << lower % 12, axis=1)
    sopranos = range(RANGES[0][0], RANGES[0][1] + 1) if melody is None else (melody[0],)
    found, numbers = [], []
    for pitch in sopranos:
        low, high = (pitch, pitch) if melody is None else melody[2:]
        belongs = members(chords)[number, pitch % 12]
        whole = ((has | np.where(belongs, 1 << pitch % 12, 0)) & needed) == needed
        keep = whole & (belongs | may_clash) & (lower[:, 0] <= low) & (high - lower[:, 0] <= OCTAVE)
        found.append(np.concatenate([np.full((int(keep.sum()), 1), pitch), lower[keep]], axis=1))
        numbers.append(number[keep])
    return np.concatenate(found), np.concatenate(numbers)


@lru_cache(maxsize=256)
def _lower_voices(chords: tuple[Named, ...]) -> tuple[Ints, Ints, Ints]:
    """Alto, tenor and bass of chords, `[shape=(n, 3)]`, the number of the chord of each, and the notes it needs as bits."""
    found, numbers, needed = [], [], []
    for number, (root, quality, bass) in enumerate(chords):
        notes = np.flatnonzero(members(chords)[number]).tolist()
        choices = [[p for p in range(low, high + 1) if p % 12 in notes] for low, high in RANGES[1:]]
        choices[2] = [p for p in choices[2] if p % 12 == bass]
        rows = [
            (a, t, b)
            for a in choices[0]
            for t in choices[1]
            for b in choices[2]
            if 0 <= a - t <= OCTAVE and 0 <= t - b <= LOW_GAP
        ]
        found += rows
        numbers += [number] * len(rows)
        needed += [sum(1 << note for note in _needed(root, quality, bass))] * len(rows)
    return np.array(found, dtype=np.int64).reshape(-1, 3), np.array(numbers, dtype=np.int64), np.array(needed, dtype=np.int64)


def _needed(root: int, quality: str, bass: int) -> tuple[int, ...]:
    """Pitch classes that four voices must sing: all but the fifth, the highest ones of many."""
    notes = chord_pitch_classes(root, quality)
    fifth = (root + 7) % 12
    others = [note for note in notes if note != fifth or len(notes) < 3]
    others = others[:2] + others[2:][-2:] if len(others) > 4 else others
    return tuple(dict.fromkeys([*others, bass][:4]))


def _heard(pitches: Ints, tonic: int) -> Ints:
    """Root, third, fifth and seventh of what sounds. `[shape=(n, 4)]`"""
    masks = np.bitwise_or.reduce(1 << pitches % 12, axis=1) if len(pitches) else np.zeros(0, dtype=np.int64)
    kinds, back = np.unique(masks * 12 + pitches.min(axis=1, initial=999) % 12, return_inverse=True)
    found = [chord_of(int(kind) // 12, int(kind) % 12, tonic) for kind in kinds]
    return np.array(found, dtype=np.int64).reshape(-1, 4)[back]


def dominants(heard: Ints, tonic: int) -> Bools:
    """Return whether chords are dominants with the leading tone: V, V7, viio, viio7. `[shape=(n,)]`"""
    leading = (tonic - 1) % 12
    of_five = (heard[:, 0] == (tonic + 7) % 12) & (heard[:, 1] == leading)
    of_seven = (heard[:, 0] == leading) & (heard[:, 1] == (leading + 3) % 12) & (heard[:, 2] == (leading + 6) % 12)
    return np.asarray(of_five | of_seven)


def _is_legal(pitches: Ints, heard: Ints, tonic: int) -> Bools:
    """No doubled leading tone of a dominant, no doubled seventh, no chord without a third."""
    leading = ((pitches % 12) == (tonic - 1) % 12).sum(axis=1) > 1
    sevenths = ((pitches % 12) == heard[:, 3:]).sum(axis=1) > 1
    bare = (heard[:, 0] >= 0) & (heard[:, 1] < 0)
    return np.asarray(~(leading & dominants(heard, tonic)) & ~sevenths & ~bare)


def _cost(pitches: Ints, heard: Ints) -> Floats:
    """What doublings, a missing fifth, unisons and wide gaps cost. `[shape=(n,)]`"""
    root, third, fifth, seventh = heard.T
    thirds = ((pitches % 12) == heard[:, 1:2]).sum(axis=1)
    is_diminished = (fifth - root) % 12 == 6
    triad = (seventh < 0) & (third >= 0) & (fifth >= 0)
    doubled = triad & ((thirds > 1) != is_diminished)
    bare = (third >= 0) & (fifth < 0)
    gaps = pitches[:, :3] - pitches[:, 1:]
    cost = SCALE * rules()["doubling"].weight * doubled + NO_FIFTH * bare + UNISON * (gaps == 0).sum(axis=1)
    strain = STRAIN * np.maximum(np.abs(pitches - np.array(MIDDLE)) - ROOM, 0).sum(axis=1)
    return np.asarray(cost + strain + WIDE * (gaps[:, 2] > WIDE_GAP), dtype=np.float32)


def forget_settings() -> None:
    """Empty what is kept of settings."""
    for kept in (stage_of, chords_of, members, _lower_voices):
        kept.cache_clear()
