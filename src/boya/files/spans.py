"""Chords and sections as texts at a point in time, the way MIDI markers and scores write them.

A text holds until the next of its kind; the last one holds to the end of the music, or of its bar where the music is over. An
empty text ends what was before. Different chords at one tick, which lead sheets write over one long note, share its time equally.
A chord that cannot be read is passed over: the one before holds on.
"""

import logging
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import TypeVar

from boya.errors import InputError
from boya.score import Chord, Score, Section, Timeline
from boya.theory.chords import chord_name, parse_chord

__all__ = ["CHORD", "SECTION", "chords_from", "marker_texts", "sections_from"]

CHORD = "chord="
SECTION = "section="
_log = logging.getLogger(__name__)
What = TypeVar("What")


def chords_from(markers: Sequence[tuple[int, str]], end: int, timeline: Timeline) -> tuple[Chord, ...]:
    """Return the chords of `(tick, "chord=Cm7")` markers, sorted by tick.

    >>> chords_from([(0, "chord=Am7"), (960, "chord=D/F#")], 1920, Timeline())[1]
    Chord(onset=960, duration=960, root=2, quality='maj', bass=6)
    """
    found = []
    for tick, text in markers:
        symbol = text.removeprefix(CHORD).strip()
        if text.startswith(CHORD):
            try:
                found.append((tick, parse_chord(symbol) if symbol else None))
            except InputError:
                _log.debug("passed over an unreadable chord at tick %d", tick)
    grouped: dict[int, list[tuple[int | None, str, int | None]]] = {}
    for tick, what in found:
        group = grouped.setdefault(tick, [])
        if what not in group[-1:]:
            group.append(what) if what else group.clear()
    held = _held(grouped.items(), end, timeline)
    return tuple(chord for onset, length, group in held for chord in _sharing(onset, length, group))


def _sharing(onset: int, length: int, group: Sequence[tuple[int | None, str, int | None]]) -> list[Chord]:
    """Chords that begin at one tick, one after the other; the last of them where there is no room."""
    if len(group) > length:
        group = group[-1:]
    bounds = [onset + length * i // max(len(group), 1) for i in range(len(group) + 1)]
    return [Chord(start, stop - start, *what) for (start, stop), what in zip(pairwise(bounds), group, strict=True)]


def sections_from(markers: Sequence[tuple[int, str]], end: int, timeline: Timeline) -> tuple[Section, ...]:
    """Return the sections of `(tick, "section=A")` markers, sorted by tick."""
    found = [(tick, text.removeprefix(SECTION)) for tick, text in markers if text.startswith(SECTION)]
    return tuple(Section(onset, length, label) for onset, length, label in _held(found, end, timeline) if label)


def _held(found: Iterable[tuple[int, What]], end: int, timeline: Timeline) -> list[tuple[int, int, What]]:
    """Onset, duration and value of each; of several at one tick the last counts."""
    by_tick = sorted(dict(found).items(), key=lambda item: item[0])
    held = []
    for (onset, what), following in zip(by_tick, [*(tick for tick, _ in by_tick), None][1:], strict=True):
        stop = end if following is None else following
        held.append((onset, stop - onset if stop > onset else _bar_end(onset, timeline) - onset, what))
    return held


def _bar_end(tick: int, timeline: Timeline) -> int:
    """The end of the bar that `tick` lies in."""
    metre = timeline.metre_at(tick)
    return tick + metre.ticks_per_bar - (tick - metre.tick) % metre.ticks_per_bar


def marker_texts(score: Score) -> list[tuple[int, str]]:
    """Return the `(tick, text)` markers that `chords_from` and `sections_from` read back, sorted by tick.

    Chords that overlap the next one are cut short there.
    """
    end = max((track.end for track in score.tracks), default=0)
    chords = [(c.onset, c.end, chord_name(c.root, c.quality, c.bass)) for c in score.chords]
    sections = [(s.onset, s.end, s.label) for s in score.sections]
    return sorted([*_texts(CHORD, chords, end), *_texts(SECTION, sections, end)], key=lambda marker: marker[0])


def _texts(prefix: str, spans: Sequence[tuple[int, int, str]], end: int) -> list[tuple[int, str]]:
    """A text at each onset, and an empty one at each end where nothing follows at once."""
    spans = sorted(spans)
    texts = {}
    onsets = {onset for onset, _, _ in spans}
    for (onset, stop, text), following in zip(spans, [*(s[0] for s in spans), None][1:], strict=True):
        texts[onset] = prefix + text
        if stop not in onsets and (following is None or stop < following) and not (following is None and stop == end):
            texts[stop] = prefix
    return sorted(texts.items())
