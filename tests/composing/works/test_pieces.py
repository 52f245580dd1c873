"""Pieces from nothing: what is asked for is there, what comes back comes back, and nothing is broken on the way."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.composing import compose, loops
from boya.composing.decisions import Plan, PlanSection
from boya.composing.plan import plan_of
from boya.composing.plan_text import read_plan, write_plan
from boya.composing.request import Request
from boya.composing.works.returns import NEW, parts_of
from boya.errors import CancelledError, RequestError
from boya.files import read_bytes, write_bytes
from boya.score import Metre, note_array
from boya.theory.scales import scale_pitch_classes

BAND = "melody=flute, chords=piano, bass=double bass, pad=none, drums=yes"


@pytest.fixture(autouse=True, scope="module")
def _scripted(fakes):
    """All tests here use a script for an engine, if they do not say otherwise."""


def composed(**wishes):
    return compose(**({"model": "composer", "seed": 5, "candidates": 1, "key": "D major"} | wishes))


def bars_of(score, first, last):
    """The notes of each track in bars counted from 1, from the first of them on."""
    ticks = score.timeline.metres[0].ticks_per_bar
    start, stop = (first - 1) * ticks, last * ticks
    return [[(on - start, n, p) for on, n, p, _ in t.notes.tolist() if start <= on < stop] for t in score.tracks]


# Plans


@pytest.mark.parametrize(
    ("wishes", "style", "metre"),
    [
        ({"style": "waltz"}, "waltz", "3/4"),
        ({"style": "jig"}, "folk dance", "6/8"),
        ({"style": "slip jig"}, "folk dance", "9/8"),
        ({"style": "string quartet", "metre": "3/4"}, "string quartet", "3/4"),
        ({"style": "bossa nova", "metre": "7/8"}, "latin", "7/8"),
        ({"style": "chorale"}, "chorale", None),
        ({"metre": "12/8"}, None, "12/8"),
        ({}, None, "4/4"),
    ],
)
def test_a_plan_has_the_metre_of_the_wish_or_of_the_style(wishes, style, metre):
    for seed in range(5):
        plan = plan_of(Request(model="composer", seed=seed, **wishes))
        assert style in (None, plan.style)
        assert metre in (None, plan.metre)
        assert read_plan(write_plan(plan)) == plan
        assert plan.score_sections[-1].end == plan.n_bars * plan.timeline.metres[0].ticks_per_bar
        assert plan.chords[-1].end == plan.score_sections[-1].end


def test_a_quartet_is_four_strings():
    plan = plan_of(Request(model="composer", style="string quartet"))
    assert plan.players == (("melody", 40), ("chords", 40), ("bass", 42), ("pad", 41))


@given(
    st.sampled_from(["waltz", "jig", "art song", "pop", "chorale"]),
    st.sampled_from([None, "7/8", "6/8", "3/4", "2/4"]),
    st.sampled_from([(), "flute, oboe, piano, guitar, bass, drums, drums", "melody=any, chords=piano, chords=organ"]),
    st.sampled_from(["", "density=high", "A: melody.register=72 dynamics=mf; bass.density=very low"]),
    st.integers(0, 10**6),
)
@settings(max_examples=60, deadline=None)
def test_any_plan_survives_printing(style, metre, band, controls, seed):
    request = Request(model="composer", style=style, metre=metre, band=band, controls=controls, form="A B A", seed=seed)
    plan = plan_of(request)
    assert read_plan(write_plan(plan)) == plan
    assert plan == plan_of(request)
    assert plan.more == request.more_players


# Form


A, B = PlanSection("A", ("C", "C", "F", "F", "C", "C", "G7", "G7")), PlanSection("B", ("Am", "Am", "G7", "G7"))


def planned(*sections, **changes):
    return replace(Plan("pop", "", 0, "major", "major", 90.0, sections, (73, 0, 32, None, 0)), **changes)


def test_what_is_new_and_what_comes_back():
    closing = replace(A, chords=(*A.chords[:4], "G7", "G7", "C", "C"))
    parts = parts_of(planned(A, A, B, closing))
    assert [part.origin for part in parts] == [NEW, 0, NEW, 0]
    assert parts[1].sources == (0, 1, 2, 3)
    assert parts[3].sources == (0, 1, NEW, NEW)


def test_the_last_bar_of_a_piece_is_always_written():
    assert parts_of(planned(A, A))[1].sources == (0, 1, 2, NEW)


def test_other_chords_or_other_wishes_are_new():
    other = replace(A, chords=("Am", "Am") * 4)
    wished = replace(A, wishes=(("", "density", "high"),))
    assert [part.is_new for part in parts_of(planned(A, other, wished, A, B))] == [True, True, True, False, True]


def test_a_longer_return_has_new_bars():
    longer = replace(A, chords=(*A.chords, "F", "F"))
    assert parts_of(planned(A, longer, B))[1].sources == (0, 1, 2, 3, NEW)


def test_what_rings_over_a_seam_is_cut(band):
    part = parts_of(planned(A, A, B))[1]
    score = band.score_of(band.track("melody", (0, 4, 60), (56, 40, 67), (60, 4, 72)))
    copied = part.laid(score, 1920, np.zeros((1, 4), bool)).tracks[0].notes
    assert (
        copied.tolist()
        == note_array(
            [
                (0, 480, 60, 80),
                (6720, 960, 67, 80),
                (7200, 480, 72, 80),
                (7680, 480, 60, 80),
                (14400, 960, 67, 80),
                (14880, 480, 72, 80),
            ]
        ).tolist()
    )


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 1.0])
def test_what_comes_back_is_varied_by_the_stated_amount(share, fakes):
    piece = composed(form="A:4 B:4 A:4 C:4", band=BAND, chords="D G A D", vary_repeats=share)
    (told,) = piece.report["repeats"]
    assert (told["bars"], told["repeats_bar"], told["of"]) == ([9, 12], 1, 16)
    assert told["written_again"] == round(16 * share)
    first, again = bars_of(piece.score, 1, 4), bars_of(piece.score, 9, 12)
    same = sum(
        [n for n in a if n[0] // 1920 == bar] == [n for n in b if n[0] // 1920 == bar]
        for a, b in zip(first, again, strict=True)
        for bar in range(4)
    )
    assert same >= 16 - told["written_again"]
    if share == 1:
        assert same < 8
    assert len(fakes.fill.calls[-1][1]) == 4


def test_a_section_is_written_after_what_comes_before_it(fakes):
    fakes.fill.calls.clear()
    composed(form="A:4 A:4 B:4 A:4", band=BAND, chords="D G A D")
    sheets, selections = zip(*[(sheet, selection) for sheet, selection, _ in fakes.fill.calls], strict=True)
    assert [np.flatnonzero(selection.any(0)).tolist() for selection in selections] == [[0, 1, 2, 3], [8, 9, 10, 11], [15]]
    assert [sheet.is_open for sheet in sheets] == [True, True, False]
    assert bars_of(sheets[1].score, 5, 8) == bars_of(sheets[1].score, 1, 4) != [[]] * 4


# Wishes


def test_a_piece_is_what_was_asked_for():
    piece = composed(style="waltz", bars=24, qpm=150, band=BAND, chords="ii7 V7 | I")
    score = piece.score
    assert (score.n_bars, score.timeline.tempos[0].qpm) == (24, 150)
    assert score.timeline.metres == (Metre(0, 3, 4),)
    assert [(t.name, t.role, t.program) for t in score.tracks] == [
        ("Flute", "melody", 73),
        ("Piano", "chords", 0),
        ("Double bass", "bass", 43),
        ("Drums", "drums", 0),
    ]
    assert [(c.onset, c.duration, c.root) for c in score.chords[:3]] == [(0, 960, 4), (960, 480, 9), (1440, 1440, 2)]
    assert score.title.endswith(" 5")


@pytest.mark.parametrize("seconds", [12, 45, 61.5])
@pytest.mark.parametrize("wishes", [{}, {"style": "jig"}, {"metre": "7/8", "form": "A B A"}, {"chords": "Am F C G"}])
def test_a_piece_lasts_its_seconds(seconds, wishes):
    score = composed(key=None, seconds=seconds, **wishes).score
    assert score.length_second == pytest.approx(seconds, abs=1e-6)
    bounds = score.bar_bounds
    assert score.end == bounds[-1]
    again = read_bytes(write_bytes(score, ".mid"), ".mid")
    assert float(again.timeline.second_at(int(bounds[-1]))) == pytest.approx(seconds, abs=0.01)


def test_the_models_of_the_grid_last_their_seconds_too():
    for model in ("gan", "seq2seq", None):
        assert compose(seconds=20, model=model, seed=1).score.length_second == pytest.approx(20, abs=0.5)


def test_sixteen_players_and_no_more():
    band = (
        "flute, oboe, clarinet, bassoon, horn, trumpet, trombone, tuba, timpani, violin, violin, viola, cello, harp, piano, drums"
    )
    piece = composed(bars=4, band=band)
    assert len(piece.score.tracks) == 16
    assert len({t.name for t in piece.score.tracks}) == 16
    with pytest.raises(RequestError, match="at most 16 players; got 17"):
        composed(bars=4, band=f"{band}, organ")


def test_controls_and_limits_reach_the_sheet(fakes):
    fakes.fill.calls.clear()
    composed(
        form="A:2 B:2",
        band=BAND,
        controls="B: density=high bass.dynamics=f",
        limits="melody: range=C5-C6 leap=5",
        chord_tones="all",
    )
    sheet = fakes.fill.calls[0][0]
    assert (sheet.wishes[:2] == -1).all()
    assert sheet.wishes[2].tolist() == [[2, -1, -1, -1], [3, -1, -1, -1], [2, -1, -1, 3], [4, -1, -1, -1]]
    melody, chords = sheet.limits.of(0), sheet.limits.of(1)
    assert (melody.lowest, melody.highest, melody.leap, melody.chord_tones) == (72, 84, 5, "all")
    assert (chords.lowest, chords.chord_tones) == (41, "all")  # what chords use of a piano
    assert sheet.limits.scale == frozenset(scale_pitch_classes(2, "major"))


def test_an_accompaniment_keeps_to_the_chords_unless_told_not_to(fakes):
    for wish, expected in (
        (None, ["free", "strong", "strong", None]),
        ("off", ["free"] * 3 + [None]),
        ("strong", ["strong"] * 3 + [None]),
    ):
        composed(bars=2, band=BAND, chord_tones=wish)
        assert [fakes.fill.calls[-1][0].limits.of(number).chord_tones for number in range(4)] == expected


def test_a_plan_may_be_edited_and_fed_back(fakes):
    first = composed(style="waltz", bars=8, band=BAND)
    text = first.plan.replace('chords = "Acoustic Grand Piano"', 'chords = ["Church Organ", "harp"]').replace("3/4", "5/4")
    piece = compose(plan=text, model="composer", seed=9)
    assert piece.score.timeline.metres == (Metre(0, 5, 4),)
    assert [t.program for t in piece.score.tracks if t.role == "chords"] == [19, 46]
    assert piece.plan.count("5/4") == 1
    assert compose(plan=compose(style="rock", bars=2, seed=1).plan, seed=1).score.n_bars == 2


def test_seeds():
    one, again, other = (write_bytes(composed(bars=4, seed=seed).score, ".mid") for seed in (3, 3, 4))
    assert one == again != other


def test_loops_by_the_composer():
    first, second = loops(2, style="jig", model="composer", seed=4)
    assert first.score.n_bars == second.score.n_bars == 4
    assert first.score.timeline == second.score.timeline
    assert first.score.tracks != second.score.tracks


# Wrong wishes


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"metre": "9/4"}, "metre must be n/2"),
        ({"metre": "5/3"}, "metre must be n/2"),
        ({"style": "jig", "model": "gan"}, "style and metre contradict|style and model contradict"),
        ({"style": "lead sheet", "model": "seq2seq"}, "style and model contradict"),
        ({"metre": "3/4", "model": "gan"}, "ask for model composer"),
        ({"controls": "density=high", "model": "gan"}, "controls and model contradict"),
        ({"chord_tones": "all", "model": "seq2seq"}, "chord_tones and model contradict"),
        ({"vary_repeats": 0.2, "model": None}, "vary_repeats and model contradict"),
        ({"band": "melody=flute, melody=oboe", "model": "gan"}, "each role once"),
        ({"chord_tones": "al"}, "did you mean all"),
        ({"vary_repeats": 1.5}, "vary_repeats must be a number 0-1"),
        ({"seconds": 0}, "seconds must be a number 1-3600"),
        ({"seconds": 10, "bars": 300}, "bars and seconds contradict"),
        ({"controls": "C: density=high", "form": "AABA"}, "controls of section C and form contradict"),
        ({"controls": "Z: density=high"}, "must speak of sections of the form"),
        ({"limits": "bass: range=100-110", "band": "bass"}, "limit bass range=100-110 and instrument Acoustic Bass contradict"),
        ({"plan": "x = 1", "style": "pop"}, "plan and style contradict"),
        ({"plan": "x = 1", "key": None}, "a plan has the fields"),
        ({"plan": 3, "key": None}, "plan must be text"),
        ({"model": "compozer"}, "did you mean composer"),
    ],
)
def test_wrong_wishes(wishes, message):
    with pytest.raises(RequestError, match=message):
        composed(**wishes)


def test_a_plan_of_the_composer_is_refused_by_the_models_of_the_grid():
    with pytest.raises(RequestError, match="plan and model contradict"):
        compose(plan=composed(style="waltz", bars=2).plan, model="gan")


# On the way


def test_progress_is_told_in_bars():
    told = []
    composed(form="A:4 B:4 A:4", chords="D G A D", listen=lambda done, total: told.append((done, total)))
    assert told == [(4, 9), (8, 9), (9, 9)]


def test_a_piece_may_be_called_off():
    with pytest.raises(CancelledError):
        composed(bars=4, is_cancelled=lambda: True)


# The real engine, for a composer that knows nothing


@pytest.mark.parametrize(
    "wishes",
    [
        {"style": "waltz", "bars": 4, "form": "A:2 A:2", "vary_repeats": 0.3},
        {"metre": "7/8", "bars": 3, "band": "flute, strings, piano, bass, drums", "limits": "melody: range=C5-C6 leap=7"},
        {"style": "string quartet", "metre": "12/8", "bars": 2, "chord_tones": "all"},
        {"bars": 1, "scale": "minor pentatonic", "band": "melody=flute, chords=none, bass=none, pad=none, drums=none"},
        {"bars": 2, "controls": "density=high dynamics=p", "limits": "chords: voices=3; drums: keys=36,38"},
    ],
)
def test_what_is_asked_for_holds(real, wishes):
    piece = compose(**({"model": "composer", "key": "A minor", "seed": 2, "candidates": 2} | wishes))
    assert piece.score.n_bars == wishes["bars"]
    assert all(t.n_notes for t in piece.score.tracks)
