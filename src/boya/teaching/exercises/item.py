"""What an exercise is made of.

Conventions: a tone is `(onset, duration, pitch)` in ticks from the start of its item, a part the tones of one voice; bars are
counted from 0. `task` says how an answer is given and marked: `name` by a text, `write` by notes, `voices` and `counterpoint` by
notes that must obey rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from boya.score import Key, Metre, Score, Section, Tempo, Timeline, Track, note_array
from boya.teaching.wording import Words, say

__all__ = ["TASKS", "Item", "Part", "Player", "Sheet", "Tone"]

TASKS = ("name", "write", "voices", "counterpoint")
Tone = tuple[int, int, int]
Part = tuple[Tone, ...]
_VELOCITY = 80


@dataclass(frozen=True)
class Player:
    """A staff of the sheet: its name and its General MIDI program."""

    name: Words
    program: int = 0


@dataclass(frozen=True)
class Item:
    """One question.

    Attributes
    ----------
    question
        what is asked, without its number
    task
        one of TASKS
    answer
        the right answer as a person reads it
    why
        why it is right
    given
        what stands on the sheet, a part for each player
    solution
        what stands there when it is filled in; empty where nothing is to be written
    accepts
        right answers as text; the first is the canonical one
    reader
        how such a text is read (`boya.teaching.exercises.reading`)
    labels
        short texts above the notes: tick from the start of the item, and text
    key, metre, n_bars
        in which it is written
    qpm
        tempo in which it is played
    difficulty
        how hard it is, by the measure that its kind states
    demands
        what an answer of task `voices` or `counterpoint` must do, as plain values
    is_heard
        whether it is played and not shown
    number, bar
        place on the sheet: from 1, and the first bar, from 0
    """

    question: Words
    task: str
    answer: Words
    why: Words
    given: tuple[Part, ...]
    difficulty: float
    solution: tuple[Part, ...] = ()
    accepts: tuple[str, ...] = ()
    reader: str = "plain"
    labels: tuple[tuple[int, str], ...] = ()
    key: tuple[int, str] = (0, "major")
    metre: tuple[int, int] = (4, 4)
    n_bars: int = 1
    qpm: float = 80.0
    demands: Mapping[str, Any] = field(default_factory=dict)
    is_heard: bool = False
    number: int = 0
    bar: int = 0

    @property
    def length(self) -> int:
        """Ticks that it lasts."""
        return self.n_bars * self.bar_ticks

    @property
    def bar_ticks(self) -> int:
        """Ticks of a bar."""
        return Metre(0, *self.metre).ticks_per_bar

    @property
    def filled(self) -> tuple[Part, ...]:
        """The notes of the item with its solution."""
        return self.solution or self.given


@dataclass(frozen=True)
class Sheet:
    """A sheet of exercises: its items, and the scores that show, answer and play them.

    Attributes
    ----------
    kind, level, seed
        what it was made from; the same gives the same sheet
    title
        as it stands above the music
    players
        its staves
    items
        its questions, in order
    """

    kind: str
    level: int
    seed: int
    title: Words
    players: tuple[Player, ...]
    items: tuple[Item, ...]

    @property
    def difficulty(self) -> float:
        """Mean difficulty of the items."""
        return sum(item.difficulty for item in self.items) / max(len(self.items), 1)

    @property
    def is_heard(self) -> bool:
        """Whether something on it is to be heard."""
        return any(item.is_heard for item in self.items)

    def score(self, language: str = "en") -> Score:
        """Return what the learner sees."""
        return self._written([item.given for item in self.items], language)

    def solution(self, language: str = "en") -> Score:
        """Return the sheet filled in."""
        return self._written([item.filled for item in self.items], language)

    def onsets(self) -> list[int]:
        """Return the tick at which each item begins, and the end."""
        onsets = [0]
        for item in self.items:
            onsets.append(onsets[-1] + item.length)
        return onsets

    def _written(self, parts: list[tuple[Part, ...]], language: str) -> Score:
        """The items one after the other."""
        onsets = self.onsets()[:-1]
        rows: list[list[tuple[int, int, int, int]]] = [[] for _ in self.players]
        for start, item_parts in zip(onsets, parts, strict=True):
            for row, part in zip(rows, item_parts, strict=True):
                row += [(start + onset, duration, pitch, _VELOCITY) for onset, duration, pitch in part]
        tracks = tuple(
            Track(note_array(row), player.program, name=player.name.of(language))
            for row, player in zip(rows, self.players, strict=True)
        )
        title = say("exercises", "sheet.title", title=self.title, level=self.level, seed=self.seed).of(language)
        return Score(tracks, self._timeline(onsets), sections=self._labels(onsets), title=title)

    def _timeline(self, onsets: list[int]) -> Timeline:
        """Tempo, metre and key of each item."""
        starts = list(zip(onsets, self.items, strict=True))
        return Timeline.of(
            [Tempo(at, item.qpm) for at, item in starts[:1]],
            [Metre(at, *item.metre) for at, item in starts],
            [Key(at, *item.key) for at, item in starts],
        )

    def _labels(self, onsets: list[int]) -> tuple[Section, ...]:
        """The number of each item, and the labels of each bar in one mark, since engravers set marks at bar lines."""
        found: list[Section] = []
        for at, item in zip(onsets, self.items, strict=True):
            bars: dict[int, list[str]] = {0: []}
            for tick, text in item.labels:
                bars.setdefault(tick // item.bar_ticks, []).append(text)
            starts = [*sorted(bars), item.n_bars]
            for bar, after in pairwise(starts):
                words = [f"{item.number}."] if bar == 0 and bars[bar] else [str(item.number)] if bar == 0 else []
                text = "  ".join([*words, *bars[bar]])
                found.append(Section(at + bar * item.bar_ticks, (after - bar) * item.bar_ticks, text))
        return tuple(found)
