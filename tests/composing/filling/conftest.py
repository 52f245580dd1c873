"""Composers that know nothing: one finds all tokens alike, one follows a script; and small pieces for them to write in."""

from types import SimpleNamespace

import numpy as np
import pytest

from boya.composing.filling import Sheet
from boya.representation.stream import VOCABULARY
from boya.score import Chord, Key, Metre, Score, Section, Tempo, Timeline, Track, note_array

QUARTER = 480
SIZE = len(VOCABULARY)


class Uniform:
    """Reads anything, and finds all tokens alike; remembers the prompts."""

    def __init__(self, context=1024):
        self.context, self.prompts = context, []

    def read(self, prompt, n):
        assert len(prompt) < self.context
        self.prompts.append(np.array(prompt))
        self.rows = n
        return self, self.score()

    def feed(self, tokens):
        return self.score()

    def feed_row(self, row, tokens):
        return self.score()[0]

    def keep(self, rows):
        self.rows = len(rows)

    def score(self):
        return np.zeros((self.rows, SIZE), dtype=np.float32)


class Leaning(Uniform):
    """Likes tokens of some kinds more, by logits: `Leaning(bar=3, at=1)`."""

    def __init__(self, context=1024, **liked):
        super().__init__(context)
        self.logits = np.zeros(SIZE, dtype=np.float32)
        for kind, liking in liked.items():
            self.logits[VOCABULARY.span(kind)] = liking

    def score(self):
        return np.tile(self.logits, (self.rows, 1))


class Scripted(Uniform):
    """Says the words of a text one after another, in rows that are all alike; where the next is not allowed, one behind it."""

    def __init__(self, text, context=1024):
        super().__init__(context)
        self.text = text

    def read(self, prompt, n):
        self.words = VOCABULARY.read(self.text).tolist()
        return super().read(prompt, n)

    def feed(self, tokens):
        return self.feed_row(0, tokens[0])[None].repeat(self.rows, axis=0)

    def feed_row(self, row, tokens):
        for token in tokens:
            if token in self.words:
                del self.words[: self.words.index(token) + 1]
        return self.score()[0]

    def score(self):
        logits = np.zeros((self.rows, SIZE), dtype=np.float32)
        for place, token in reversed(list(enumerate(self.words))):
            logits[:, token] = 1000.0 - place
        return logits


def track(*rows, **names):
    """A track of (onset, duration, pitch) in quarters."""
    return Track(note_array([(round(on * QUARTER), round(n * QUARTER), pitch, 80) for on, n, pitch in rows]), **names)


def scale(n_bars, quarters=4, pitch=60, **names):
    """A note on every quarter, up and down a scale."""
    steps = (0, 2, 4, 5, 7, 5, 4, 2)
    return track(*[(i, 1, pitch + steps[i % 8]) for i in range(round(n_bars * quarters))], **names)


def piece(*tracks, metre=(4, 4), tonic=0, chords=(), sections=(), qpm=100.0, metres=None, keys=None):
    """A score; chords are (first quarter, quarters, root, quality)."""
    timeline = Timeline((Tempo(0, qpm),), metres or (Metre(0, *metre),), keys or (Key(0, tonic, "major"),))
    made = tuple(Chord(round(on * QUARTER), round(n * QUARTER), root, quality) for on, n, root, quality in chords)
    parts = tuple(Section(round(on * QUARTER), round(n * QUARTER), label) for on, n, label in sections)
    return Score(tuple(tracks), timeline, made, parts, title="Sheet", licence="CC0")


def sheet_of(*tracks, n_bars=4, limits=None, **names):
    """A sheet of some tracks."""
    settings = {name: names.pop(name) for name in ("controls", "style", "substyle", "is_open") if name in names}
    if limits is not None:
        settings["limits"] = limits
    return Sheet(piece(*tracks, **names), n_bars, **settings)


def select(sheet, tracks=None, bars=None):
    """A selection of tracks and bars; all where they are left out."""
    selection = sheet.blank_selection()
    rows = range(sheet.n_tracks) if tracks is None else tracks
    selection[np.ix_(list(rows), list(range(sheet.n_bars) if bars is None else bars))] = True
    return selection


def rows_of(track):
    """Notes as (onset, duration, pitch) in quarters."""
    return [(on / QUARTER, n / QUARTER, pitch) for on, n, pitch, _ in track.notes.tolist()]


@pytest.fixture(scope="session")
def desk():
    return SimpleNamespace(
        Uniform=Uniform,
        Leaning=Leaning,
        Scripted=Scripted,
        track=track,
        scale=scale,
        piece=piece,
        sheet=sheet_of,
        select=select,
        rows_of=rows_of,
    )
