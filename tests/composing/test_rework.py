"""Vary, change, morph, continue, accompany: what is given stays as it is where it should, and what is new obeys the rules."""

import numpy as np
import pytest

from boya.composing import accompany, change, continue_, morph, vary
from boya.errors import RequestError, ScoreError
from boya.files import read_bytes, write_bytes
from boya.score import Chord, Key, Score, Section, Tempo, note_ends

BAR = 1920


def denser(score, seed=0):
    return change(score, "density", 1.5, seed=seed)


ALL = (vary, denser, continue_, accompany)


@pytest.fixture(autouse=True, scope="module")
def _scripted(fakes):
    """All tests here use scripted models."""


@pytest.fixture
def song(band):
    """A tune in D with a bass, a second accompaniment and drums, and a chord a bar."""
    chords = [Chord(bar * BAR, BAR, (2, 7, 9, 2)[bar % 4], "maj") for bar in range(8)]
    return band.score_of(
        band.track("bass", *[(16 * bar, 16, (38, 43, 45, 38)[bar % 4]) for bar in range(8)], program=33, name="Low"),
        band.tune(8, tonic=2, program=73, name="Whistle"),
        band.track("chords", *[(16 * bar + 8, 4, p) for bar in range(8) for p in (62, 66, 69)], program=24, name="Guitar"),
        band.track("drums", *[(4 * n, 1, (36, 38)[n % 2]) for n in range(32)], name="Kit"),
        tonic=2,
        qpm=88.0,
        chords=chords,
        sections=[Section(0, 4 * BAR, "A"), Section(4 * BAR, 4 * BAR, "B")],
        title="Song",
    )


def without(score, role):
    return [t for t in score.tracks if t.role != role]


# Vary


def test_no_variation_keeps_the_melody(song, band):
    piece = vary(song, 0.0)
    assert band.notes_of(piece.score, "melody") == band.notes_of(song, "melody")
    assert [t.name for t in piece.score.tracks] == ["Low", "Whistle", "Guitar", "Kit"]
    assert piece.score.tracks[1].program == 73


@pytest.mark.parametrize("amount", [0.0, 0.5, 1.0])
def test_all_but_the_melody_stays(song, amount):
    piece = vary(song, amount, seed=1)
    kept = [[(t.name, t.program, t.is_drum, t.notes.tolist()) for t in without(s, "melody")] for s in (piece.score, song)]
    assert kept[0] == kept[1]
    assert (piece.score.timeline, piece.score.chords, piece.score.sections) == (song.timeline, song.chords, song.sections)
    assert piece.score.n_bars == 8


def test_more_variation_moves_more(song, band):
    original = set(band.notes_of(song, "melody"))
    kept = [len(original & set(band.notes_of(vary(song, amount, seed=2).score, "melody"))) for amount in (0.0, 0.2, 0.9)]
    assert kept[0] == len(original)
    assert kept[0] > kept[1] > kept[2]


def test_silent_bars_of_a_melody_stay_silent(band):
    score = band.score_of(band.track("melody", (0, 4, 60), (100, 4, 64)))
    found = band.notes_of(vary(score, 1.0, seed=1).score, "melody")
    assert all(on < 32 or on >= 96 for on, _, _ in found)


def test_two_melody_tracks_become_one(band):
    score = band.score_of(band.track("melody", (0, 4, 60)), band.track("bass", (0, 8, 40)), band.track("melody", (8, 4, 64)))
    piece = vary(score, 0.0)
    assert [t.role for t in piece.score.tracks] == ["melody", "bass"]
    assert band.notes_of(piece.score, "melody") == [(0, 4, 60), (8, 4, 64)]


# Change


def test_no_change_keeps_the_melody(song, band):
    piece = change(song, "register", 0)
    assert band.notes_of(piece.score, "melody") == band.notes_of(song, "melody")
    assert piece.report["before"] == piece.report["after"]


