"""More like a piece, and what a listener may like: suggestions with reasons in words."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from boya.errors import InputError
from boya.listening.content import Content
from boya.listening.facets import facet_label
from boya.listening.recommendation.choosing import spread_out
from boya.listening.recommendation.library import Library
from boya.listening.recommendation.memory import Event
from boya.listening.recommendation.taste import KINDS, WORTH, Taste, features_of, learn

__all__ = ["Suggestion", "recommend", "similar", "taste_of"]

POOL = 20  # pieces looked at for each that is suggested
MOST_SAID = 4
DAY = 86_400.0


@dataclass(frozen=True)
class Suggestion:
    """A piece: how good it is (alike, or what the listener may do with it), and why.

    `because` is the piece it is like, by title or id, or nothing; `shared` are the facets in common, the most telling first.
    """

    piece: str
    title: str
    composer: str
    score: float
    because: str = ""
    shared: tuple[str, ...] = ()

    def why(self) -> str:
        """Return the reason in words.

        >>> Suggestion("b", "", "", 0.9, "Air", ("style:waltz", "instrument:flute")).why()
        'because you liked Air: same waltz, Flute'
        """
        said = ", ".join(facet_label(facet) for facet in self.shared)
        if self.because:
            return f"because you liked {self.because}" + (f": same {said}" if said else "")
        return f"same {said}" if said else "to learn what you like"

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        named = {"piece": self.piece, "title": self.title, "composer": self.composer, "score": round(self.score, 4)}
        return {**named, "because": self.because, "shared": list(self.shared), "why": self.why()}


def similar(
    library: Library, content: Content, *, limit: int = 10, diversity: float = 0.0, without: Sequence[str] = ()
) -> list[Suggestion]:
    """Return the pieces that are most like one.

    Parameters
    ----------
    content
        of the one (`content_of`, `Library.content`)
    diversity
        0: the most alike; towards 1: less alike each other
    without
        ids of pieces that are not wanted, such as the one itself

    Raises
    ------
    InputError
        if the vector does not fit the library, or a number is out of range.

    Examples
    --------
    >>> one, other = (Content(("style:waltz",), np.array(v, dtype=np.float32)) for v in ((1, 0), (0.6, 0.8)))
    >>> [(found.piece, found.why()) for found in similar(Library.of([("a", "", "", other)]), one)]
    [('a', 'same waltz')]
    """
    _check(limit, diversity)
    near, alike = library.nearest(content.vector, limit * (POOL if diversity else 1) + len(without))
    kept = np.array([library.ids[number] not in without for number in near.tolist()], dtype=bool)
    near, alike = near[kept], alike[kept]
    chosen = spread_out(alike, library.vectors[near], limit, diversity)
    return [
        _suggestion(library, int(near[at]), float(alike[at]), "", _shared(content.facets, library.facets[near[at]], {}))
        for at in chosen.tolist()
    ]


def taste_of(library: Library, events: Sequence[Event], *, half_life_day: float | None = None, now: float | None = None) -> Taste:
    """Return what events tell of a listener, for the pieces of a library.

    Parameters
    ----------
    half_life_day
        after so many days an event counts half; None: never less
    now
        seconds since 1970, the clock's where not given

    Raises
    ------
    InputError
        if an event's vector does not fit the library, or the half-life is not above 0.
    """
    if half_life_day is not None and not half_life_day > 0:
        raise InputError(f"a half-life must be above 0 days; got {half_life_day}")
    for event in events:
        library.check(event.content.vector)
    moment = time.time() if now is None else now
    ages = [max(moment - event.second, 0.0) / DAY for event in events]
    counts = [1.0 if half_life_day is None else 0.5 ** (age / half_life_day) for age in ages]
    told = [(event.content, WORTH[event.done], count) for event, count in zip(events, counts, strict=True)]
    facets = {facet for names in library.facets for facet in names} | {facet for e in events for facet in e.content.facets}
    return learn(facets, told, library.vectors.shape[1])


def recommend(
    library: Library,
    events: Sequence[Event],
    rng: np.random.Generator,
    *,
    limit: int = 10,
    diversity: float = 0.2,
    half_life_day: float | None = None,
    now: float | None = None,
) -> list[Suggestion]:
    """Return what a listener may like among pieces that nothing was done with yet: the best, a little by chance.

    Parameters
    ----------
    events
        what the listener did (`Memory.events`)
    diversity
        0: the best; towards 1: less alike each other
    half_life_day, now
        as in `taste_of`

    Raises
    ------
    InputError
        as `taste_of`, or if a number is out of range.

    Examples
    --------
    >>> waltz = Content(("style:waltz",), np.ones(1, dtype=np.float32))
    >>> library = Library.of([("w1", "Air", "", waltz), ("w2", "", "", waltz)])
    >>> recommend(library, [Event("w1", "Air", "like", 0.0, waltz)], np.random.default_rng(0))[0].why()
    'because you liked Air: same waltz'
    """
    _check(limit, diversity)
    heard = {event.piece for event in events}
    fresh = np.array([number for number, piece in enumerate(library.ids) if piece not in heard], dtype=np.int64)
    if not len(fresh):
        return []
    taste = taste_of(library, events, half_life_day=half_life_day, now=now)
    rows = features_of(taste.facets, [library.facets[number] for number in fresh.tolist()], library.vectors[fresh])
    pool = np.lexsort((rng.random(len(rows)), -(rows @ taste.mean)))[: limit * POOL]
    chosen = pool[spread_out(taste.draw(rows[pool], rng), library.vectors[fresh[pool]], limit, diversity)]
    likes = [event for event in events if event.done != "skip"]
    weights = taste.weights
    return [_reasoned(library, int(fresh[at]), float(rows[at] @ taste.mean), likes, weights) for at in chosen.tolist()]


def _reasoned(library: Library, number: int, score: float, likes: Sequence[Event], weights: Mapping[str, float]) -> Suggestion:
    """A suggestion with the liked piece that speaks most for it."""
    facets, vector = library.facets[number], library.vectors[number]
    best = max(likes, key=lambda event: _speaks(event, facets, vector, weights), default=None)
    if best is None:
        return _suggestion(library, number, score, "", ())
    return _suggestion(library, number, score, best.title or best.piece, _shared(best.content.facets, facets, weights))


def _speaks(event: Event, facets: Sequence[str], vector: Any, weights: Mapping[str, float]) -> float:
    """How much a liked piece speaks for another: what they have in common that the listener likes, and how alike they are."""
    common = set(event.content.facets) & set(facets)
    return float(event.content.vector @ vector) + sum(max(weights.get(facet, 0.0), 0.0) for facet in common)


def _shared(one: Iterable[str], other: Iterable[str], weights: Mapping[str, float]) -> tuple[str, ...]:
    """Facets in common, those that the listener likes most first; families are left to their instruments."""
    kept = set(other)
    common = [f for f in one if f in kept and f.partition(":")[0] in KINDS and not f.startswith("family:")]
    return tuple(sorted(common, key=lambda facet: -weights.get(facet, 0.0))[:MOST_SAID])


def _suggestion(library: Library, number: int, score: float, because: str, shared: tuple[str, ...]) -> Suggestion:
    """A piece of the library as a suggestion."""
    return Suggestion(library.ids[number], library.titles[number], library.composers[number], score, because, shared)


def _check(limit: int, diversity: float) -> None:
    """Raise InputError where a number is out of range."""
    if limit < 1 or not 0 <= diversity <= 1:
        raise InputError(f"limit must be at least 1 and diversity 0-1; got {limit} and {diversity}")
