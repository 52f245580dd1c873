"""Voice leading: how fast and how lawful four-part writing is, and how many planted faults a check finds.

Conventions: a parallel is counted where two voices move from one fifth, octave or unison to another in the same direction;
figures "a note" are divided by the notes of all four voices. Chorales are those of J. S. Bach in
DATA/benchmarks/jsb_chorales_16th.npz: the 76 of `valid`, and for planted faults also the last 24 of `train`, which the network
of foreign notes was not fitted to. The test part is never looked at. Bach's own rate of parallels is 0.0014 in `train`; the bars
are those of issue 4.
"""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from boya.errors import InputError
from boya.evaluation.scoreboard import Row
from boya.proof.chorales import read_chorales
from boya.proof.setup import Setup
from boya.score import Chord, Score
from boya.theory.voices import Fault, faults, harmonise_melody, realise
from boya.theory.voices.grammar import grammar
from boya.theory.voices.moves import forget_steps, step_costs
from boya.theory.voices.planting import KINDS, is_found, plant
from boya.theory.voices.voicings import Slot

__all__ = ["rows", "walk"]

TABLE = Path("benchmarks") / "jsb_chorales_16th.npz"
CHORDS, SECONDS = 64, 0.1
BACH, FOUND = 0.0014, 98
UNFITTED = 24
PARALLELS = ("parallel-fifths", "parallel-octaves", "parallel-unisons")
HEARD = "foreign-note"


def rows(setup: Setup) -> Iterator[Row]:
    """Measure four-part writing; with the chorales (DATA) also harmonised sopranos and planted faults."""
    yield from _progressions(setup)
    table = None if setup.data is None else setup.data / TABLE
    if table is None or not table.is_file():
        setup.note(f"theory: harmonised chorales and planted faults need --data FOLDER with {TABLE}; earlier rows stay")
        return
    valid = read_chorales(table, "valid")
    command = f"{setup.command} --data DATA"
    yield from _chorales(setup, valid[: setup.pick(len(valid), 4)], command)
    yield from _planted(setup, [*valid, *read_chorales(table, "train")[-UNFITTED:]][: setup.pick(100, 4)], command)


def walk(rng: np.random.Generator, mode: str, length: int) -> list[Chord]:
    """Draw a progression by the odds of the grammar, a quarter each, from tonic to tonic; steps whose given basses alone break a
    hard rule, such as a seventh in the bass that rises, are not taken.

    >>> [chord.root for chord in walk(np.random.default_rng(0), "major", 8)][::7]
    [0, 0]
    """
    table = grammar(mode)
    odds = np.exp(-table.follows.astype(np.float64))
    slots = [Slot(0, mode, (e.root, e.quality, e.bass)) for e in table.entries]
    found = [0]
    while len(found) < length - 1:
        row = odds[found[-1]]
        drawn = int(rng.choice(len(row), p=row / row.sum()))
        ends = [0] if len(found) == length - 2 else []
        if all(np.isfinite(step_costs(slots[a], slots[b])).any() for a, b in pairwise([found[-1], drawn, *ends])):
            found.append(drawn)
    entries = [table.entries[number] for number in [*found, 0]]
    return [Chord(n * 480, 480, e.root, e.quality, e.bass) for n, e in enumerate(entries)]


def _progressions(setup: Setup) -> Iterator[Row]:
    """Realise progressions of 64 chords drawn from the grammar: faults and time, with nothing kept from before, and again."""
    rng, cold, warm, broken, refused = setup.rng(), [], [], 0, 0
    for number in range(setup.pick(40, 4)):
        mode = ("major", "minor")[number % 2]
        chords = walk(rng, mode, CHORDS)
        try:
            cold.append(_second(lambda: realise(chords, (0, mode)), forget=True))  # noqa: B023
            warm.append(_second(lambda: realise(chords, (0, mode))))  # noqa: B023
        except InputError:
            refused += 1
            continue
        broken += len(faults(realise(chords, (0, mode)).score, "hard"))
    name = "realise"
    yield setup.row("hard rules broken, progressions of 64 chords", name, float(broken), "faults", at_most=0)
    yield setup.row("64 chords, first time", name, statistics.median(cold), "s", at_most=SECONDS)
    yield setup.row("64 chords, again", name, statistics.median(warm), "s", at_most=SECONDS)
    yield setup.row("progressions no legal setting exists of", name, float(refused), f"of {len(cold) + refused}")


