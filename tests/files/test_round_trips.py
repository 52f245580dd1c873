"""What is written is what is read: generated scores in every format, and damaged files."""

import random
from dataclasses import replace
from itertools import chain, pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boya import files
from boya.errors import BoyaError
from boya.files.notation import grid_score
from boya.score import MODES, ROLES, Chord, Key, Metre, Score, Section, Tempo, Timeline, Track, note_array
from boya.theory.chords import qualities

SOME = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp", "Zs"]), max_size=12)
METRES = st.sampled_from([(4, 4), (3, 4), (6, 8), (2, 2), (5, 8), (7, 4)])


def note_rows(unit: int, steps: int) -> Any:
    return st.lists(
        st.tuples(
            st.integers(0, steps).map(unit.__mul__),
            st.integers(1, 60).map(unit.__mul__),
            st.integers(21, 108),
            st.integers(1, 127),
        ),
        max_size=20,
    )


@st.composite
def free_scores(draw: st.DrawFn) -> Score:
    """Anything a score can hold, at any tick."""
    tracks = tuple(
        Track(
            note_array(draw(note_rows(1, 9000))),
            draw(st.integers(0, 127)),
            draw(st.booleans()),
            draw(TEXTS),
            draw(st.sampled_from(["", *ROLES])),
        )
        for _ in range(draw(st.integers(0, 3)))
    )
    ticks = [0, *sorted(draw(st.sets(st.integers(1, 9000), max_size=3)))]
    line = Timeline.of(
        [Tempo(t, 60e6 / draw(st.integers(30_000, 16_000_000))) for t in ticks],
        [Metre(t, *draw(METRES)) for t in ticks],
        [Key(t, draw(st.integers(0, 11)), draw(st.sampled_from(MODES))) for t in ticks],
    )
    spans = [(a, draw(st.integers(1, b - a))) for a, b in zip(ticks, [*ticks[1:], 10_000], strict=True)]
    chords = tuple(
        Chord(a, n, draw(st.integers(0, 11)), draw(st.sampled_from(sorted(qualities()))), draw(st.none() | st.integers(0, 11)))
        for a, n in spans
    )
    sections = tuple(Section(a, n, draw(TEXTS.filter(bool))) for a, n in spans)
    return Score(tracks, line, chords, sections, draw(TEXTS), draw(TEXTS), draw(TEXTS))