@pytest.mark.parametrize("attribute", ["density", "register", "syncopation"])
@pytest.mark.parametrize("by", [-2, -0.5, 0.5, 2])
def test_all_but_the_melody_stays_when_it_changes(song, attribute, by):
    piece = change(song, attribute, by, seed=1)
    kept = [[(t.name, t.program, t.is_drum, t.notes.tolist()) for t in without(s, "melody")] for s in (piece.score, song)]
    assert kept[0] == kept[1]
    assert [t.name for t in piece.score.tracks] == ["Low", "Whistle", "Guitar", "Kit"]
    assert (piece.score.timeline, piece.score.chords, piece.score.sections) == (song.timeline, song.chords, song.sections)
    assert (piece.report["after"] - piece.report["before"]) * by >= 0


def test_a_change_is_heard_and_told(song, band):
    high, low = (change(song, "register", by) for by in (1, -1))
    heights = [np.mean([p for _, _, p in band.notes_of(score, "melody")]) for score in (low.score, song, high.score)]
    assert heights[0] < heights[1] < heights[2]
    told = {"attribute": "register", "before": round(heights[1], 3), "after": round(heights[2], 3), "unit": "MIDI pitch"}
    assert high.report == told
    assert low.report["after"] == pytest.approx(heights[0], abs=1e-3)
    dense, thin = (len(band.notes_of(change(song, "density", by).score, "melody")) for by in (2, -2))
    assert thin < len(band.notes_of(song, "melody")) == 32 < dense


def test_names_of_attributes_are_read_as_people_write_them(song):
    assert change(song, "Density", seed=1).request["wishes"] == {"attribute": "density", "by": 1.0, "seed": 1}


# Morph


def test_a_morph_leads_from_one_melody_to_the_other(band):
    first, second = band.score_of(band.tune(2)), band.score_of(band.tune(4, tonic=4), tonic=9, qpm=60.0)
    piece = morph(first, second, 5)
    start, goal = band.notes_of(first, "melody"), band.notes_of(second.transpose(3), "melody")
    found = band.notes_of(piece.score, "melody")
    assert [n for n in found if n[0] < 32] == [n for n in start if n[0] < 32]
    assert [(on - 128, n, p % 12) for on, n, p in found if on >= 128] == [(on, n, p % 12) for on, n, p in goal if on < 32]
    assert piece.score.n_bars == 10
    assert [s.label for s in piece.score.sections] == ["1", "2", "3", "4", "5"]
    assert piece.score.timeline.tempos[0].qpm == 100.0
    assert piece.score.timeline.keys[0].tonic == 0


def test_a_morph_begins_where_the_melodies_begin(band):
    late = band.score_of(band.track("melody", (70, 4, 60), (78, 2, 64)), band.track("bass", (0, 100, 36)))
    piece = morph(late, late, 2)
    assert band.notes_of(piece.score, "melody") == [(6, 4, 60), (14, 2, 64), (38, 4, 60), (46, 2, 64)]


# Continue


@pytest.mark.parametrize("bars", [1, 3, 8, 33])
def test_what_was_given_stays_and_so_many_bars_are_added(song, band, bars):
    piece = continue_(song, bars=bars, seed=1)
    score = piece.score
    assert score.n_bars == 8 + bars
    assert score.end == (8 + bars) * BAR
    assert len(score.tracks) == 4
    for before, after in zip(song.tracks, score.tracks, strict=True):
        assert (after.name, after.program, after.is_drum) == (before.name, before.program, before.is_drum)
        assert after.notes[: before.n_notes].tolist() == before.notes.tolist()
        assert (after.notes["onset"][before.n_notes :] >= 8 * BAR).all()
        assert (note_ends(after.notes) <= score.end).all()
        assert bars < 3 or after.n_notes > before.n_notes
    assert score.chords[: len(song.chords)] == song.chords
    assert [c.root for c in score.chords[8:]] == [(2, 7, 9, 2)[bar % 4] for bar in range(bars)]
    assert [c.onset for c in score.chords[8:]] == [(8 + bar) * BAR for bar in range(bars)]
    assert score.timeline == song.timeline
    assert score.sections[:2] == song.sections


def test_a_continuation_can_be_continued(song):
    once = continue_(song, bars=4, seed=1).score
    twice = continue_(once, bars=4, seed=2).score
    assert twice.n_bars == 16
    assert len(twice.tracks) == 4
    assert [c.root for c in twice.chords] == [2, 7, 9, 2] * 4


