"""Made listeners, whose taste is known: what a recommender finds for them can be counted.

A listener has a few favourite styles, likes some instruments and not others, and holds some pieces dear: others are liked the
better, the more they resemble one of them in plain histograms of note lengths, scale degrees and octaves. The three are mixed in
shares drawn for each listener. The sum says how likely a piece is to be liked, never surely: of the best tenth, the *good*
pieces, half to nearly all are liked, of the others few. No recommender is shown any of this.

A listener is made for the pieces of a library at once. Conventions: `styles`, `facets` and `histograms` are of the pieces, in the
order of the library.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from boya.listening.content import Content
from boya.listening.recommendation import Event, Library, recommend

__all__ = [
    "Listener",
    "Suggester",
    "Walk",
    "by_chance",
    "by_nearness",
    "by_order",
    "by_taste",
    "made_listener",
    "precision",
    "walk",
]

GOOD_SHARE = 0.1
SURELY, RARELY = 0.95, 0.03  # liked at most and at least so often
STEEP = 3.0  # how sharply liking falls below the best tenth, for each standard deviation
STYLES, PLAYED, DEAR = 2, 2, 3

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Suggester = Callable[[Sequence[Event], int, np.random.Generator], Sequence[int]]
"""what was done, how many are asked for, chance -> numbers of pieces that nothing was done with"""


@dataclass(frozen=True, eq=False)
class Listener:
    """Somebody who likes each piece with some chance: `chances`, `is_good` `[shape=(pieces,)]`."""

    chances: Floats
    is_good: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Walk:
    """What was suggested and done: `events` in order, `regrets` of each: by how much the best piece left was likelier liked."""

    events: list[Event]
    regrets: Floats


def made_listener(
    styles: Sequence[str], facets: Sequence[Sequence[str]], histograms: NDArray[np.floating], rng: np.random.Generator
) -> Listener:
    """Return a listener for the pieces of a library.

    Examples
    --------
    >>> made = made_listener(["waltz", "march"] * 20, [("instrument:flute",)] * 40, np.eye(40), np.random.default_rng(0))
    >>> int(made.is_good.sum()), bool(made.chances[made.is_good].min() > made.chances[~made.is_good].max())
    (4, True)
    """
    shares = rng.dirichlet(np.ones(3))
    parts = [_of_styles(styles, rng), _of_instruments(facets, rng), _of_dear(histograms, rng)]
    wish = sum(share * _standard(part) for share, part in zip(shares, parts, strict=True))
    wish = np.asarray(wish) + 1e-6 * rng.standard_normal(len(styles))  # so that none are alike
    edge = np.quantile(wish, 1 - GOOD_SHARE)
    likely = 1 / (1 + np.exp(-STEEP * (wish - edge) / max(float(wish.std()), 1e-9)))
    return Listener(RARELY + (SURELY - RARELY) * likely, wish > edge)


def walk(library: Library, listener: Listener, suggest: Suggester, n_events: int, at_once: int, rng: np.random.Generator) -> Walk:
    """Let a listener hear what is suggested, a few pieces at a time, and like or skip each."""
    events: list[Event] = []
    regrets: list[float] = []
    left = np.ones(len(library), dtype=bool)
    while len(events) < min(n_events, len(library)):
        for number in suggest(events, min(at_once, n_events - len(events)), rng):
            regrets.append(float(listener.chances[left].max() - listener.chances[number]))
            left[number] = False
            done = "like" if rng.random() < listener.chances[number] else "skip"
            content = Content(library.facets[number], library.vectors[number])
            events.append(Event(library.ids[number], library.titles[number], done, 0.0, content))
    return Walk(events, np.array(regrets))


def precision(listener: Listener, numbers: Sequence[int]) -> float:
    """Return the share of good pieces among some; 0 among none."""
    return float(listener.is_good[np.asarray(numbers, dtype=np.int64)].sum()) / max(len(numbers), 1)


def by_taste(library: Library) -> Suggester:
    """What ships."""
    return lambda events, count, rng: [library.numbers[one.piece] for one in recommend(library, events, rng, limit=count)]


def by_chance(library: Library) -> Suggester:
    """Any piece."""
    return lambda events, count, rng: rng.permutation(_unheard(library, events))[:count].tolist()


def by_order(library: Library, worth: Floats) -> Suggester:
    """The best first, for everybody the same."""
    return lambda events, count, rng: _best(worth, _unheard(library, events), count)


def by_nearness(library: Library, n_last: int) -> Suggester:
    """The nearest to the mean of what was liked last; any piece until something was."""

    def suggest(events: Sequence[Event], count: int, rng: np.random.Generator) -> Sequence[int]:
        liked = [event.content.vector for event in events if event.done == "like"][-n_last:]
        left = _unheard(library, events)
        return _best(library.vectors @ np.mean(liked, axis=0), left, count) if liked else rng.permutation(left)[:count].tolist()

    return suggest


def _unheard(library: Library, events: Sequence[Event]) -> NDArray[np.int64]:
    """Numbers of the pieces that nothing was done with."""
    return np.setdiff1d(np.arange(len(library)), [library.numbers[event.piece] for event in events])


def _best(worth: Floats, left: NDArray[np.int64], count: int) -> Sequence[int]:
    """The best of those that are left."""
    return [int(number) for number in left[np.argsort(-worth[left], kind="stable")[:count]]]


def _of_styles(styles: Sequence[str], rng: np.random.Generator) -> Floats:
    """Liking by style: the first favourite more than the second. Common styles are favourites of more listeners."""
    names = np.array(styles)
    found = np.zeros(len(names))
    for strength in np.linspace(1.0, 0.5, STYLES):
        found = np.maximum(found, strength * (names == names[rng.integers(len(names))]))
    return found


def _of_instruments(facets: Sequence[Sequence[str]], rng: np.random.Generator) -> Floats:
    """Liking by what plays: some instruments are liked, as many are not."""
    played = sorted({facet for names in facets for facet in names if facet.startswith(("instrument:", "role:"))})
    chosen = rng.permutation(played)[: 2 * PLAYED].tolist()
    worth = {facet: 1.0 if place < PLAYED else -1.0 for place, facet in enumerate(chosen)}
    return np.array([sum(worth.get(facet, 0.0) for facet in names) for names in facets])


def _of_dear(histograms: NDArray[np.floating], rng: np.random.Generator) -> Floats:
    """Liking by likeness to the nearest of a few pieces."""
    length = np.maximum(np.linalg.norm(histograms, axis=1, keepdims=True), 1e-9)
    rows = np.asarray(histograms, dtype=np.float64) / length
    dear: Ints = rng.choice(len(rows), size=min(DEAR, len(rows)), replace=False)
    return np.asarray((rows @ rows[dear].T).max(axis=1))


def _standard(values: Floats) -> Floats:
    """Values with mean 0 and standard deviation 1; all 0 where they are all alike."""
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-12 else np.zeros(len(values))
