"""Teach the ears of `boya recognise`: style, substyle, composer, metre, and how sure the listener for machines may be.

    python scripts/train_recogniser.py packed [--drafts 64] [--out src/boya/listening/recognition/data/ears.npz]

Everything is learnt from `train`. One work in ten of it is kept aside: it says how sure each ear may be, and how well it hears;
after that the ears of classes are taught with all. Ears of chords and keys are those of `train_harmony.py`, and stay as they are.
About 10 minutes on one core. Run it again when the encoder or the listener change.
"""

import argparse
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boya.corpus import open_packed
from boya.corpus.packed import Packed
from boya.evaluation.listener import machine_odds
from boya.listening.recognition.classes import COMPOSED, VIEWS
from boya.listening.recognition.description import describe
from boya.listening.recognition.metre import echoes_of, stated_metre
from boya.listening.recognition.recognise import excerpts_of
from boya.listening.recognition.softmax import Softmax
from boya.listening.recognition.stored import Ears, load_ears, save_ears
from boya.listening.recognition.vectors import vector_of
from boya.models.composer import Composer
from boya.proof.composer import pieces_of
from boya.proof.drafts import heard, write_drafts
from boya.representation.note_rows import note_rows
from boya.training.pieces import is_dev_work

ASIDE = 0.1
LEAST_PIECES = 20  # of a composer or a metre
DRAFT_BARS = 24
TEMPERATURES = np.geomspace(0.3, 10.0, 71)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packed", type=Path)
    parser.add_argument("--drafts", type=int, default=64)
    parser.add_argument("--out", type=Path, default=Path("src/boya/listening/recognition/data/ears.npz"))
    given = parser.parse_args()
    packed = open_packed(given.packed)
    ears = {**load_ears(given.out).named, **classes(packed), "metre": metres(packed)}
    save_ears(Ears(ears, listener_temperature(packed, given.drafts)), given.out)
    print(f"wrote {given.out}, {given.out.stat().st_size / 1000:.0f} kB")


def classes(packed: Packed) -> dict[str, Softmax]:
    """Teach the ears of styles, substyles and composers."""
    numbers = [number for number in packed.split("train").tolist() if packed.pieces[number]["notes"]]
    scores = [packed.score(number) for number in numbers]
    seen = {"described": np.stack([describe(note_rows(s)) for s in scores]), "vector": np.stack([vector_of(s) for s in scores])}
    entries = [packed.pieces[number] for number in numbers]
    is_aside = np.array([is_dev_work(entry["group"], ASIDE) for entry in entries])
    composers = [entry["composer"] if entry["style"] in COMPOSED else "" for entry in entries]
    names = {
        "style": [entry["style"] for entry in entries],
        "substyle": [entry["substyle"] if entry["source"] == "band" else "" for entry in entries],
        "composer": [name if composers.count(name) >= LEAST_PIECES else "" for name in composers],
    }
    ears = {}
    for what, named in names.items():
        is_known = np.array([bool(name) for name in named])
        for view in VIEWS:
            ear = taught(seen[view], named, is_known & ~is_aside, is_known & is_aside, f"{what}.{view}")
            final = Softmax.fit(seen[view][is_known], [name for name in named if name])
            ears[f"{what}.{view}"] = replace(final, temperature=ear.temperature)
    return ears


def metres(packed: Packed) -> Softmax:
    """Teach the ear of metres with the pieces that state one; metres of few pieces are left out."""
    found = [(packed.score(number), packed.pieces[number]) for number in packed.split("train").tolist()]
    stated = [(stated_metre(score), echoes_of(score), entry) for score, entry in found if "metre" not in score.timeline.assumed]
    counts = Counter(name for name, _, _ in stated)
    kept = [one for one in stated if counts[one[0]] >= LEAST_PIECES and one[1].any()]
    is_aside = np.array([is_dev_work(entry["group"], ASIDE) for _, _, entry in kept])
    return taught(np.stack([echoes for _, echoes, _ in kept]), [name for name, _, _ in kept], ~is_aside, is_aside, "metre")


def taught(x: NDArray[np.float32], named: list[str], learnt: NDArray[np.bool_], aside: NDArray[np.bool_], what: str) -> Softmax:
    """Teach an ear without what is kept aside, set how sure it is on that, and say how well it hears."""
    rest, kept = ([named[place] for place in np.flatnonzero(side)] for side in (learnt, aside))
    ear = Softmax.fit(x[learnt], rest).calibrated(x[aside], kept)
    right = np.mean([a == b for a, b in zip(ear.named(x[aside]), kept, strict=True)])
    print(f"{what}: {right:.1%} of {len(kept)} kept aside, temperature {ear.temperature:.2f}", flush=True)
    return ear


def listener_temperature(packed: Packed, n_drafts: int) -> float:
    """How sure the listener may be of whole pieces: the least nats on pieces it was not taught with."""
    pieces = [piece for piece in pieces_of(packed, "train", 20 * n_drafts) if piece.encoded.n_bars >= DRAFT_BARS][5::7]
    lent, others = ([piece.encoded for piece in pieces[start::2]][:n_drafts] for start in (0, 1))
    written = write_drafts(Composer(), lent, DRAFT_BARS, np.random.default_rng(77))
    people = [heard(piece, DRAFT_BARS) for piece in others]
    sides = [np.array([machine_odds(excerpts_of(score)).mean() for score in scores]) for scores in (written, people)]
    right = np.concatenate([sides[0] > 0, sides[1] < 0])
    odds = np.concatenate([sides[0], -sides[1]])
    nats = [np.log1p(np.exp(-odds / temperature)).mean() for temperature in TEMPERATURES]
    best = float(TEMPERATURES[int(np.argmin(nats))])
    print(f"machine or people: {right.mean():.1%} of {len(right)} pieces, temperature {best:.2f}", flush=True)
    return best


if __name__ == "__main__":
    main()