def test_new_bars_are_in_key(song):
    score = continue_(song, bars=16, seed=3).score
    for t in score.tracks:
        if not t.is_drum:
            fresh = t.notes["pitch"][t.notes["onset"] >= 8 * BAR]
            assert set((fresh - 2) % 12) <= {0, 2, 4, 5, 7, 9, 11}


def test_silent_roles_are_not_invented(band):
    score = continue_(band.score_of(band.tune(2)), bars=4).score
    assert {t.role for t in score.tracks} == {"melody"}


def test_silent_bars_at_the_end_are_left_out(band):
    score = band.score_of(band.tune(3), sections=[Section(0, 6 * BAR, "A")], chords=[Chord(0, 6 * BAR, 0)])
    piece = continue_(score, bars=2)
    assert piece.score.n_bars == 5
    assert [(s.label, s.duration // BAR) for s in piece.score.sections] == [("A", 3), ("continuation", 2)]


def test_the_end_decides_tempo_key_and_metre(band):
    score = band.score_of(band.tune(6), metres=((0, 3, 4), (1440, 4, 4)))
    line = score.timeline
    line = type(line)((Tempo(0, 70.0), Tempo(3 * BAR, 140.0)), line.metres, (Key(0, 5), Key(2 * BAR, 0, "minor")))
    score = Score(score.tracks, line, (Chord(0, 6 * BAR, 0, "min"),))
    n_bars = score.n_bars
    more = continue_(score, bars=4).score
    assert more.n_bars == n_bars + 4
    assert more.timeline == line
    new = np.concatenate([t.notes["pitch"][t.notes["onset"] >= 6 * BAR] for t in more.tracks])
    assert set(new % 12) <= {0, 2, 3, 5, 7, 8, 10}


def test_bars_of_two_quarters(band):
    score = band.score_of(band.tune(3), metres=((0, 2, 4),))
    assert score.n_bars == 6
    assert continue_(score, bars=5).score.n_bars == 11
    assert continue_(score, bars=5).score.timeline.metres == score.timeline.metres


# Accompany


def test_the_melody_is_untouched_and_a_band_is_there(song, band):
    piece = accompany(song, seed=1, style="bossa nova")
    (before,), (after,) = ([t for t in s.tracks if t.role == "melody"] for s in (song, piece.score))
    assert before == after
    assert {"chords", "bass"} <= {t.role for t in piece.score.tracks}
    assert [(row, n) for row, n, _ in band.forbidden(piece) if row != "melody"] == []
    assert piece.score.timeline == song.timeline
    assert piece.score.chords == song.chords
    assert (piece.score.sections, piece.score.title) == (song.sections, "Song")
    assert piece.score.n_bars == 8


def test_an_accompaniment_keeps_every_tempo(band):
    score = band.score_of(band.tune(4))
    line = type(score.timeline)((Tempo(0, 70.0), Tempo(700, 90.0)), score.timeline.metres, score.timeline.keys)
    assert accompany(Score(score.tracks, line)).score.timeline == line


def test_off_grid_notes_of_a_melody_stay_off_grid(band):
    rough = band.score_of(band.tune(2))
    moved = rough.tracks[0].notes.copy()
    moved["onset"] += 37
    rough = rough.with_tracks([type(rough.tracks[0])(moved, role="melody")])
    (melody,) = (t for t in accompany(rough).score.tracks if t.role == "melody")
    assert melody.notes.tolist() == moved.tolist()


def test_a_long_melody(band):
    assert accompany(band.score_of(band.tune(300)), candidates=1).score.n_bars == 300
    assert vary(band.score_of(band.tune(300)), 0.5).score.n_bars == 300
    with pytest.raises(RequestError, match="a plan must have 1-512 bars; got 513"):
        accompany(band.score_of(band.tune(513)), candidates=1)


# All of them


@pytest.mark.parametrize("job", ALL)
def test_seeds(song, job):
    first, again, other = (write_bytes(job(song, seed=seed).score, ".mid") for seed in (3, 3, 4))
    assert first == again
    assert first != other


@pytest.mark.parametrize("job", [*ALL, lambda score: morph(score, score)])
def test_errors_are_clear(band, job):
    with pytest.raises(RequestError, match="the score has no notes"):
        job(Score())
    with pytest.raises(ScoreError, match="needs 4/4, 2/2 or 2/4; got 3/4"):
        job(band.score_of(band.tune(6), metres=((0, 3, 4),)))
    with pytest.raises(ScoreError, match=r"got (6/8|3/4)"):
        job(band.score_of(band.tune(6), metres=((0, 6, 8), (2880, 3, 4))))


@pytest.mark.parametrize("job", [vary, denser, accompany, lambda score: morph(score, score)])
@pytest.mark.parametrize("role", ["bass", "drums", "chords"])
def test_a_melody_is_needed(band, job, role):
    with pytest.raises(RequestError, match="must have a melody"):
        job(band.score_of(band.track(role, *[(4 * n, 4, p) for n in range(8) for p in (36, 40, 43)])))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda s: vary(s, 1.5), "amount must be 0-1; got 1.5"),
        (lambda s: vary(s, float("nan")), "amount must be 0-1; got nan"),
        (lambda s: vary(s, "much"), "amount must be 0-1; got 'much'"),
        (lambda s: vary(s, seed=-1), "seed must be a whole number"),
        (lambda s: change(s, "sadness"), "attribute must be a known name; got 'sadness'; known: density, register, syncopation"),
        (lambda s: change(s, "densty"), "did you mean density"),
        (lambda s: change(s, 3), "attribute must be a known name; got 3"),
        (lambda s: change(s, "density", 4.5), "by must be a number from -4 to 4; got 4.5"),
        (lambda s: change(s, "density", float("nan")), "by must be a number from -4 to 4; got nan"),
        (lambda s: change(s, "density", True), "by must be"),
        (lambda s: change(s, "density", seed=-1), "seed must be a whole number"),
        (lambda s: morph(s, s, 1), "steps must be a whole number 2-64; got 1"),
        (lambda s: morph(s, s, 65), "steps must be"),
        (lambda s: morph(s, s, seed=1.5), "seed must be a whole number"),
        (lambda s: continue_(s, bars=0), "bars must be a whole number 1-256; got 0"),
        (lambda s: continue_(s, bars=2.5), "bars must be"),
        (lambda s: continue_(s, candidates=0), "candidates must be"),
        (lambda s: continue_(s, style="jaz"), "did you mean jazz"),
        (lambda s: accompany(s, style="waltz"), "style and metre contradict"),
        (lambda s: accompany(s, candidates=33), "candidates must be"),
        (lambda s: accompany(s, seed=None), "seed must be"),
    ],
)
def test_numbers_out_of_range(song, call, message):
    with pytest.raises(RequestError, match=message):
        call(song)


