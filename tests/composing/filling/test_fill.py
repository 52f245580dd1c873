"""Filling a sheet: what stays stays, what is asked for is written, as long as it was asked to be."""

import numpy as np
import pytest

from boya.composing.filling import Limits, Sheet, TrackLimits, fill, violations
from boya.composing.filling.limits import LEAP_STEPS
from boya.errors import RequestError, StreamError
from boya.score import Metre, Track, note_array

FLUTE, PIANO, BASS = 73, 0, 33


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("metre", [(4, 4), (3, 4), (6, 8), (7, 8), (12, 8)], ids=lambda m: f"{m[0]}/{m[1]}")
@pytest.mark.parametrize("n_bars", [1, 5])
def test_a_new_piece_has_the_bars_that_were_asked_for(desk, metre, n_bars):
    sheet = desk.sheet(Track(program=FLUTE), Track(program=BASS), Track(is_drum=True), n_bars=n_bars, metre=metre)
    for likings in ({}, {"bar": 6}, {"bar": 6, "long": 4}):
        filled = fill(sheet, desk.select(sheet), rng(), composer=desk.Leaning(**likings))
        assert filled.is_complete
        assert filled.scores[0].n_bars == n_bars
        assert all(track.n_notes for track in filled.scores[0].tracks)
        assert violations(sheet, desk.select(sheet), filled.scores[0]) == ()


def test_notes_outside_the_selection_stay_as_they_were_even_off_the_steps(desk):
    loose = Track(
        note_array([(13, 461, 60, 77), (1911, 333, 64, 3), (1925, 20, 67, 99), (3833, 500, 65, 80)]), PIANO, name="Loose"
    )
    sheet = desk.sheet(loose, desk.scale(4, program=BASS), n_bars=4)
    selection = desk.select(sheet, [0], [1])
    filled = fill(sheet, selection, rng(), composer=desk.Uniform(), alternatives=3)
    for score in filled.scores:
        kept = {(13, 461, 60, 77), (3833, 500, 65, 80)}  # the two in the middle lie in bar 1 when rounded to steps
        assert kept <= set(score.tracks[0].notes.tolist())
        assert not {(1911, 333, 64, 3), (1925, 20, 67, 99)} & set(score.tracks[0].notes.tolist())
        assert score.tracks[1] == sheet.score.tracks[1]
        assert (score.title, score.licence, score.tracks[0].name) == ("Sheet", "CC0", "Loose")
        assert score.timeline is sheet.score.timeline


def test_a_scripted_composer_is_written_down(desk):
    sheet = desk.sheet(desk.scale(3, program=FLUTE), n_bars=3, tonic=2)
    composer = desk.Scripted("at:0 vel:5 dur:24 pitch:65 bar:2")
    score = fill(sheet, desk.select(sheet, [0], [1]), rng(), composer=composer, temperature=0).scores[0]
    inside = [row for row in desk.rows_of(score.tracks[0]) if 4 <= row[0] < 8]
    assert inside == [(4, 2, 67)]  # the stream is in C, the piece in D


