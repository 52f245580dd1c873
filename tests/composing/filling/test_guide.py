"""A guide says what may follow: the script where there is one, and elsewhere what grammar, limits and wishes leave."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.composing.filling import Limits, TrackLimits, fill, violations
from boya.composing.filling.desk import desk_of
from boya.composing.filling.guide import guide_of
from boya.composing.filling.passage import next_passage
from boya.composing.filling.steering import Steering
from boya.representation.stream import VOCABULARY, controls_of, encode
from boya.score import Track

FLUTE, PIANO, BASS = 73, 0, 33


def guide(sheet, selection, context=1024, words=""):
    """A guide after some words."""
    made, rows = desk_of(sheet, selection), ((),) * sheet.n_tracks
    passage = next_passage(made, rows, 0, context)
    guide = guide_of(made, passage, rows, context)()
    for token in VOCABULARY.read(words).tolist():
        assert guide.allowed()[token], VOCABULARY.names[token]
        guide.take(token)
    return guide


def kinds(mask):
    return {VOCABULARY.kind_names[token] for token in np.flatnonzero(mask)}


def values(mask, kind):
    return [VOCABULARY.names[token] for token in np.flatnonzero(mask) if VOCABULARY.kind_names[token] == kind]


def test_the_script_is_forced_and_then_the_notes_are_free(desk):
    sheet = desk.sheet(Track(program=FLUTE), n_bars=2, chords=[(0, 8, 0, "maj")])
    bar = guide(sheet, desk.select(sheet))
    said = []
    while bar.forced() is not None:
        assert np.flatnonzero(bar.allowed()).tolist() == [bar.forced()]
        said.append(VOCABULARY.names[bar.forced()])
        bar.take(bar.forced())
    assert said == ["bar:0", "metre:4/4", "tempo:101", "chord:0", "root:0", "quality:maj"]
    assert kinds(bar.allowed()) == {"slot", "bar"}  # no chord, no attribute that the sheet has not


def test_pitches_of_the_limits_as_they_sound(desk):
    limits = Limits((TrackLimits(lowest=60, highest=72),), scale="key")
    sheet = desk.sheet(Track(program=FLUTE), desk.scale(1), n_bars=1, tonic=2, limits=limits)
    note = guide(sheet, desk.select(sheet, [0]), words="bar:0 slot:0 at:0 vel:5 dur:12")
    assert values(note.allowed(), "pitch") == [f"pitch:{p - 2}" for p in (61, 62, 64, 66, 67, 69, 71)]  # D major, told in C


def test_a_position_is_open_where_a_pitch_is_possible(desk):
    limits = Limits((TrackLimits(lowest=62, highest=63),), chord_tones="all")
    sheet = desk.sheet(Track(program=FLUTE), desk.scale(1), n_bars=1, chords=[(0, 1, 0, "maj"), (1, 1, 7, "maj")], limits=limits)
    hole = guide(sheet, desk.select(sheet, [0]), words="bar:0 slot:0")
    # under C nothing fits, under G its fifth does, later there is no chord
    assert values(hole.allowed(), "at") == [f"at:{step}" for step in range(12, 48)]


def test_strong_beats_ask_for_chord_tones(desk):
    sheet = desk.sheet(
        Track(program=PIANO), desk.scale(1), n_bars=1, chords=[(0, 4, 0, "5")], limits=Limits(chord_tones="strong")
    )
    for step, classes in ((0, {0, 7}), (18, set(range(12))), (24, {0, 7})):
        note = guide(sheet, desk.select(sheet, [0]), words=f"bar:0 slot:0 at:{step} vel:5 dur:12")
        assert {int(name.split(":")[1]) % 12 for name in values(note.allowed(), "pitch")} == classes


def test_a_chord_has_as_many_notes_as_there_are_voices(desk):
    sheet = desk.sheet(desk.track((0, 8, 30), program=PIANO), n_bars=2, limits=Limits((TrackLimits(voices=3),)))
    two = guide(sheet, desk.select(sheet, [0], [1]), words="bar:1 last slot:0 at:0 vel:5 dur:12 pitch:60")
    assert {"pitch", "dur", "vel"} <= kinds(two.allowed())
    two.take(VOCABULARY.id("pitch:64"))
    assert kinds(two.allowed()) == {"at", "end"}


def test_a_track_that_must_play_cannot_be_passed_over(desk):
    sheet = desk.sheet(Track(program=FLUTE), Track(program=BASS), n_bars=2)
    last = guide(sheet, desk.select(sheet), words="bar:0 metre:4/4 tempo:101 bar:1 last")
    assert values(last.allowed(), "slot") == ["slot:0"]
    assert "end" not in kinds(last.allowed())
    for token in VOCABULARY.read("slot:0 at:0 vel:5 dur:12 pitch:72").tolist():
        last.take(token)
    assert "end" not in kinds(last.allowed())
    for token in VOCABULARY.read("slot:1 at:0 vel:5 dur:12 pitch:40").tolist():
        last.take(token)
    assert "end" in kinds(last.allowed())


def test_a_bar_that_runs_out_of_room_is_brought_to_an_end(desk):
    sheet = desk.sheet(Track(program=PIANO), n_bars=4)
    selection = desk.select(sheet)
    endless = desk.Leaning(200, slot=600, at=600)
    endless.logits[VOCABULARY.span("at")] -= 10 * np.arange(96)  # the next step, always
    filled = fill(sheet, selection, np.random.default_rng(0), composer=endless, candidates=1)
    assert filled.is_complete
    assert len(endless.prompts) == 4  # a bar each time
    bars, counts = np.unique(filled.scores[0].tracks[0].notes["onset"] // 1920, return_counts=True)
    assert bars.tolist() == [0, 1, 2, 3]
    assert counts.min() > 20


@pytest.mark.parametrize("wishes", [(0, 1, 0, 0), (2, 3, 1, 2), (4, 5, 3, 3), (1, 2, 2, 1), (3, 0, -1, -1)])
def test_wishes_are_met_by_a_composer_that_knows_nothing(desk, wishes):
    tracks = [Track(program=PIANO), Track(program=PIANO)]
    controls = np.array([wishes, (-1, -1, -1, -1)], np.int8)
    met = []
    for seed in range(8):
        sheet = desk.sheet(*tracks, n_bars=4, controls=controls)
        composer = desk.Leaning(bar=4, slot=4, at=4, pitch=2)
        composer.logits[VOCABULARY.span("at")] -= 0.1 * np.arange(96)  # or a bar is soon at its end
        score = fill(sheet, desk.select(sheet), np.random.default_rng(seed), composer=composer, candidates=2).scores[0]
        met.append(controls_of(encode(score), 0, 4)[0])
    share = np.mean(np.array(met) == np.array(wishes), axis=0)
    assert (share[np.array(wishes) >= 0] > 0.7).all(), np.array(met)


notes = st.tuples(st.integers(0, 3), st.integers(0, 47), st.integers(0, 127), st.integers(0, 7))
wished = st.tuples(st.integers(-1, 4), st.integers(-1, 5), st.integers(-1, 3), st.integers(-1, 3))


@settings(max_examples=100, deadline=None)
@given(wished, st.lists(notes, max_size=8))
def test_steering_always_leaves_something_and_never_pulls_both_ways(wishes, given_notes):
    steering = Steering(wishes)
    for bar, step, pitch, velocity in sorted(given_notes):
        steering.add(bar, step, pitch, velocity)
    for mask, wish in ((steering.pitches, wishes[1]), (steering.velocities, wishes[3])):
        assert (mask is None) == (wish < 0)
        assert mask is None or mask.any()
    if given_notes and sorted(given_notes)[0][0] == 0:
        assert not (steering.is_thin and steering.is_full)
        assert not (steering.is_bare and steering.is_thick)


def echoed(sheet, bar, slot=0):
    """What a track can say again in a bar of which all is written."""
    return values(guide(sheet, desk_select(sheet, slot, bar), words=f"bar:{bar} slot:{slot}").allowed(), "same")


def desk_select(sheet, slot, bar):
    selection = sheet.blank_selection()
    selection[slot, bar] = True
    return selection


def test_what_was_played_can_be_played_again(desk):
    sheet = desk.sheet(desk.track((0, 1, 60), (4, 1, 62), (12, 1, 64), program=FLUTE), desk.scale(4), n_bars=4)
    assert echoed(sheet, 2) == ["same:1", "same:2"]


def test_only_where_limits_hold_for_all_of_it(desk):
    line = desk.track((0, 1, 60), (1, 1, 64), (4, 1, 62), (5, 1, 65), (12, 1, 64), program=FLUTE)
    chords = [(0, 4, 0, "maj"), (4, 4, 2, "min"), (8, 8, 0, "maj")]
    bound = desk.sheet(line, desk.scale(4), n_bars=4, chords=chords, limits=Limits(chord_tones="all"))
    assert echoed(bound, 2) == ["same:2"]  # C and E, not D and F, are of the chord
    low = desk.sheet(line, desk.scale(4), n_bars=4, limits=Limits((TrackLimits(highest=64),)))
    assert echoed(low, 2) == ["same:2"]
    near = desk.sheet(line, desk.scale(4), n_bars=4, limits=Limits((TrackLimits(leap=3),)))
    assert echoed(near, 2) == ["same:1"]


@pytest.mark.parametrize(("voices", "expected"), [(2, []), (3, ["same:1"])])
def test_only_where_there_are_voices_for_it(desk, voices, expected):
    line = desk.track((3, 12, 40), (4, 1, 60), (4, 1, 64), program=PIANO)  # the first note sounds through all bars
    sheet = desk.sheet(line, desk.scale(4), n_bars=4, limits=Limits((TrackLimits(voices=voices),)))
    assert echoed(sheet, 2) == expected


def test_only_what_is_wished(desk):
    full, bare = [(n / 4, 0.25, 60) for n in range(16)], [(4, 1, 62)]
    sheet = desk.sheet(
        desk.track(*full, *bare, (12, 1, 64), program=FLUTE),
        desk.scale(4),
        n_bars=4,
        controls=np.array([[0, -1, -1, -1], [-1] * 4], np.int8),
    )
    assert echoed(sheet, 2) == ["same:1"]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 3), st.integers(2, 9))
def test_echoes_never_break_a_limit(desk, seed, voices, leap):
    limits = Limits(
        (TrackLimits(voices=voices, leap=leap), TrackLimits(lowest=30, highest=50)), scale="key", chord_tones="strong"
    )
    chords = [(4 * bar, 4, (0, 5, 7, 9)[bar % 4], "maj") for bar in range(6)]
    sheet = desk.sheet(Track(program=PIANO), Track(program=BASS), desk.scale(6), n_bars=6, chords=chords, limits=limits)
    selection = desk.select(sheet, [0, 1])
    composer = desk.Leaning(same=6, bar=2, slot=2, at=1)
    made = fill(sheet, selection, np.random.default_rng(seed), composer=composer, candidates=2)
    assert violations(sheet, selection, made.scores[0]) == ()
