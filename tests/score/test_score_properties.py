"""Laws of the ground floor: slicing, joining, transposing, quantising, and the clocks of the timeline."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from boya.errors import ScoreError
from boya.score import Chord, Key, Metre, Score, Section, Tempo, Timeline, Track, note_array, note_ends

ROWS = st.lists(st.tuples(st.integers(0, 20_000), st.integers(1, 5_000), st.integers(12, 115), st.integers(1, 127)), max_size=25)
METRES = st.builds(lambda n, d: (n, d), st.integers(1, 9), st.sampled_from([2, 4, 8, 16]))


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    ticks = sorted(draw(st.sets(st.integers(1, 20_000), max_size=3)))
    tempos = [Tempo(t, draw(st.floats(20, 400))) for t in [0, *ticks]]
    metres = [Metre(t, *draw(METRES)) for t in [0, *ticks]]
    keys = [Key(t, draw(st.integers(0, 11)), draw(st.sampled_from(["major", "minor"]))) for t in [0, *ticks]]
    return Timeline.of(tempos, metres, keys)


@st.composite
def scores(draw: st.DrawFn) -> Score:
    tracks = [Track(note_array(draw(ROWS)), p, is_drum=p == 1) for p in range(draw(st.integers(1, 3)))]
    chords = [Chord(i * 960, 960, draw(st.integers(0, 11)), "min") for i in range(draw(st.integers(0, 4)))]
    sections = [Section(0, 1920, "A")] if draw(st.booleans()) else []
    return Score(tuple(tracks), draw(timelines()), tuple(chords), tuple(sections))


@given(scores())
def test_equal_music_is_equal_and_has_equal_hash(score: Score) -> None:
    again = Score(
        tuple(Track(t.notes[::-1], t.program, t.is_drum) for t in score.tracks), score.timeline, score.chords, score.sections
    )
    assert again == score
    assert hash(again) == hash(score)


@given(scores(), st.integers(-12, 12))
def test_transposing_back_is_the_same(score: Score, semitones: int) -> None:
    moved = score.transpose(semitones)
    assert moved.transpose(-semitones) == score
    for before, after in zip(score.tracks, moved.tracks, strict=True):
        step = 0 if before.is_drum else semitones
        assert (np.sort(after.notes["pitch"]) == np.sort(before.notes["pitch"].astype(int) + step)).all()


def test_transposing_out_of_range_is_refused() -> None:
    with pytest.raises(ScoreError, match="leaves pitches"):
        Score((Track(note_array([(0, 1, 127, 1)])),)).transpose(1)


@given(scores(), st.integers(0, 21_000), st.integers(0, 21_000))
def test_a_slice_holds_what_sounds_inside(score: Score, a: int, b: int) -> None:
    start, end = sorted((a, b))
    part = score.slice(start, end)
    assert part.end <= end - start
    for whole, cut in zip(score.tracks, part.tracks, strict=True):
        ends = note_ends(whole.notes)
        lengths = np.minimum(ends, end) - np.maximum(whole.notes["onset"], start)
        assert cut.notes["duration"].sum() == lengths[lengths > 0].sum()
    assert part.slice(0, end - start) == part


@given(scores(), st.integers(0, 21_000))
def test_a_slice_keeps_tempo_metre_and_key(score: Score, start: int) -> None:
    line = score.slice(start, 30_000).timeline
    assert line.tempo_at(0).qpm == score.timeline.tempo_at(start).qpm
    assert line.key_at(0).tonic == score.timeline.key_at(start).tonic
    assert (line.metre_at(0).numerator, line.metre_at(0).denominator) == (
        score.timeline.metre_at(start).numerator,
        score.timeline.metre_at(start).denominator,
    )


@given(scores(), scores())
def test_joining_keeps_every_note_and_begins_at_a_bar_line(first: Score, second: Score) -> None:
    joined = first.join(second)
    shift = int(first.bar_bounds[-1])
    assert joined.n_notes == first.n_notes + second.n_notes
    assert shift >= first.end
    assert joined.end == max(first.end, shift + second.end if second.end else 0)
    tail = sorted(n[2] for t in joined.tracks for n in t.notes.tolist() if n[0] >= shift)
    assert tail == sorted(n[2] for t in second.tracks for n in t.notes.tolist())


@given(scores(), st.sampled_from([1, 2, 3, 4, 6, 8, 12, 24]))
def test_quantising_twice_is_quantising_once(score: Score, steps: int) -> None:
    step = 480 // steps
    once = score.quantize(steps)
    assert once.quantize(steps) == once
    for track in once.tracks:
        assert (track.notes["onset"] % step == 0).all()
        assert (track.notes["duration"] % step == 0).all()
        places = list(zip(track.notes["onset"].tolist(), track.notes["pitch"].tolist(), strict=True))
        assert len(places) == len(set(places))


@given(scores(), st.sampled_from([4, 12]))
def test_quantising_moves_onsets_by_half_a_step_at_most(score: Score, steps: int) -> None:
    half = 480 // steps / 2
    for before, after in zip(score.tracks, score.quantize(steps).tracks, strict=True):
        onsets = after.notes["onset"]
        for onset in before.notes["onset"].tolist():
            assert len(onsets) == 0 or np.abs(onsets.astype(int) - onset).min() <= half


def test_a_grid_that_does_not_divide_the_quarter_is_refused() -> None:
    with pytest.raises(ScoreError, match="must divide 480"):
        Score().quantize(7)


@given(timelines(), st.lists(st.integers(0, 100_000), min_size=2, max_size=20))
def test_seconds_rise_with_ticks_and_come_back(line: Timeline, ticks: list[int]) -> None:
    ticks = sorted(set(ticks))
    assume(len(ticks) > 1)
    seconds = line.second_at(ticks)
    assert (np.diff(seconds) > 0).all()
    assert line.tick_at(seconds).tolist() == ticks


@given(timelines(), st.integers(1, 60_000))
def test_bars_cover_time_without_gaps(line: Timeline, end: int) -> None:
    starts = line.bar_starts(end)
    assert starts[0] == 0
    assert starts[-1] < end
    assert (np.diff(starts) > 0).all()
    for first, following in pairwise(starts):
        assert following - first <= line.metre_at(int(first)).ticks_per_bar
    assert line.bar_at(starts).tolist() == list(range(len(starts)))
    assert {m.tick for m in line.metres if m.tick < end} <= set(starts.tolist())


@settings(max_examples=50)
@given(scores(), st.integers(0, 30), st.integers(0, 30))
def test_slicing_bars_is_slicing_at_bar_lines(score: Score, a: int, b: int) -> None:
    first, last = sorted((a, b))
    if last > score.n_bars:
        with pytest.raises(ScoreError, match="bars must lie"):
            score.slice_bars(first, last)
        return
    bounds = score.bar_bounds
    assert score.slice_bars(first, last) == score.slice(int(bounds[first]), int(bounds[last]))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: note_array([(0, 0, 60, 80)]), "duration must be"),
        (lambda: note_array([(-1, 1, 60, 80)]), "onset must be"),
        (lambda: note_array([(0, 1, 128, 80)]), "pitch must be"),
        (lambda: note_array([(0, 1, 60, 0)]), "velocity must be"),
        (lambda: Track(program=128), "program must be"),
        (lambda: Track(role="solo"), "role must be"),
        (lambda: Chord(0, 0, 1), "duration > 0"),
        (lambda: Chord(0, 1, 12), "pitch class"),
        (lambda: Tempo(0, float("nan")), "tempo must be"),
        (lambda: Metre(0, 4, 3), "metre must"),
        (lambda: Key(0, 0, "happy"), "mode must be"),
        (lambda: Timeline(tempos=(Tempo(5, 120.0),)), "start at tick 0"),
        (lambda: Score().slice(5, 3), "slice needs"),
    ],
)
def test_what_a_score_cannot_hold_is_refused(make: object, message: str) -> None:
    with pytest.raises(ScoreError, match=message):
        make()  # type: ignore[operator]


def test_notes_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        note_array([(0, 1, 60, 80)])["pitch"][0] = 1
