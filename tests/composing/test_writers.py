"""How sections are written and come back, and what the models are told."""

from dataclasses import replace

import numpy as np
import pytest

from boya.composing.plan import PlanSection, plan_of
from boya.composing.request import Request
from boya.composing.stage import Stage
from boya.composing.writers import last_bar, melody_frames, write_band, write_gan, writer_of
from boya.errors import RequestError
from boya.representation.frames import FRAME_DTYPE
from boya.representation.grid import FIRST_PITCH, HOLD, LINE_WINDOWS, STEPS_PER_BAR
from boya.score import ROLES

BAND_FIELDS = ("bass", "drums", "chords_onset", "pad_onset")


def stage_of(**wishes):
    return Stage.of(plan_of(Request(**({"style": "pop", "key": "D", "seed": 1} | wishes))))


def rng(seed=0):
    return np.random.default_rng(seed)


def bars(frames, first, last):
    return frames[first * STEPS_PER_BAR : last * STEPS_PER_BAR]


@pytest.mark.parametrize("model", ["gan", "seq2seq", None])
def test_a_section_that_returns_keeps_the_band_and_varies_the_melody(fakes, model):
    stage = stage_of(chords="I IV | V I", form="A:8 B:4 A:8 A:8")
    draft = writer_of(model)(stage, 2, rng())
    first, second, third = (bars(draft.frames, *span) for span in ((0, 8), (12, 20), (20, 28)))
    for name in BAND_FIELDS:
        assert np.array_equal(first[name][1:], second[name][1:]), name
        assert np.array_equal(second[name], third[name]), name
    for start in (0, 4):  # the first half of each phrase is as it was
        assert np.array_equal(bars(first, start, start + 2)["melody"], bars(second, start, start + 2)["melody"])
    assert not np.array_equal(first["melody"], second["melody"])
    assert [(row["section"], row["bar"]) for row in draft.heard] == [("A", 0), ("B", 8)]


def test_a_label_over_other_chords_is_written_anew(fakes):
    stage = stage_of(chords="I IV V", form="A:4 B:4 A:4")
    assert stage.plan.sections[0].chords != stage.plan.sections[2].chords
    draft = write_gan(stage, 1, rng())
    assert [row["bar"] for row in draft.heard] == [0, 4, 8]


def test_a_cadence_is_written_anew_and_what_comes_before_it_returns(fakes):
    halves = ("D", "D", "G", "G", "A", "A", "Bm", "Bm")
    closing = (*halves[:4], "A7", "A7", "D", "D")
    stage = stage_of()
    plan = replace(stage.plan, sections=(PlanSection("A", halves), PlanSection("A", closing)))
    draft = write_gan(Stage.of(plan), 2, rng())
    first, second = bars(draft.frames, 0, 4), bars(draft.frames, 4, 8)
    assert [row["bar"] for row in draft.heard] == [0, 6]
    assert np.array_equal(first["drums"][:32], second["drums"][:32])
    assert not np.array_equal(first["drums"][32:], second["drums"][32:])
    for name in ("root", "chroma"):
        assert np.array_equal(draft.frames[name], Stage.of(plan).harmony[name])


@pytest.mark.parametrize("form", ["A:2 B:2 A:2", "A:1 B:1 A:1", "A:3 A:3", "A:5 B:7 A:5"])
def test_sections_of_any_length_come_back(fakes, form):
    draft = write_gan(stage_of(chords="I", form=form), 1, rng())
    n = int(form[2])
    assert np.array_equal(bars(draft.frames, 0, n)["bass"][1:], draft.frames["bass"][-16 * n :][1:])


def test_no_chord_note_begins_because_a_section_came_back(fakes):
    """What was held into a section from the one before does not begin by itself where another one stands before it."""
    stage = stage_of(chords="I | IV | V | I", form="A:4 B:4 B:4 A:4", band="pad=strings,chords=piano")
    frames = write_gan(stage, 1, rng()).frames
    for role in ("chords", "pad"):
        appear = frames[role][1:] & ~frames[role][:-1] & ~frames[f"{role}_onset"][1:]
        assert not appear.any()


