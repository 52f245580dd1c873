"""A bar stream as a score again.

Conventions: a window is read in C and moved to its home; its first bar becomes bar 0. What is in force at the end (a chord, a
section) lasts until the end of the last bar. A window that was cut short is read as far as it goes: a note or chord that is not
said to the end is left out, and a hole that was not reached stays empty.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise

from numpy.typing import ArrayLike

from boya.errors import StreamError
from boya.representation.stream.grammar import Grammar
from boya.representation.stream.quantise import home_shift
from boya.representation.stream.rows import METRE_STEPS
from boya.representation.stream.vocabulary import (
    LOWEST_DRUM,
    LOWEST_PITCH,
    METRES,
    SECTIONS,
    TEMPOS,
    TICKS_PER_STEP,
    VOCABULARY,
    checked,
)
from boya.representation.stream.words import QUALITIES
from boya.score import MODES, ROLES, Chord, Key, Metre, Score, Section, Tempo, Timeline, Track, note_array

__all__ = ["decode"]


def decode(tokens: ArrayLike) -> Score:
    """Read a window.

    Parameters
    ----------
    tokens
        `[shape=(n,)]`, from `piece` or `part` on; padding at the end is ignored.

    Returns
    -------
    Score
        the music of the window, with fills in the place of their holes. Style and controls say nothing about a score.

    Raises
    ------
    StreamError
        if a token stands where it may not, or there is no bar.

    Examples
    --------
    >>> tokens = VOCABULARY.read(
    ...     "piece home:2 style:pop mode:major slot:0 program:40 role:melody bar:0 last metre:4/4 tempo:120 "
    ...     "slot:0 at:0 vel:5 dur:12 pitch:60 at:12 pitch:64 end"
    ... )
    >>> decode(tokens).tracks[0].notes.tolist()
    [(0, 480, 62, 88), (480, 480, 66, 88)]
    """
    numbers = checked(tokens).tolist()
    while numbers and VOCABULARY.names[numbers[-1]] == "pad":
        numbers.pop()
    reader = _Reader()
    for token in numbers:
        reader.take(token)
    if reader.grammar.state.in_head:
        raise StreamError(f"a bar stream needs a head and a bar; it ends after {len(numbers)} tokens, before its first bar")
    return reader.score()


@dataclass
class _Reader:
    """Collects what tokens say.

    `said` holds (bar, value) by kind, `keys` (bar, tonic, mode), `chords` (bar, step, root, quality, bass), `notes` (slot, bar,
    step, steps, pitch, velocity class); numbers are places in the vocabulary.
    """

    grammar: Grammar = field(default_factory=Grammar)
    home: int = 0
    root: int = -1
    n_bars: int = 0
    parts: list[tuple[int, bool]] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    said: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    keys: list[tuple[int, int, int]] = field(default_factory=list)
    chords: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    notes: list[tuple[int, int, int, int, int, int]] = field(default_factory=list)

    def take(self, token: int) -> None:
        """Check one token, and keep what it says."""
        self.grammar.take(token)
        state = self.grammar.state
        kind, value = state.kind, state.value
        if kind in ("pitch", "drum", "same"):
            notes = state.said[state.slot][state.bar].notes
            self.notes += [(state.slot, state.bar, *note) for note in (notes if kind == "same" else notes[-1:])]
        elif kind == "gap":
            raise StreamError("a bar stream that is read as a score must have all its bars; a `gap` leaves some out")
        elif kind == "bar":
            self.n_bars = max(self.n_bars, state.bar + 1)
        elif kind in ("metre", "length", "tempo", "section"):
            self.said[kind].append((state.bar, value))
        elif kind == "root":
            self.root = value
        elif kind in ("quality", "none"):
            self.chords.append((state.bar, state.chord_at, -1 if kind == "none" else self.root, value, -1))
        elif kind == "over":
            self.chords[-1] = (*self.chords[-1][:-1], value)
        elif kind == "mode":
            self.keys.append((max(state.bar, 0), state.tonic, value))
        elif kind == "home":
            self.home = value
        elif kind in ("program", "drums"):
            self.parts.append((value, kind == "drums"))
        elif kind == "role":
            self.roles.append(("", *ROLES)[value])

    def score(self) -> Score:
        """Return what was said, as a score."""
        lines = self._lines()
        tracks = tuple(self._track(slot, lines) for slot in range(len(self.roles)))
        timeline = Timeline.of(
            tempos=[Tempo(lines[bar], float(TEMPOS[value])) for bar, value in self.said["tempo"]],
            metres=[Metre(lines[bar], *METRES[value]) for bar, value in self.said["metre"]],
            keys=[Key(lines[bar], (self.home + tonic) % 12, MODES[mode]) for bar, tonic, mode in self.keys],
        )
        return Score(tracks, replace(timeline, assumed=frozenset()), tuple(self._chords(lines)), tuple(self._sections(lines)))

    def _lines(self) -> list[int]:
        """First tick of each bar, and the tick after the last, which is counted whole as in every score."""
        metres, lengths = dict(self.said["metre"]), dict(self.said["length"])
        lines, whole = [0], 0
        for bar in range(self.n_bars):
            whole = METRE_STEPS[metres[bar]] if bar in metres else whole
            steps = lengths[bar] + 1 if bar in lengths and bar < self.n_bars - 1 else whole
            lines.append(lines[-1] + steps * TICKS_PER_STEP)
        return lines

    def _track(self, slot: int, lines: list[int]) -> Track:
        """The notes of a slot."""
        program, is_drum = self.parts[slot]
        lowest = LOWEST_DRUM if is_drum else LOWEST_PITCH - home_shift(self.home)
        rows = (
            (lines[bar] + at * TICKS_PER_STEP, steps * TICKS_PER_STEP, value + lowest, velocity * 16 + 8)
            for of, bar, at, steps, value, velocity in self.notes
            if of == slot
        )
        return Track(note_array(rows), program, is_drum, "", self.roles[slot])

    def _chords(self, lines: list[int]) -> Iterable[Chord]:
        """Chords, each until the next, or until none."""
        onsets = [lines[bar] + at * TICKS_PER_STEP for bar, at, *_ in self.chords]
        for (onset, end), (*_, root, quality, over) in zip(pairwise([*onsets, lines[-1]]), self.chords, strict=True):
            if root >= 0:
                bass = None if over < 0 else (over + self.home) % 12
                yield Chord(onset, end - onset, (root + self.home) % 12, QUALITIES[quality], bass)

    def _sections(self, lines: list[int]) -> Iterable[Section]:
        """Sections, each until the next, or until none; a section without a label is none."""
        onsets = [lines[bar] for bar, _ in self.said["section"]]
        for (onset, end), (_, label) in zip(pairwise([*onsets, lines[-1]]), self.said["section"], strict=True):
            if label:
                yield Section(onset, end - onset, SECTIONS[label - 1])
