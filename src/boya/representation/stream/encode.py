"""A score as a bar stream.

Conventions: see `boya.representation.stream` for the order of the tokens. Everything that the stream cannot say has been repaired
by `quantise` before the first token is written, so the stream of a score says all of the quantised score.
"""

import numpy as np
from numpy.typing import NDArray

from boya.errors import StreamError
from boya.representation.stream.encoded import Encoded
from boya.representation.stream.note_tokens import NoteTokens, write_notes
from boya.representation.stream.quantise import home_shift, quantise
from boya.representation.stream.rows import BAR_DTYPE, FIRST, Part, attributes, chord_tokens
from boya.representation.stream.vocabulary import (
    METRES,
    MOST_BARS,
    SECTIONS,
    TEMPOS,
    TICKS_PER_STEP,
)
from boya.representation.stream.words import QUALITIES
from boya.score import MODES, Score

__all__ = ["encode"]


Events = list[tuple[int, int, int, int]]
Heads = list[tuple[list[int], list[int]]]


def encode(score: Score, style: str = "", substyle: str = "") -> Encoded:
    """Write a score as a bar stream.

    Parameters
    ----------
    score
        what `quantise` keeps of it is written.
    style, substyle
        names as in `boya.theory.styles`; one without a token is not written.

    Raises
    ------
    StreamError
        if the score is empty, has more than 16 tracks, or a metre or a bar that the stream cannot say.

    Examples
    --------
    >>> from boya.representation.stream import describe
    >>> from boya.score import Track, note_array
    >>> tune = Track(note_array([(0, 480, 60, 80), (480, 480, 64, 80), (1920, 480, 67, 80)]), program=40)
    >>> print(describe(encode(Score((tune,)), "pop").whole()))
    piece home:0 style:pop mode:major slot:0 program:40 role:none
    bar:0 metre:4/4 tempo:120 slot:0 at:0 vel:5 dur:12 pitch:60 at:12 pitch:64
    bar:1 last slot:0 at:0 vel:5 dur:12 pitch:67 end
    """
    score = quantise(score)
    if score.end == 0:
        raise StreamError("a bar stream needs music; the score is empty")
    key = score.timeline.keys[0]
    shift = home_shift(key.tonic)
    lines = score.bar_bounds // TICKS_PER_STEP
    bars = _bars(score, lines, shift)
    heads = _heads(bars, _chord_events(score, shift), set(_places(lines, [s.onset for s in score.sections])), lines)
    notes = write_notes(score, lines, shift)
    tokens = _merged(bars, heads, notes)
    parts = tuple(Part(t.program, t.is_drum, t.role) for t in score.tracks)
    return Encoded(key.tonic, key.mode, style, substyle, parts, tokens, bars, notes.segments)


def _places(lines: NDArray[np.int64], ticks: list[int]) -> list[int]:
    """The bars in which ticks lie."""
    return list((np.searchsorted(lines, np.array(ticks, dtype=np.int64) // TICKS_PER_STEP, side="right") - 1).tolist())


def _bars(score: Score, lines: NDArray[np.int64], shift: int) -> NDArray[np.void]:
    """What is in force in each bar; where it starts among the tokens is filled in later."""
    bars = np.zeros(len(lines), dtype=BAR_DTYPE)
    for name in ("section", "root", "quality", "over"):
        bars[name] = -1
    bars["length"][:-1] = np.diff(lines)
    for event, bar in zip(score.timeline.metres, _places(lines, [m.tick for m in score.timeline.metres]), strict=True):
        bars["metre"][bar:] = METRES.index((event.numerator, event.denominator))
    for tempo, bar in zip(score.timeline.tempos, _places(lines, [t.tick for t in score.timeline.tempos]), strict=True):
        bars["tempo"][bar:] = TEMPOS.index(round(tempo.qpm))
    for key, bar in zip(score.timeline.keys, _places(lines, [k.tick for k in score.timeline.keys]), strict=True):
        bars["tonic"][bar:], bars["mode"][bar:] = (key.tonic + shift) % 12, MODES.index(key.mode)
    for section in score.sections:
        first, last = _places(lines, [section.onset, section.end])
        bars["section"][first:last] = SECTIONS.index(section.label)
    return bars


def _chord_events(score: Score, shift: int) -> Events:
    """Where a chord begins, or none follows one: step, root (-1 none), quality, bass (-1 none)."""
    events: Events = []
    limits = [*(chord.onset for chord in score.chords[1:]), int(score.bar_bounds[-1])]
    for chord, limit in zip(score.chords, limits, strict=False):
        root, bass = ((-1 if pc is None else (pc + shift) % 12) for pc in (chord.root, chord.bass))
        events.append((chord.onset // TICKS_PER_STEP, root, QUALITIES.index(chord.quality), bass))
        if chord.end < limit:
            events.append((chord.end // TICKS_PER_STEP, -1, -1, -1))
    return events


def _heads(bars: NDArray[np.void], chords: Events, begun: set[int], lines: NDArray[np.int64]) -> Heads:
    """Tokens of attributes and of chords, for each bar; notes in `bars` which chord is in force before each."""
    heads: Heads = []
    rows = [dict(zip(BAR_DTYPE.names or (), row, strict=True)) for row in bars[:-1].tolist()]
    before = {"tonic": 0, "mode": rows[0]["mode"], "section": -1}
    at, sounding = 0, (-1, -1, -1)
    for number, (row, start, stop) in enumerate(zip(rows, lines[:-1].tolist(), lines[1:].tolist(), strict=True)):
        bars["root"][number], bars["quality"][number], bars["over"][number] = sounding
        last = [FIRST["last"]] if number == len(rows) - 1 else []
        if number in begun:
            before["section"] = -2  # a section that begins is named even after one of the same name
        named = [FIRST["bar"] + number % MOST_BARS, *last, *attributes(row, before)]
        symbols: list[int] = []
        while at < len(chords) and chords[at][0] < stop:
            step, *sounded = chords[at]
            symbols += chord_tokens(step - start, *sounded)
            sounding, at = (sounded[0], sounded[1], sounded[2]), at + 1
        heads.append((named, symbols))
        before = row
    return heads


def _merged(bars: NDArray[np.void], heads: Heads, notes: NoteTokens) -> NDArray[np.int16]:
    """Heads and notes bar by bar; fills in where bars, their music and their segments start."""
    head = np.array([token for named, symbols in heads for token in (*named, *symbols)], dtype=np.int16)
    sizes = np.array([(len(named), len(named) + len(symbols)) for named, symbols in heads])
    heads_through = np.cumsum(sizes[:, 1])
    notes_before = np.append(0, np.cumsum(np.bincount(notes.bar, minlength=len(heads))))
    tokens = np.empty(len(head) + len(notes.tokens), dtype=np.int16)
    tokens[np.arange(len(notes.tokens)) + heads_through[notes.bar]] = notes.tokens
    tokens[np.arange(len(head)) + np.repeat(notes_before[:-1], sizes[:, 1])] = head
    bars["start"] = np.append(0, heads_through) + notes_before
    bars["music"] = bars["start"]
    bars["music"][:-1] += sizes[:, 0].astype(np.int32)
    bars["segment"] = np.searchsorted(notes.segment_bar, np.arange(len(bars)))
    notes.segments["start"] += heads_through[notes.segment_bar].astype(np.int32)
    return tokens
