"""Plain questions in two languages."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boya.errors import InputError
from boya.theory.graph import graph
from boya.theory.graph.described import chords_in, facts
from boya.theory.graph.questions import answer_question, examples


@pytest.mark.parametrize("question", [*examples("en"), *examples("zh")])
def test_every_example_is_answered_with_sources(question):
    reply = answer_question(graph(), question)
    assert reply.answers
    assert reply.sources


@pytest.mark.parametrize(
    ("question", "understood", "about", "answer"),
    [
        ("Which instruments does jazz use?", "instruments of a style", "style:jazz", "instrument:acoustic-bass"),
        ("爵士用哪些乐器？", "instruments of a style", "style:jazz", "instrument:acoustic-bass"),
        ("progressions in the Dorian mode", "progressions in a scale", "scale:dorian", "progression:dorian"),
        ("chord progressions for tango", "progressions of a style", "style:tango", "progression:tango"),
        ("what uses the royal road", "what uses a progression", "progression:royal-road", "style:pop"),
        ("who uses the trumpet?", "styles for an instrument", "instrument:trumpet", "style:jazz"),
        ("styles of latin", "substyles", "style:latin", "style:bossa-nova"),
        ("拉丁有哪些风格", "substyles", "style:latin", "style:bossa-nova"),
        ("what instruments are used in samba", "instruments of a style", "style:samba", "instrument:fretless-bass"),
        ("What chords are in the dorian mode?", "chords in a scale", "scale:dorian", ""),
        ("what is a guqin", "what something is", "instrument:guqin", ""),
        ("chinese plucked instruments", "instruments of a family", "family:chinese-plucked", "instrument:guqin"),
    ],
)
def test_questions_on_the_tables(own, question, understood, about, answer):
    reply = answer_question(own, question)
    assert (reply.question, reply.about.id) == (understood, about)
    assert answer in [found.id for found in reply.answers]


def test_a_substyle_has_what_its_family_has_and_says_so(own):
    bass = next(a for a in answer_question(own, "instruments for bossa nova").answers if a.id == "instrument:fretless-bass")
    assert (bass.of, bass.count > 0) == ("latin", True)


def test_counts_rank_instruments_and_weights_rank_progressions(own):
    answers = answer_question(own, "instruments for waltz").answers
    shares = [a.count / max(a.total, 1) for a in answers]
    assert shares == sorted(shares, reverse=True)
    assert answer_question(own, "progressions for tango").answers[0].id in ("progression:tango", "progression:tango-answer")


def test_a_chinese_question_has_chinese_answers(own):
    reply = answer_question(own, "爵士用什么乐器")
    assert reply.language == "zh"
    assert "小号" in [answer.label for answer in reply.answers]


def test_what_something_is(own):
    told = dict(facts(own, own.find("guqin"))[0])
    assert told["lowest note"] == "C2 (36)"
    assert "七弦琴" in told["names"]
    assert dict(facts(own, own.find("guqin"), "zh")[0])["最低音"] == "C2 (36)"


def test_chords_of_the_major_scale_are_those_of_the_books(own):
    triads = [symbols.split()[0] for _, symbols in chords_in(own, own.find("major", "scale"))]
    assert triads == ["C", "Dm", "Em", "F", "G", "Am", "Bdim"]


def test_an_unknown_question_gives_examples(own):
    with pytest.raises(InputError, match="instruments for jazz"):
        answer_question(own, "will it rain")
    with pytest.raises(InputError, match="江南丝竹用什么乐器"):
        answer_question(own, "明天下雨吗")


def test_an_unknown_name_gives_near_ones(own):
    with pytest.raises(InputError, match=r"called 'jaz'; did you mean jazz"):
        answer_question(own, "instruments for jaz")


@settings(deadline=None, max_examples=10)
@given(st.text(max_size=40))
def test_any_text_is_answered_or_refused_politely(text):
    for question in (text, f"what is {text}", f"instruments for {text}", f"{text}是什么"):
        with suppress(InputError):  # any other error fails
            assert answer_question(graph(), question).about.id