def _second(action: Callable[[], object], forget: bool = False) -> float:
    """Seconds of the processor, on one thread, that an action takes; `forget` empties what was kept from before."""
    if forget:
        forget_steps()
    start = time.process_time()
    action()
    return time.process_time() - start


def _chorales(setup: Setup, scores: Sequence[Score], command: str) -> Iterator[Row]:
    """Harmonise the sopranos of chorales, and hold the parallels against Bach's."""
    cold, warm, broken, parallels, notes, heard = [], [], 0, 0, 0, 0
    for score in scores:
        soprano = score.with_tracks(score.tracks[:1])
        first = _second(lambda: harmonise_melody(soprano), forget=True)  # noqa: B023
        again = _second(lambda: harmonise_melody(soprano))  # noqa: B023
        made = harmonise_melody(soprano)
        cold.append(first * CHORDS / len(made.reasons))
        warm.append(again * CHORDS / len(made.reasons))
        found = [fault for fault in faults(made.score) if fault.voices != ("soprano",)]  # what the melody does alone is Bach's
        broken += sum(fault.severity == "hard" for fault in found)
        heard += sum(fault.rule == HEARD for fault in found)
        parallels += sum(fault.rule in PARALLELS for fault in found)
        notes += made.score.n_notes
    where, name = f"sopranos of {len(scores)} chorales, valid", "harmonise_melody"
    yield setup.row(f"hard rules broken, {where}", name, float(broken), "faults", at_most=0, command=command)
    yield setup.row("64 chords, first time", name, statistics.median(cold), "s", at_most=SECONDS, command=command)
    yield setup.row("64 chords, again", name, statistics.median(warm), "s", at_most=SECONDS, command=command)
    yield setup.row(f"parallels a note, {where}", name, parallels / notes, at_most=BACH, command=command)
    yield setup.row(f"notes heard as foreign, a note, {where}", name, heard / notes, command=command)
    own = [fault for score in scores for fault in faults(score, ",".join(PARALLELS))]
    rate = len(own) / sum(score.n_notes for score in scores)
    yield setup.row(f"parallels a note, {where}", "J. S. Bach", rate, command=command)


def _planted(setup: Setup, scores: Sequence[Score], command: str) -> Iterator[Row]:
    """Plant one fault of each kind in each chorale; count those found, and what else is told that was not told before."""
    rng = setup.rng()
    untouched = [faults(score) for score in scores]
    notes = sum(score.n_notes for score in scores)
    hits: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    others = 0
    for score, own in zip(scores, untouched, strict=True):
        for kind in KINDS:
            planted = plant(score, kind, rng)
            if planted is not None:
                new = tuple(fault for fault in faults(planted.score) if fault not in own)
                hits[kind].append(is_found(planted, new))
                others += _elsewhere(new, planted.note)
    where, name = f"{len(scores)} chorales", "faults"
    every = [hit for found in hits.values() for hit in found]
    yield setup.row(f"planted faults found, {where}", name, 100 * float(np.mean(every)), "%", at_least=FOUND, command=command)
    for kind, found in hits.items():
        metric = f"planted faults found, {kind}, {where}"
        yield setup.row(metric, name, 100 * float(np.mean(found)), "%", at_least=FOUND, command=command)
    told = sum(len(own) for own in untouched)
    metric = f"faults told a note, {where}"
    yield setup.row(metric, "untouched", told / notes, command=command)
    metric = f"false alarms a note beside a planted fault, {where}"
    yield setup.row(metric, name, others / max(len(every), 1) / (notes / len(scores)), at_most=BACH, command=command)
    heard = sum(fault.rule == HEARD for own in untouched for fault in own)
    metric = f"notes heard as foreign, a note, untouched, {where}"
    yield setup.row(metric, name, heard / notes, at_most=BACH, command=command)


def _elsewhere(found: Sequence[Fault], note: tuple[int, int]) -> int:
    """How many faults have nothing to do with a note."""
    return sum(note not in fault.notes for fault in found)
