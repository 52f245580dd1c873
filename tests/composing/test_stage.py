"""A stage says the same as its plan, in the models' key and windows."""

import numpy as np
import pytest

from boya.composing.constraints import combine
from boya.composing.plan import plan_of
from boya.composing.request import Request
from boya.composing.stage import WINDOWS, Stage, with_dynamics
from boya.errors import RequestError
from boya.representation.grid import FIRST_PITCH
from boya.score import ROLES, Key
from boya.theory.chords import chord_pitch_classes
from boya.theory.drums import CLASS_PITCHES
from boya.theory.instruments import instruments, playing_range


@pytest.mark.parametrize("key", ["C", "Db", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B", "F# minor", "D dorian"])
def test_masks_are_those_of_the_plan(key):
    plan = plan_of(Request(key=key, bars=3, style="pop", seed=1))
    stage, whole = Stage.of(plan), combine(plan)
    assert (plan.tonic + stage.shift) % 12 == 0
    for role, (low, _) in WINDOWS.items():
        assert stage.mask[role].shape == (48, 48)
        for step in (0, 5, 40):
            pitches = np.flatnonzero(stage.mask[role][step]) + low - stage.shift - stage.lifts[role]
            assert whole[ROLES.index(role), step, pitches].all()
            assert len(pitches)
    assert np.array_equal(stage.mask["drums"], whole[4][:, CLASS_PITCHES])


def test_harmony_is_the_chords_in_c():
    stage = Stage.of(plan_of(Request(key="D", chords="D A7/C# | N.C.", bars=2)))
    assert stage.harmony["root"][[0, 8, 16]].tolist() == [0, 7, -1]
    assert stage.harmony["root_bass"][[0, 8, 16]].tolist() == [0, 11, -1]
    assert {n for n in range(12) if stage.harmony["chroma"][8] >> n & 1} == set(chord_pitch_classes(7, "7"))
    assert not stage.harmony["melody"].any()
    harmony, mask = stage.span(1, 2)
    assert np.array_equal(harmony, stage.harmony[16:32])
    assert np.array_equal(mask["bass"], stage.mask["bass"][16:32])


@pytest.mark.parametrize("role", WINDOWS)
@pytest.mark.parametrize("key", ["Gb", "F"])
def test_every_instrument_that_may_be_asked_for_can_play(role, key):
    silent = []
    for entry in instruments():
        try:
            plan = plan_of(Request(key=key, bars=1, style="pop", band={role: entry.program}))
        except RequestError:
            continue
        stage = Stage.of(plan)
        reach = np.flatnonzero(stage.mask[role].any(axis=0))
        if not len(reach) or np.ptp(reach) < 7 or not stage.mask[role].any(axis=1).all():
            silent.append((entry.name, playing_range(entry.program, role)))
    assert silent == []


def test_a_high_instrument_plays_where_it_is(band):
    plan = plan_of(Request(key="C", chords="C", bars=1, style="pop", band={"chords": "glockenspiel"}))
    stage = Stage.of(plan)
    frames = stage.harmony.copy()
    row = int(np.flatnonzero(stage.mask["chords"][0])[0])
    frames["chords"][:4] = frames["chords_onset"][0] = 1 << row
    ((_, _, pitch),) = band.notes_of(stage.score(frames, np.random.default_rng(0)), "chords")
    low, high = playing_range(9, "chords")
    assert stage.lifts["chords"] == -24
    assert low <= pitch <= high
    assert pitch % 12 in (0, 4, 7)


def test_who_plays_one_note_at_a_time_plays_the_highest(band):
    plan = plan_of(Request(key="C", chords="C", bars=1, style="pop", band={"chords": "flute", "pad": "piano"}))
    stage = Stage.of(plan)
    frames = stage.harmony.copy()
    rows = np.flatnonzero(stage.mask["chords"][0])[:3].tolist()
    for role in ("chords", "pad"):
        frames[role][:4] = frames[f"{role}_onset"][0] = sum(1 << row for row in rows)
    score = stage.score(frames, np.random.default_rng(0))
    assert [len(band.notes_of(score, role)) for role in ("chords", "pad")] == [1, 3]
    assert band.notes_of(score, "chords")[0][2] - band.notes_of(score, "pad")[-1][2] == stage.lifts["pad"] - stage.lifts["chords"]


def test_the_score_has_all_that_the_plan_says():
    plan = plan_of(Request(style="jazz", key="Eb", qpm=140, form="A:2 B:1", band="melody=flute,pad=none,drums=none", seed=2))
    stage = Stage.of(plan)
    frames = stage.harmony.copy()
    frames["melody"][:2] = FIRST_PITCH + 60, 1
    score = stage.score(frames, np.random.default_rng(0), title="test")
    assert score.timeline.keys == (Key(0, 3, "major"),)
    assert [t.qpm for t in score.timeline.tempos] == [140.0]
    assert score.chords == plan.chords
    assert [s.label for s in score.sections] == ["A", "B"]
    assert (score.n_bars, score.title) == (3, "test")
    ((track,), (note,)) = score.tracks, score.tracks[0].notes.tolist()
    assert (track.role, track.program, note[:3]) == ("melody", 73, (0, 240, 63))


def test_dynamics_change_nothing_but_loudness(band):
    score = band.score_of(band.tune(4), band.track("drums", (0, 1, 36), (3, 1, 42)))
    played = with_dynamics(score, np.random.default_rng(0))
    for before, after in zip(score.tracks, played.tracks, strict=True):
        for field in ("onset", "duration", "pitch"):
            assert np.array_equal(before.notes[field], after.notes[field])
        assert ((after.notes["velocity"] >= 20) & (after.notes["velocity"] <= 120)).all()
    on, off = (played.tracks[0].notes["velocity"][k::4].astype(int).mean() for k in (0, 1))
    assert on > off
    assert with_dynamics(score, np.random.default_rng(0)) == played
