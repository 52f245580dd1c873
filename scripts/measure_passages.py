"""Measure real passages for the critic of `boya.composing.filling`.

    python scripts/measure_passages.py PACKED_CORPUS src/boya/composing/filling/data/passages.toml [--pieces 1500]

From each of some pieces of the `train` split, four bars are measured, and up to eight bars on either side of them.
"""

import argparse
from collections import defaultdict

import numpy as np

from boya.composing.filling.critic import BAND_FEATURES, FEATURES, NEARBY, band_features, track_features
from boya.composing.filling.ground import ground_of
from boya.composing.filling.sheet import Sheet
from boya.corpus import open_packed
from boya.errors import BoyaError
from boya.theory.roles import assign_roles

BARS = 4
HEAD = """# What the critic hears in real passages of {bars} bars, by role: average, spread from piece to piece, and spread of the
# difference between a passage and the {nearby} bars on either side of it (at least a third of the former; of velocities half a
# class of the bar stream). The shared corpus, train split, {pieces} pieces.
# Measured by scripts/measure_passages.py; the critic: boya.composing.filling.critic.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus")
    parser.add_argument("target")
    parser.add_argument("--pieces", type=int, default=1500)
    options = parser.parse_args()
    packed, rng = open_packed(options.corpus), np.random.default_rng(0)
    train = [number for number, piece in enumerate(packed.pieces) if piece["split"] == "train"]
    found, near, n_pieces = defaultdict(list), defaultdict(list), 0
    for number in rng.permutation(train)[: options.pieces].tolist():
        try:
            score = assign_roles(packed.score(number))
            n_pieces += measure(score, rng, found, near)
        except BoyaError:
            continue  # no metre of the bar stream
    with open(options.target, "w", encoding="utf-8") as file:
        file.write(HEAD.format(bars=BARS, nearby=NEARBY, pieces=n_pieces))
        for (role, name), values in sorted(found.items()):
            spread = max(float(np.std(values)), 0.02)
            nearby = float(np.sqrt(np.mean(np.square(near[role, name])))) if near[role, name] else spread
            nearby = max(nearby, spread / 3, 8.0 if name == "velocity" else 0.0)
            file.write(f'\n[[measure]]\nrole = "{role}"\nfeature = "{name}"\n')
            file.write(f"mean = {np.mean(values):.4f}\nspread = {spread:.4f}\nnearby = {nearby:.4f}\n")


def measure(score, rng, found, near) -> bool:
    """Measure one passage of a piece; whether it has one."""
    if score.n_bars < BARS + 2 or not score.tracks:
        return False
    sheet = Sheet(score, score.n_bars)
    ground = ground_of(sheet)
    first = int(rng.integers(ground.n_bars - BARS + 1))
    bars = np.arange(first, first + BARS)
    around = np.setdiff1d(np.arange(max(first - NEARBY, 0), min(first + BARS + NEARBY, ground.n_bars)), bars)
    for track in score.tracks:
        here, there = track_features(ground, track, bars), track_features(ground, track, around)
        if not here[0]:
            continue  # what is to be written is to be heard
        role = track.role or "none"
        for name, value, beside in zip(FEATURES, here.tolist(), there.tolist(), strict=True):
            for of in {role, "none"} - ({"none"} if track.is_drum else set()):
                if not np.isnan(value):
                    found[of, name].append(value)
                    near[of, name] += [] if np.isnan(beside) else [value - beside]
    for name, value in zip(BAND_FEATURES, band_features(ground, score, bars).tolist(), strict=True):
        if not np.isnan(value):
            found["band", name].append(value)
    return True


if __name__ == "__main__":
    main()
