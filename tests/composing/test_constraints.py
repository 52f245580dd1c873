"""Contracts over the registry: masks have the right shape, never forbid everything, and mean what they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.composing.constraints import CONSTRAINTS, Rule, allowed, combine, find_constraint
from boya.composing.constraints.rule import everything
from boya.composing.plan import Plan, PlanSection, plan_of
from boya.composing.request import Request
from boya.errors import RequestError
from boya.score import MODES, ROLES
from boya.theory.chords import chord_pitch_classes
from boya.theory.drums import CLASS_PITCHES
from boya.theory.instruments import playing_range
from boya.theory.scales import scale_names, scale_pitch_classes

chords = st.sampled_from(["C", "F#m7", "Bb7/Ab", "N.C.", "Gdim7", "Eaug", "Absus4", "C#m7b5", "D9", "B/C"])
sections = st.builds(
    lambda label, pairs: PlanSection(label, tuple(chord for pair in pairs for chord in pair)),
    st.sampled_from(["A", "B"]),
    st.lists(st.tuples(chords, chords), min_size=1, max_size=3),
)
programs = st.none() | st.integers(0, 127)
plans = st.builds(
    Plan,
    style=st.just("pop"),
    substyle=st.just(""),
    tonic=st.integers(0, 11),
    mode=st.sampled_from(MODES),
    scale=st.sampled_from(scale_names()),
    qpm=st.just(100.0),
    sections=st.lists(sections, min_size=1, max_size=3),
    programs=st.tuples(programs, programs, programs, programs, st.sampled_from([None, 0])),
)


@pytest.mark.parametrize("rule", CONSTRAINTS.values(), ids=lambda rule: rule.name)
@given(plan=plans, previous=st.integers(0, 127))
@settings(max_examples=25, deadline=None)
def test_every_rule_answers_every_plan(rule, plan, previous):
    mask = rule.mask(plan)
    assert mask.shape == (len(ROLES), plan.n_steps, 128)
    assert mask.dtype == bool
    assert mask.any(axis=2).all()
    assert np.array_equal(mask, rule.mask(plan))
    for role in ROLES:
        after = rule.after(plan, role, previous)
        assert after.shape == (128,)
        assert after[previous]
    assert CONSTRAINTS[rule.name] is rule
    assert rule.about


@given(plans)
@settings(max_examples=60, deadline=None)
def test_the_rules_together_leave_something_everywhere(plan):
    mask = combine(plan)
    assert mask.any(axis=2).all()
    for rule in CONSTRAINTS.values():
        if rule.usual:
            assert not (mask & ~rule.mask(plan)).any()
    assert combine(plan, list(CONSTRAINTS)).any(axis=2).all()


@given(plans)
@settings(max_examples=40, deadline=None)
def test_what_is_allowed_is_in_tune_in_range_and_on_the_kit(plan):
    mask = combine(plan)
    assert set(np.flatnonzero(mask[4].any(axis=0))) == set(CLASS_PITCHES)
    scale = set(scale_pitch_classes(plan.tonic, plan.scale))
    for half, (root, quality, bass) in enumerate(plan.half_bar_chords):
        notes = set() if root is None else {*chord_pitch_classes(root, quality), root if bass is None else bass}
        for row, role in enumerate(ROLES[:4]):
            for step in (8 * half, 8 * half + 3):
                pitches = np.flatnonzero(mask[row, step])
                assert set(pitches % 12) <= scale | notes
                if role != "melody" and step % 8 == 0 and notes:
                    assert set(pitches % 12) <= notes
                if plan.programs[row] is not None:
                    low, high = playing_range(plan.programs[row], role)
                    assert low <= pitches.min()
                    assert pitches.max() <= high


def test_the_leading_note_is_allowed_over_the_dominant_in_minor_only():
    plan = plan_of(Request(key="A minor", chords="Am E7", bars=2))
    melody = combine(plan, ["scale"])[0]
    assert not melody[4, 68]
    assert melody[20, 68]


def test_a_melody_may_begin_a_bar_outside_the_chord_and_a_bass_may_not():
    plan = plan_of(Request(key="C", chords="C", bars=1))
    mask = combine(plan, ["scale", "chord tones on strong beats"])
    assert mask[0, 0, 62]
    assert not mask[2, 0, 38]
    assert mask[2, 4, 38]


def only(name, *pitches):
    def mask(plan):
        result = everything(plan)
        result[0] = np.isin(np.arange(128), pitches)
        return result

    return Rule(name, "a test", mask)


def test_a_conflict_names_the_pair_and_the_place():
    plan = plan_of(Request(bars=1))
    with pytest.raises(
        RequestError, match="constraint low and constraint high contradict each other: no pitch is left for melody in bar 1"
    ):
        combine(plan, [only("low", 40), "drum_map", only("high", 80)])
    with pytest.raises(RequestError, match="constraint nothing forbids everything"):
        combine(plan, [only("nothing")])
    with pytest.raises(RequestError, match="one and two and three contradict"):
        combine(plan, [only("one", 1, 2), only("two", 2, 3), only("three", 1, 3)])


def test_unknown_names_offer_the_nearest():
    assert find_constraint("Instrument range").name == "instrument_range"
    with pytest.raises(RequestError, match="did you mean scale"):
        combine(plan_of(Request(bars=1)), ["scael"])


def test_no_constraint_allows_everything():
    assert combine(plan_of(Request(bars=1)), []).all()


def test_leaps_give_way_where_nothing_would_be_left():
    plan = plan_of(Request(key="C", chords="C", bars=1, band="melody=flute"))
    near = allowed(plan, "melody", 1, ["scale", "instrument_range", "leap"], previous=72)
    assert near[84]
    assert not near[85:].any()
    far = allowed(plan, "melody", 1, ["scale", "instrument_range", "leap"], previous=20)
    assert np.array_equal(far, combine(plan)[0, 1])
    assert np.array_equal(allowed(plan, "drums", 3), combine(plan)[4, 3])
