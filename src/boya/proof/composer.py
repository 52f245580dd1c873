"""The area `composer`: everything that is claimed of the model that writes long pieces of many tracks.

Speed, obedience to hard and soft wishes, what real music costs it in nats beside a 5-gram, and how like real music its own is.
`valid` is for measuring only: half of its pieces lend their outlines, the other half is what writing is told from. The 5-gram is
fitted on all of `train`.
"""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np

from boya.composing.compose import DRAWS
from boya.corpus.packed import Packed
from boya.errors import ModelError, ScoreError, StreamError
from boya.evaluation.copying import RunIndex, voices_of
from boya.evaluation.ear import ear
from boya.evaluation.fingerprints import copied
from boya.evaluation.scoreboard import Row
from boya.models.composer import Composer, Session
from boya.models.runtime import available
from boya.models.stream_ngram import StreamNgram
from boya.proof import composer_speed, obedience
from boya.proof.drafts import AT_ONCE, Writer, heard, write_drafts
from boya.proof.likeness import DRAFT_BARS, JUDGED, REAL, Music, compare, copies, repetitions, told_apart
from boya.proof.passages import Passage, composer_nats, ngram_nats, passages
from boya.proof.ranking import ranked
from boya.proof.setup import Setup
from boya.representation.stream import Encoded, encode
from boya.score import Score

__all__ = ["NGRAM", "Piece", "load_composer", "nats", "pieces_of", "rows"]

NGRAM, TRAIN, FIRST = "5-gram", "data (train)", "composer, first drafts"
TOKENS_BAR = 3.0
NATS_SHARE = 80.0  # of the 5-gram's: what "well under" means
TRANSPOSED_BAR = 2.0
LEAST_BARS = 8
PROCESSES, SHARE = 2, 16  # that write drafts of so many outlines at a time

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Piece:
    """A piece of the corpus as a bar stream."""

    number: int
    source: str
    encoded: Encoded


def rows(setup: Setup) -> Iterator[Row]:
    """Measure the composer."""
    packed = setup.corpus()
    composer = load_composer(setup)
    if composer is None:
        return
    train, valid = (pieces_of(packed, split, most) for split, most in (("train", setup.pick(2**30, 300)), ("valid", 2**30)))
    ngram = StreamNgram.fit(piece.encoded.whole() for piece in train)
    yield _tokens(setup, packed, [*train, *valid])
    bands = sorted((p.encoded for p in valid if p.encoded.n_bars >= 2 * LEAST_BARS), key=lambda e: abs(len(e.parts) - 5))
    yield from composer_speed.rows(setup, composer, JUDGED, bands)
    scores = [(packed.score(p.number), p.encoded.style) for p in _thinned(valid, setup.pick(80, 8))]
    yield from obedience.hard(setup, composer, JUDGED, scores)
    yield from obedience.soft(setup, composer, JUDGED, [p.encoded for p in valid])
    yield from ranked(setup, composer, JUDGED, [p.encoded for p in valid])
    yield from nats(setup, packed, composer, ngram, valid)
    yield from _written(setup, packed, {JUDGED: composer, NGRAM: ngram}, train, valid)


def load_composer(setup: Setup) -> Composer | None:
    """Return the composer that ships, or one from the folder of models; say so where there is none."""
    place: Path | None = None if JUDGED in available() else setup.models
    try:
        return Composer(JUDGED, place)
    except ModelError as error:
        setup.note(f"composer: left out: {error}")
        return None


def pieces_of(packed: Packed, split: str, most: int) -> list[Piece]:
    """Return the pieces of a split that a bar stream can hold, evenly thinned where there are more than `most`."""
    found = []
    for number in _thinned(packed.split(split).tolist(), most):
        entry = packed.pieces[number]
        try:
            encoded = encode(packed.score(number), str(entry.get("style", "")), str(entry.get("substyle", "")))
        except StreamError:
            continue
        found.append(Piece(number, str(entry.get("source", "")), encoded))
    return found


def nats(setup: Setup, packed: Packed, composer: Composer, ngram: StreamNgram, valid: Sequence[Piece]) -> Iterator[Row]:
    """What passages of real music cost, by collection, and how much that changes when they are transposed."""
    session = composer.session(1)
    changes: list[float] = []
    for source in sorted({piece.source for piece in valid}):
        own = [piece for piece in valid if piece.source == source]
        every = [(piece, passage) for piece in own for passage in passages(piece.encoded, composer.context)]
        chosen = _thinned(every, setup.pick(40, 2))
        quarters = sum(passage.quarters for _, passage in chosen)
        paid = [composer_nats(session, passage) for _, passage in chosen]
        mine, theirs = sum(paid) / quarters, sum(ngram_nats(ngram, passage) for _, passage in chosen) / quarters
        metric = f"nats a quarter, {source}"
        yield setup.row(metric, JUDGED, mine, "nats")
        yield setup.row(metric, NGRAM, theirs, "nats")
        yield setup.row(f"{metric}, of the 5-gram's", JUDGED, 100 * mine / theirs, "%", at_most=NATS_SHARE)
        some = _thinned(list(zip(chosen, paid, strict=True)), setup.pick(10, 1))
        for (piece, passage), cost in some:
            changes += _transposed(setup, packed, session, piece, passage, cost)
    if changes:
        metric = "nats of a passage transposed, change"
        yield setup.row(f"{metric}, mean", JUDGED, float(np.mean(changes)), "%", at_most=TRANSPOSED_BAR)
        yield setup.row(f"{metric}, largest", JUDGED, float(np.max(changes)), "%")
        yield setup.row(f"{metric}, passages", JUDGED, float(len(changes)), "passages")


