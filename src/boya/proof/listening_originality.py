"""The part of the area `listening` on originality, and the command that makes the fingerprints which ship.

Conventions: fingerprints of `train` are those that ship. False alarms are pieces of `valid` in which a run goes beyond the
limits, when these were measured on the other half of `valid`. Copies are excerpts of pieces of `train` in another key, some in
half or double time, put as tracks of their own into pieces of `valid`. One is *found* when no piece has a passage
that shares more with these tracks than the one it was taken from (tunes and accompaniments stand in several), *named* when that
piece comes first, *taken for a copy* when a run of it goes beyond the limits.

The file of fingerprints, and what `valid` typically shares: python -m boya.proof.listening_originality PACKED OUT
"""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from boya.corpus import open_packed
from boya.corpus.packed import Packed
from boya.evaluation.fingerprints import Fingerprints, copied, lines_of, open_fingerprints, shipped
from boya.evaluation.scoreboard import Row
from boya.listening.originality import Originality, build_fingerprints, passages_of, report, write_fingerprints
from boya.listening.originality.planting import beats, planted, tune
from boya.proof.setup import Setup, median_second
from boya.score import Score

__all__ = ["build", "main", "rows", "typical_of"]

NAME = "originality"
SIZE_BAR, LOAD_BAR = 6.0, 0.3
FOUND_BAR = 99.0
PERCENTILE, NOTHING = 99, [0.0] * 101
LENGTHS = (12, 16, 24)
HUMAN = "human music of the paper: 0.672-0.725, cardinality score of Yin et al. 2022; ours is alike in kind"
SHIPPED = Path("src/boya/evaluation/data/fingerprints.npz")


def rows(setup: Setup) -> Iterator[Row]:
    """Measure the originality report."""
    packed = setup.corpus()
    prints = shipped()
    yield from _sizes(setup)
    valid = [packed.score(int(i)) for i in packed.split("valid")[:: setup.pick(4, 40)]]
    yield from _times(setup, prints, valid)
    yield from _alarms(setup, prints, valid)
    yield from _copies(setup, prints, packed, valid)


def _sizes(setup: Setup) -> Iterator[Row]:
    """The file, and how long it takes to open."""
    with as_file(files("boya.evaluation") / "data" / "fingerprints.npz") as path:
        yield setup.row("fingerprints of train, file", NAME, path.stat().st_size / 1e6, "MB", at_most=SIZE_BAR)
        load = median_second(lambda: open_fingerprints(path).warm(), 5)
    yield setup.row("fingerprints of train, open", NAME, load, "s", at_most=LOAD_BAR)


def _times(setup: Setup, prints: Fingerprints, valid: Sequence[Score]) -> Iterator[Row]:
    """How long a piece takes."""
    for name, action in (("is it a copy", copied), ("whole report", report)):
        times = []
        for score in valid:
            start = time.perf_counter()
            action(score, prints)
            times.append(1000 * (time.perf_counter() - start))
        yield setup.row(f"{name}, a piece, median", NAME, float(np.median(times)), "ms")
        yield setup.row(f"{name}, a piece, 95 of 100 take less", NAME, float(np.percentile(times, 95)), "ms")


def _alarms(setup: Setup, prints: Fingerprints, valid: Sequence[Score]) -> Iterator[Row]:
    """What real music shares, and how often it is taken for a copy."""
    reports = [about for about in (report(score, prints) for score in valid) if not about.why_nothing]
    halves = reports[::2], reports[1::2]
    wrong = sum(_is_over(about, _percentiles(by)) for by, of in (halves, halves[::-1]) for about in of)
    yield setup.row("false alarms, pieces of valid", NAME, 100 * wrong / max(len(reports), 1), "%")
    for name, unit in (
        ("originality", ""),
        ("least originality", ""),
        ("unknown", ""),
        ("longest", "notes"),
        ("melody", "notes"),
    ):
        values = [about.figures[name] for about in reports if name in about.figures]
        if values:
            published = HUMAN if name == "originality" else None
            yield setup.row(f"{name}, valid, median", NAME, float(np.median(values)), unit, published=published)


