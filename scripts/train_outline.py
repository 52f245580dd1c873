"""Learn the outline of descriptions, which stands beside the encoder's vector in what a piece is like.

    python scripts/train_outline.py packed [--axes 32] [--out src/boya/listening/recommendation/data/outline.npz]

The principal components of all pieces of `train`, without a label; ten seconds on one core. Run it again when `describe` changes.
"""

import argparse
from pathlib import Path

import numpy as np

from boya.corpus import open_packed
from boya.listening.recognition.description import describe
from boya.listening.recommendation.outline import FILE, Outline
from boya.representation.note_rows import note_rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packed", type=Path)
    parser.add_argument("--axes", type=int, default=32)
    parser.add_argument("--out", type=Path, default=Path("src/boya/listening/recommendation/data") / FILE)
    given = parser.parse_args()
    packed = open_packed(given.packed)
    scores = (packed.score(number) for number in packed.split("train").tolist())
    described = np.stack([describe(note_rows(score)) for score in scores if score.n_notes])
    given.out.parent.mkdir(parents=True, exist_ok=True)
    Outline.fit(described, given.axes).save(given.out)
    print(f"wrote {given.out}: {len(described)} pieces, {given.axes} axes, {given.out.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
