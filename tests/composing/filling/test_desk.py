"""What cannot be is said before anything is written: which two wishes, and where."""

import numpy as np
import pytest

from boya.composing.filling import Limits, Sheet, TrackLimits, fill
from boya.composing.filling.desk import desk_of
from boya.errors import RequestError
from boya.score import Key, Score, Track

FLUTE, PIANO = 73, 0


def test_an_empty_selection(desk):
    sheet = desk.sheet(Track(), n_bars=2)
    composer = desk.Uniform()
    with pytest.raises(RequestError, match="at least one bar of one track; it is empty"):
        fill(sheet, sheet.blank_selection(), np.random.default_rng(0), composer=composer)
    assert not composer.prompts


@pytest.mark.parametrize("selection", [np.ones((2, 1), bool), np.ones((1, 2), int), np.ones(2, bool)])
def test_a_selection_of_another_sheet(desk, selection):
    with pytest.raises(RequestError, match=r"a selection must be boolean, \(1, 2\)"):
        desk_of(desk.sheet(Track(), n_bars=2), selection)


def test_more_tracks_at_once_than_the_stream_has(desk):
    sheet = desk.sheet(*[Track()] * 300, n_bars=2)
    with pytest.raises(RequestError, match="at most 16 tracks can be written at once; 300 are selected"):
        desk_of(sheet, desk.select(sheet))
    assert len(desk_of(sheet, desk.select(sheet, range(16))).order) == 32


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits((TrackLimits(61, 61),), scale="key"), r"the range 61-61 and the scale .* track 1 \(Flute\) in bar 1"),
        (Limits((TrackLimits(62, 63),), chord_tones="all"), "the range 62-63 and chord tones .* in bar 1"),
        (Limits((TrackLimits(67, 68),), chord_tones="all"), "the range 67-68 and chord tones .* in bar 3"),
        (Limits((TrackLimits(64, 64, chord_tones="all"), TrackLimits()), scale={4}), "in bar 2"),
    ],
)
def test_limits_that_leave_no_pitch_in_a_bar(desk, limits, message):
    chords = [(0, 4, 0, "maj"), (4, 4, 0, "5"), (8, 4, 2, "maj")]  # C, a bare fifth, D
    sheet = desk.sheet(Track(program=FLUTE), Track(program=PIANO), n_bars=3, chords=chords, limits=limits)
    with pytest.raises(RequestError, match=message) as caught:
        desk_of(sheet, desk.select(sheet))
    assert "change one of the" in str(caught.value)
    assert "contradict each other" in str(caught.value)


def test_three_limits_of_which_any_two_can_be_met(desk):
    chords = [(0, 4, 0, "maj")]
    limits = Limits((TrackLimits(62, 64),), scale={2, 7}, chord_tones="all")  # D E; D G and the chord's; C E G
    sheet = desk.sheet(Track(program=FLUTE), n_bars=1, chords=chords, limits=limits)
    assert desk_of(sheet, desk.select(sheet)).due == {(0, 0)}  # E is of the chord, and so of the scale
    strict = Limits((TrackLimits(62, 62),), scale={2, 7}, chord_tones="all")
    with pytest.raises(RequestError, match="the range 62-62 and chord tones"):
        desk_of(desk.sheet(Track(program=FLUTE), n_bars=1, chords=chords, limits=strict), np.ones((1, 1), bool))


def test_kept_notes_that_leave_no_voice(desk):
    held = desk.track((0, 12, 60), (0, 12, 64), program=PIANO)
    sheet = desk.sheet(held, n_bars=3, limits=Limits((TrackLimits(voices=2),)))
    with pytest.raises(RequestError, match=r"the limit of 2 voices and the notes that are kept .* in bars 2-3"):
        desk_of(sheet, desk.select(sheet, [0], [1, 2]))


def test_neighbours_too_far_apart_for_a_leap(desk):
    ends = desk.track((3, 1, 30), (6, 1, 100), program=PIANO)
    sheet = desk.sheet(ends, n_bars=4, metre=(2, 4), limits=Limits((TrackLimits(leap=2),)))
    with pytest.raises(RequestError, match=r"the largest leap of 2 and the notes that are kept .* in bar 3"):
        desk_of(sheet, desk.select(sheet, [0], [2]))