def test_the_same_numbers_give_the_same_scores(desk):
    sheet = desk.sheet(desk.scale(6, program=FLUTE), Track(program=BASS), n_bars=6)
    selection = desk.select(sheet, [1]) | desk.select(sheet, [0], [2, 3])
    first, again, other = (
        fill(sheet, selection, rng(seed), composer=desk.Uniform(512), alternatives=2).scores for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_alternatives_differ_and_come_best_first(desk):
    sheet = desk.sheet(desk.scale(4, program=FLUTE), n_bars=4)
    filled = fill(sheet, desk.select(sheet, [0], [1, 2]), rng(), composer=desk.Uniform(), alternatives=5, candidates=1)
    assert len(set(filled.scores)) == 5
    assert list(filled.distances) == sorted(filled.distances)


def test_alternatives_go_on_each_by_itself_over_many_passages(desk):
    sheet = desk.sheet(Track(program=FLUTE), Track(program=BASS), n_bars=20)
    composer = desk.Leaning(600, slot=5)
    filled = fill(sheet, desk.select(sheet), rng(), composer=composer, alternatives=2, candidates=2)
    assert len(composer.prompts) > 4
    assert len(set(filled.scores)) == 2
    assert all(violations(sheet, desk.select(sheet), score) == () for score in filled.scores)


def test_there_are_no_more_alternatives_than_the_limits_leave(desk):
    limits = Limits((TrackLimits(keys=frozenset({36}), voices=1),))
    sheet = desk.sheet(
        Track(is_drum=True), n_bars=1, metre=(1, 16), limits=limits
    )  # three places, two at least are silent or not
    filled = fill(
        sheet, desk.select(sheet), rng(), composer=desk.Scripted("at:0 vel:5 drum:36 end"), temperature=0, alternatives=3
    )
    assert len(filled.scores) == 1
    assert "Of 3 alternatives 1 are different" in filled.report[0]


def test_the_judge_decides(desk):
    sheet = desk.sheet(desk.scale(2, program=PIANO), n_bars=2)
    selection = desk.select(sheet, [0], [1])
    asked = []

    def most_notes(scores, given, written):
        asked.append((len(scores), given is sheet, written.tolist()))
        return np.array([-score.n_notes for score in scores], dtype=float)

    filled = fill(sheet, selection, rng(), composer=desk.Uniform(), candidates=6, alternatives=3, judge=most_notes)
    counts = [score.n_notes for score in filled.scores]
    assert counts == sorted(counts, reverse=True)
    assert [-count for count in counts] == list(filled.distances)
    assert asked == [(8, True, selection.tolist())]


def test_every_passage_is_heard_and_every_bar_of_a_single_draft(desk):
    sheet = desk.sheet(Track(program=FLUTE), n_bars=12)
    for candidates, n_times in ((3, {2, 3}), (1, {12})):
        heard = []
        filled = fill(
            sheet,
            desk.select(sheet),
            rng(),
            composer=desk.Leaning(bar=3),
            candidates=candidates,
            listen=lambda score, n_done, n_all: heard.append((score, n_done, n_all)),  # noqa: B023  (called at once)
        )
        counts = [n_done for _, n_done, _ in heard]
        assert counts == sorted(set(counts))
        assert len(counts) in n_times
        assert {n_all for *_, n_all in heard} == {12}
        assert counts[-1] == 12
        assert heard[-1][0] == filled.scores[0]


def test_a_halt_returns_what_is_settled(desk):
    sheet = desk.sheet(Track(program=FLUTE), n_bars=40)
    heard = []
    filled = fill(
        sheet,
        desk.select(sheet),
        rng(),
        composer=desk.Uniform(),
        candidates=2,
        listen=lambda score, *counts: heard.append((score, *counts)),
        is_cancelled=lambda: len(heard) == 2,
    )
    assert not filled.is_complete
    assert filled.scores == (heard[1][0],)
    assert f"halted after {heard[1][1]} of 40" in filled.report[-1]


def test_a_halt_before_anything_is_written_returns_the_sheet_without_what_was_given_up(desk):
    sheet = desk.sheet(desk.scale(3, program=FLUTE), n_bars=3)
    filled = fill(sheet, desk.select(sheet, [0], [1]), rng(), composer=desk.Uniform(), is_cancelled=lambda: True)
    assert not filled.is_complete
    assert [on for on, *_ in desk.rows_of(filled.scores[0].tracks[0])] == [0, 1, 2, 3, 8, 9, 10, 11]


def test_a_note_gives_way_to_a_kept_one_of_its_pitch_that_is_not_on_a_step(desk):
    kept = note_array([(0, 1930, 67, 80), (3833, 100, 69, 80)])
    sheet = Sheet(desk.piece(Track(kept, FLUTE)), 3)
    composer = desk.Scripted("at:0 vel:5 dur:24 pitch:67 at:24 dur:95 pitch:69 bar:2")
    score = fill(sheet, desk.select(sheet, [0], [1]), rng(), composer=composer, temperature=0).scores[0]
    assert [row[:3] for row in score.tracks[0].notes.tolist()] == [
        (0, 1930, 67),
        (1930, 950, 67),
        (2880, 953, 69),
        (3833, 100, 69),
    ]


def test_a_line_lets_go_of_a_note_when_the_next_begins(desk):
    sheet = desk.sheet(Track(program=FLUTE), n_bars=1)
    composer = desk.Scripted("at:0 vel:5 dur:48 pitch:70 at:12 pitch:72 at:24 pitch:72 end")
    score = fill(sheet, desk.select(sheet), rng(), composer=composer, temperature=0).scores[0]
    assert desk.rows_of(score.tracks[0]) == [(0, 1, 70), (1, 1, 72), (2, 2, 72)]


def test_kept_notes_count_as_voices_and_are_never_let_go(desk):
    held = desk.track((0, 8, 60), (0, 8, 64), program=PIANO)
    sheet = desk.sheet(held, n_bars=2, limits=Limits((TrackLimits(voices=3),)))
    for seed in range(20):
        score = fill(sheet, desk.select(sheet, [0], [1]), rng(seed), composer=desk.Leaning(at=1)).scores[0]
        assert set(held.notes.tolist()) <= set(score.tracks[0].notes.tolist())
        assert violations(sheet, desk.select(sheet, [0], [1]), score) == ()


def test_a_leap_is_limited_towards_both_neighbours(desk):
    ends = desk.track((0, 4, 60), (8, 4, 84), program=PIANO)
    sheet = desk.sheet(ends, n_bars=3, limits=Limits((TrackLimits(leap=12),)))
    for seed in range(20):
        score = fill(sheet, desk.select(sheet, [0], [1]), rng(seed), composer=desk.Leaning(at=2)).scores[0]
        line = [row for row in desk.rows_of(score.tracks[0]) if 4 <= row[0] < 8]
        assert line
        assert all(pitch >= 84 - 12 for onset, _, pitch in line if 8 - onset <= LEAP_STEPS / 12)
        assert violations(sheet, desk.select(sheet, [0], [1]), score) == ()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"alternatives": 0}, "alternatives must be"),
        ({"candidates": 1000}, "candidates must be"),
        ({"temperature": -1}, "temperature"),
    ],
)
def test_settings_out_of_range(desk, settings, message):
    sheet = desk.sheet(Track(), n_bars=1)
    with pytest.raises(RequestError, match=message):
        fill(sheet, desk.select(sheet), rng(), composer=desk.Uniform(), **settings)