@pytest.mark.parametrize("job", ALL)
def test_one_bar_is_enough(band, job):
    score = band.score_of(band.tune(1))
    assert job(score).score.n_bars >= 1


@pytest.mark.parametrize("job", [vary, denser, accompany])
def test_of_changing_metres_the_longest_part_on_the_grid_is_taken(band, job):
    score = band.score_of(band.tune(20), metres=((0, 4, 4), (2 * BAR, 2, 4), (2 * BAR + 960, 4, 4), (10 * BAR + 960, 3, 4)))
    piece = job(score)
    assert piece.score.n_bars == 8
    assert piece.score.metre_changes() == score.timeline.metres[:1]


def test_a_continuation_of_changing_metres_begins_after_the_last(band):
    score = band.score_of(band.tune(20), metres=((0, 3, 4), (1440, 2, 4), (2400, 4, 4)))
    more = continue_(score, bars=4).score
    assert more.n_bars == score.n_bars + 4
    with pytest.raises(ScoreError, match="got 3/4"):
        continue_(band.score_of(band.tune(20), metres=((0, 4, 4), (2 * BAR, 3, 4))))


@pytest.mark.parametrize("job", [*ALL, lambda score: morph(score, score)])
def test_a_file_that_says_nothing_but_notes(band, job):
    plain = band.score_of(band.tune(6))
    plain = plain.with_tracks(type(t)(t.notes, t.program) for t in (*plain.tracks, band.track("bass", (0, 16, 36), (16, 16, 43))))
    silent = read_bytes(write_bytes(Score(plain.tracks), ".mid"), ".mid")
    assert not silent.chords
    piece = job(silent)
    assert piece.score.n_notes > 0
    assert "melody" in {t.role for t in piece.score.tracks}
