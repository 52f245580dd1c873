"""Teach the listener that ranks drafts: real excerpts of `train` against what the shipped composer writes from nothing.

    python scripts/train_listener.py packed [--pieces 1200] [--again 600] [--lessons 2] [--bars 16]

Half of the pieces lend their outlines to the composer, the other half is what people wrote, so that no excerpt stands on both
sides; works that are dev stay out of it. A fifth of both is kept aside to say how well the listener hears; then it is taught with
all. In the lessons that follow it hears drafts that it has chosen itself among versions, which err in other ways; what it hears
in the end is the sum of its lessons. About a quarter of an hour on two cores. Run it again whenever the composer's weights or the
settings of its draws change.
"""

import argparse
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial, reduce
from multiprocessing import get_context
from operator import add
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boya.corpus import open_packed
from boya.evaluation.ear import ear
from boya.evaluation.excerpts import describe_excerpts
from boya.evaluation.listener import Listener
from boya.models.composer import Composer
from boya.proof.composer import pieces_of
from boya.proof.drafts import heard, write_drafts
from boya.proof.likeness import EXCERPT_BARS, Music
from boya.representation.stream import Encoded
from boya.score import Score
from boya.training.pieces import is_dev_work

ASIDE = 5  # one part in so many
DEV = 0.05
PROCESSES, SHARE = 2, 16

Floats = NDArray[np.float64]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packed", type=Path)
    parser.add_argument("--pieces", type=int, default=1200, help="that lend their outlines to first drafts")
    parser.add_argument("--again", type=int, default=600, help="that lend theirs to the chosen drafts of one lesson")
    parser.add_argument("--lessons", type=int, default=2)
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--models", type=Path, help="folder of a composer other than the shipped one")
    parser.add_argument("--out", type=Path, default=Path("src/boya/evaluation/data/listener.npz"))
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    lent, others = _halves(given.packed, given.pieces, rng)
    people = _described([heard(piece, given.bars) for piece in others], given.bars)
    lessons: list[Listener] = []
    for number in range(given.lessons):
        n = given.again if number else given.pieces
        own = np.roll(np.arange(len(lent)), -n * max(number - 1, 0))[:n].tolist()
        write = partial(_written, given.models, given.bars, reduce(add, lessons) if lessons else None)
        scores = _side_by_side(write, [lent[place] for place in own], rng)
        lessons.append(_taught(_described(scores, given.bars), people))
    given.out.parent.mkdir(parents=True, exist_ok=True)
    reduce(add, lessons).save(given.out)
    print(f"wrote {given.out}, {given.out.stat().st_size / 1000:.0f} kB")


def _halves(folder: Path, n: int, rng: np.random.Generator) -> tuple[list[Encoded], list[Encoded]]:
    """Pieces of `train` that lend their outlines, and as many others."""
    packed = open_packed(folder)
    works = [str(entry.get("group", number)) for number, entry in enumerate(packed.pieces)]
    pieces = [
        piece.encoded
        for piece in pieces_of(packed, "train", 2 * n)
        if piece.encoded.n_bars >= EXCERPT_BARS and not is_dev_work(works[piece.number], DEV)
    ]
    pieces = [pieces[place] for place in rng.permutation(len(pieces)).tolist()]
    return pieces[::2], pieces[1::2]


def _side_by_side(
    write: Callable[[list[Encoded], np.random.Generator], list[Score]], outlines: list[Encoded], rng: np.random.Generator
) -> list[Score]:
    """Drafts under all outlines, written by several processes."""
    shares = [outlines[first : first + SHARE] for first in range(0, len(outlines), SHARE)]
    with ProcessPoolExecutor(PROCESSES, get_context("spawn")) as pool:
        return [score for scores in pool.map(write, shares, rng.spawn(len(shares))) for score in scores]


def _written(
    folder: Path | None, n_bars: int, listener: Listener | None, outlines: list[Encoded], rng: np.random.Generator
) -> list[Score]:
    """Drafts of a share of the outlines; a listener, if there is one yet, chooses among versions."""
    chooser = partial(ear, listener=listener) if listener else None
    return write_drafts(Composer("composer", folder), outlines, n_bars, rng, chooser)


def _described(scores: Sequence[Score], n_bars: int) -> Floats:
    return describe_excerpts(Music.of("", scores, range(len(scores)), n_bars).excerpts()[0])


def _taught(machine: Floats, people: Floats) -> Listener:
    """One lesson, after saying how much of it is heard right."""
    (machine_aside, machine_rest), (people_aside, people_rest) = (np.split(x, [len(x) // ASIDE]) for x in (machine, people))
    trial = Listener.fit(machine_rest, people_rest)
    right = np.mean(trial.hear(machine_aside) > 0), np.mean(trial.hear(people_aside) < 0)
    print(f"{len(machine)} and {len(people)} excerpts; kept aside, {right[0]:.1%} and {right[1]:.1%} are heard right", flush=True)
    return Listener.fit(machine, people)


if __name__ == "__main__":
    main()
