"""Music that a model writes under the outlines of real pieces, without a note of them.

An *outline* is what is told of a piece: style, substyle, home key, mode, the tracks with instruments and roles, and of every bar
metre, length, tempo, key and section. Notes, chords and which tracks play in a bar are the model's. A draft begins with nothing
and goes on bar by bar; where it outgrows the model's context, its latest bars are read again in a new window, behind those that
the coming ones are likely to say again (`boya.representation.stream.echoes.recall`), and a bar that fills a third of the context
is brought to its end. A draft of fewer bars than the piece does not know that it ends, one of all
bars does, as the piece itself. With an ear, every four bars are written several times, and what it likes best goes on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from boya.composing.filling.fill import MIN_P, RETURNING, TEMPERATURE
from boya.errors import ModelError
from boya.models.drawing import write
from boya.representation.stream import VOCABULARY, Encoded, Grammar, decode
from boya.representation.stream.echoes import recall
from boya.representation.stream.vocabulary import MOST_BARS
from boya.score import Score

__all__ = ["Draft", "Ear", "Writer", "heard", "write_drafts"]

AT_ONCE = 16  # drafts written side by side
VERSIONS, CHOSEN_BARS, HEARD_BARS = 4, 4, 8  # written of how many bars at a time for an ear, which hears them with those before
KEPT = 0.72  # of the context, for the bars that are read again
LONGEST = 1 / 3  # of the context, for one bar
RECALLED = 0.4  # of that, for bars that are recalled
TOLD = ("last", "metre", "length", "tempo", "tonic", "section", "hole", "gap")
BARS, CHORDS, OVER, SLOTS, SAME = (VOCABULARY.span(kind) for kind in ("bar", "chord", "over", "slot", "same"))
END, NONE = VOCABULARY.id("end"), VOCABULARY.id("none")

NEXT = np.zeros(len(VOCABULARY), dtype=bool)
NEXT[BARS] = NEXT[END] = True
FREE = np.ones(len(VOCABULARY), dtype=bool)
for _kind in TOLD:
    FREE[VOCABULARY.span(_kind)] = False

Tokens = NDArray[np.int16]
Ear = Callable[[Sequence[Score]], NDArray[np.float64]]  # less is better `[shape=(scores,)]`


class Writer(Protocol):
    """What writes tokens, such as a `Composer` or a `StreamNgram`."""

    @property
    def context(self) -> int:
        """Most tokens of a row."""

    def session(self, n: int, /) -> Any:
        """Return `n` rows that have read nothing."""


@dataclass(eq=False)
class Draft:
    """A piece that is being written.

    Attributes
    ----------
    outline
        the real piece, of which only the outline is read
    n_bars
        how many bars shall be written
    bars
        tokens of the bars so far, without their attributes, every segment spelled out
    kept
        most tokens of what is read again
    pause
        bars that are written before the next window: as many as this one recalls
    """

    outline: Encoded
    n_bars: int
    bars: list[list[int]] = field(default_factory=list)
    kept: int = 0
    pause: int = MOST_BARS

    @property
    def is_paused(self) -> bool:
        """Whether another window should begin."""
        return self.is_done or len(self.bars) >= self.pause

    @property
    def is_done(self) -> bool:
        """Whether all bars are written."""
        return len(self.bars) >= self.n_bars

    def named(self, bar: int) -> list[int]:
        """The number of a bar and its attributes."""
        rows = self.outline.bars
        return list(self.outline.tokens[rows["start"][bar] : rows["music"][bar]].tolist())

    def add(self, music: list[int]) -> None:
        """Take the tokens of the next bar."""
        chords, *segments = _split(music)
        for segment in segments:
            is_echo = SAME.start <= segment[1] < SAME.stop
            said = _split(self.bars[SAME.start - 1 - segment[1]]) if is_echo else [segment]
            chords += next(words for words in said if words[:1] == segment[:1])
        self.bars.append(chords)

    def encoded(self, bars: Sequence[list[int]]) -> Encoded:
        """Bars as a piece that goes on after them."""
        rows = np.append(self.outline.bars[: len(bars)], np.zeros(2, dtype=self.outline.bars.dtype))
        tokens: list[int] = []
        segments: list[tuple[int, int, int]] = []
        contents: dict[tuple[int, ...], int] = {}
        chord = (-1, -1, -1)
        for number, music in enumerate(bars):
            named = self.named(number)
            rows["start"][number], rows["music"][number] = len(tokens), len(tokens) + len(named)
            rows["root"][number], rows["quality"][number], rows["over"][number] = chord
            rows["segment"][number] = len(segments)
            tokens += named
            chords, *said = _split(music)
            tokens += chords
            for words in said:
                key = (int(rows["length"][number]), *words)
                segments.append((len(tokens), words[0] - SLOTS.start, contents.setdefault(key, len(contents))))
                tokens += words
            chord = _last_chord(chords, chord)
        rows["start"][-2:] = rows["music"][-2:] = len(tokens)
        rows["segment"][-2:] = len(segments)
        table = np.zeros(len(segments), dtype=self.outline.segments.dtype)
        for place, name in enumerate(("start", "slot", "content")):
            table[name] = [segment[place] for segment in segments]
        return replace(self.outline, tokens=np.array(tokens, dtype=np.int16), bars=rows, segments=table)

    def prompt(self) -> Tokens:
        """The latest bars that fit, behind bars that the next may say again, and the name of the next."""
        bars = [*self.bars, []]
        piece, last = self.encoded(bars), len(bars)
        self.pause = self.n_bars
        if last <= MOST_BARS:
            whole = piece.window(0, last)
            if len(whole) <= self.kept:
                return whole
        first = max(last - MOST_BARS, 0)
        while last - first > 1 and len(piece.window(first, last)) > self.kept * (1 - RECALLED):
            first += 1
        window = piece.window(first, last, number=first % MOST_BARS)
        start = recall(piece.contents(0, last - 1), first)
        if start is None:
            return window
        for stop in range(start + 1, first):
            longer = piece.window(first, last, recalled=(start, stop), number=start % MOST_BARS)
            if len(longer) > self.kept:
                break
            window, self.pause = longer, len(self.bars) + stop - start
        return window

    def score(self) -> Score:
        """Return what is written."""
        return decode(self.encoded(self.bars).window(0, len(self.bars)))

    def latest(self) -> Score:
        """Return the last bars that are written, without what rings on behind them."""
        last, n_bars = len(self.bars), min(len(self.bars), HEARD_BARS)
        score = decode(self.encoded(self.bars).window(last - n_bars, last))
        return score.slice_bars(0, min(n_bars, score.n_bars))


class _Outlined:
    """A guide that says the outline, lets the model write the rest, and keeps whole bars."""

    def __init__(self, draft: Draft, prompt: Tokens, longest: int) -> None:
        self._draft, self._grammar, self._longest = draft, Grammar(), longest
        for token in prompt.tolist():
            self._grammar.take(token)
        self._told: list[int] = []
        self._music: list[int] = []

    @property
    def is_done(self) -> bool:
        return self._draft.is_paused

    def forced(self) -> int | None:
        return self._told[0] if self._told else None

    def allowed(self) -> NDArray[np.bool_]:
        mask = self._grammar.allowed() & FREE
        ending = mask & NEXT
        return ending if len(self._music) >= self._longest and ending.any() else mask

    def take(self, token: int) -> None:
        if token != END:
            self._grammar.take(token)
        if self._told:
            self._told.pop(0)
        elif token == END or BARS.start <= token < BARS.stop:
            self._draft.add(self._music)
            self._music = []
            self._told = [] if self._draft.is_done else self._draft.named(len(self._draft.bars))[1:]
        else:
            self._music.append(token)


@dataclass(frozen=True, eq=False)
class _SideBySide:
    """A reader whose rows have each read a prompt of their own."""

    writer: Writer
    prompts: list[Tokens]

    @property
    def context(self) -> int:
        return self.writer.context

    def read(self, prompt: ArrayLike, n: int) -> tuple[Any, NDArray[np.float32]]:
        rows = self.writer.session(n)
        return rows, np.stack([rows.feed_row(row, own) for row, own in enumerate(self.prompts)])


def write_drafts(
    writer: Writer, outlines: Sequence[Encoded], n_bars: int, rng: np.random.Generator, ear: Ear | None = None
) -> list[Score]:
    """Write at most `n_bars` bars under each outline; an ear chooses among several versions of every four.

    Raises
    ------
    ModelError
        if a bar does not fit the writer's context.
    """
    drafts = [Draft(outline, min(n_bars, outline.n_bars), kept=int(writer.context * KEPT)) for outline in outlines]
    at_once = AT_ONCE if ear is None else AT_ONCE // VERSIONS
    for first in range(0, len(drafts), at_once):
        group = drafts[first : first + at_once]
        while group:
            if ear is None:
                _write_on(writer, group, rng)
            else:
                _write_best(writer, group, rng, ear)
            group = [draft for draft in group if not draft.is_done]
    return [draft.score() for draft in drafts]


def heard(piece: Encoded, n_bars: int) -> Score:
    """Return the first bars of a real piece, as a draft of them is heard."""
    return decode(piece.window(0, min(n_bars, piece.n_bars, MOST_BARS)))


def _write_best(writer: Writer, drafts: list[Draft], rng: np.random.Generator, ear: Ear) -> None:
    """Write versions of some more bars of each draft, and go on with the best."""
    versions = [replace(draft, bars=list(draft.bars)) for draft in drafts for _ in range(VERSIONS)]
    _write_on(writer, versions, rng, CHOSEN_BARS)
    for place, draft in enumerate(drafts):
        own = versions[place * VERSIONS : (place + 1) * VERSIONS]
        longest = max(len(version.bars) for version in own)
        whole = [version for version in own if len(version.bars) == longest]
        best = whole[int(np.argmin(ear([version.latest() for version in whole])))] if longest else own[0]
        draft.bars, draft.kept = best.bars, min(version.kept for version in own)


def _write_on(writer: Writer, drafts: list[Draft], rng: np.random.Generator, most_bars: int = MOST_BARS) -> None:
    """Write one more window of each draft; where not even a bar came of it, less will be read again the next time."""
    prompts = [draft.prompt() for draft in drafts]
    for draft in drafts:
        draft.pause = min(draft.pause, len(draft.bars) + most_bars)
    before = [len(draft.bars) for draft in drafts]
    guides = [_Outlined(draft, prompt, int(writer.context * LONGEST)) for draft, prompt in zip(drafts, prompts, strict=True)]
    write(
        _SideBySide(writer, prompts),
        max(prompts, key=len),
        guides,
        rng,
        temperature=TEMPERATURE,
        min_p=MIN_P,
        returning=RETURNING,
    )
    for draft, count, prompt in zip(drafts, before, prompts, strict=True):
        if len(draft.bars) == count:
            if draft.kept < len(prompt) // 2:
                raise ModelError(f"a bar must fit the context of {writer.context} tokens; one of {draft.outline.parts} does not")
            draft.kept = len(prompt) // 2


def _split(music: list[int]) -> list[list[int]]:
    """The chords of a bar, and its segments."""
    begins = [at for at, token in enumerate(music) if SLOTS.start <= token < SLOTS.stop]
    return [music[start:stop] for start, stop in pairwise([0, *begins, len(music)])]


def _last_chord(music: list[int], before: tuple[int, int, int]) -> tuple[int, int, int]:
    """The chord in force after a bar: places of root, quality and bass, -1 where there is none."""
    places = [at for at, token in enumerate(music) if CHORDS.start <= token < CHORDS.stop]
    if not places:
        return before
    said = music[places[-1] + 1 :]
    if said[0] == NONE:
        return -1, -1, -1
    bass = VOCABULARY.value(said[2]) if len(said) > 2 and OVER.start <= said[2] < OVER.stop else -1
    return VOCABULARY.value(said[0]), VOCABULARY.value(said[1]), bass