def test_the_last_chance_of_a_track_is_its_last_bar_that_can_sound(desk):
    held = desk.track((8, 4, 60), (8, 4, 62), program=PIANO)
    sheet = desk.sheet(held, Track(is_drum=True), n_bars=4, limits=Limits((TrackLimits(voices=2),)))
    selection = desk.select(sheet, [0], [0, 1, 3]) | desk.select(sheet, [1], [0, 2])
    found = desk_of(sheet, selection)
    assert found.due == {(3, 0), (2, 1)}
    assert found.closing == (3, 0)
    assert found.order == ((0, 1), (0, 0), (1, 0), (2, 1), (3, 0))  # drums before what has no role


def test_nothing_need_close_where_chords_or_kept_notes_reach_the_end_or_the_piece_goes_on(desk):
    bare = {"n_bars": 2}
    for more in ({"chords": [(0, 8, 0, "maj")]}, {"sections": [(0, 8, "A")]}, {"is_open": True}):
        sheet = desk.sheet(Track(program=FLUTE), **bare, **more)
        assert desk_of(sheet, desk.select(sheet)).closing is None
    sheet = desk.sheet(Track(program=FLUTE), desk.scale(2), **bare)
    assert desk_of(sheet, desk.select(sheet, [0])).closing is None
    sheet = desk.sheet(Track(program=FLUTE), **bare)
    assert desk_of(sheet, desk.select(sheet)).closing == (1, 0)


def test_the_scale_follows_the_key_and_holds_the_notes_of_chords(desk):
    keys = (Key(0, 0, "major"), Key(1920, 7, "minor"))
    sheet = desk.sheet(Track(program=FLUTE), n_bars=2, keys=keys, chords=[(2, 1, 1, "maj")], limits=Limits(scale="key"))
    scale = desk_of(sheet, desk.select(sheet)).ground.scale
    assert np.flatnonzero(scale[0]).tolist() == [0, 2, 4, 5, 7, 9, 11]
    assert np.flatnonzero(scale[24]).tolist() == [0, 1, 2, 4, 5, 7, 8, 9, 11]  # over D flat major
    assert np.flatnonzero(scale[48]).tolist() == [0, 2, 3, 5, 7, 9, 10]


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ({"lowest": 128}, "lowest of a track must be"),
        ({"voices": 0}, "voices of a track must be"),
        ({"leap": 1.5}, "leap of a track must be"),
        ({"lowest": 61, "highest": 60}, "lowest=61 and highest=60 contradict"),
        ({"keys": {20}}, "keys must be"),
        ({"keys": ()}, "keys must be"),
        ({"chord_tones": "some"}, "chord_tones must be one of free, strong, all"),
    ],
)
def test_limits_of_a_track_that_are_none(limits, message):
    with pytest.raises(RequestError, match=message):
        TrackLimits(**limits)


@pytest.mark.parametrize("settings", [{"scale": "major"}, {"scale": {12}}, {"scale": ()}, {"chord_tones": "always"}])
def test_limits_that_are_none(settings):
    with pytest.raises(RequestError, match="must be"):
        Limits(**settings)


def test_drum_keys_outside_the_range(desk):
    sheet = desk.sheet(Track(is_drum=True), n_bars=1, limits=Limits((TrackLimits(lowest=40, keys=frozenset({35, 36})),)))
    with pytest.raises(RequestError, match=r"keys 35 Acoustic Bass Drum, 36 .* and range 40-127 contradict"):
        desk_of(sheet, desk.select(sheet))


def test_an_instrument_is_not_asked_for_less_than_it_plays_already(desk):
    low = desk.sheet(desk.track((0, 1, 40), (0, 1, 50), (0, 1, 99), program=FLUTE), n_bars=1)
    bounds = desk_of(low, desk.select(low)).bounds[0]
    assert (min(bounds.pitches), max(bounds.pitches), bounds.voices) == (40, 99, 3)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"score": Score()}, "at least one track"),
        ({"n_bars": 0}, "n_bars of a sheet"),
        ({"n_bars": 2.0}, "n_bars of a sheet"),
        ({"limits": Limits((TrackLimits(),) * 2)}, "takes as many limits; got 2"),
        ({"controls": np.zeros((2, 2, 4), np.int8)}, "controls must be whole numbers of shape"),
        ({"controls": np.zeros((1, 4))}, "controls must be whole numbers of shape"),
        ({"controls": np.array([[0, 6, 0, 0]], np.int8)}, "register must be a class 0-5, or -1 for free; got 6"),
    ],
)
def test_a_sheet_that_is_none(settings, message):
    with pytest.raises(RequestError, match=message):
        Sheet(**{"score": Score((Track(),)), "n_bars": 3} | settings)
