"""Teach the listener that ranks drafts: real excerpts of `train` against what the shipped composer writes from nothing.

    python scripts/train_listener.py packed [--pieces 400] [--bars 16] [--out src/boya/evaluation/data/listener.npz]

Half of the pieces lend their outlines to the composer, the other half is what people wrote, so that no excerpt stands on both
sides. A fifth of both is kept aside to say how well the listener hears; then it is taught with all. About 10 minutes on one core.
Run it again whenever the composer's weights change.
"""

import argparse
from pathlib import Path

import numpy as np

from boya.corpus import open_packed
from boya.evaluation.excerpts import describe_excerpts
from boya.evaluation.listener import Listener
from boya.models.composer import Composer
from boya.proof.composer import pieces_of
from boya.proof.drafts import heard, write_drafts
from boya.proof.likeness import EXCERPT_BARS, Music

ASIDE = 5  # one part in so many


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packed", type=Path)
    parser.add_argument("--pieces", type=int, default=400)
    parser.add_argument("--bars", type=int, default=16)
    parser.add_argument("--models", type=Path, help="folder of a composer other than the shipped one")
    parser.add_argument("--out", type=Path, default=Path("src/boya/evaluation/data/listener.npz"))
    given = parser.parse_args()
    rng = np.random.default_rng(0)
    pieces = [
        piece for piece in pieces_of(open_packed(given.packed), "train", 2 * given.pieces) if piece.encoded.n_bars >= EXCERPT_BARS
    ]
    pieces = [pieces[place] for place in rng.permutation(len(pieces)).tolist()]
    lent, others = ([piece.encoded for piece in pieces[start::2]] for start in (0, 1))
    written = write_drafts(Composer("composer", given.models), lent, given.bars, rng)
    kinds = (written, [heard(piece, given.bars) for piece in others])
    machine, people = (describe_excerpts(Music.of("", scores, range(len(scores)), given.bars).excerpts()[0]) for scores in kinds)
    aside, rest = zip(*(np.split(rows, [len(rows) // ASIDE]) for rows in (machine, people)), strict=True)  # nearly whole pieces
    trial = Listener.fit(*rest)
    right = np.concatenate([trial.hear(aside[0]) > 0, trial.hear(aside[1]) < 0])
    print(f"{len(machine)} and {len(people)} excerpts; {right.mean():.1%} of {len(right)} kept aside are heard right")
    given.out.parent.mkdir(parents=True, exist_ok=True)
    Listener.fit(machine, people).save(given.out)
    print(f"wrote {given.out}, {given.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
