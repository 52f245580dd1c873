"""Works on given scores: what is not written stays note for note, what is written is where it was asked for."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from boya.composing import accompany, add, arrange, continue_, rewrite, vary
from boya.errors import CancelledError, InputError, RequestError, ScoreError
from boya.files import read_bytes, write_bytes
from boya.score import Chord, Key, Metre, Score, Section, Tempo, Timeline, Track, note_array
from boya.theory.instruments import instrument
from boya.theory.keys import find_key

BAR = 1440


@pytest.fixture(autouse=True, scope="module")
def _scripted(fakes):
    """All tests here use a script for an engine, if they do not say otherwise."""


def line(role, pitch, n_bars=8, program=0, name="", shift=13):
    """Three notes a bar, off the grid."""
    rows = [(n * 480 + shift, 300, pitch + (0, 2, 4, 5, 4, 2)[n % 6], 71) for n in range(3 * n_bars)]
    return Track(note_array(rows), program, role == "drums", name, role)


@pytest.fixture
def waltz():
    """Eight bars of 3/4 in D for four players, off the grid, with chords and sections."""
    timeline = Timeline((Tempo(0, 150.0),), (Metre(0, 3, 4),), (Key(0, 2, "major"),))
    tracks = (line("melody", 74, program=73), line("chords", 62), line("bass", 38, program=32), line("drums", 38))
    chords = tuple(Chord(n * BAR, BAR, (2, 7, 9, 2)[n % 4]) for n in range(8))
    return Score(tracks, timeline, chords, (Section(0, 4 * BAR, "A"), Section(4 * BAR, 4 * BAR, "B")), "Waltz", "Somebody", "CC0")


def outside(track, bars, ticks=BAR):
    """The notes of a track that begin outside some bars, from 0."""
    return [row for row in track.notes.tolist() if (row[0] + 20) // ticks not in bars]


# Rewrite


def test_everything_else_stays_note_for_note(waltz):
    pieces = rewrite(waltz, "5-6, 8", "melody, 3", alternatives=3, seed=1)
    assert len(pieces) == 3
    for piece in pieces:
        score = piece.score
        assert replace(score, tracks=()) == replace(waltz, tracks=())
        assert [t.notes.tolist() for t in score.tracks[1::2]] == [t.notes.tolist() for t in waltz.tracks[1::2]]
        for new, old in zip(score.tracks[::2], waltz.tracks[::2], strict=True):
            assert outside(new, (4, 5, 7)) == outside(old, (4, 5, 7))
            assert new.notes.tolist() != old.notes.tolist()
    assert len({piece.score.tracks for piece in pieces}) == 3
    assert [piece.report["distance"] for piece in pieces] == [0.0, 1.0, 2.0]


def test_locked_tracks_are_left_out(waltz):
    score = rewrite(waltz, 2, locked="melody, drums")[0].score
    assert [t == old for t, old in zip(score.tracks, waltz.tracks, strict=True)] == [True, False, False, True]


def test_what_a_file_does_not_say_is_not_said_afterwards(waltz):
    silent = read_bytes(write_bytes(Score(tuple(replace(t, role="") for t in waltz.tracks)), ".mid"), ".mid")
    score = rewrite(silent, "2", "melody")[0].score
    assert (score.chords, score.timeline) == ((), silent.timeline)
    assert [t.role for t in score.tracks] == [t.role for t in silent.tracks]


def test_the_composer_hears_chords_and_key_that_a_file_does_not_say(waltz, fakes):
    rewrite(Score(waltz.tracks, Timeline((Tempo(0, 90.0),), assumed=frozenset({"key"}))), "2", style="jig")
    sheet, _, _ = fakes.fill.calls[-1]
    assert sheet.score.chords
    assert sheet.score.timeline.keys == (find_key(waltz),)
    assert (sheet.style, sheet.substyle) == ("lead sheet", "Folk, World, & Country")


def test_wishes_reach_the_sheet(waltz, fakes):
    wishes = {"controls": "B: density=high", "limits": "bass: range=30-50", "chord_tones": "all", "scale": "key"}
    rewrite(waltz, "5", "bass", candidates=7, **wishes)
    sheet, selection, settings = fakes.fill.calls[-1]
    assert np.argwhere(selection).tolist() == [[2, 4]]
    assert (sheet.limits.of(2).lowest, sheet.limits.of(2).chord_tones, sheet.limits.scale) == (30, "all", "key")
    assert sheet.wishes[4, 2, 0] == 2
    assert sheet.wishes[3, 2, 0] == -1
    assert settings == {"alternatives": 1, "candidates": 7}


def test_three_hundred_tracks_stay(waltz):
    many = waltz.with_tracks([*waltz.tracks, *[line("chords", 60, name=f"Part {n}") for n in range(296)]])
    score = rewrite(many, "3", "1")[0].score
    assert score.tracks[1:] == many.tracks[1:]
    assert score.tracks[0] != many.tracks[0]


def test_three_hundred_tracks_are_too_many_to_write(waltz, real):
    rewrite(waltz, "3", "melody")
    many = waltz.with_tracks([line("chords", 60, name=f"Part {n}") for n in range(300)])
    with pytest.raises(RequestError, match="at most 16 tracks can be written at once; 300 are selected"):
        rewrite(many, "3")


# Add


def test_new_tracks_stand_beside_the_others(waltz):
    score = add(waltz, "bass=electric bass, strings", bars="3-4", seed=2).score
    assert score.tracks[:4] == waltz.tracks
    assert [(t.role, t.program) for t in score.tracks[4:]] == [("bass", 33), ("pad", 48)]
    assert all(outside(t, (2, 3)) == [] and t.n_notes == 2 for t in score.tracks[4:])
    assert replace(score, tracks=()) == replace(waltz, tracks=())


def test_drums_may_be_added(waltz):
    assert add(waltz, "drums").score.tracks[-1].is_drum


@pytest.mark.parametrize("track", ["melody=any", "chords=none", "", "bass=yes"])
def test_somebody_must_be_added(waltz, track):
    with pytest.raises(RequestError, match="a track to be added must name an instrument"):
        add(waltz, track)


# Continue


def test_a_continuation_goes_on_as_the_score_ends(waltz, fakes):
    longer = waltz.with_tracks([*waltz.tracks, Track(program=10, name="Silent")])
    score = continue_(longer, bars=6, model="composer", seed=3).score
    assert score.n_bars == 14
    assert score.timeline == waltz.timeline
    for new, old in zip(score.tracks, longer.tracks, strict=True):
        assert outside(new, range(8, 14)) == old.notes.tolist()
    assert [t.n_notes - old.n_notes for t, old in zip(score.tracks, longer.tracks, strict=True)] == [6, 6, 6, 6, 0]
    assert [(c.onset, c.root) for c in score.chords[8:]] == [(BAR * (8 + n), (2, 7, 9, 2)[n % 4]) for n in range(6)]
    assert score.sections[-1] == Section(8 * BAR, 6 * BAR, "continuation")
    assert fakes.fill.calls[-1][0].n_bars == 14


def test_the_chords_of_a_continuation_may_be_wished_for(waltz):
    score = continue_(waltz, bars=3, model="composer", chords="ii7 V7 | I").score
    assert [(c.onset - 8 * BAR, c.duration, c.root, c.quality) for c in score.chords[8:]] == [
        (0, 960, 4, "min7"),
        (960, 480, 9, "7"),
        (BAR, BAR, 2, "maj"),
        (2 * BAR, 960, 4, "min7"),
        (2 * BAR + 960, 480, 9, "7"),
    ]


def test_a_score_without_chords_is_continued_without_them(waltz, fakes):
    assert continue_(replace(waltz, chords=()), bars=2, model="composer").score.chords == ()
    assert fakes.fill.calls[-1][0].score.chords[-1].end == 10 * BAR


def test_of_many_tracks_those_go_on_that_play_at_the_end(waltz):
    early = [line("chords", 60, 1, name=f"Early {n}") for n in range(10)]
    late = [line("chords", 60, name=f"Late {n}") for n in range(14)]
    piece = continue_(waltz.with_tracks([*early, *late]), bars=2, model="composer")
    assert sum(t.end > 8 * BAR for t in piece.score.tracks[10:]) == 14
    assert "of 24 tracks the 16 that play most at the end go on" in piece.report["said"][0]


def test_a_metre_that_changes_is_continued_in_the_last(waltz):
    timeline = replace(waltz.timeline, metres=(Metre(0, 4, 4), Metre(1920, 7, 8)))
    score = Score(waltz.tracks, timeline, waltz.chords)
    more = continue_(score, bars=2, model="composer").score
    assert np.diff(more.bar_bounds)[-2:].tolist() == [1680, 1680]
    assert more.timeline == timeline


# Arrange and accompany


@pytest.fixture
def sheet(waltz):
    """A melody with chords."""
    return waltz.with_tracks([waltz.tracks[0]])


def test_a_lead_sheet_is_arranged(sheet, fakes):
    piece = arrange(sheet, "oboe, strings, harp, double bass", style="waltz", seed=1)
    score = piece.score
    assert [(t.role, t.program) for t in score.tracks] == [("melody", 68), ("chords", 46), ("bass", 43), ("pad", 48)]
    assert score.tracks[0].notes.tolist() == sheet.tracks[0].notes.tolist()
    assert (score.chords, score.sections, score.timeline, score.title) == (sheet.chords, sheet.sections, sheet.timeline, "Waltz")
    assert all(t.n_notes == 8 for t in score.tracks[1:])
    assert fakes.fill.calls[-1][0].style == "waltz"
    assert fakes.fill.calls[-1][0].limits.of(1).chord_tones == "strong"


def test_other_tracks_of_a_lead_sheet_are_left_out(waltz):
    assert [t.role for t in arrange(waltz, "flute, piano").score.tracks] == ["melody", "chords"]


def test_a_melody_is_moved_to_where_its_player_reaches(sheet):
    piece = arrange(sheet, "melody=tuba, chords=piano, bass=none, pad=none, drums=none")
    low, high = instrument(58).range
    moved = piece.score.tracks[0].notes["pitch"].astype(int) - sheet.tracks[0].notes["pitch"].astype(int)
    assert len(set(moved)) == 1
    assert moved[0] % 12 == 0
    assert (piece.score.tracks[0].notes["pitch"] >= low).all()
    assert (piece.score.tracks[0].notes["pitch"] <= high).all()
    assert "Tuba plays the melody" in piece.report["said"][0]


def test_a_band_without_a_melody_cannot_arrange(sheet):
    with pytest.raises(RequestError, match="band and the melody of the score contradict"):
        arrange(sheet, "melody=none, chords=piano")


def test_chords_that_are_not_there_are_heard(sheet):
    assert arrange(replace(sheet, chords=()), "flute, piano").score.chords


def test_an_accompanied_melody_keeps_its_instrument(sheet):
    score = accompany(sheet, model="composer", band="strings, double bass, drums", seed=1).score
    assert score.tracks[0] == sheet.tracks[0]
    assert [t.role for t in score.tracks[1:]] == ["bass", "pad", "drums"]
    with pytest.raises(RequestError, match="it keeps its own instrument"):
        accompany(sheet, model="composer", band="melody=oboe, chords=piano")


def test_the_band_of_a_style_accompanies(sheet):
    assert len(accompany(sheet, model="composer", style="jazz waltz").score.tracks) > 2
    alone = accompany(sheet, model="composer", style="lead sheet")
    assert alone.score.tracks == sheet.tracks
    assert "alone" in alone.report["said"][0]


# Vary


@pytest.mark.parametrize("amount", [0.0, 0.01, 0.3, 1.0])
def test_a_share_of_the_bars_is_written_again(waltz, amount):
    piece = vary(waltz, amount, model="composer", seed=4)
    assert (piece.report["written_again"], piece.report["of"]) == (max(round(32 * amount), amount > 0), 32)
    same = sum(
        [row for row in new.notes.tolist() if row[0] // BAR == bar] == [row for row in old.notes.tolist() if row[0] // BAR == bar]
        for new, old in zip(piece.score.tracks, waltz.tracks, strict=True)
        for bar in range(8)
    )
    assert same == 32 - piece.report["written_again"]


def test_silent_bars_stay_silent(waltz):
    half = waltz.with_tracks([replace(waltz.tracks[0], notes=waltz.tracks[0].notes[:12]), *waltz.tracks[1:]])
    assert vary(half, 1.0, model="composer").report["of"] == 28
    assert vary(half, 0.5, model="composer", tracks="melody").report == {
        "written_again": 2,
        "of": 4,
        "said": ["filled by a script"],
    }


def test_the_seq2seq_varies_what_it_can(waltz, band, monkeypatch):
    monkeypatch.setattr("boya.composing.which_model.USUAL_MODEL", "composer")
    assert vary(band.score_of(band.tune(4)), 0.5).request["wishes"] == {"amount": 0.5, "seed": 0}
    assert vary(waltz, 0.5).request["wishes"]["model"] == "composer"
    assert vary(band.score_of(band.tune(4)), 0.5, tracks="melody").request["wishes"]["model"] == "composer"


# All of them

ALL = {
    "rewrite": lambda score, **w: rewrite(score, "1", **w)[0],
    "add": lambda score, **w: add(score, "harp", **w),
    "continue": lambda score, **w: continue_(score, bars=2, model="composer", **w),
    "arrange": lambda score, **w: arrange(score, "flute, piano", **w),
    "accompany": lambda score, **w: accompany(score, model="composer", **w),
    "vary": lambda score, **w: vary(score, 0.5, model="composer", **w),
}


@pytest.mark.parametrize("job", ALL.values(), ids=ALL)
def test_seeds(waltz, job):
    first, again, other = (write_bytes(job(waltz, seed=seed).score, ".mid") for seed in (3, 3, 4))
    assert first == again != other


@pytest.mark.parametrize("job", ALL.values(), ids=ALL)
def test_a_score_with_music_is_needed(waltz, job):
    with pytest.raises(RequestError, match="the score has no notes"):
        job(Score())
    with pytest.raises(RequestError, match="seed must be"):
        job(waltz, seed=-1)
    with pytest.raises(RequestError, match="candidates must be a whole number 1-32"):
        job(waltz, candidates=0)
    with pytest.raises(RequestError, match=r"did you mean.*[wW]altz"):
        job(waltz, style="walz")


@pytest.mark.parametrize("job", ALL.values(), ids=ALL)
def test_a_work_may_be_watched_and_called_off(waltz, job):
    told = []
    job(waltz, listen=lambda done, total: told.append((done, total)))
    assert told
    assert all(0 <= done <= total for done, total in told)
    assert all(a <= b for a, b in pairwise(told))
    assert told[-1][0] == told[-1][1] > 0
    with pytest.raises(CancelledError):
        job(waltz, is_cancelled=lambda: True)


@pytest.mark.parametrize("job", ALL.values(), ids=ALL)
def test_the_real_engine_obeys(waltz, job, real):
    short = waltz.slice_bars(0, 2)
    for number, (t, old) in enumerate(zip(job(short, seed=1, candidates=2).score.tracks, short.tracks, strict=False)):
        assert t.n_notes, number
        assert t.is_drum == old.is_drum or t.program != old.program


@pytest.mark.parametrize("job", ALL.values(), ids=ALL)
def test_a_metre_without_words_is_refused(waltz, job, real):
    rewrite(waltz, "1")
    odd = replace(waltz, timeline=replace(waltz.timeline, metres=(Metre(0, 28, 4),)), sections=())
    with pytest.raises(InputError, match="28/4"):
        job(odd)


@pytest.mark.parametrize("name", ["chords", "scale", "limits", "controls", "chord_tones"])
def test_wishes_for_the_composer_are_not_lost_on_others(waltz, band, name):
    score = band.score_of(band.tune(2))
    with pytest.raises(RequestError, match=f"{name} and model contradict"):
        continue_(score, **{name: "off"})
    if name != "chords":
        with pytest.raises(RequestError, match=f"{name} and model contradict"):
            accompany(score, model="gan", **{name: "off"})
    with pytest.raises(RequestError, match="locked and model contradict"):
        vary(score, locked="1")
    with pytest.raises(ScoreError, match="needs 4/4, 2/2 or 2/4; got 3/4"):
        vary(waltz)


def test_a_model_that_does_another_job_is_refused(band):
    score = band.score_of(band.tune(2))
    for job, model in ((continue_, "seq2seq"), (accompany, "seq2seq"), (vary, "gan")):
        with pytest.raises(RequestError, match=f"or composer for this; got {model}"):
            job(score, model=model)


def test_a_melody_is_needed(waltz):
    drums = waltz.with_tracks([waltz.tracks[3]])
    for job in (ALL["arrange"], ALL["accompany"]):
        with pytest.raises(RequestError, match="must have a melody"):
            job(drums)
