"""A plan keeps what was asked, is the same for the same seed, and can be printed and read."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.composing.plan import Plan, PlanSection, plan_of
from boya.composing.plan_text import read_plan, write_plan
from boya.composing.request import Request
from boya.errors import RequestError
from boya.score import ROLES
from boya.theory.keys import key_name
from boya.theory.styles import find_style, styles

SUBSTYLES = [s.name for style in styles() for s in style.substyles if s.metre == "4/4"]
requests = st.builds(
    Request,
    style=st.none() | st.sampled_from(SUBSTYLES),
    key=st.none() | st.sampled_from(["C", "A minor", "F# dorian", "Eb", "B phrygian", "G mixolydian"]),
    bars=st.none() | st.integers(4, 70),
    qpm=st.none() | st.integers(20, 400),
    chords=st.none() | st.sampled_from(["i VI III VII", "ii7 V7 | I", "I"]),
    form=st.none() | st.sampled_from(["AABA", "A", "verse chorus"]),
    scale=st.none() | st.sampled_from(["whole tone", "blues"]).filter(lambda scale: scale == "blues"),
    seed=st.integers(0, 10**6),
    band=st.sampled_from([(), "melody=flute", "pad=none,drums=yes", "bass=tuba,melody=none"]),
)


@given(requests)
@settings(max_examples=60, deadline=None)
def test_a_plan_keeps_every_wish_and_survives_printing(request):
    plan = plan_of(request)
    assert plan == plan_of(request)
    assert read_plan(write_plan(plan)) == plan
    if request.style:
        assert find_style(request.style)[0].name == plan.style
    if request.key:
        assert (plan.tonic, plan.mode) == request.tonic_and_mode
    if request.bars:
        assert plan.n_bars == request.bars
    if request.qpm:
        assert plan.qpm == request.qpm
    if request.scale:
        assert plan.scale == request.scale
    for role, program in request.players.items():
        assert plan.program(role) == program
    assert sum(c.duration for c in plan.chords) == plan.n_bars * 1920
    assert [s.label for s in plan.score_sections] == [s.label for s in plan.sections]


def test_seeds_matter_and_a_wish_changes_no_other_decision():
    plans = [plan_of(Request(style="pop", bars=16, seed=seed)) for seed in range(20)]
    assert len({p.sections for p in plans}) > 5
    assert len({(p.tonic, p.mode) for p in plans}) > 5
    for seed, plan in enumerate(plans):
        faster = plan_of(Request(style="pop", bars=16, seed=seed, qpm=100, band="bass=tuba"))
        assert faster == replace(plan, qpm=100.0, programs=(*plan.programs[:2], 58, *plan.programs[3:]))


def test_a_generator_may_be_passed():
    request = Request(style="rock")
    assert plan_of(request, np.random.default_rng(4)) == plan_of(replace(request, seed=4))


@pytest.mark.parametrize("style", [s.name for s in styles() if s.metre == "4/4"])
def test_a_style_draws_from_its_own_table(style):
    table = find_style(style)[0]
    for seed in range(10):
        plan = plan_of(Request(style=style, seed=seed))
        assert table.tempo[0] <= plan.qpm <= table.tempo[2]
        assert plan.n_bars == 16
        assert plan.substyle in {s.id for s in table.substyles if s.metre == "4/4"}
        for role in ROLES[:4]:
            assert plan.program(role) in {program for program, _ in table.programs[role]}


@pytest.mark.parametrize(
    ("chords", "key"),
    [
        ("Am F C G", "A minor"),
        ("C Am F G", "C major"),
        ("Dm7 G7 | Cmaj7", "C major"),
        ("Em C G D", "E minor"),
        ("Bb Eb F Bb", "Bb major"),
    ],
)
def test_the_key_is_heard_in_the_chords(chords, key):
    plan = plan_of(Request(chords=chords))
    assert key_name(plan.tonic, plan.mode) == key


def test_wished_chords_go_on_to_the_end_as_written():
    plan = plan_of(Request(key="A minor", chords="Am F C", form="A:4 B:4"))
    assert [section.chords[::2] for section in plan.sections] == [("Am", "F", "C", "Am"), ("F", "C", "Am", "F")]
    assert plan_of(Request(chords="Am F C")).n_bars == 18
    assert plan_of(Request(chords="i VI")).mode == "minor"
    assert plan_of(Request(chords="ii V I")).mode == "major"
    assert plan_of(Request(chords="N.C. C")).chords[0].root is None
    assert plan_of(Request(chords="N.C.")).chords[0].root is None


def test_a_plan_edited_by_hand():
    plan = read_plan(
        'style = "jazz"\nkey = "C minor"\nqpm = 120\n[band]\nbass = "double bass"\ndrums = "yes"\n'
        '[[section]]\nlabel = "verse"\nchords = "i | iiø7 V7"\n'
    )
    assert plan.sections == (PlanSection("verse", ("Cm", "Cm", "Dm7b5", "G7")),)
    assert plan.programs == (None, None, 43, None, 0)
    assert (plan.scale, plan.substyle, plan.roles) == ("minor", "", ("bass", "drums"))


GOOD = 'style = "jazz"\nkey = "C"\nqpm = 120\n[band]\nbass = "tuba"\n[[section]]\nlabel = "A"\nbars = 1\nchords = "C"\n'


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ('"jazz"', '"jaz"', "did you mean jazz"),
        ('"jazz"', "3", "style of a plan must be text"),
        ('key = "C"', 'kee = "C"', "did you mean key"),
        ('key = "C"\n', "", "must have key"),
        ("120", '"fast"', "qpm of a plan must be a number"),
        ("120", "nan", "qpm"),
        ("120", "1000", "qpm"),
        ('"tuba"', '"tubba"', "Tuba"),
        ('"tuba"', "[1]", "must be the name of an instrument"),
        ("bass =", "base =", "must name roles"),
        ("bars = 1", "bars = 2", "bars and chords contradict"),
        ('chords = "C"', 'chords = "H"', "got 'H'"),
        ('chords = "C"', "chords = 1", "chords of a plan must be text"),
        ('label = "A"', 'label = ""', "must have a label"),
        ('label = "A"', 'name = "A"', "has label, bars and chords"),
        ("[[section]]", "[section]", r"one \[\[section\]\]"),
        ('style = "jazz"', 'style = "jazz"\nsubstyle = "tango"', "style and substyle contradict"),
        ('style = "jazz"', "style = ", "must be TOML"),
        (GOOD, "", "must have style"),
        (GOOD, "a = " + "[" * 5000, "must be TOML"),
        (GOOD, "#" * 1_000_001, "at most 1000000 characters"),
    ],
)
def test_a_spoilt_plan_says_what_is_wrong(before, after, message):
    assert read_plan(GOOD).n_bars == 1
    with pytest.raises(RequestError, match=message):
        read_plan(GOOD.replace(before, after, 1))


@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_any_text_is_a_plan_or_an_error_of_ours(text):
    with pytest.raises(RequestError):
        read_plan(text)


@pytest.mark.parametrize(
    "change", [{"tonic": 12}, {"mode": "blue"}, {"qpm": 0}, {"sections": ()}, {"programs": (0,)}, {"programs": (128, 0, 0, 0, 0)}]
)
def test_a_plan_holds_only_what_can_be_played(change):
    plan = plan_of(Request(style="pop"))
    with pytest.raises(RequestError):
        replace(plan, **change)
    assert isinstance(plan, Plan)
