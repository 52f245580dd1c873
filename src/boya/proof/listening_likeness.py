"""Recommendation, its first part: how many of the ten most alike pieces are right, and how alike they are to each other.

Each piece of `valid` asks for ten others. Right are those of its style, of its composer, or of its work: a song and the bands'
arrangements of it. Styles and sources go together in this corpus, so style is also asked *within its source*, which then tells
nothing, and *its source aside*, where only pieces of other sources may be found. Counted is the share of right ones among ten, or
among as many as there are. Beside `similar` stand its two halves alone, plain histograms, what most listeners like, and chance,
which is reckoned.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from boya.evaluation.scoreboard import Row
from boya.listening.recognition.vectors import shipped_encoder
from boya.listening.recommendation import similar
from boya.proof.described import Pieces, unit
from boya.proof.setup import Setup

__all__ = ["precision_at_ten", "rows"]

ALIKE, TEN = "similar", 10
LEAST_OF_STYLE = 5  # others that must be there to be found; one of a composer or a work
DIVERSITIES = (0.0, 0.3, 0.7)

Floats = NDArray[np.floating]
Bools = NDArray[np.bool_]


def rows(setup: Setup, pieces: Pieces, popular: Floats) -> Iterator[Row]:
    """Measure more like this; `popular` is how much listeners like each piece. [shape=(pieces,)]"""
    yield from _alike(setup, pieces, popular)
    yield from _variety(setup, pieces)


def _alike(setup: Setup, pieces: Pieces, popular: Floats) -> Iterator[Row]:
    """More like this."""
    vectors = pieces.library.vectors
    n_heard = shipped_encoder().length
    seen = {
        ALIKE: vectors,
        f"{ALIKE}, encoder alone": vectors[:, :n_heard],
        f"{ALIKE}, outline alone": vectors[:, n_heard:],
        "histogram": pieces.histograms,
        "pitch classes": pieces.pitch_classes,
    }
    near = {name: unit(rows) @ unit(rows).T for name, rows in seen.items()}
    near["most liked"] = np.broadcast_to(popular, (len(pieces), len(pieces)))
    for what, right, allowed, least in _questions(pieces):
        n_right = (right & allowed).sum(axis=1)
        asked = (n_right >= least) & (n_right < allowed.sum(axis=1))  # where all are right, nothing is told
        if not asked.any():
            setup.note(f"listening: no piece of valid has {least} others of the same {what}")
            continue
        metric = f"more like this, same {what}, precision at 10"
        found = {name: precision_at_ten(of, right, allowed)[asked].mean() for name, of in near.items()}
        rivals = [found[name] for name in ("histogram", "pitch classes", "most liked")]
        for name, value in found.items():
            yield setup.row(metric, name, float(value), at_least=float(max(rivals)) if name == ALIKE else None)
        chance = n_right / np.maximum(allowed.sum(axis=1), 1) * TEN / np.clip(n_right, 1, TEN)
        yield setup.row(metric, "random", float(chance[asked].mean()))
        yield setup.row(f"{metric}, pieces that ask", "data (valid)", float(asked.sum()), "pieces")


def _questions(pieces: Pieces) -> Iterator[tuple[str, Bools, Bools, int]]:
    """What is asked for: its name, which pieces are right, which may be found, and how many must be there."""
    others = ~np.eye(len(pieces), dtype=bool)
    same = {what: _same(pieces.named(what)) for what in ("style", "composer", "work", "source")}
    yield "style", same["style"], others, LEAST_OF_STYLE
    yield "style within its source", same["style"], others & same["source"], LEAST_OF_STYLE
    yield "style, its own source aside", same["style"], ~same["source"], LEAST_OF_STYLE
    yield "composer, the work aside", same["composer"], others & ~same["work"], 1
    yield "work", same["work"], others, 1


def _same(names: NDArray[np.str_]) -> Bools:
    """Which pairs have the same name, and have one. [shape=(pieces, pieces)]"""
    return np.asarray((names[:, None] == names) & (names != ""))


def precision_at_ten(near: Floats, right: Bools, allowed: Bools) -> Floats:
    """Return the share of right pieces among the ten nearest, of at most as many as there are. [shape=(pieces,)]"""
    order = np.argsort(-np.where(allowed, near, -np.inf), axis=1, kind="stable")[:, :TEN]
    hits = np.take_along_axis(right & allowed, order, axis=1).sum(axis=1)
    return np.asarray(hits / np.clip((right & allowed).sum(axis=1), 1, TEN))


def _variety(setup: Setup, pieces: Pieces) -> Iterator[Row]:
    """How alike the ten suggestions are, and how many are of the style."""
    library, styles = pieces.library, pieces.named("style")
    for diversity in DIVERSITIES:
        alike, right = [], []
        for number in range(0, len(pieces), setup.pick(2, 6)):
            piece = library.ids[number]
            found = similar(library, library.content(piece), limit=TEN, diversity=diversity, without=(piece,))
            at = [library.numbers[one.piece] for one in found]
            pairs = library.vectors[at] @ library.vectors[at].T
            alike.append(float(pairs[np.triu_indices(len(at), 1)].mean()))
            right.append(float((styles[at] == styles[number]).mean()))
        yield setup.row(f"likeness of ten suggestions to each other, diversity {diversity:g}", ALIKE, float(np.mean(alike)))
        yield setup.row(f"same style among ten suggestions, diversity {diversity:g}", ALIKE, float(np.mean(right)))
