"""Teach the ears of chords and keys of `boya recognise`, beside the ears of classes that `train_recogniser.py` teaches.

    python scripts/train_harmony.py packed [--out src/boya/listening/recognition/data/ears.npz]

Both are learnt from `train`; one work in ten of it is kept aside, and says how sure each ear may be and how well it hears. What
music is read, and how, stands in `boya.training.harmony`. About 15 minutes of one core.
"""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np

from boya.corpus import open_packed
from boya.listening.recognition.harmony import CHORD_KINDS, KEY_KINDS
from boya.listening.recognition.rooted import Rooted
from boya.listening.recognition.stored import load_ears, save_ears
from boya.training.harmony import CHORD_LESSON, KEY_LESSON, chords_to_learn, keys_to_learn
from boya.training.rooted import Taught, teach_rooted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packed", type=Path)
    parser.add_argument("--out", type=Path, default=Path("src/boya/listening/recognition/data/ears.npz"))
    given = parser.parse_args()
    packed = open_packed(given.packed)
    for name, kinds, lesson, parts in (
        ("key", KEY_KINDS, KEY_LESSON, lambda: keys_to_learn(packed, np.random.default_rng(0))),
        ("chords", CHORD_KINDS, CHORD_LESSON, lambda: chords_to_learn(packed)),
    ):
        learnt, aside = parts()
        ear = teach_rooted(kinds, learnt, aside, lesson, note=lambda text: print(text, flush=True))
        report(name, ear, aside)
        ears = load_ears(given.out)
        save_ears(replace(ears, named={**ears.named, name: ear}), given.out)
    print(f"wrote {given.out}, {given.out.stat().st_size / 1000:.0f} kB")


def report(what: str, ear: Rooted, aside: list[Taught]) -> None:
    """Say how well an ear of roots hears what was kept aside."""
    kinds = len(ear.kinds)
    best = np.concatenate([ear.scores(m.heard, m.plain).reshape(len(m.truth), -1).argmax(axis=1) for m in aside])
    told = np.concatenate([music.truth for music in aside])
    best, told = best[told >= 0], told[told >= 0]
    right = np.mean(best // kinds == told // kinds)
    whole, sure = np.mean(best == told), ear.temperature
    print(f"{what}: root {right:.1%}, all {whole:.1%} of {len(told)}, temperature {sure:.2f}", flush=True)


if __name__ == "__main__":
    main()
