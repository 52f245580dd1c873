"""Sound as music: tunes found by a recording of 16 of their notes, and how right and how fast recordings are written down.

A question is an excerpt of a folk tune of `listening_search`, played by the live voices at 80-150 quarters a minute, written as
a WAV file of 16 bits and heard again. Excerpts that stand in several tunes, note for note, are drawn anew. What is written down
are up to 45 s of pieces of the part `valid`, without their drums, played the same way; scored by mir_eval: a note is right if
its pitch is and its onset is within 50 ms, and in a second row if its end is within a fifth of its length as well.
"""

import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boya.errors import InputError, MissingExtraError
from boya.evaluation.scoreboard import Row
from boya.listening.audio import audio_queries, has_network, transcribe
from boya.listening.search import STEPS_PER_QUARTER, Entry, Index, Line
from boya.proof.listening_search import TuneText, excerpt, folk_tunes
from boya.proof.setup import Setup
from boya.score import TICKS_PER_QUARTER, Score, Tempo, Timeline, Track, note_array
from boya.sound import render, write_wav

__all__ = ["played", "rows", "scored"]

KINDS = {"piano": (0, 0.95), "bowed": (40, 0.95), "flute": (73, 0.85), "voice": (52, 0.85)}  # program and bar
NOTES = 16
SLOWEST, FASTEST = 80.0, 150.0
SPEED = 20.0
SHORTEST_SECOND, LONGEST_SECOND, FEWEST_NOTES = 8.0, 45.0, 40
FROM_BAR, TO_BAR = 4, 16
ONE, MANY = "pitch tracker", "basic-pitch, our decoding"

Floats = NDArray[np.float64]


def rows(setup: Setup) -> Iterator[Row]:
    """Measure what hears."""
    with tempfile.TemporaryDirectory() as folder:
        yield from _query_rows(setup, Path(folder))
        yield from _note_rows(setup, Path(folder))