def _transposed(setup: Setup, packed: Packed, session: Session, piece: Piece, passage: Passage, cost: float) -> Iterator[float]:
    """By how many percent the cost changes when the piece is moved, twice, by some semitones; drums alone cannot be moved."""
    score = packed.score(piece.number)
    if all(track.is_drum for track in score.tracks):
        return
    rng = np.random.default_rng([setup.seed, piece.number])
    for semitones in rng.choice([move for move in range(-6, 7) if move], 2, replace=False).tolist():
        try:
            moved = encode(score.transpose(semitones), piece.encoded.style, piece.encoded.substyle)
        except ScoreError:
            continue  # a note would leave MIDI's range
        yield 100 * abs(composer_nats(session, passage.of(moved)) / cost - 1)


def _written(
    setup: Setup, packed: Packed, writers: dict[str, Writer], train: Sequence[Piece], valid: Sequence[Piece]
) -> Iterator[Row]:
    """Music from nothing beside real music."""
    long = [piece for piece in valid if piece.encoded.n_bars >= LEAST_BARS]
    n_bars = setup.pick(DRAFT_BARS, 17)
    chosen = _thinned(long[::2], setup.pick(240, 10))
    real, other = (_heard(REAL, pieces, n_bars) for pieces in (chosen, long[1::2]))
    order = setup.rng().permutation(len(train))
    some = [piece for piece in (train[i] for i in order.tolist()) if piece.encoded.n_bars >= LEAST_BARS][: len(chosen)]
    outlines = [piece.encoded for piece in chosen]
    best = _best(setup, outlines, n_bars)
    hands = [Music.of(JUDGED, best, [piece.number for piece in chosen], n_bars)]
    for name, writer in writers.items():
        start = time.process_time()
        scores = write_drafts(writer, outlines, n_bars, setup.rng())
        hands.append(Music.of(FIRST if name == JUDGED else name, scores, hands[0].pieces, n_bars))
        speed = hands[-1].n_notes / (time.process_time() - start)
        yield setup.row(f"notes a second, {AT_ONCE} pieces side by side", name, speed, "notes a second")
    yield setup.row("pieces written", JUDGED, float(len(chosen)), f"pieces of up to {n_bars} bars")
    trained = _heard(TRAIN, some, n_bars)
    yield from compare(setup, real, [*hands, trained])
    yield from repetitions(setup, real, [*hands, trained])
    yield from told_apart(setup, other, [*hands, real, trained])
    index = RunIndex(voice for piece in train for voice in voices_of(packed.score(piece.number)))
    yield from copies(setup, index, real, hands)


def _best(setup: Setup, outlines: Sequence[Encoded], n_bars: int) -> list[Score]:
    """Drafts as `boya.composing.compose` chooses them: the listener among versions; what is taken for a copy is written again.

    Each share of the outlines has its own random numbers, so that it does not matter how many processes write.
    """
    shares = [list(outlines[first : first + SHARE]) for first in range(0, len(outlines), SHARE)]
    folder = None if JUDGED in available() else setup.models
    write = partial(_best_of, folder, n_bars)
    if len(shares) == 1:
        return write(shares[0], setup.rng())
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        return [score for scores in pool.map(write, shares, setup.rng().spawn(len(shares))) for score in scores]


def _best_of(folder: Path | None, n_bars: int, outlines: list[Encoded], rng: np.random.Generator) -> list[Score]:
    """The drafts of one share."""
    writer = Composer(JUDGED, folder)
    scores = write_drafts(writer, outlines, n_bars, rng, ear)
    for _ in range(DRAWS - 1):
        again = [place for place, score in enumerate(scores) if copied(score)]
        drawn = write_drafts(writer, [outlines[place] for place in again], n_bars, rng, ear)
        scores = [dict(zip(again, drawn, strict=True)).get(place, score) for place, score in enumerate(scores)]
    return scores


def _heard(name: str, pieces: Sequence[Piece], n_bars: int) -> Music:
    """The first bars of real pieces."""
    return Music.of(name, [heard(piece.encoded, n_bars) for piece in pieces], [piece.number for piece in pieces], n_bars)


def _tokens(setup: Setup, packed: Packed, pieces: Sequence[Piece]) -> Row:
    """Tokens a note over everything that was encoded."""
    n_tokens = sum(len(piece.encoded.whole()) for piece in pieces)
    n_notes = sum(packed.pieces[piece.number]["notes"] for piece in pieces)
    return setup.row("tokens a note, train and valid", "bar stream", n_tokens / n_notes, "tokens", at_most=TOKENS_BAR)


def _thinned(items: Sequence[T], most: int) -> list[T]:
    """At most so many, evenly chosen."""
    if len(items) <= most:
        return list(items)
    return [items[i] for i in np.linspace(0, len(items) - 1, most).round().astype(int).tolist()]
