"""What theory hears: the keys of folk tunes, chords of pop songs, Roman numerals of chorales and madrigals.

Keys are asked of the tunes that come with music21 (O'Neill, Ryan, Aird), whose stated tonic is the truth; chords per quarter of
pop909 `valid` against its annotations, beside music21's `chordify`; numerals of music21's analysed pieces against the analyses,
in shares of the time. No analysis is counted in the odds of numerals (see `boya.theory.analysis.odds`); versions were compared
on the odd-numbered pieces, these figures are of the even-numbered ones (see `boya.proof.annotated`). A numeral is right in full
where its key, degree, quality and inversion are, and the goal of a secondary chord.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from boya.corpus.sources.folder import abc_tunes
from boya.errors import BoyaError
from boya.evaluation.scoreboard import Row
from boya.files import read_bytes
from boya.proof.annotated import CHORALES, MADRIGALS, Annotated, annotated, corpus_folder
from boya.proof.chordify import chordified
from boya.proof.setup import Setup
from boya.score import Chord, Score
from boya.theory.analysis import analyse
from boya.theory.analysis.roman_text import Label
from boya.theory.chord_naming import name_chords
from boya.theory.chords import chord_pitch_classes
from boya.theory.figured import plain_quality
from boya.theory.keys import find_key, pitch_class_weights

__all__ = ["TUNES", "compared", "right_chords", "rows", "tunes_with_key"]

BOYA, PROFILE, CHORDIFY = "boya", "profile alone", "music21 chordify"
TUNES = (("oneills1850", "O'Neill", 0.886), ("ryansMammoth", "Ryan", 0.824), ("airdsAirs", "Aird", 0.795))
ROOT_BAR, TRIAD_BAR = 85, 80
NUMERAL_BARS = {"key": 83, "root": 83, "full numeral": 46}
CHORALE_SECOND = 0.1
GRID = 60


def rows(setup: Setup) -> Iterator[Row]:
    """Measure key finding, chord naming and analysis."""
    yield from _chords(setup)
    try:
        folder = corpus_folder()
    except BoyaError as error:
        setup.note(f"theory: keys of tunes and Roman numerals are left out: {error}")
        return
    if not (setup.slow or setup.quick):
        setup.note("theory: keys of tunes and Roman numerals take minutes and are measured with --slow; earlier rows stay")
        return
    yield from _numerals(setup, folder)
    yield from _keys(setup, folder)


def _keys(setup: Setup, folder: Path) -> Iterator[Row]:
    """Tonic right, of each collection of tunes."""
    for name, title, bar in TUNES:
        tunes = list(tunes_with_key(folder / name, setup.pick(100_000, 20)))
        truth = np.array([score.timeline.keys[0].tonic for score in tunes])
        ours = np.array([find_key(score).tonic for score in tunes])
        plain = np.array([find_key(pitch_class_weights(score)).tonic for score in tunes])
        yield setup.row(f"key of folk tunes, {title}", BOYA, float(np.mean(ours == truth)), at_least=bar)
        yield setup.row(f"key of folk tunes, {title}", PROFILE, float(np.mean(plain == truth)))
        yield setup.row(f"tunes, {title}", BOYA, float(len(tunes)))


def tunes_with_key(folder: Path, most: int) -> Iterator[Score]:
    """Tunes that have notes and a stated key; a tune that cannot be read is passed over."""
    n = 0
    for path in sorted(folder.glob("*.abc")):
        for tune in abc_tunes(path.read_bytes()):
            if n >= most:
                return
            try:
                score = read_bytes(tune, ".abc")
            except BoyaError:
                continue
            if score.n_notes and "key" not in score.timeline.assumed:
                n += 1
                yield score


def _chords(setup: Setup) -> Iterator[Row]:
    """Root and triad per quarter on pop909 `valid`."""
    packed = setup.corpus()
    wanted = [int(i) for i in packed.split("valid") if packed.pieces[i]["source"] == "pop909"][: setup.pick(1000, 3)]
    scores = [packed.score(i) for i in wanted]
    if not scores:
        setup.note("theory: the packed corpus has no pop909 in valid; chords per beat are left out")
        return
    few = scores[:: max(1, len(scores) // setup.pick(8, 1))]
    yield from _chord_rows(setup, BOYA, "pop909 valid", [(s, name_chords(s)) for s in scores])
    sample = f"{len(few)} pieces of pop909 valid"
    yield from _chord_rows(setup, BOYA, sample, [(s, name_chords(s)) for s in few])
    try:
        theirs = [(s, chordified(s)) for s in few]
    except BoyaError as error:
        setup.note(f"theory: {CHORDIFY} is left out: {error}")
        return
    yield from _chord_rows(setup, CHORDIFY, sample, theirs)


def _chord_rows(setup: Setup, model: str, where: str, named: Sequence[tuple[Score, Sequence[Chord]]]) -> Iterator[Row]:
    """Rows of chords as named, against those a score carries."""
    found = Counter[str]()
    for score, chords in named:
        found.update(right_chords(score, chords))
    has_bar = model == BOYA and where == "pop909 valid"
    for name, bar in (("root", ROOT_BAR), ("triad", TRIAD_BAR)):
        share = 100 * found[name] / max(1, found["beats"])
        yield setup.row(f"chord {name} per beat, {where}", model, share, "%", at_least=bar if has_bar else None)


def right_chords(score: Score, named: Sequence[Chord]) -> dict[str, int]:
    """Return how many quarters carry a chord in the score, and in how many of them root and root and triad are right."""
    n = -(-score.end // 480)
    pairs = list(zip(_per_quarter(score.chords, n), _per_quarter(named, n), strict=True))
    known = [(true, found) for true, found in pairs if true is not None and true.root is not None]
    same_root = [(true, found) for true, found in known if found is not None and found.root == true.root]
    triads = sum(_triad(true.quality) == _triad(found.quality) for true, found in same_root)
    return {"beats": len(known), "root": len(same_root), "triad": triads}


def _per_quarter(chords: Sequence[Chord], n: int) -> list[Chord | None]:
    """The chord in force in the middle of each quarter."""
    found: list[Chord | None] = [None] * n
    for chord in chords:
        for quarter in range((chord.onset + 239) // 480, min(n, (chord.end + 239) // 480)):
            found[quarter] = chord
    return found


def _triad(quality: str) -> str:
    """The triad in a quality; suspended chords are kinds of their own, the second and the fourth."""
    tones = set(chord_pitch_classes(0, quality)) if quality else set()
    if not tones & {3, 4}:
        return "sus4" if 5 in tones else "sus2" if 2 in tones else "open"
    return {"7": "maj", "maj7": "maj", "min7": "min", "minmaj7": "min", "dim7": "dim", "hdim7": "dim"}.get(
        plain_quality(quality), plain_quality(quality)
    )


def _numerals(setup: Setup, folder: Path) -> Iterator[Row]:
    """Key, root and full numeral, in shares of the time."""
    pieces = list(annotated(folder, setup.pick(1000, 1), is_for_comparing=False))
    found: dict[str, Counter[str]] = {CHORALES: Counter(), MADRIGALS: Counter()}
    seconds = []
    for piece in pieces:
        start = time.perf_counter()
        analyse(piece.score)
        if piece.group == CHORALES:
            seconds.append(time.perf_counter() - start)
        found[piece.group].update(compared(piece))
    found[f"{CHORALES} and {MADRIGALS}"] = found[CHORALES] + found[MADRIGALS]
    for group, counts in found.items():
        for name, bar in NUMERAL_BARS.items():
            share = 100 * counts[name] / max(1, counts["time"])
            yield setup.row(f"Roman numerals of {group}, {name}", BOYA, share, "%", at_least=bar)
    for group in (CHORALES, MADRIGALS):
        yield setup.row(f"Roman numerals, {group} measured", BOYA, float(sum(p.group == group for p in pieces)), "pieces")
    yield setup.row("analysis of a chorale", BOYA, float(np.median(seconds)), "s", at_most=CHORALE_SECOND)


def compared(piece: Annotated) -> dict[str, int]:
    """Return for how much time (in steps of 60 ticks) an analysis is right in key, root and full numeral."""
    chords = analyse(piece.score).chords
    first, end = piece.labels[0][0], piece.score.end
    starts, ours = [tick for tick, _ in piece.labels], [c.onset for c in chords]
    found = Counter[str]()
    for tick in range(first, end, GRID):
        _, label = piece.labels[int(np.searchsorted(starts, tick, side="right")) - 1]
        chord = chords[int(np.searchsorted(ours, tick, side="right")) - 1]
        key = (chord.tonic, chord.mode) == (label.tonic, label.mode)
        found["time"] += 1
        found["key"] += key
        found["root"] += chord.root == label.chord.root
        found["full numeral"] += key and _spelt(label) == (chord.degree, chord.of.upper(), chord.quality, chord.inversion)
    return dict(found)


def _spelt(label: Label) -> tuple[str, str, str, int]:
    """What makes a numeral: degree, goal (V/v is V/V), quality and inversion."""
    chord = label.chord
    return chord.degree, chord.of.upper(), chord.quality, chord.inversion
