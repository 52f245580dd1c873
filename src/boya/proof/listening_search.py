"""Search: how often a half-remembered tune is the first answer, and how fast, among real tunes and among a million made ones.

The tunes are the six sets of ABC folk tunes that come with music21 (O'Neill, Ryan, Aird, Essen, Nottingham, others): 12,948 can
be read, 12,904 of them have 16 notes or more. They are read once, which takes minutes, and kept packed beside the corpus. A query
is an excerpt in another key and tempo with edits at random places: a wrong pitch, a missing note, an extra note. Some excerpts
stand in several tunes, note for note; the bar is asked of those that one tune has, and all of them are counted in rows beside it.

The made pieces (`made_entries`) are families of four: one random melody and three near copies of it in other keys, in which three
notes of twenty are changed or left out. The million is made with `--slow`, a tenth of it otherwise.
"""

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from boya.corpus import Piece, open_packed, open_source, write_packed
from boya.corpus.mapping import map_items
from boya.errors import BoyaError, MissingExtraError
from boya.evaluation.scoreboard import Row
from boya.listening.search import Entry, Index, Line, Query, entry_of
from boya.proof.setup import Setup
from boya.score import Score

__all__ = ["SETS", "Excerpt", "TuneText", "excerpt", "folk_tunes", "made_entries", "rows"]

SETS = ("airdsAirs/", "essenFolksong/", "miscFolk/", "nottingham-dataset/", "oneills1850/", "ryansMammoth/")
CACHE = "folk-tunes"
BARS = {(12, 1): 0.97, (12, 2): 0.75, (16, 2): 0.97, (20, 3): 0.99}
TUNES_MS, MADE_MS, MADE_HITS, MADE_S, MADE_MB = 15, 30, 0.80, 60, 400
MODEL, WORDS = "search", "SQLite FTS5 bm25"
FAMILY = 4
CHANGED = 0.15
_TEMPOS = (0.5, 0.75, 1.0, 1.3, 2.0)
_OFF = (-4, -3, -2, -1, 1, 2, 3, 4)
_INTERVALS = dict(zip(range(-7, 8), (2, 0, 4, 3, 6, 17, 7, 16, 7, 18, 6, 4, 6, 1, 3), strict=True))  # near those of folk tunes
_GAPS = {3: 3, 6: 40, 12: 42, 18: 8, 24: 7}

Excerpt = tuple[Query, bool]  # the query, and whether one piece alone has what it was made from


def rows(setup: Setup) -> Iterator[Row]:
    """Measure search."""
    yield from _tune_rows(setup)
    yield from _made_rows(setup)


def folk_tunes(setup: Setup) -> list[Entry]:
    """Return the tunes, from the cache beside the packed corpus, or read and packed there."""
    folder = (setup.packed or Path(tempfile.gettempdir()) / "boya").parent / f"{CACHE}{'-quick' if setup.quick else ''}"
    if not (folder / "manifest.json").exists():
        pieces = [p for p in open_source("music21").pieces() if isinstance(p, Piece) and p.origin.path.startswith(SETS)]
        read = dict(map_items(_read, pieces[: setup.pick(len(pieces), 200)], workers=2))
        scores = [(score, {"id": pieces[at].id, "split": "train"}) for at, score in sorted(read.items()) if score is not None]
        write_packed(folder, scores)
    packed = open_packed(folder)
    return [entry_of(packed.score(at), about["id"]) for at, about in enumerate(packed.pieces)]


def excerpt(entry: Entry, notes: int, edits: int, rng: np.random.Generator) -> tuple[Query, Line]:
    """Draw an excerpt of a piece and change it; return the query and what it was made from."""
    lines = [line for line in entry.lines if len(line) >= notes]
    line = lines[rng.integers(len(lines))]
    at = int(rng.integers(len(line) - notes + 1))
    whole = Line(line.pitches[at : at + notes], line.gaps[at : at + notes])
    pitches, gaps = whole.pitches.astype(int).tolist(), whole.gaps.astype(float).tolist()
    for place in sorted(rng.choice(notes, edits, replace=False).tolist(), reverse=True):
        kind, off = rng.integers(3), int(rng.choice(_OFF))
        if kind == 0:
            pitches[place] += off
        elif kind == 1:
            gaps[max(place - 1, 0)] += gaps[place] if place else 0
            del pitches[place], gaps[place]
        else:
            gaps[place] /= 2
            pitches.insert(place + 1, pitches[place] + off)
            gaps.insert(place + 1, gaps[place])
    moved = np.array(pitches) + int(rng.integers(-6, 7))
    return Query(np.clip(moved, 0, 127), np.array(gaps) * float(rng.choice(_TEMPOS))), whole