def test_a_metre_without_a_word_is_known_before(desk):
    sheet = desk.sheet(Track(), n_bars=2, metre=(9, 4))
    composer = desk.Uniform()
    with pytest.raises(StreamError, match="9/4"):
        fill(sheet, desk.select(sheet), rng(), composer=composer)
    assert not composer.prompts


def test_metres_change_inside_what_is_written(desk):
    metres = (Metre(0, 4, 4), Metre(1920, 7, 8), Metre(1920 + 1680, 3, 4))
    sheet = desk.sheet(Track(program=FLUTE), desk.scale(10, 1, program=BASS), n_bars=3, metres=metres)
    selection = desk.select(sheet, [0])
    for seed in range(10):
        score = fill(sheet, selection, rng(seed), composer=desk.Uniform()).scores[0]
        assert violations(sheet, selection, score) == ()
        assert score.bar_bounds.tolist() == [0, 1920, 3600, 5040]


def test_a_last_bar_that_a_metre_cuts_short_ends_where_it_is_cut(desk):
    metres = (Metre(0, 3, 4), Metre(3360, 4, 4))  # two bars of three quarters, and one of one quarter
    sheet = desk.sheet(Track(program=FLUTE), n_bars=3, metres=metres)
    for seed in range(20):
        score = fill(sheet, desk.select(sheet), rng(seed), composer=desk.Leaning(at=2, long=3)).scores[0]
        assert 2880 < score.end <= 3360


def test_the_last_bar_sounds_even_if_every_track_has_played(desk):
    sheet = desk.sheet(Track(program=FLUTE), Track(program=BASS), n_bars=3)
    composer = desk.Scripted("slot:0 at:0 vel:5 dur:12 pitch:72 slot:1 at:0 vel:5 dur:12 pitch:40 bar:1 bar:2 end")
    score = fill(sheet, desk.select(sheet), rng(), composer=composer, temperature=0).scores[0]
    assert [row[0] for track in score.tracks for row in desk.rows_of(track)] == [0, 8, 0]
    held = desk.Scripted("slot:0 at:0 vel:5 long:1 dur:12 pitch:72 slot:1 at:0 vel:5 dur:12 pitch:40 bar:1 bar:2 end")
    score = fill(sheet, desk.select(sheet), rng(), composer=held, temperature=0).scores[0]
    assert [desk.rows_of(track) for track in score.tracks] == [[(0, 9, 72)], [(0, 1, 40)]]  # it sounds into the last bar