def _is_over(about: Originality, percentiles: Mapping[str, list[float]]) -> bool:
    """Whether a line shares more than the other half of real music does."""
    return any(line.telling and line.telling.telling > percentiles.get(line.kind, NOTHING)[PERCENTILE] for line in about.lines)


def _copies(setup: Setup, prints: Fingerprints, packed: Packed, valid: Sequence[Score]) -> Iterator[Row]:
    """How many planted copies are found."""
    rng = setup.rng()
    number = {piece["id"]: i for i, piece in enumerate(prints.pieces)}
    sources = [int(i) for i in packed.split("train") if packed.pieces[i]["id"] in number]
    if len(sources) < len(prints.pieces):
        setup.note("listening: the packed corpus is not the one that the fingerprints were made of; no copies planted")
        return
    kinds = [(f"{length} notes", length, edits) for length in LENGTHS for edits in (0, 1)] + [("8 beats", 0, 1)]
    for name, length, edits in kinds:
        told: list[tuple[bool, bool, bool]] = []
        while len(told) < (setup.pick(60, 8) if length else setup.pick(300, 8)):
            source = int(rng.choice(sources))
            score = packed.score(source)
            excerpt = tune(score, length, edits, rng) if length else beats(score, rng)
            if excerpt is None:
                continue
            host, tracks = planted(excerpt, valid[int(rng.integers(len(valid)))])
            told.append(_judged(prints, host, tracks, number[packed.pieces[source]["id"]]))
        changed = " and an edit in ten" if not length else ", an edit" if edits else ""
        bar = FOUND_BAR if not length else None
        for verb, share in zip(("found", "named", "taken for copies"), 100 * np.mean(told, axis=0), strict=True):
            at_least = bar if verb == "found" else None
            yield setup.row(f"planted copies, {name}{changed}, {verb}", NAME, float(share), "%", at_least=at_least)


def _judged(prints: Fingerprints, host: Score, tracks: Sequence[int], piece: int) -> tuple[bool, bool, bool]:
    """Whether a planted copy is found, named, and taken for a copy."""
    passages = passages_of(prints, [line for line in lines_of(host) if line.track in tracks])
    worth = passages.worth[passages.piece == piece].max(initial=-1)
    is_named = bool(len(passages)) and int(passages.piece[0]) == piece
    is_over = any(run.track in tracks for run in copied(host, prints))
    return bool(worth == passages.worth.max(initial=0)), is_named, is_over


def typical_of(prints: Fingerprints, scores: Sequence[Score]) -> dict[str, Any]:
    """Return what scores share with a corpus: each figure of their reports as 101 percentiles."""
    reports = [about for about in (report(score, prints) for score in scores) if not about.why_nothing]
    return {"pieces": len(reports), "figures": _percentiles(reports)}


def _percentiles(reports: Sequence[Originality]) -> dict[str, list[float]]:
    """Figures as percentiles 0 to 100."""
    names = dict.fromkeys(name for about in reports for name in about.figures)
    values = {name: [about.figures[name] for about in reports if name in about.figures] for name in names}
    return {name: np.round(np.percentile(found, np.arange(101)), 4).tolist() for name, found in values.items()}


def build(packed_folder: str | Path, out: str | Path) -> Fingerprints:
    """Write the fingerprints of the split train of a packed corpus, and what its split valid shares with them."""
    packed = open_packed(packed_folder)
    prints = build_fingerprints((packed.score(int(i)), packed.pieces[i]) for i in packed.split("train"))
    told = typical_of(prints, [packed.score(int(i)) for i in packed.split("valid")])
    prints.typical = {"split": "valid", "command": "python -m boya.proof.listening_originality PACKED OUT", **told}
    write_fingerprints(prints, out)
    return prints


def main(words: Sequence[str]) -> None:
    """Build the file from the command line."""
    if len(words) not in (1, 2):
        raise SystemExit("usage: python -m boya.proof.listening_originality PACKED [OUT]")
    out = Path(words[1]) if len(words) == 2 else SHIPPED
    prints = build(words[0], out)
    print(f"wrote {out}: {len(prints.pieces)} pieces, {len(prints.moves)} moves, {out.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