def played(line: Line, qpm: float, rng: np.random.Generator, program: int) -> Score:
    """Return a line as a score of one instrument, its velocities a little uneven.

    >>> line = Line(np.array([60, 62], np.uint8), np.array([12, 6], np.uint8))
    >>> played(line, 120, np.random.default_rng(0), 73).tracks[0].notes["onset"].tolist()
    [0, 480]
    """
    gaps = line.gaps.astype(int) * (TICKS_PER_QUARTER // STEPS_PER_QUARTER)
    onsets = np.cumsum(gaps) - gaps
    velocities = rng.integers(70, 100, len(gaps))
    notes = note_array(list(zip(*(a.tolist() for a in (onsets, gaps, line.pitches, velocities)), strict=True)))
    return Score((Track(notes, program=program),), timeline=Timeline.of([Tempo(0, qpm)]))


def scored(truth: Score, heard: Score) -> tuple[float, float]:
    """Return the F1 of notes, by pitch and onset, and by pitch, onset and end. Needs mir_eval."""
    import mir_eval.transcription as judge  # noqa: PLC0415  (only tests and the proof have it)

    both = [*_spans(truth), *_spans(heard)]
    by_onset, by_end = (judge.precision_recall_f1_overlap(*both, offset_ratio=ratio)[2] for ratio in (None, 0.2))
    return float(by_onset), float(by_end)


def _query_rows(setup: Setup, folder: Path) -> Iterator[Row]:
    """How often the tune of a recording is the first answer, for each kind of voice."""
    try:
        tunes = folk_tunes(setup)
    except MissingExtraError as error:
        setup.note(f"listening: questions by sound are left out, they need the folk tunes: {error}")
        return
    text, n_asked = TuneText(tunes), setup.pick(100, 5)
    seconds = np.zeros(2)  # of sound, and of work
    with Index(folder / "index", create=True) as index:
        index.add(tunes)
        for kind, (program, bar) in KINDS.items():
            rng, hits = setup.rng(), 0
            for _ in range(n_asked):
                id, line = _drawn(tunes, text, rng)
                path, length = _recorded(played(line, rng.uniform(SLOWEST, FASTEST), rng, program), folder)
                start = time.perf_counter()
                hits += _first(index, path) == id
                seconds += length, time.perf_counter() - start
            metric = f"hit@1, {NOTES} notes heard, {kind}"
            yield setup.row(metric, ONE, hits / n_asked, at_least=bar)
    yield setup.row("sound heard and looked for, times real time", ONE, seconds[0] / seconds[1], "x")


def _drawn(tunes: Sequence[Entry], text: TuneText, rng: np.random.Generator) -> tuple[str, Line]:
    """An excerpt that one tune alone has."""
    able = [entry for entry in tunes if any(len(line) >= NOTES for line in entry.lines)]
    while True:
        entry = able[rng.integers(len(able))]
        _, line = excerpt(entry, NOTES, 0, rng)
        if text.count(line) == 1:
            return entry.id, line


def _first(index: Index, path: Path) -> str:
    """The first of ten answers to a recording; none where too little is heard."""
    try:
        return next((match.piece for match in index.search(audio_queries(path), limit=10)), "")
    except InputError:
        return ""


def _note_rows(setup: Setup, folder: Path) -> Iterator[Row]:
    """How fast recordings of one voice and of several are written down, and how right those of several."""
    pieces = list(_pieces(setup))
    hows = {"one": ONE, "many": MANY} if has_network() else {"one": ONE}
    heard: list[tuple[Score, Score]] = []
    for how, model in hows.items():
        seconds = np.zeros(2)
        transcribe(_recorded(pieces[0], folder)[0], how=how)  # loads what is loaded once
        for piece in pieces:
            path, length = _recorded(piece, folder)
            start = time.perf_counter()
            notes = transcribe(path, how=how)
            seconds += length, time.perf_counter() - start
            heard += [(piece, notes)] if how == "many" else []
        yield setup.row("transcription, times real time", model, seconds[0] / seconds[1], "x", at_least=SPEED)
    if not heard or find_spec("mir_eval") is None:
        setup.note("listening: note F1 is left out; it needs: pip install mir_eval; pip install --no-deps basic-pitch")
        return
    marks = np.array([scored(*both) for both in heard])
    for metric, mark in zip(("note F1, pitch and onset", "note F1, pitch, onset and end"), marks.mean(axis=0), strict=True):
        yield setup.row(f"{metric}, {len(heard)} valid pieces", MANY, float(mark))


def _pieces(setup: Setup) -> Iterator[Score]:
    """Parts of valid pieces, without drums."""
    packed, found = setup.corpus(), 0
    order = setup.rng().permutation([at for at, about in enumerate(packed.pieces) if about["split"] == "valid"])
    for at in order.tolist():
        score = packed.score(at)
        if score.n_bars < TO_BAR:
            continue
        part = score.slice_bars(FROM_BAR, TO_BAR - 1)
        part = part.with_tracks([track for track in part.tracks if not track.is_drum])
        if part.n_notes >= FEWEST_NOTES and SHORTEST_SECOND <= part.length_second <= LONGEST_SECOND:
            yield part
            found += 1
        if found == setup.pick(30, 2):
            return


def _recorded(score: Score, folder: Path) -> tuple[Path, float]:
    """A score as a WAV file, and how many seconds it lasts."""
    path, audio = folder / "played.wav", render(score, voices="live")
    write_wav(audio, path)
    return path, len(audio) / 44100


def _spans(score: Score) -> tuple[Floats, Floats]:
    """Onsets and ends in seconds, and frequencies; a note that two tracks play at once is one. `[shape=(notes, 2), (notes,)]`"""
    ends: dict[tuple[float, int], float] = {}
    for track in score.tracks:
        onsets = score.timeline.second_at(track.notes["onset"])
        lasts = score.timeline.second_at(track.notes["onset"] + track.notes["duration"])
        for onset, last, pitch in zip(_rounded(onsets), _rounded(lasts), track.notes["pitch"].tolist(), strict=True):
            ends[onset, pitch] = max(last, ends.get((onset, pitch), 0.0))
    spans = np.array([(onset, last) for (onset, _), last in ends.items()]).reshape(-1, 2)
    return spans, 440 * 2 ** ((np.array([pitch for _, pitch in ends]) - 69) / 12)


def _rounded(seconds: Any) -> list[float]:
    """Whole milliseconds."""
    return [round(float(second), 3) for second in seconds]