def made_entries(count: int, seed: int = 0, batch: int = 20_000) -> Iterator[Entry]:
    """Make pieces of 24-56 notes: random melodies, each followed by three near copies.

    >>> one, two = [entry.lines[0].pitches.tolist() for entry in made_entries(2, seed=1)]
    >>> 24 <= len(one) <= 56, 0.6 < len(two) / len(one) <= 1
    (True, True)
    """
    rng = np.random.default_rng(seed)
    for first in range(0, count, batch):
        n_families = -(-min(batch, count - first) // FAMILY)
        made = _families(n_families, rng)
        for number, (pitches, gaps) in zip(range(first, min(first + batch, count)), made, strict=False):
            yield Entry(f"made/{number:07d}", (Line(pitches, gaps),))


def _families(count: int, rng: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Melodies and their near copies."""
    sizes = rng.integers(24, 57, count)
    steps = rng.choice(list(_INTERVALS), (count, 56), p=np.array(list(_INTERVALS.values())) / sum(_INTERVALS.values()))
    bounded = np.abs(
        (rng.integers(0, 25, (count, 1)) + np.cumsum(steps, axis=1)) % 48 - 24
    )  # two octaves, reflected at their ends
    gaps = rng.choice(list(_GAPS), (count, 56), p=np.array(list(_GAPS.values())) / sum(_GAPS.values())).astype(np.uint8)
    is_note = np.arange(56) < sizes[:, None]
    copies = [(bounded + 60, gaps, is_note)]
    for _ in range(FAMILY - 1):
        changed, kind = rng.random(bounded.shape) < CHANGED, rng.random(bounded.shape)
        off = rng.choice(_OFF, bounded.shape) * (changed & (kind < 2 / 3))
        copies.append((bounded + off + 60 + rng.integers(-6, 7, (count, 1)), gaps, is_note & ~(changed & (kind >= 2 / 3))))
    for at in range(count):
        for pitches, spaces, kept in copies:
            yield pitches[at, kept[at]].astype(np.uint8), spaces[at, kept[at]]


def _tune_rows(setup: Setup) -> Iterator[Row]:
    """Hits and times among the folk tunes, and those of SQLite FTS5 alone."""
    try:
        tunes = folk_tunes(setup)
    except MissingExtraError as error:
        setup.note(f"listening: the folk tunes are left out: {error}")
        return
    text = TuneText(tunes)
    n_queries = setup.pick(1000, 20)
    yield setup.row("folk tunes", MODEL, float(len(tunes)), "tunes")
    with tempfile.TemporaryDirectory() as folder, Index(folder, create=True) as index:
        index.add(tunes)
        words = _words(tunes)
        for (notes, edits), bar in BARS.items():
            rng = setup.rng()
            able = [entry for entry in tunes if any(len(line) >= notes for line in entry.lines)]
            asked = [able[at] for at in rng.integers(len(able), size=n_queries).tolist()]
            drawn = [excerpt(entry, notes, edits, rng) for entry in asked]
            alone = np.array([text.count(whole) == 1 for _, whole in drawn])
            kind = f"{notes} notes, {edits} edit{'s' * (edits > 1)}"
            yield setup.row(f"excerpts that one tune has, {kind}", MODEL, float(alone.mean()))
            answers: dict[str, Callable[[Query], str]] = {MODEL: lambda q: _first(index, q), WORDS: lambda q: _by_words(words, q)}
            for model, answer in answers.items():
                hits, median = _ask(answer, [query for query, _ in drawn], [entry.id for entry in asked])
                is_ours = model == MODEL
                yield setup.row(f"hit@1, {kind}", model, float(hits[alone].mean()), at_least=bar if is_ours else None)
                yield setup.row(f"hit@1, {kind}, excerpts of several tunes too", model, float(hits.mean()))
                yield setup.row(f"median query, {kind}", model, median, "ms", at_most=TUNES_MS if is_ours else None)
        words.close()


def _made_rows(setup: Setup) -> Iterator[Row]:
    """Build, size, time and hits of made pieces."""
    count = 1_000_000 if setup.slow else setup.pick(100_000, 2000)
    of = f"{count:,} made pieces"
    entries = list(made_entries(count, setup.seed))
    folder = Path(tempfile.mkdtemp())
    try:
        start = time.perf_counter()
        with Index(folder, create=True) as index:
            index.add(entries)
            yield setup.row(f"build, {of}", MODEL, time.perf_counter() - start, "s", at_most=MADE_S)
            n_bytes = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
            yield setup.row(f"index, {of}", MODEL, n_bytes / 1e6, "MB", at_most=MADE_MB)
            rng = setup.rng()
            asked = [entries[at] for at in rng.integers(count, size=setup.pick(500, 20)).tolist()]
            queries = [excerpt(entry, 16, 2, rng)[0] for entry in asked]
            hits, median = _ask(lambda query: _first(index, query), queries, [entry.id for entry in asked])
            yield setup.row(f"hit@1, 16 notes, 2 edits, {of}", MODEL, float(hits.mean()), at_least=MADE_HITS)
            yield setup.row(f"median query, {of}", MODEL, median, "ms", at_most=MADE_MS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ask(answer: Callable[[Query], str], queries: Sequence[Query], ids: Sequence[str]) -> tuple[np.ndarray, float]:
    """Which first answers are right, and the median time in ms."""
    hits, times = [], []
    answer(queries[0])
    for query, id in zip(queries, ids, strict=True):
        start = time.perf_counter()
        found = answer(query)
        times.append(time.perf_counter() - start)
        hits.append(found == id)
    return np.array(hits), 1000 * float(np.median(times))


def _first(index: Index, query: Query) -> str:
    """The first of ten answers."""
    return next((match.piece for match in index.search(query, limit=10)), "")


def _read(piece: Piece) -> Score | None:
    """A piece as a score; None if it cannot be read."""
    try:
        return piece.read()
    except BoyaError:
        return None


class TuneText:
    """All tunes as one text of intervals, to count in how many an excerpt stands; independent of the index."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._gaps = [line.gaps.astype(float) for entry in entries for line in entry.lines]
        self._piece = [number for number, entry in enumerate(entries) for _ in entry.lines]
        rows = [_intervals(line) for entry in entries for line in entry.lines]
        self._text = b"\xff".join(rows)
        self._starts = np.cumsum([0, *(len(row) + 1 for row in rows)])

    def count(self, excerpt: Line) -> int:
        """The pieces that have the excerpt in some key and tempo, but for the length of its last note."""
        wanted, found, at = _intervals(excerpt), set(), -1
        while (at := self._text.find(wanted, at + 1)) >= 0:
            line = int(np.searchsorted(self._starts, at, side="right")) - 1
            first = at - int(self._starts[line])
            ratios = self._gaps[line][first : first + len(wanted)] / excerpt.gaps[:-1]
            if np.allclose(ratios, ratios[0]):
                found.add(self._piece[line])
        return len(found)


def _intervals(line: Line) -> bytes:
    """The intervals of a line as bytes below 255."""
    return bytes((np.clip(np.diff(line.pitches.astype(int)), -127, 127) + 127).astype(np.uint8))


def _words(entries: Sequence[Entry]) -> sqlite3.Connection:
    """A table of FTS5 with the intervals of four notes in a row as words."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE tune USING fts5 (id UNINDEXED, grams)")
    rows = ((entry.id, " ".join(word for line in entry.lines for word in _grams(line.pitches))) for entry in entries)
    base.executemany("INSERT INTO tune VALUES (?, ?)", rows)
    return base


def _by_words(base: sqlite3.Connection, query: Query) -> str:
    """The tune with the best bm25."""
    asked = " OR ".join(f'"{word}"' for word in _grams(query.pitches))
    row = base.execute("SELECT id FROM tune WHERE tune MATCH ? ORDER BY rank LIMIT 1", (asked,)).fetchone()
    return str(row[0]) if row else ""


def _grams(pitches: np.ndarray) -> list[str]:
    """Words of three intervals."""
    steps = [chr(ord("a") + min(abs(step), 12)) + ("u" if step > 0 else "d") for step in np.diff(pitches.astype(int)).tolist()]
    return ["".join(steps[at : at + 3]) for at in range(len(steps) - 2)]
