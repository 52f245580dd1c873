"""A composed piece keeps every wish and every rule, whatever the models do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.composing import Request, compose, loops, plan_of
from boya.composing.compose import loop
from boya.composing.plan_text import read_plan
from boya.errors import RequestError
from boya.files import write_bytes
from boya.score import ROLES
from boya.theory.styles import style_names

requests = st.fixed_dictionaries(
    {"seed": st.integers(0, 10**6), "model": st.sampled_from([None, "gan", "seq2seq", "GAN", "Seq2Seq"])},
    optional={
        "style": st.sampled_from(style_names("4/4")),
        "key": st.sampled_from(["C", "F# minor", "Eb", "D dorian", "B", "Ab minor"]),
        "bars": st.integers(1, 21),
        "qpm": st.integers(30, 300),
        "chords": st.sampled_from(["i VI III VII", "ii7 V7 | I", "I", "N.C."]),
        "form": st.sampled_from(["AABA", "A:3 B:2 A:3", "intro A A outro", "verse chorus verse chorus"]),
        "band": st.sampled_from(
            [
                "melody=flute",
                "pad=none,drums=yes",
                "bass=tuba,chords=none",
                "chords=glockenspiel,drums=none",
                "melody=none,bass=yes",
            ]
        ),
    },
)


@pytest.fixture(autouse=True, scope="module")
def _scripted(fakes):
    """All tests here but those that ask for weights use scripted models."""


@given(requests)
@settings(max_examples=40, deadline=None)
def test_wishes_and_rules_are_kept(band, wishes):
    try:
        request = Request(**wishes)
    except RequestError:
        return  # form and bars that contradict each other
    piece = compose(request, candidates=2)
    score, plan = piece.score, read_plan(piece.plan)
    assert band.forbidden(piece) == []
    assert score.n_bars == plan.n_bars
    assert score.end == plan.n_bars * 1920
    assert score.chords == plan.chords
    assert [(s.label, s.duration) for s in score.sections] == [(s.label, s.bars * 1920) for s in plan.sections]
    assert score.timeline == plan.timeline
    assert max(t.end for t in score.tracks) <= score.end
    assert {t.role: t.program for t in score.tracks} == {t.role: plan.program(t.role) for t in score.tracks}
    assert [t.is_drum for t in score.tracks] == [t.role == "drums" for t in score.tracks]
    if "bars" in wishes:
        assert score.n_bars == wishes["bars"]
    if "qpm" in wishes:
        assert score.timeline.tempos[0].qpm == wishes["qpm"]
    if "key" in wishes:
        assert (plan.tonic, plan.mode) == request.tonic_and_mode
    for role, program in request.players.items():
        assert program is not None or not band.notes_of(score, role)
    written = {"melody", "bass", "drums"} if str(wishes["model"]).lower() == "seq2seq" else set(ROLES)
    if plan.n_bars > 1:
        assert {t.role for t in score.tracks} == written & set(plan.roles)
    assert compose(request, candidates=2).score == score


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not():
    first, again, other = (compose(style="pop", bars=8, seed=seed) for seed in (3, 3, 4))
    assert write_bytes(first.score, ".mid") == write_bytes(again.score, ".mid")
    assert write_bytes(first.score, ".mid") != write_bytes(other.score, ".mid")
    assert (first.request, first.report, first.plan) == (again.request, again.report, again.plan)


def test_the_plan_is_that_of_the_request():
    request = Request(style="blues", key="E", bars=12, seed=5)
    plan = plan_of(request, np.random.default_rng(5).spawn(1)[0])
    assert read_plan(compose(request).plan) == plan


def test_one_bar_and_three_hundred(band):
    piece = compose(bars=1, style="rock", model="gan", seed=1)
    assert piece.score.n_bars == 1
    assert piece.score.n_notes > 3
    long = compose(bars=300, style="rock", candidates=1, seed=1)
    assert long.score.n_bars == 300
    assert band.forbidden(long) == []
    with pytest.raises(RequestError, match="bars must be a whole number 1-512; got 513"):
        compose(bars=513)


def test_what_the_critic_heard_is_told():
    piece = compose(style="funk", chords="i iv", form="A:2 B:4 A:2", candidates=3, seed=1)
    heard = piece.report["critic"]
    assert [(row["section"], row["bar"], len(row["candidates"])) for row in heard] == [("A", 0, 3), ("B", 2, 3)]
    for row in heard:
        assert row["kept"] == int(np.argmin(row["candidates"]))
    assert piece.request == {
        "job": "compose",
        "wishes": {"style": "funk", "chords": "i iv", "form": "A:2 B:4 A:2", "metre": "4/4", "seed": 1, "candidates": 3},
    }


@pytest.mark.parametrize("candidates", [0, 33, 2.5, True, "4", None])
def test_candidates_are_counted(candidates):
    with pytest.raises(RequestError, match="candidates must be a whole number 1-32"):
        compose(candidates=candidates)
    with pytest.raises(RequestError, match="candidates must be a whole number 1-32"):
        loops(candidates=candidates)


def test_wishes_that_do_not_exist_or_come_twice():
    with pytest.raises(RequestError, match="no wish 'styl'; did you mean style"):
        compose(styl="jazz")
    with pytest.raises(RequestError, match="no wish 'xyzzy'; known: style, key"):
        compose(xyzzy=1)
    with pytest.raises(RequestError, match="a request or wishes, not both"):
        compose(Request(), bars=4)


def test_a_model_without_a_part_in_the_band():
    with pytest.raises(RequestError, match="the seq2seq writes melody, bass, drums; the band has only chords, pad"):
        compose(model="seq2seq", band="melody=none,bass=none,drums=none", bars=4)


def test_loops_share_a_plan_and_differ_in_notes(band):
    made = loops(3, style="latin", key="A minor", seed=2)
    assert [p.score.n_bars for p in made] == [4, 4, 4]
    assert len({p.plan for p in made}) == 1
    assert len({write_bytes(p.score, ".mid") for p in made}) == 3
    assert [p.score for p in loops(2, style="latin", key="A minor", seed=2)] == [p.score for p in made[:2]]
    assert loop(2, style="latin", key="A minor", seed=2).score == made[2].score
    for piece in made:
        assert band.forbidden(piece) == []


@pytest.mark.parametrize(
    ("wishes", "message"),
    [
        ({"count": 0}, "count must be a whole number 1-1000; got 0"),
        ({"count": 2.5}, "count must be"),
        ({"seed": -1}, "seed must be a whole number"),
        ({"model": "gpt"}, "model must be a known name; got 'gpt'"),
        ({"style": "jaz"}, "did you mean jazz"),
    ],
)
def test_loops_that_cannot_be(wishes, message):
    with pytest.raises(RequestError, match=message):
        loops(**wishes)


def test_a_loop_beyond_the_last():
    with pytest.raises(RequestError, match="number must be a whole number 0-999; got -1"):
        loop(-1)
