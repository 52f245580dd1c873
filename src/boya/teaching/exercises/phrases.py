"""Progressions of a level, set for four voices by the exact search of `boya.theory.voices`.

Conventions: a phrase is a row of `data/exercises.toml`; chords last half notes, the last one fills its bar; voices are soprano,
alto, tenor, bass. Chance takes part by some noise on the cost of each voicing: one progression has many settings, all legal.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from boya.score import Key, Score, Timeline, Track, note_array
from boya.teaching.exercises.drawing import chosen, different, draw_key
from boya.teaching.exercises.item import Item, Part, Player
from boya.teaching.exercises.mark_voices import voice_rules
from boya.teaching.exercises.steps import Step, read_steps
from boya.teaching.spelling import Note
from boya.teaching.wording import Words, load
from boya.theory.voices import faults
from boya.theory.voices.moves import step_costs
from boya.theory.voices.search import cheapest
from boya.theory.voices.voicings import Slot, stage_of

__all__ = ["HANDS", "Phrase", "draw_phrase", "items_of_phrases", "phrase_of", "set_phrase"]

HANDS = (Player(Words("Right hand", "右手")), Player(Words("Left hand", "左手")))

_HALF, _BAR = 960, 1920
_NOISE = 2.0


@dataclass(frozen=True)
class Phrase:
    """A progression in a key: its signature, key, steps, and where each begins and how long it lasts."""

    sharps: int
    key: tuple[int, str]
    steps: tuple[Step, ...]
    onsets: tuple[int, ...]
    lengths: tuple[int, ...]

    @property
    def tonic(self) -> Note:
        """The spelled tonic."""
        return Note(self.sharps + 3 * (self.key[1] == "minor"), 4)

    @property
    def n_bars(self) -> int:
        """Bars that it lasts."""
        return (self.onsets[-1] + self.lengths[-1]) // _BAR

    @property
    def labels(self) -> str:
        """Its numerals."""
        return " ".join(step.label for step in self.steps)

    def notes(self, place: int) -> tuple[Note, ...]:
        """The notes of a chord, root first."""
        return self.steps[place].notes(self.tonic, self.key[1])

    def bass(self, place: int) -> Note:
        """The bass of a chord."""
        return self.notes(place)[self.steps[place].inversion]


def draw_phrase(level: int, rng: np.random.Generator, *, minor_from: int = 3) -> Phrase:
    """Return a progression of a level in a key of the level."""
    sharps, key = draw_key(level, rng, minor_from=minor_from)
    rows = load("exercises")["phrases"][key[1]]
    return phrase_of(chosen(rows[level - 1], rng), sharps, key)


def phrase_of(labels: str, sharps: int, key: tuple[int, str]) -> Phrase:
    """Return a progression of numerals, in half notes.

    >>> phrase_of("I V I", 0, (0, "major")).lengths
    (960, 960, 1920)
    """
    steps = read_steps(labels)
    onsets = tuple(_HALF * n for n in range(len(steps)))
    last = _BAR if len(steps) % 2 else _HALF
    return Phrase(sharps, key, steps, onsets, (_HALF,) * (len(steps) - 1) + (last,))


def items_of_phrases(
    level: int, count: int, rng: np.random.Generator, item: Callable[[Phrase, tuple[Part, ...]], Item]
) -> tuple[Item, ...]:
    """Draw phrases of a level that have a legal setting, and make an item of each and its setting."""

    def drawn(_: int) -> Item | None:
        phrase = draw_phrase(level, rng)
        parts = set_phrase(phrase, rng)
        return None if parts is None else item(phrase, parts)

    return different(drawn, count)


def set_phrase(phrase: Phrase, rng: np.random.Generator, last: int | None = None) -> tuple[Part, ...] | None:
    """Return soprano, alto, tenor and bass of a phrase without hard faults; None where there is no setting.

    Parameters
    ----------
    last
        pitch of the soprano in the last chord; free if left out

    Examples
    --------
    >>> parts = set_phrase(phrase_of("I IV V I", 0, (0, "major")), np.random.default_rng(0))
    >>> [tone[2] % 12 for tone in parts[3]]
    [0, 5, 7, 0]
    """
    chords = [step.chord(*phrase.key) for step in phrase.steps]
    melodies: list[tuple[int, int, int, int] | None] = [None] * len(chords)
    if last is not None:
        melodies[-1] = (last, last, last, last)
    slots = [Slot(*phrase.key, chord, melody) for chord, melody in zip(chords, melodies, strict=True)]
    stages = [stage_of(slot) for slot in slots]
    costs = [(stage.cost + _NOISE * rng.random(len(stage))).astype(np.float32) for stage in stages]
    ways = cheapest(costs, lambda n: step_costs(slots[n], slots[n + 1]))
    if ways.blocked is not None:
        return None
    rows = [stage.first[row].tolist() for stage, row in zip(stages, ways.best(), strict=True)]
    spans = list(zip(phrase.onsets, phrase.lengths, strict=True))
    parts = tuple(tuple((on, ticks, row[voice]) for (on, ticks), row in zip(spans, rows, strict=True)) for voice in range(4))
    return None if _is_faulty(parts, phrase.key) else parts


def _is_faulty(parts: Sequence[Part], key: tuple[int, str]) -> bool:
    """Whether a setting breaks a hard rule."""
    tracks = tuple(Track(note_array([(*tone, 80) for tone in part]), program=52) for part in parts)
    return bool(faults(Score(tracks, Timeline.of(keys=[Key(0, *key)])), voice_rules("hard"), key))
