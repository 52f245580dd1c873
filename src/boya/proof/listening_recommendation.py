"""Recommendation on `valid`: more like this, a taste that is learnt, variety, forgetting, and time.

**More like this** and variety: `boya.proof.listening_likeness`.

**Taste.** Listeners are made (`boya.proof.listeners`): they hear five suggestions at a time, and like or skip them. Precision is
the share of good pieces among the ten that would be suggested next, after so many things done. Regret is how many likes fewer are
had than by always taking the piece likeliest to be liked of those left. The library names no styles, as a folder of files; with
*styles told* it does. Rivals: chance, what most of 200 other listeners like, and the nearest to what was liked last, or to the
mean of all that was liked. The settings of the model were chosen with other listeners, among pieces of `train`.

**Forgetting.** A piece is liked and forgotten again. Neither what is remembered nor the model's bytes may differ from before, and
neither the piece's id nor its vector may be anywhere in the file.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.scoreboard import Row
from boya.listening.content import Content
from boya.listening.recommendation import Event, Library, Memory, recommend, similar, taste_of
from boya.proof import listening_likeness
from boya.proof.described import Pieces, unit
from boya.proof.listeners import (
    Listener,
    Suggester,
    by_chance,
    by_nearness,
    by_order,
    by_taste,
    made_listener,
    precision,
    walk,
)
from boya.proof.setup import Setup

__all__ = ["rows"]

ALIKE, TASTE = "similar", "taste"
TEN = 10
MARKS = (5, 10, 20, 50)
AT_ONCE = 5
OTHERS = 200
LARGE = 10_000
TIME_BAR = 100.0  # ms: nobody waits
OTHER, ASKED, WALK, FORGOTTEN = range(4)  # what is drawn, each by chance of its own

Floats = NDArray[np.float64]


def rows(setup: Setup) -> Iterator[Row]:
    """Measure what is recommended."""
    valid = Pieces.of(setup.corpus(), setup.pick(100_000, 60))
    crowd = [_listener(setup, valid, OTHER, number) for number in range(setup.pick(OTHERS, 20))]
    rng = setup.rng()
    popular = np.sum([rng.random(len(valid)) < one.chances for one in crowd], axis=0) + 0.5 * rng.random(len(valid))
    yield from listening_likeness.rows(setup, valid, popular)
    yield from _tastes(setup, valid, popular)
    yield from _forgetting(setup, valid.library)
    yield from _times(setup, valid)


def _listener(setup: Setup, pieces: Pieces, kind: int, number: int) -> Listener:
    """A made listener; the same number gives the same one."""
    rng = np.random.default_rng([setup.seed, kind, number])
    return made_listener(pieces.named("style").tolist(), pieces.told.facets, pieces.histograms, rng)


def _tastes(setup: Setup, pieces: Pieces, popular: Floats) -> Iterator[Row]:
    """Precision after so many things done, and regret."""
    plain = pieces.library
    suggesters = {
        TASTE: (plain, by_taste(plain)),
        f"{TASTE}, styles told": (pieces.told, by_taste(pieces.told)),
        "random": (plain, by_chance(plain)),
        "most liked": (plain, by_order(plain, popular)),
        "nearest to last liked": (plain, by_nearness(plain, 1)),
        "nearest to mean of liked": (plain, by_nearness(plain, MARKS[-1])),
    }
    n_listeners = setup.pick(100, 4)
    found = {name: [_walked(setup, pieces, *pair, n) for n in range(n_listeners)] for name, pair in suggesters.items()}
    means = {name: np.mean(each, axis=0) for name, each in found.items()}
    rivals = np.array([mean for name, mean in means.items() if not name.startswith(TASTE)])
    for name, mean in means.items():
        is_ours = name == TASTE
        for place, mark in enumerate(MARKS):
            bar = float(rivals[:, place].max()) if is_ours else None
            yield setup.row(f"made listeners, precision at 10 after {mark} done", name, float(mean[place]), at_least=bar)
        bar = float(rivals[:, -1].min()) if is_ours else None
        yield setup.row(f"made listeners, regret after {MARKS[-1]} done", name, float(mean[-1]), "likes", at_most=bar)
    yield setup.row("made listeners", "data (valid)", float(n_listeners), "listeners")


def _walked(setup: Setup, pieces: Pieces, library: Library, suggest: Suggester, number: int) -> list[float]:
    """Precision at each mark, and regret, of one listener."""
    listener, rng = _listener(setup, pieces, ASKED, number), np.random.default_rng([setup.seed, WALK, number])
    walked = walk(library, listener, suggest, MARKS[-1], AT_ONCE, rng)
    found = [precision(listener, suggest(walked.events[:mark], TEN, rng)) for mark in MARKS]
    return [*found, float(walked.regrets.sum())]


def _forgetting(setup: Setup, library: Library) -> Iterator[Row]:
    """Listeners of whose forgotten piece something is left."""
    count = setup.pick(50, 5)
    traces = sum(_leaves_trace(library, np.random.default_rng([setup.seed, FORGOTTEN, number])) for number in range(count))
    yield setup.row("listeners with a trace of a piece that was liked and forgotten", TASTE, float(traces), at_most=0)
    yield setup.row("listeners who forgot a piece", TASTE, float(count), "listeners")


def _leaves_trace(library: Library, rng: np.random.Generator) -> bool:
    """Whether anything differs after a piece was liked and forgotten."""
    *before, forgotten = [
        Event(library.ids[number], library.titles[number], done, 0.0, Content(library.facets[number], library.vectors[number]))
        for number, done in zip(rng.permutation(len(library))[:6].tolist(), ["like", "skip", "edit"] * 2, strict=True)
    ]
    with tempfile.TemporaryDirectory() as folder, Memory(Path(folder) / "listener") as memory:
        for event in before:
            memory.add(event)
        state = _state(library, memory)
        memory.add(forgotten)
        memory.forget([forgotten.piece])
        data = (Path(folder) / "listener").read_bytes()
        is_there = forgotten.piece.encode() in data or forgotten.content.vector.tobytes() in data
        return is_there or _state(library, memory) != state


def _state(library: Library, memory: Memory) -> tuple[object, ...]:
    """All that is remembered, and the model it makes."""
    events = memory.events()
    taste = taste_of(library, events)
    told = [(event.piece, event.title, event.done, event.second, *event.content.packed()) for event in events]
    return told, taste.mean.tobytes(), taste.factor.tobytes()


def _times(setup: Setup, pieces: Pieces) -> Iterator[Row]:
    """Processor time of a suggestion in a large library, and of what is done with a piece before."""
    n_pieces = setup.pick(LARGE, 500)
    library = _enlarged(pieces.library, n_pieces, setup.rng())
    done = [Event(i, "", "like" if at % 2 else "skip", 0.0, library.content(i)) for at, i in enumerate(library.ids[:50])]
    content = library.content(library.ids[0])
    for name, action in (
        (TASTE, partial(recommend, library, done, setup.rng())),
        (ALIKE, partial(similar, library, content)),
    ):
        spent = _processor_ms(action, setup.pick(9, 3))
        yield setup.row(f"ten suggestions among {n_pieces:,} pieces, processor time", name, spent, "ms", at_most=TIME_BAR)
    yield setup.row("a piece kept to be described later, processor time", ALIKE, pieces.sketch_ms, "ms")
    yield setup.row("a piece described, processor time", ALIKE, pieces.describe_ms, "ms")


def _enlarged(library: Library, n_pieces: int, rng: np.random.Generator) -> Library:
    """Copies of the pieces with a little noise in their vectors."""
    at = np.arange(n_pieces) % len(library)
    vectors = unit(library.vectors[at] + 0.05 * rng.standard_normal((n_pieces, library.vectors.shape[1])))
    ids = tuple(f"{number}/{library.ids[one]}" for number, one in enumerate(at.tolist()))
    titles, composers = (tuple(names[one] for one in at.tolist()) for names in (library.titles, library.composers))
    facets = tuple(library.facets[one] for one in at.tolist())
    return Library(ids, titles, composers, facets, vectors.astype(np.float32))


def _processor_ms(action: Callable[[], object], repeats: int) -> float:
    """Median processor time of several runs, in ms; one before them is not counted."""
    times = []
    for _ in range(repeats + 1):
        began = time.process_time()
        action()
        times.append(1000 * (time.process_time() - began))
    return float(np.median(times[1:]))