def test_each_phrase_hears_the_bar_before_it(fakes):
    fakes.gan.calls.clear()
    stage = stage_of(form="A:6 B:4")
    frames = write_gan(stage, 2, rng()).frames
    shapes = [call["shape"] for call in fakes.gan.calls]
    leads = [call["lead"] for call in fakes.gan.calls]
    assert shapes == [(2, 64), (2, 32), (2, 64)]
    assert leads[0] is None
    assert [lead.shape for lead in leads[1:]] == [(2, 16), (2, 16)]
    assert np.array_equal(leads[2][0], leads[2][1])
    assert np.array_equal(leads[2][0]["bass"][1:], bars(frames, 5, 6)["bass"][1:])
    for lead in leads[1:]:  # the scripted model holds a melody into every phrase; a lead begins with the note itself
        assert (lead["melody"][:, 0] >= FIRST_PITCH).all()


def test_the_last_bar_begins_with_what_is_held_into_it():
    past = np.zeros((2, 32), dtype=FRAME_DTYPE)
    past["melody"] = HOLD
    past["melody"][:, 0] = 74, 76
    past["pad"] = 6
    assert last_bar(past)["melody"][:, 0].tolist() == [74, 76]
    assert last_bar(past)["pad_onset"][:, 0].tolist() == [6, 6]
    assert np.array_equal(last_bar(past[:, :16]), past[:, :16])


def test_roles_that_the_plan_leaves_out_are_kept_silent(fakes):
    fakes.gan.calls.clear()
    frames = write_gan(stage_of(bars=4, band="pad=none,drums=none"), 2, rng()).frames
    assert set(fakes.gan.calls[0]["keep"]) == {"pad", "drums"}
    assert not frames["pad"].any()
    assert not frames["drums"].any()
    assert frames["bass"].any()


def test_the_band_plays_around_a_given_melody(fakes):
    stage = stage_of(bars=6)
    given = np.zeros((3, 96), FRAME_DTYPE)
    given["melody"] = rng().integers(FIRST_PITCH + 50, FIRST_PITCH + 60, (3, 96))
    written = write_band(stage, 0, 6, given, ("melody",), None, rng())
    assert np.array_equal(written["melody"], given["melody"])
    assert written["bass"].any(axis=1).all()
    for name in ("root", "root_bass", "chroma"):
        assert (written[name] == stage.harmony[name]).all()


def test_settings_tell_style_mode_and_tempo(fakes):
    fakes.gan.calls.clear()
    write_gan(stage_of(style="bossa nova", key="D dorian", qpm=77, bars=4), 3, rng())
    (setting, *others) = fakes.gan.calls[0]["settings"]
    assert (setting.style, setting.mode, setting.qpm) == ("latin", "minor", 77.0)
    assert others == [setting, setting]


@pytest.mark.parametrize("n_bars", [1, 2, 5, 16, 17, 40])
@pytest.mark.parametrize("name", ["seq2seq-melody-2", "seq2seq-melody-16"])
def test_melodies_of_any_length_obey_the_mask(fakes, name, n_bars):
    stage, model = stage_of(bars=n_bars, chords="I"), fakes.seq2seq(name)
    melodies = melody_frames(model, model.imagine(3, rng()), stage, 0, n_bars, rng())
    assert melodies.shape == (3, 16 * n_bars)
    for melody in melodies:
        begins = np.flatnonzero(melody >= FIRST_PITCH)
        assert stage.mask["melody"][begins, melody[begins] - FIRST_PITCH - LINE_WINDOWS["melody"][0]].all()
        assert len(begins) >= n_bars


@pytest.mark.parametrize("n_bars", [1, 7, 16, 35])
def test_the_trio_writes_its_three_roles(fakes, n_bars):
    frames = writer_of("seq2seq")(stage_of(bars=n_bars, form="A", band="drums=yes,chords=piano"), 2, rng()).frames
    assert len(frames) == 16 * n_bars
    for role in ROLES:
        assert frames[role].any() == (role in ("melody", "bass", "drums"))


def test_the_trio_leaves_out_whom_the_plan_leaves_out(fakes):
    frames = writer_of("seq2seq")(stage_of(bars=4, band="drums=none,bass=none"), 1, rng()).frames
    assert frames["melody"].any()
    assert not frames["bass"].any()
    assert not frames["drums"].any()


def test_names_of_models():
    assert writer_of("GAN") is writer_of("gan")
    with pytest.raises(RequestError, match="model must be a known name; got 'transformer'"):
        writer_of("transformer")