@st.composite
def written_scores(draw: st.DrawFn) -> Score:
    """What notation can hold: the grid of 1/12 quarter, changes at bar lines."""
    tracks = []
    for number in range(draw(st.integers(1, 2))):
        notes = draw(note_rows(40, 150).filter(bool))
        tracks.append(
            Track(
                note_array([(a, b, p, 80) for a, b, p, _ in notes]),
                draw(st.integers(0, 127)),
                draw(st.booleans()),
                f"Part {number}",
            )
        )
    beats, unit = draw(METRES)
    bar = Metre(0, beats, unit).ticks_per_bar
    keys = [Key(t * bar, draw(st.integers(0, 11)), draw(st.sampled_from(["major", "minor", "dorian"]))) for t in (0, 2)]
    line = Timeline.of([Tempo(0, 90.0), Tempo(bar, 120.0)], [Metre(0, beats, unit)], keys)
    score = grid_score(Score(tuple(tracks), line, title="T", composer="C"))
    end = max(score.end, 4 * bar)
    inner = sorted(draw(st.sets(st.integers(1, end // 40 - 1).map((40).__mul__), max_size=3)))
    stop = max(t.end for t in score.tracks)
    bounds = [0, *(tick for tick in inner if tick < stop), stop]
    chords = [
        Chord(a, b - a, draw(st.integers(0, 11)), draw(st.sampled_from(sorted(qualities()))))
        for a, b in pairwise(bounds)
        if b > a
    ]
    return replace(score, chords=tuple(chords))


def heard(score: Score) -> Timeline:
    """The timeline as far as there are bars to write it above."""
    end = int(score.bar_bounds[-1])
    line = score.timeline
    return replace(line, **{name: tuple(e for e in getattr(line, name) if e.tick < end) for name in ("tempos", "metres", "keys")})


@SOME
@given(free_scores())
def test_native_json_keeps_everything(score: Score) -> None:
    assert files.read_bytes(files.write_bytes(score, ".json"), ".json") == score


def sounding(score: Score) -> list[tuple[int, bool, str, str, int]]:
    return [(t.program, t.is_drum, t.name, t.role, t.n_notes) for t in score.tracks if t.n_notes]


@SOME
@given(free_scores())
def test_midi_keeps_everything_but_overlaps_of_a_pitch(score: Score) -> None:
    once = files.read_bytes(files.write_bytes(score, ".mid"), ".mid")
    assert sounding(once) == sounding(score)
    assert (once.timeline.metres, once.timeline.keys) == (score.timeline.metres, score.timeline.keys)
    assert [(t.tick, round(60e6 / t.qpm)) for t in once.timeline.tempos] == [
        (t.tick, round(60e6 / t.qpm)) for t in score.timeline.tempos
    ]
    assert (once.chords, once.sections) == (score.chords, score.sections)
    assert (once.title, once.composer, once.licence) == (score.title, score.composer, score.licence)
    assert files.read_bytes(files.write_bytes(once, ".mid"), ".mid") == once


@SOME
@given(written_scores())
def test_midi_keeps_notes_that_do_not_overlap(score: Score) -> None:
    again = files.read_bytes(files.write_bytes(score, ".mid"), ".mid")
    assert again.tracks == score.tracks
    assert again.chords == score.chords


@FEW
@given(written_scores())
def test_musicxml_keeps_what_notation_can_hold(score: Score) -> None:
    pytest.importorskip("music21")
    again = files.read_bytes(files.write_bytes(score, ".mxl"), ".mxl")
    assert again.tracks == score.tracks
    assert again.timeline == heard(score)
    assert again.chords == score.chords
    assert (again.title, again.composer) == (score.title, score.composer)


@FEW
@given(written_scores())
def test_abc_keeps_notes_time_and_chords(score: Score) -> None:
    pytest.importorskip("music21")
    again = files.read_bytes(files.write_bytes(score, ".abc"), ".abc")
    for track in score.tracks:
        voices = [t.notes.tolist() for t in again.tracks if t.name == track.name]
        assert sorted(chain.from_iterable(voices)) == sorted(track.notes.tolist())
        assert all((t.program, t.is_drum) == (track.program, track.is_drum) for t in again.tracks if t.name == track.name)
    assert again.timeline == heard(score)
    assert again.chords == score.chords
    assert (again.title, again.composer) == (score.title, score.composer)


SEED = Score(
    (Track(note_array([(i * 240, 200, 60 + i % 12, 90) for i in range(32)]), 40, name="Violin"),), chords=(Chord(0, 960, 0),)
)


@pytest.mark.parametrize(("suffix", "count"), [(".mid", 300), (".json", 200), (".musicxml", 25), (".mxl", 25), (".abc", 25)])
def test_damaged_files_are_read_or_refused(suffix: str, count: int) -> None:
    if suffix not in (".mid", ".json"):
        pytest.importorskip("music21")
    whole = files.write_bytes(SEED, suffix)
    rng = random.Random(3)
    outcomes = set()
    for _ in range(count):
        data = bytearray(whole)
        for _ in range(rng.choice((1, 2, 8))):
            at = rng.randrange(len(data))
            data[at : at + rng.choice((0, 1, 3))] = bytes(rng.randrange(256) for _ in range(rng.choice((0, 1, 3))))
        try:
            files.read_bytes(bytes(data), suffix)
            outcomes.add("read")
        except BoyaError as error:
            outcomes.add("refused" if str(error) else "no message")
    assert "refused" in outcomes
    assert outcomes <= {"read", "refused"}
