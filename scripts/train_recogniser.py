"""Teach the ears of `boya recognise`: style, substyle, composer, chords, key, and how sure the listener for machines may be.

    python scripts/train_recogniser.py packed [--drafts 64] [--out src/boya/listening/recognition/data/ears.npz]

Everything is learnt from `train`. One work in ten of it is kept aside: it says how sure each ear may be, and how well it hears;
after that the ears of classes are taught with all. Ears of roots learn from chords and keys that people wrote (pop909 and bands
for chords; all with a key for keys). About 15 minutes on one core. Run it again when the encoder or the listener change.
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
from boya.listening.recognition.harmony import CHORD_KINDS, KEY_KINDS, chord_kind, units_of, weights_of
from boya.listening.recognition.metre import echoes_of, stated_metre
from boya.listening.recognition.recognise import excerpts_of
from boya.listening.recognition.rooted import Rooted
from boya.listening.recognition.softmax import Softmax
from boya.listening.recognition.stored import Ears, save_ears
from boya.listening.recognition.vectors import vector_of
from boya.models.composer import Composer
from boya.proof.composer import pieces_of
from boya.proof.drafts import heard, write_drafts
from boya.representation.note_rows import note_rows
from boya.score import Score
from boya.theory.chord_naming import unit_bounds
from boya.training.pieces import is_dev_work
from boya.training.rooted import teach_rooted

ASIDE = 0.1
LEAST_PIECES = 20  # of a composer or a metre
CHORDS_OF = ("pop909", "band")
EVERY_BAND = 4  # bands are many, and their chords those of few songs
DRAFT_BARS = 24
TEMPERATURES = np.geomspace(0.3, 10.0, 71)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packed", type=Path)
    parser.add_argument("--drafts", type=int, default=64)
    parser.add_argument("--out", type=Path, default=Path("src/boya/listening/recognition/data/ears.npz"))
    given = parser.parse_args()
    packed = open_packed(given.packed)
    ears = {**classes(packed), "metre": metres(packed), "chords": chords(packed), "key": keys(packed)}
    given.out.parent.mkdir(parents=True, exist_ok=True)
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


def chords(packed: Packed) -> Rooted:
    """Teach the ear of chords."""
    heard_all, plain_all, truth, aside = [], [], [], []
    for source, every in zip(CHORDS_OF, (1, EVERY_BAND), strict=True):
        numbers = [n for n in packed.split("train").tolist() if packed.pieces[n]["source"] == source]
        for number in [n for n in numbers if "chords" not in packed.pieces[n]["named"]][::every]:
            score = packed.score(number)
            bounds, kinds = unit_bounds(score, "beat")
            told = chords_told(score, (bounds[:-1] + bounds[1:]) // 2)
            heard_here, plain, is_silent = units_of(score, bounds, kinds)
            known = (told >= 0) & ~is_silent
            heard_all.append(heard_here[known])
            plain_all.append(plain[known])
            truth.append(told[known])
            aside.append(np.full(int(known.sum()), is_dev_work(packed.pieces[number]["group"], ASIDE)))
    told_all, is_aside = np.concatenate(truth), np.concatenate(aside)
    x, beside = np.concatenate(heard_all), np.concatenate(plain_all)
    ear = teach_rooted(CHORD_KINDS, x, beside, told_all, is_aside, width=96, epochs=8)
    report("chords", ear.scores(x[is_aside], beside[is_aside]), told_all[is_aside])
    return ear


def chords_told(score: Score, ticks: NDArray[np.int64]) -> NDArray[np.int64]:
    """The chord that a score tells at some ticks, as a number; -1 where it tells none. [shape=(ticks,)]"""
    onsets, ends = (np.array([getattr(chord, name) for chord in score.chords]) for name in ("onset", "end"))
    kinds = [-1 if c.root is None else c.root * len(CHORD_KINDS) + CHORD_KINDS.index(chord_kind(c.quality)) for c in score.chords]
    if not kinds:
        return np.full(len(ticks), -1)
    at = np.searchsorted(onsets, ticks, side="right") - 1
    return np.where((at >= 0) & (ticks < ends[at]), np.array(kinds)[at], -1)


def keys(packed: Packed) -> Rooted:
    """Teach the ear of keys."""
    heard_all, truth, aside = [], [], []
    for number in packed.split("train").tolist():
        entry, score = packed.pieces[number], packed.score(number)
        heard_here = weights_of(score)
        if "key" in score.timeline.assumed or not heard_here.any():
            continue
        key = score.timeline.keys[0]
        heard_all.append(heard_here)
        truth.append(key.tonic * len(KEY_KINDS) + KEY_KINDS.index(key.mode if key.mode in KEY_KINDS else "major"))
        aside.append(is_dev_work(entry["group"], ASIDE))
    x, told, is_aside = np.stack(heard_all), np.array(truth), np.array(aside)
    plain = np.zeros((len(x), 0), dtype=np.float32)
    ear = teach_rooted(KEY_KINDS, x, plain, told, is_aside, width=48, epochs=60)
    report("key", ear.scores(x[is_aside], plain[is_aside]), told[is_aside])
    return ear


def report(what: str, scores: NDArray[np.float32], told: NDArray[np.int64]) -> None:
    """Say how well an ear of roots hears what was kept aside."""
    kinds = scores.shape[2]
    best = scores.reshape(len(scores), -1).argmax(axis=1)
    print(
        f"{what}: root {np.mean(best // kinds == told // kinds):.1%}, all {np.mean(best == told):.1%} of {len(told)}", flush=True
    )


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
